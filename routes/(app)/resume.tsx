import { page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { Check } from "../../components/Field.tsx";
import { useWords } from "../../components/words.tsx";
import { definePerson } from "../../lib/web/define.ts";
import { problemOf, readForm } from "../../lib/web/forms/form.ts";
import { localPath, refusedPage, seeOther } from "../../lib/web/pages.ts";
import { checked, methods, Refusal } from "../../lib/protocol/mod.ts";
import { wordsOf } from "../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  GET(ctx) {
    const unsaved = ctx.state.services.safety.isUnsaved(ctx.state.caller.userId);
    const problem = unsaved
      ? problemOf(new Refusal("unavailable", "stop.unsaved"), ctx.state.language)
      : null;
    return page({ back: "/", problem });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const params = form instanceof Refusal
      ? form
      : checked(methods["safety.resume"].params, { confirm: form.get("confirm") === "yes" });
    const done = params instanceof Refusal
      ? params
      : await ctx.state.services.safety.resume(ctx.state.caller);
    const back = form instanceof Refusal ? "/" : localPath(form.get("back"));
    if (!(done instanceof Refusal)) return seeOther(back);
    const unconfirmed = done.detail.fields?.confirm !== undefined;
    const problem = unconfirmed
      ? { message: wordsOf(ctx.state.language).safety.unconfirmed }
      : problemOf(done, ctx.state.language);
    return page({ back, problem }, refusedPage(done));
  },
});

export default definePerson.page<typeof handler>(function Resume({ data }) {
  const words = useWords("safety");
  return (
    <>
      <PageHead title={words.resume} lead={words.resumeLead} problem={data.problem} />
      <form class="panel" method="post" action="/resume">
        <input type="hidden" name="back" value={data.back} />
        <Check name="confirm" label={words.confirm} required />
        <div>
          <button type="submit" class="button button-main">{words.resume}</button>
        </div>
      </form>
    </>
  );
});
