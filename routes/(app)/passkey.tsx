import { page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { Title } from "../../components/Title.tsx";
import { useWords } from "../../components/words.tsx";
import { definePerson } from "../../lib/web/define.ts";
import { AddPasskey } from "./(_parts)/AddPasskey.tsx";

export const handler = definePerson.handlers({ GET: () => page() });

/** A new account's first passkey: who has just registered has shown who they are (AU-7, AU-13). */
export default definePerson.page(function PasskeyPage() {
  const words = useWords("twoFactor");
  return (
    <>
      <Title text={words.first} />
      <PageHead title={words.first} lead={words.firstLead} />
      <section class="panel" aria-label={words.first}>
        <AddPasskey asksPassword={false} />
      </section>
      <p>
        <a class="button button-quiet" href="/welcome">{words.firstLater}</a>
      </p>
    </>
  );
});
