import type { Absence, ListItem, RecipientState } from "../lib/protocol/mod.ts";
import { Attachments } from "./Attachments.tsx";
import { GivenAnswer } from "./GivenAnswer.tsx";
import { PersonName } from "./PersonName.tsx";
import { inOrder, readSentAction, type SentAction, type TypedReview } from "../lib/browser/sent_items.ts";
import { StateBadge } from "./StateBadge.tsx";
import { Time } from "./Time.tsx";
import { useLanguage, useWords } from "./words.tsx";
import { fill, plural } from "../lib/words/shape.ts";

interface RecipientListProps {
  item: ListItem;
  local: boolean;
  busy: boolean;
  /** Where forms are posted to without scripts. */
  path: string;
  /** How many are shown; the rest is counted. */
  most: number;
  /** By file id: files that cannot be had. */
  absent: Readonly<Record<string, Absence>>;
  /** What was handed in as names only. */
  brief: boolean;
  /** A review that was refused stands in its form again (UI-10). */
  typed: TypedReview | undefined;
  onAct: ((action: SentAction) => void) | undefined;
}

/** Each recipient and how far they are. What was handed in for review can be answered right there. */
export function RecipientList(props: RecipientListProps) {
  const { item, local, most, absent, brief } = props;
  const words = useWords("sent");
  const asking = useWords("asking");
  const { note } = useWords("commands");
  const language = useLanguage();
  const recipients = inOrder(item.recipients ?? []);
  const rest = recipients.length - most;
  const reviewed = !("sealed" in item.command) && item.command.requires === "review";
  if (recipients.length === 0) return null;
  return (
    <>
      <ul class="people" aria-label={words.recipients}>
        {recipients.slice(0, most).map((one) => (
          <li key={one.username}>
            <span class="name">
              <PersonName username={one.username} displayName={one.displayName} />
              {"sealed" in item.command || one.answer === undefined ? null : (
                <GivenAnswer
                  command={item.command}
                  answer={one.answer}
                  label={fill(asking.answerOf, { name: one.username })}
                  local={local}
                />
              )}
              {one.note ? <span class="small">{fill(note, { text: one.note })}</span> : null}
              <Attachments
                files={one.proof}
                absent={absent}
                label={fill(words.handedInBy, { name: one.username })}
                brief={brief}
              />
              {one.review?.note
                ? (
                  <span class="small">
                    {fill(one.review.accept ? words.acceptedNote : words.returnedNote, {
                      note: one.review.note,
                    })}
                  </span>
                )
                : null}
            </span>
            <span class="row">
              <StateBadge state={one.state} reader="sender" />
              <span class="soft small">
                <Time value={one.updatedAt} local={local} />
              </span>
            </span>
            {reviewed && one.state === "submitted" ? <ReviewForm {...props} recipient={one} /> : null}
          </li>
        ))}
      </ul>
      {rest > 0 ? <p class="soft small">{plural(language, words.rest, rest)}</p> : null}
    </>
  );
}

type ReviewProps = Omit<RecipientListProps, "most"> & { recipient: RecipientState };

function ReviewForm({ item, recipient, path, busy, typed, onAct }: ReviewProps) {
  const words = useWords("sent");
  const noteId = `review-${item.command.id}-${recipient.username}`;
  const submit = (event: SubmitEvent) => {
    if (onAct === undefined || !(event.currentTarget instanceof HTMLFormElement)) return;
    event.preventDefault();
    onAct(readSentAction(new FormData(event.currentTarget, event.submitter)));
  };
  return (
    <form
      class="review"
      method="post"
      action={path}
      onSubmit={submit}
      aria-label={fill(words.review, { name: recipient.username })}
    >
      <input type="hidden" name="id" value={item.command.id} />
      <input type="hidden" name="recipient" value={recipient.username} />
      <div class="field wide">
        <label for={noteId}>{fill(words.note, { name: recipient.username })}</label>
        <input
          class="input"
          id={noteId}
          name="note"
          autocomplete="off"
          {...(typed?.recipient === recipient.username ? { defaultValue: typed.note } : {})}
        />
      </div>
      <div class="row">
        <button type="submit" class="button button-main" name="verdict" value="accept" disabled={busy}>
          {words.accept}
        </button>
        <button type="submit" class="button" name="verdict" value="return" disabled={busy}>
          {words.giveBack}
        </button>
      </div>
    </form>
  );
}
