import { type Context, HttpError, page } from "fresh";
import { isTalkedAbout, talkPath } from "../../../components/ChatTalks.tsx";
import { PageHead } from "../../../components/PageHead.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { readSentAction, typedReview } from "../../../lib/browser/mod.ts";
import { useWords } from "../../../components/words.tsx";
import SentDetail from "../../../islands/SentDetail.tsx";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { problemOf, readForm } from "../../../lib/web/forms/form.ts";
import { noPage, refusedPage, seeOther } from "../../../lib/web/pages.ts";
import { absentFiles } from "../../../lib/web/forms/attachments.ts";
import { changeSent, noticeOf } from "../../../lib/web/forms/sent.ts";
import { checked, type CommandDetail, limits, methods, Refusal } from "../../../lib/protocol/mod.ts";
import { fill, someWords } from "../../../lib/words/mod.ts";

/** Recipients whose talk the page leads to. */
const talksShown = 20;

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await sent(ctx), problem: null, typed: undefined }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    // The address says which command it is; a form of another one changes nothing here.
    const id = ctx.params.id ?? "";
    const done = form instanceof Refusal ? form : await changeSent(ctx, { ...readSentAction(form), id });
    if (!(done instanceof Refusal)) return seeOther(`/sent/${id}?notice=${done}`);
    const typed = form instanceof Refusal ? undefined : typedReview(form);
    return page(
      { ...await sent(ctx), problem: problemOf(done, ctx.state.language).message, typed },
      refusedPage(done),
    );
  },
});

/** The command in its sender's eyes; for everybody else there is no such page. */
async function sent(ctx: Context<PersonState>) {
  const caller = ctx.state.caller;
  const params = checked(methods["command.get"].params, { id: ctx.params.id ?? "" });
  if (params instanceof Refusal) throw new HttpError(404);
  const detail = await ctx.state.services.commands.get(caller, params);
  if (detail instanceof Refusal) throw noPage(detail);
  if (detail.command.from.username !== caller.username) throw new HttpError(404);
  return { detail, absent: await absentFiles(ctx, [detail]) };
}

/** CH-1: the ways to the talks with recipients about this command. */
function TalksAbout({ command, recipients = [] }: CommandDetail) {
  const words = useWords("chat");
  if ("sealed" in command || !isTalkedAbout(command.audience.kind) || recipients.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="talks">
      <h2 id="talks">{words.talk}</h2>
      <ul>
        {recipients.slice(0, talksShown).map(({ username, displayName }) => (
          <li key={username}>
            <a href={talkPath(username, command.id)}>{fill(words.with, { name: displayName })}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}

export default definePerson.page<typeof handler>(function SentCommand({ data, url, state }) {
  const words = useWords("sent");
  const notice = noticeOf(words, url);
  return (
    <>
      <PageHead title={words.oneTitle} up={{ href: "/sent", name: words.all }} />
      {notice === undefined || data.problem !== null ? null : <Notice>{notice}</Notice>}
      <SentDetail
        detail={data.detail}
        most={limits.pageMax}
        problem={data.problem}
        typed={data.typed}
        absent={data.absent}
        words={someWords(state.language, ["sent", "asking", "commands", "file", "failures"])}
      />
      <TalksAbout {...data.detail} />
    </>
  );
});
