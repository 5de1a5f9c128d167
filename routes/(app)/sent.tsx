import { type Context, page } from "fresh";
import { Notice, ProblemNotice } from "../../components/Notice.tsx";
import Sent from "../../islands/Sent.tsx";
import { define, type State } from "../../lib/define.ts";
import { problemOf, readForm, refusedPage, seeOther } from "../../lib/forms.ts";
import { callerOf } from "../../lib/page_caller.ts";
import { checked, methods, Refusal } from "../../lib/protocol/mod.ts";

export const handler = define.handlers({
  GET: async (ctx) => page({ ...await outbox(ctx), problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const id = form instanceof Refusal ? "" : form.get("id") ?? "";
    const params = form instanceof Refusal ? form : checked(methods["command.cancel"].params, { id });
    const done = params instanceof Refusal
      ? params
      : await ctx.state.services.commands.cancel(callerOf(ctx.state), params);
    if (!(done instanceof Refusal)) return seeOther("/sent?notice=cancelled");
    return page(
      { ...await outbox(ctx), problem: { id, message: problemOf(done).message } },
      refusedPage(done),
    );
  },
});

async function outbox(ctx: Context<State>) {
  const before = ctx.url.searchParams.get("before");
  const params = checked(methods["command.list"].params, {
    box: "outbox",
    ...(before === null ? {} : { before }),
  });
  const list = params instanceof Refusal
    ? params
    : await ctx.state.services.commands.list(callerOf(ctx.state), params);
  return list instanceof Refusal
    ? { items: [], next: null, newest: before === null, unread: problemOf(list) }
    : { ...list, newest: before === null, unread: null };
}

/** What a redirect may have to say; only these words, never text from the address. */
const notices = new Map([
  ["sent", "Sent. It waits for the people it is for, and their answers show up here."],
  ["scheduled", "Scheduled. You can cancel it here until it goes out."],
  ["cancelled", "Cancelled. It is gone from the inboxes where it was still open."],
]);

export default define.page<typeof handler>(function SentPage({ data, url }) {
  const notice = notices.get(url.searchParams.get("notice") ?? "");
  const here = data.problem !== null && data.items.some((item) => item.command.id === data.problem?.id);
  return (
    <>
      <div class="page-head">
        <h1>Sent</h1>
      </div>
      {notice === undefined ? null : <Notice>{notice}</Notice>}
      <ProblemNotice problem={data.unread} />
      <ProblemNotice problem={here ? null : data.problem} />
      <Sent items={data.items} newest={data.newest} problem={here ? data.problem : null} />
      {data.next === null && data.newest ? null : (
        <nav class="row" aria-label="Pages">
          {data.newest ? null : <a class="button" href="/sent">Newest</a>}
          {data.next === null ? null : <a class="button" href={`/sent?before=${data.next}`}>Older</a>}
        </nav>
      )}
    </>
  );
});
