import { page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { Title } from "../../components/Title.tsx";
import { useWords } from "../../components/words.tsx";
import { PasskeyAdd } from "../../islands/Passkeys.tsx";
import { definePerson } from "../../lib/web/define.ts";

export const handler = definePerson.handlers({ GET: () => page() });

/** A new account's first passkey: who has just registered has shown who they are (AU-7, AU-13). */
export default definePerson.page(function PasskeyPage() {
  const words = useWords("twoFactor");
  const { name, nameHint, password, add, working, failed, wrongPassword, noName, tooMany } = words;
  return (
    <>
      <Title text={words.first} />
      <PageHead title={words.first} lead={words.firstLead} />
      <section class="panel" aria-label={words.first}>
        <PasskeyAdd
          action="/two-factor"
          asksPassword={false}
          words={{
            name,
            nameHint,
            password,
            add,
            waiting: working,
            failed,
            wrongPassword,
            noName,
            tooMany,
            needsScript: words.addNeedsScript,
            needsSupport: words.addNeedsSupport,
          }}
        />
      </section>
      <p>
        <a class="button button-quiet" href="/welcome">{words.firstLater}</a>
      </p>
    </>
  );
});
