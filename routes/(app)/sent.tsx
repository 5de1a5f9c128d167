import { type Context, page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { ProblemNotice } from "../../components/Notice.tsx";
import { Pages } from "../../components/Pages.tsx";
import { readSentAction, typedReview } from "../../lib/browser/mod.ts";
import { useWords } from "../../components/words.tsx";
import Sent from "../../islands/Sent.tsx";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { problemOf, readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../lib/web/pages.ts";
import { absentFiles } from "../../lib/web/forms/attachments.ts";
import { changeSent, noticeOf } from "../../lib/web/forms/sent.ts";
import { checked, methods, Refusal } from "../../lib/protocol/mod.ts";
import { someWords } from "../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await outbox(ctx), problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await changeSent(ctx, readSentAction(form));
    if (!(done instanceof Refusal)) return seeOther(`/sent?notice=${done}`);
    const id = form instanceof Refusal ? "" : form.get("id") ?? "";
    const typed = form instanceof Refusal ? undefined : typedReview(form);
    const problem = { id, message: problemOf(done, ctx.state.language).message, typed };
    return page({ ...await outbox(ctx), problem }, refusedPage(done));
  },
});

async function outbox(ctx: Context<PersonState>) {
  const before = ctx.url.searchParams.get("before");
  const params = checked(methods["command.list"].params, {
    box: "outbox",
    ...(before === null ? {} : { before }),
  });
  const list = params instanceof Refusal
    ? params
    : await ctx.state.services.commands.list(ctx.state.caller, params);
  const newest = before === null;
  return list instanceof Refusal
    ? { items: [], next: null, newest, absent: {}, unread: problemOf(list, ctx.state.language) }
    : { ...list, newest, absent: await absentFiles(ctx, list.items), unread: null };
}

export default definePerson.page<typeof handler>(function SentPage({ data, url, state }) {
  const words = useWords("sent");
  const notice = noticeOf(words, url);
  const here = data.problem !== null && data.items.some((item) => item.command.id === data.problem?.id);
  return (
    <>
      <PageHead title={words.title} notice={notice} problem={data.unread} />
      <ProblemNotice problem={here ? null : data.problem} />
      <Sent
        items={data.items}
        newest={data.newest}
        problem={here ? data.problem : null}
        absent={data.absent}
        words={someWords(state.language, ["sent", "asking", "commands", "file", "failures"])}
      />
      <Pages
        newest={data.newest ? null : "/sent"}
        older={data.next === null ? null : `/sent?before=${data.next}`}
      />
    </>
  );
});
