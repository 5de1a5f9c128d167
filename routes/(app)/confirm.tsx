import { page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { type Ask, askOf, askWords } from "../../lib/browser/mod.ts";
import { Title } from "../../components/Title.tsx";
import { useWords } from "../../components/words.tsx";
import { definePerson } from "../../lib/web/define.ts";
import { readForm } from "../../lib/web/forms/form.ts";
import { seeOther } from "../../lib/web/pages.ts";
import { Refusal } from "../../lib/protocol/mod.ts";

/** Which pages take the form of what is asked about, and which of its fields. */
const forms: Readonly<Record<Ask, { to: RegExp; fields: readonly string[] }>> = {
  cancel: { to: /^\/sent(\/[0-9A-Z]{26})?$/, fields: ["id"] },
  group: { to: /^(\/admin)?\/groups\/[a-z0-9-]{1,32}$/, fields: ["action"] },
  contact: { to: /^\/contacts$/, fields: ["username", "action"] },
};

/** Asks once more before what cannot be undone, where no script does; nothing is done here. */
export const handler = definePerson.handlers({
  GET: () => seeOther("/"),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const ask = form instanceof Refusal ? null : askOf(form.get("ask"));
    const to = form instanceof Refusal ? "" : form.get("to") ?? "";
    if (form instanceof Refusal || ask === null || !forms[ask].to.test(to)) return seeOther("/");
    const fields = forms[ask].fields.map((name) => [name, form.get(name) ?? ""] as const);
    return page({ ask, to, fields });
  },
});

export default definePerson.page<typeof handler>(function ConfirmPage({ data }) {
  const words = useWords("confirm");
  const { title, hint, act } = askWords(words, data.ask);
  return (
    <>
      <Title text={words.title} />
      <PageHead title={title} lead={hint} />
      <form class="savebar" method="post" action={data.to}>
        {data.fields.map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
        <a class="button" href={data.to}>{words.keep}</a>
        <button type="submit" class="button button-main">{act}</button>
      </form>
    </>
  );
});
