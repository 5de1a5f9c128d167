import { type Context, HttpError, page } from "fresh";
import { AnswerTotals } from "../../../components/AnswerTotals.tsx";
import { AskFirst } from "../../../components/AskFirst.tsx";
import { CommandBody } from "../../../components/CommandCard.tsx";
import { CommandDetails } from "../../../components/CommandDetails.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { Notice, ProblemNotice } from "../../../components/Notice.tsx";
import { PeopleOf } from "../../../components/PeopleOf.tsx";
import { ReviewBox } from "../../../components/ReviewBox.tsx";
import { RichText } from "../../../components/RichText.tsx";
import { SentStyle } from "../../../components/SentStyle.tsx";
import { Story } from "../../../components/Story.tsx";
import { Time } from "../../../components/Time.tsx";
import { Filled, useWords } from "../../../components/words.tsx";
import Live from "../../../islands/Live.tsx";
import {
  checksNotice,
  goesOutAt,
  isCancellable,
  readSentAction,
  typedReview,
} from "../../../lib/browser/mod.ts";
import { shownCategories } from "../../../lib/web/categories.ts";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { problemOf, readForm } from "../../../lib/web/forms/form.ts";
import { noPage, refusedPage, seeOther } from "../../../lib/web/pages.ts";
import { isTalkedAbout } from "../../../components/ChatTalks.tsx";
import { CommandTalk } from "../../../components/CommandTalk.tsx";
import { absentFiles } from "../../../lib/web/forms/attachments.ts";
import { threadBeside } from "../../../lib/web/forms/chat.ts";
import { isEditable } from "../../../lib/web/forms/edit.ts";
import { changeSent, noticeOf } from "../../../lib/web/forms/sent.ts";
import { checked, type Command, limits, methods, Refusal } from "../../../lib/protocol/mod.ts";
import { kindTitle } from "../../../lib/text/mod.ts";
import { fill } from "../../../lib/words/mod.ts";

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
      { ...await sent(ctx), problem: problemOf(done, ctx.state.language), typed },
      refusedPage(done),
    );
  },
});

/** The command in its sender's eyes; for everybody else there is no such page. */
async function sent(ctx: Context<PersonState>) {
  const { caller, services: { clock, commands, profiles } } = ctx.state;
  const params = checked(methods["command.get"].params, { id: ctx.params.id ?? "" });
  if (params instanceof Refusal) throw new HttpError(404);
  const detail = await commands.get(caller, params);
  if (detail instanceof Refusal) throw noPage(detail);
  const { command, recipients = [] } = detail;
  if (command.from.username !== caller.username || "sealed" in command) throw new HttpError(404);
  const [absent, pictured, known] = await Promise.all([
    absentFiles(ctx, [detail]),
    profiles.withAvatar(caller, recipients.map(({ username }) => username)),
    shownCategories(ctx),
  ]);
  const [only] = recipients.length === 1 ? recipients : [];
  const isTalked = only !== undefined && isTalkedAbout(command.audience.kind);
  const talk = isTalked ? await threadBeside(ctx, only.username, command.id) : null;
  return { detail, command, absent, pictured, talk, categories: known, now: clock.now() };
}

export default definePerson.page<typeof handler>(function SentCommand({ data, url, state }) {
  const words = useWords("sent");
  const { detail, command, absent, pictured, now, problem } = data;
  const { recipients = [], timeline } = detail;
  const title = command.title || kindTitle(useWords("commands"), command.kind);
  const notice = problem === null ? noticeOf(words, url) : undefined;
  const checks = checksNotice(words, detail, absent);
  const goesOut = goesOutAt(detail);
  const submitted = command.requires === "review"
    ? recipients.filter((one) => one.state === "submitted")
    : [];
  const names = new Map([command.from, ...recipients].map((one) => [one.username, one.displayName]));
  return (
    <>
      <SentStyle />
      <Live on="command.changed" />
      {data.talk === null ? null : <Live on="chat.message" />}
      <div class="page-head">
        <p>
          <a href="/sent">{words.all}</a>
        </p>
        <h1 class="private">{title}</h1>
      </div>
      {notice === undefined ? null : <Notice>{notice}</Notice>}
      <ProblemNotice problem={problem} />
      <div class="command-page wide">
        <div class="command-main">
          <div class="live" id="reviews-live" data-live>
            {submitted.map((one) => (
              <ReviewBox
                key={one.username}
                command={command}
                recipient={one}
                now={now}
                picture={pictured.has(one.username)}
                absent={absent}
                typed={data.typed}
              />
            ))}
          </div>
          {hasContent(command) || checks !== null || goesOut !== null
            ? (
              <article class="card" aria-label={words.oneTitle}>
                <CommandBody command={command} absent={absent}>
                  {command.body ? <RichText text={command.body} /> : null}
                </CommandBody>
                {checks === null ? null : <p class={`notice notice-${checks.tone} small`}>{checks.text}</p>}
                {goesOut === null ? null : (
                  <p class="soft small">
                    <Filled
                      text={command.attachments.length === 0 ? words.goesOut : words.goesOutChecked}
                      time={<Time value={goesOut} />}
                    />
                  </p>
                )}
              </article>
            )
            : null}
          <div class="live" id="story-live" data-live>
            <Story
              command={command}
              entries={timeline}
              own={state.caller.username}
              names={names}
              several={recipients.length !== 1}
              now={now}
              absent={absent}
            />
          </div>
          {data.talk === null ? null : <CommandTalk talk={data.talk} />}
        </div>
        <div class="command-side live" id="side-live" data-live>
          {detail.answers === undefined
            ? null
            : <AnswerTotals answers={detail.answers} commandId={command.id} />}
          <PeopleOf detail={detail} most={limits.pageMax} now={now} pictured={pictured} />
          <CommandDetails command={command} categories={data.categories} now={now} />
          <Actions detail={detail} title={title} />
        </div>
      </div>
    </>
  );
});

/** Whether there is more of it than its title. */
function hasContent({ kind, body, attachments }: Command): boolean {
  return kind === "link" || Boolean(body) || attachments.length > 0;
}

function Actions({ detail, title }: { detail: Parameters<typeof isEditable>[0]; title: string }) {
  const words = useWords("story");
  const { cancelLabel } = useWords("sent");
  const { id } = detail.command;
  const path = `/sent/${id}`;
  const open = isCancellable(detail);
  return (
    <div class="command-actions">
      <a class="button" href={`/send?copy=${id}`}>
        <Icon name="copy" size="s" />
        {words.duplicate}
      </a>
      {isEditable(detail)
        ? (
          <>
            <a class="button" href={`${path}/edit`} aria-describedby="edit-hint">
              <Icon name="edit" size="s" />
              {words.edit}
            </a>
            <p class="hint" id="edit-hint">{words.editHint}</p>
          </>
        )
        : null}
      {open
        ? (
          <AskFirst ask="cancel" to={path}>
            <input type="hidden" name="id" value={id} />
            <button
              type="submit"
              class="button button-danger"
              aria-label={fill(cancelLabel, { title })}
              aria-describedby="cancel-hint"
            >
              <Icon name="x" size="s" />
              {words.cancel}
            </button>
            <p class="hint" id="cancel-hint">{words.cancelHint}</p>
          </AskFirst>
        )
        : null}
    </div>
  );
}
