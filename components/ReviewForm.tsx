import type { TypedReview } from "../lib/browser/sent_items.ts";
import { fill } from "../lib/words/shape.ts";
import { Icon } from "./Icon.tsx";
import { useWords } from "./words.tsx";

interface ReviewFormProps {
  commandId: string;
  recipient: { username: string };
  /** Where the form goes. */
  path: string;
  /** The note and its button are folded away. */
  brief?: boolean;
  /** A review that was refused stands in its form again (UI-10). */
  typed?: TypedReview | undefined;
}

/** The sender's answer to a submission (CM-5). A return says why. */
export function ReviewForm({ commandId, recipient, path, brief = false, typed }: ReviewFormProps) {
  const words = useWords("sent");
  const { username } = recipient;
  const noteId = `review-${commandId}-${username}`;
  const note = typed?.recipient === username ? typed.note : undefined;
  const accept = (
    <button type="submit" class="button button-main button-s" name="verdict" value="accept" formnovalidate>
      <Icon name="check" size="s" />
      {words.accept}
    </button>
  );
  const field = (
    <div class="field">
      <label for={noteId}>{fill(words.note, { name: username })}</label>
      <p class="hint" id={`${noteId}-hint`}>{words.noteHint}</p>
      <textarea class="input" id={noteId} name="note" rows={2} aria-describedby={`${noteId}-hint`} required>
        {note ?? ""}
      </textarea>
    </div>
  );
  const back = (
    <button type="submit" class="button button-s" name="verdict" value="return">
      <Icon name="undo" size="s" />
      {words.returnWithNote}
    </button>
  );
  return (
    <form class="review-form" method="post" action={path} aria-label={fill(words.review, { name: username })}>
      <input type="hidden" name="id" value={commandId} />
      <input type="hidden" name="recipient" value={username} />
      {brief
        ? (
          <>
            {accept}
            <details open={note !== undefined}>
              <summary class="button button-s">{words.return}</summary>
              {field}
              {back}
            </details>
          </>
        )
        : (
          <>
            {field}
            <div class="row">
              {accept}
              {back}
            </div>
          </>
        )}
    </form>
  );
}
