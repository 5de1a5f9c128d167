import type { Absence, Command, RecipientState } from "../lib/protocol/mod.ts";
import type { TypedReview } from "../lib/browser/sent_items.ts";
import { fill } from "../lib/words/shape.ts";
import { Attachments } from "./Attachments.tsx";
import { Avatar } from "./Avatar.tsx";
import { Reveal } from "./Discreet.tsx";
import { GivenAnswer } from "./GivenAnswer.tsx";
import { ReviewForm } from "./ReviewForm.tsx";
import { RichText } from "./RichText.tsx";
import { When } from "./When.tsx";
import { useWords } from "./words.tsx";

interface BoxProps {
  command: Pick<Command, "id" | "kind" | "data">;
  recipient: RecipientState;
  now: number;
  /** Whether the sender may see the recipient's picture. */
  picture: boolean;
  absent: Readonly<Record<string, Absence>>;
  typed: TypedReview | undefined;
}

/** What somebody submitted, in full, with the sender's answer to it. */
export function ReviewBox({ command, recipient, now, picture, absent, typed }: BoxProps) {
  const words = useWords("story");
  const sent = useWords("sent");
  const { username, displayName, updatedAt, note, proof } = recipient;
  const titleId = `submission-${username}`;
  return (
    <article class="card review-box" aria-labelledby={titleId}>
      <p class="card-head">
        <Avatar username={username} name={displayName} picture={picture} size={24} />
        <strong class="person" id={titleId}>{displayName}</strong>
        <span class="state" data-tone="wait">{words.needsReview}</span>
        <When value={updatedAt} now={now} />
      </p>
      <Reveal title={displayName} />
      <Attachments files={proof} absent={absent} label={fill(sent.handedInBy, { name: username })} />
      <GivenAnswer
        command={command}
        answer={recipient.answer}
        label={fill(useWords("asking").answerOf, { name: username })}
      />
      {note ? <RichText text={note} /> : null}
      <ReviewForm commandId={command.id} recipient={recipient} path={`/sent/${command.id}`} typed={typed} />
    </article>
  );
}
