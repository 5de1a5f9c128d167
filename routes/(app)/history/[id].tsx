import { useCategoryTitle } from "../../../components/category_titles.tsx";
import { type Context, HttpError, page } from "fresh";
import { CommandFacts } from "../../../components/CommandFacts.tsx";
import { hasAnswerPage } from "../../../components/CommandActions.tsx";
import { GivenAnswer } from "../../../components/GivenAnswer.tsx";
import { isTalkedAbout } from "../../../components/ChatTalks.tsx";
import { CommandTalk } from "../../../components/CommandTalk.tsx";
import { CommandBody, Due, OwnProof, Runs } from "../../../components/CommandCard.tsx";
import { audienceText, kindTitle, lengthText, requirementText } from "../../../lib/text/mod.ts";
import { PersonName } from "../../../components/PersonName.tsx";
import { RichText } from "../../../components/RichText.tsx";
import { SentStyle } from "../../../components/SentStyle.tsx";
import { StateBadge } from "../../../components/StateBadge.tsx";
import { Time } from "../../../components/Time.tsx";
import { Story } from "../../../components/Story.tsx";
import Live from "../../../islands/Live.tsx";
import { Why } from "../../../components/Why.tsx";
import { Filled, useLanguage, useWords } from "../../../components/words.tsx";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { fill } from "../../../lib/words/mod.ts";
import { noPage } from "../../../lib/web/pages.ts";
import { absentFiles } from "../../../lib/web/forms/attachments.ts";
import { threadBeside } from "../../../lib/web/forms/chat.ts";
import { asksOf, checked, isOpen, methods, Refusal } from "../../../lib/protocol/mod.ts";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const detail = await received(ctx);
    const absent = await absentFiles(ctx, [detail]);
    const { command } = detail;
    const isTalked = !("sealed" in command) && isTalkedAbout(command.audience.kind);
    const talk = isTalked ? await threadBeside(ctx, command.from.username, command.id) : null;
    return page({ detail, absent, talk, now: ctx.state.services.clock.now() });
  },
});

/** The command in its recipient's eyes; for everybody else there is no such page. */
async function received(ctx: Context<PersonState>) {
  const params = checked(methods["command.get"].params, { id: ctx.params.id ?? "" });
  if (params instanceof Refusal) throw noPage(params);
  const detail = await ctx.state.services.commands.get(ctx.state.caller, params);
  if (detail instanceof Refusal) throw noPage(detail);
  if (detail.state === undefined) throw new HttpError(404);
  return { ...detail, state: detail.state };
}

export default definePerson.page<typeof handler>(function Received({ data, state: { caller } }) {
  const { detail, absent, talk, now } = data;
  const { command, state, timeline } = detail;
  const words = useWords("commands");
  const own = useWords("command");
  const page = useWords("history");
  const asking = useWords("asking");
  const sealed = "sealed" in command;
  const titleOf = useCategoryTitle();
  const audience = sealed ? "" : audienceText(words, command.audience, titleOf);
  const asked = sealed ? null : requirementText(own, command.requires);
  return (
    <>
      <SentStyle />
      <Live on="command.changed" />
      {talk === null ? null : <Live on="chat.message" />}
      <div class="page-head">
        <p>
          <a href="/history">{page.title}</a>
        </p>
        <h1 class={sealed ? undefined : "private"}>
          {sealed ? words.sealed : command.title || kindTitle(words, command.kind)}
        </h1>
      </div>
      <div class="live" id="command-live" data-live>
        <article class={sealed ? "card card-sealed" : "card"} aria-label={page.theCommand}>
          <p class="card-head">
            <PersonName {...command.from} />
            {audience === "" ? null : <span>{audience}</span>}
            <Time value={command.deliverAt ?? command.createdAt} />
          </p>
          {sealed ? <p>{own.sealedInInbox}</p> : (
            <CommandBody command={command} absent={absent}>
              {command.body ? <RichText text={command.body} /> : null}
            </CommandBody>
          )}
          <ul class="facts">
            <li>
              <StateBadge state={state.state} reader="recipient" />
            </li>
            {command.dueAt === null
              ? null
              : isOpen(state.state)
              ? <Due at={command.dueAt} now={now} local={false} />
              : (
                <li>
                  <Filled text={words.due} time={<Time value={command.dueAt} />} />
                </li>
              )}
            {state.until === null ? null : (
              <li>
                <Filled text={words.backAt} time={<Time value={state.until} />} />
              </li>
            )}
            {state.until === null ? null : (
              <li>
                <Filled text={words.backAt} time={<Time value={state.until} />} />
              </li>
            )}
            {sealed ? null : <Runs command={command} startedAt={state.startedAt} />}
            <CommandFacts command={command} />
          </ul>
          {sealed || asksOf(command)?.kind !== "timer" || state.answer !== undefined
            ? null
            : <Lasts seconds={Number(command.data?.seconds)} />}
          {asked === null ? null : <p class="soft small">{asked}</p>}
          {sealed ? null : <GivenAnswer command={command} answer={state.answer} label={asking.yourAnswer} />}
          <OwnProof state={state} absent={absent} />
          {state.allowedBy === null ? null : <Why rule={state.allowedBy} command={command} />}
          {isOpen(state.state)
            ? (
              <p>
                {hasAnswerPage(command) && state.state !== "submitted"
                  ? <a class="button button-main" href={`/history/${command.id}/answer`}>{asking.title}</a>
                  : <a class="button" href="../">{page.answer}</a>}
              </p>
            )
            : null}
        </article>
      </div>
      {talk === null ? null : <CommandTalk talk={talk} />}
      <div class="live" id="story-live" data-live>
        <Story
          command={command}
          entries={timeline}
          own={caller.username}
          names={new Map([[command.from.username, command.from.displayName]])}
          several={false}
          now={now}
          absent={absent}
        />
      </div>
    </>
  );
});

/** CM-9: how long a timer runs. */
function Lasts({ seconds }: { seconds: number }) {
  const words = useWords("asking");
  return <p class="soft small">{fill(words.lasts, { length: lengthText(words, useLanguage(), seconds) })}</p>;
}
