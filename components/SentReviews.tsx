import type { Absence, ListItem, RecipientState } from "../lib/protocol/mod.ts";
import type { TypedReview } from "../lib/browser/sent_items.ts";
import { kindTitle } from "../lib/text/commands.ts";
import { plural } from "../lib/words/shape.ts";
import { Attachments } from "./Attachments.tsx";
import { Avatar } from "./Avatar.tsx";
import { Reveal } from "./Discreet.tsx";
import { GivenAnswer } from "./GivenAnswer.tsx";
import { ReviewForm } from "./ReviewForm.tsx";
import { RichText } from "./RichText.tsx";
import { When } from "./When.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";
import { fill } from "../lib/words/shape.ts";

interface ReviewsProps {
  /** Commands with the recipients who wait. */
  items: readonly ListItem[];
  now: number;
  /** People whose picture the sender may see. */
  pictured: ReadonlySet<string>;
  absent: Readonly<Record<string, Absence>>;
  /** A review that was refused. */
  problem: { id: string; message: string; typed?: TypedReview | undefined } | null;
}

/** UI-9: what waits for the sender's review, with what was submitted in sight; the longest wait first. */
export function SentReviews({ items, now, ...rest }: ReviewsProps) {
  const words = useWords("sent");
  const language = useLanguage();
  const waiting = items.flatMap((item) => (item.recipients ?? []).map((one) => ({ item, one })))
    .sort((a, b) => a.one.updatedAt < b.one.updatedAt ? -1 : 1);
  const first = waiting[0];
  if (first === undefined) return null;
  return (
    <section class="reviews" aria-labelledby="reviews">
      <div class="section-head">
        <h2 id="reviews">{words.needsReview}</h2>
        <p class="soft small">
          <Filled
            text={plural(language, words.longest, waiting.length)}
            time={<When value={first.one.updatedAt} now={now} />}
          />
        </p>
      </div>
      <ul class="review-cards">
        {waiting.map(({ item, one }) => (
          <li key={`${item.command.id} ${one.username}`}>
            <ReviewCard item={item} one={one} now={now} {...rest} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ReviewCard(
  { item: { command }, one, now, pictured, absent, problem }: Omit<ReviewsProps, "items"> & {
    item: ListItem;
    one: RecipientState;
  },
) {
  const words = useWords("sent");
  const commandWords = useWords("commands");
  if ("sealed" in command) return null;
  const titleId = `review-of-${command.id}-${one.username}`;
  const title = command.title || kindTitle(commandWords, command.kind);
  const isHere = problem?.id === command.id && problem.typed?.recipient === one.username;
  return (
    <article class="card review-card" aria-labelledby={titleId}>
      <p class="card-head">
        <Avatar
          username={one.username}
          name={one.displayName}
          picture={pictured.has(one.username)}
          size={24}
        />
        <strong class="person">{one.displayName}</strong>
        <When value={one.updatedAt} now={now} />
      </p>
      <h3 id={titleId}>
        <a href={`/sent/${command.id}`}>{title}</a>
      </h3>
      <Reveal title={title} />
      <Attachments files={one.proof} absent={absent} label={fill(words.handedInBy, { name: one.username })} />
      <GivenAnswer
        command={command}
        answer={one.answer}
        label={fill(useWords("asking").answerOf, { name: one.username })}
      />
      {one.note
        ? <RichText text={one.note} />
        : one.proof.length === 0
        ? null
        : <p class="soft small">{words.fileAlone}</p>}
      {command.dueAt === null ? null : (
        <p class="soft small">
          <Filled text={words.dueWhen} time={<When value={command.dueAt} now={now} />} />
        </p>
      )}
      {isHere ? <p class="field-error" role="alert">{problem.message}</p> : null}
      <ReviewForm
        commandId={command.id}
        recipient={one}
        path="/sent"
        brief
        typed={isHere ? problem.typed : undefined}
      />
    </article>
  );
}
