import { useCategoryTitle } from "./category_titles.tsx";
import type { CommandDetail } from "../lib/protocol/mod.ts";
import { inOrder } from "../lib/browser/sent_items.ts";
import { audienceText } from "../lib/text/commands.ts";
import { plural } from "../lib/words/shape.ts";
import { Avatar } from "./Avatar.tsx";
import { isTalkedAbout, talkPath } from "./ChatTalks.tsx";
import { GivenAnswer } from "./GivenAnswer.tsx";
import { Icon } from "./Icon.tsx";
import { Progress } from "./Progress.tsx";
import { StateBadge } from "./StateBadge.tsx";
import { When } from "./When.tsx";
import { useLanguage, useWords } from "./words.tsx";
import { fill } from "../lib/words/shape.ts";

interface PeopleProps {
  detail: CommandDetail;
  /** How many are shown; the rest is counted. */
  most: number;
  now: number;
  /** People whose picture the sender may see. */
  pictured: ReadonlySet<string>;
}

/** Whom a command is for, how far each of them is, and the ways to talk with them about it. Only on the server. */
export function PeopleOf(
  { detail: { command, totals = {}, recipients = [] }, most, now, pictured }: PeopleProps,
) {
  const words = useWords("story");
  const sent = useWords("sent");
  const commandWords = useWords("commands");
  const asking = useWords("asking");
  const language = useLanguage();
  if ("sealed" in command) return null;
  const titleOf = useCategoryTitle();
  const audience = audienceText(commandWords, command.audience, titleOf);
  const rest = recipients.length - most;
  const talked = isTalkedAbout(command.audience.kind);
  return (
    <section class="panel people-of" aria-labelledby="people">
      <h2 id="people">{audience === "" ? plural(language, words.people, recipients.length) : audience}</h2>
      {recipients.length === 1 ? null : <Progress totals={totals} />}
      {recipients.length === 0 ? null : (
        <ul class="people" aria-label={sent.recipients}>
          {inOrder(recipients).slice(0, most).map(({ username, displayName, state, updatedAt, answer }) => (
            <li key={username}>
              <Avatar username={username} name={displayName} picture={pictured.has(username)} />
              <span class="name">
                <strong>
                  <bdi>{displayName}</bdi>
                </strong>
                <When value={updatedAt} now={now} class="soft small" />
                <GivenAnswer
                  command={command}
                  answer={answer}
                  label={fill(asking.answerOf, { name: username })}
                />
              </span>
              <span class="row">
                <StateBadge state={state} reader="sender" />
                {talked
                  ? (
                    <a
                      class="iconbutton"
                      href={talkPath(username, command.id)}
                      aria-label={fill(words.talkWith, { name: displayName })}
                    >
                      <Icon name="chat" size="s" />
                    </a>
                  )
                  : null}
              </span>
            </li>
          ))}
        </ul>
      )}
      {rest > 0 ? <p class="soft small">{plural(language, sent.rest, rest)}</p> : null}
    </section>
  );
}
