import { type Context, page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { Title } from "../../components/Title.tsx";
import { useWords } from "../../components/words.tsx";
import { originOf } from "../../lib/web/authentication.ts";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { problemOf, readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../lib/web/pages.ts";
import { Refusal } from "../../lib/protocol/mod.ts";

/** UI-12: where a notification leads. A button that no worker took asks here before it does anything. */
export const handler = definePerson.handlers({
  async GET(ctx) {
    const { pushAnswers } = ctx.state.services;
    const ticket = ctx.url.searchParams.get("ticket") ?? "";
    const found = await pushAnswers.look(ctx.state.caller, ticket);
    if (found === null) return seeOther("/");
    const { action, commandId } = found;
    // A question is answered where it can be read.
    if (action === "open" || action === "answer") return seeOther(await pageOf(ctx, commandId));
    return page({ ticket, action, problem: null });
  },
  async POST(ctx) {
    const { pushAnswers } = ctx.state.services;
    const form = await readForm(ctx.req);
    const ticket = form instanceof Refusal ? "" : form.get("ticket") ?? "";
    const found = await pushAnswers.look(ctx.state.caller, ticket);
    if (found === null || found.action === "open" || found.action === "answer") return seeOther("/");
    const { address, requestId } = originOf(ctx);
    const done = await pushAnswers.answer({ address, requestId }, { ticket });
    if (!(done instanceof Refusal)) {
      return seeOther(done.command === null ? "/resume" : await pageOf(ctx, done.command));
    }
    const problem = problemOf(done, ctx.state.language);
    return page({ ticket, action: found.action, problem }, refusedPage(done));
  },
});

/** The command's page; the inbox for one that no device got yet, where showing it delivers it. */
async function pageOf(ctx: Context<PersonState>, id: string): Promise<string> {
  const found = await ctx.state.services.commands.get(ctx.state.caller, { id });
  return found instanceof Refusal ? "/" : `/history/${id}`;
}

export default definePerson.page<typeof handler>(function NotifiedPage({ data }) {
  const words = useWords("notified");
  const pushed = useWords("pushed");
  return (
    <>
      <Title text={words.title} />
      <PageHead title={words[data.action]} lead={words.lead} problem={data.problem} />
      <form class="savebar" method="post" action="/notified">
        <input type="hidden" name="ticket" value={data.ticket} />
        <a class="button" href="/">{words.keep}</a>
        <button type="submit" class="button button-main">{pushed[data.action]}</button>
      </form>
    </>
  );
});
