import { type Context, page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { readAction, updateParams } from "../../lib/browser/mod.ts";
import { ProblemNotice } from "../../components/Notice.tsx";
import { useWords } from "../../components/words.tsx";
import Inbox from "../../islands/Inbox.tsx";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { filled, momentIn, problemOf, readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther, zoneOf } from "../../lib/web/pages.ts";
import { absentFiles, attachChoice } from "../../lib/web/forms/attachments.ts";
import { checked, limits, methods, Refusal } from "../../lib/protocol/mod.ts";
import { someWords } from "../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await inbox(ctx), problem: null }),
  async POST(ctx) {
    const { commands, clock } = ctx.state.services;
    const form = await readForm(ctx.req);
    const action = form instanceof Refusal ? null : readAction(form);
    const params = form instanceof Refusal ? form : checked(
      methods["command.update"].params,
      updateParams(readAction(form), clock.now(), (value) => momentIn(value, filled(form, "zone") ?? "UTC")),
    );
    const done = params instanceof Refusal ? params : await commands.update(ctx.state.caller, params);
    if (!(done instanceof Refusal)) return seeOther("/");
    const problem = {
      id: action?.id ?? "",
      message: problemOf(done, ctx.state.language).message,
      note: form instanceof Refusal ? undefined : filled(form, "note"),
    };
    return page({ ...await inbox(ctx), problem }, refusedPage(done));
  },
});

async function inbox(ctx: Context<PersonState>) {
  const { commands, clock } = ctx.state.services;
  const caller = ctx.state.caller;
  const before = ctx.url.searchParams.get("before");
  const params = checked(methods["inbox.list"].params, {
    open: true,
    ...before === null ? {} : { before },
  });
  const list = params instanceof Refusal ? params : await commands.inboxList(caller, params);
  const unread = list instanceof Refusal ? list : null;
  const { items, next } = list instanceof Refusal ? { items: [], next: null } : list;
  const view = { now: clock.now(), newest: before === null, unread };
  const [zone, absent, own] = await Promise.all([zoneOf(ctx), absentFiles(ctx, items), attachChoice(ctx)]);
  return { ...view, zone, absent, own, items, next };
}

export default definePerson.page<typeof handler>(function InboxPage({ data, state }) {
  const here = data.problem !== null && data.items.some((item) => item.command.id === data.problem?.id);
  return (
    <>
      <PageHead
        title={useWords("inbox").title}
        problem={data.unread === null ? null : problemOf(data.unread, state.language)}
      />
      <ProblemNotice problem={here ? null : data.problem} />
      <Inbox
        items={data.items}
        now={data.now}
        newest={data.newest}
        wanted={limits.pageDefault}
        next={data.next}
        stopped={(state.stoppedSince ?? null) !== null}
        zone={data.zone}
        problem={here ? data.problem : null}
        absent={data.absent}
        own={data.own}
        words={someWords(state.language, [
          "inbox",
          "commands",
          "command",
          "file",
          "upload",
          "failures",
          "offline",
        ])}
      />
    </>
  );
});
