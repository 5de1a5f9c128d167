import { type Context, HttpError, page } from "fresh";
import { Notice } from "../../../components/Notice.tsx";
import { readSentAction } from "../../../components/sent_items.ts";
import SentDetail from "../../../islands/SentDetail.tsx";
import { define, type State } from "../../../lib/define.ts";
import { problemOf, readForm, refusedPage, seeOther } from "../../../lib/forms.ts";
import { callerOf } from "../../../lib/page_caller.ts";
import { absentFiles } from "../../../lib/page_files.ts";
import { noPage } from "../../../lib/page_refusal.ts";
import { changeSent, sentNotices } from "../../../lib/page_sent.ts";
import { checked, limits, methods, Refusal } from "../../../lib/protocol/mod.ts";

export const handler = define.handlers({
  GET: async (ctx) => page({ ...await sent(ctx), problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    // The address says which command it is; a form of another one changes nothing here.
    const id = ctx.params.id ?? "";
    const done = form instanceof Refusal ? form : await changeSent(ctx, { ...readSentAction(form), id });
    if (!(done instanceof Refusal)) return seeOther(`/sent/${id}?notice=${done}`);
    return page({ ...await sent(ctx), problem: problemOf(done).message }, refusedPage(done));
  },
});

/** The command in its sender's eyes; for everybody else there is no such page. */
async function sent(ctx: Context<State>) {
  const caller = callerOf(ctx.state);
  const params = checked(methods["command.get"].params, { id: ctx.params.id ?? "" });
  if (params instanceof Refusal) throw new HttpError(404);
  const detail = await ctx.state.services.commands.get(caller, params);
  if (detail instanceof Refusal) throw noPage(detail);
  if (detail.command.from.username !== caller.username) throw new HttpError(404);
  return { detail, absent: await absentFiles(ctx, [detail]) };
}

export default define.page<typeof handler>(function SentCommand({ data, url }) {
  const notice = sentNotices.get(url.searchParams.get("notice") ?? "");
  return (
    <>
      <div class="page-head">
        <p>
          <a href="/sent">All that you sent</a>
        </p>
        <h1>Sent command</h1>
      </div>
      {notice === undefined || data.problem !== null ? null : <Notice>{notice}</Notice>}
      <SentDetail
        detail={data.detail}
        most={limits.pageMax}
        problem={data.problem}
        absent={data.absent}
      />
    </>
  );
});
