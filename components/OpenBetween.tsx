import { stateWords } from "../lib/text/mod.ts";
import { fill } from "../lib/words/mod.ts";
import type { OpenBetween as One } from "../lib/text/chat.ts";
import { commandTitle } from "./CommandCard.tsx";
import { Icon } from "./Icon.tsx";
import { kindIcon } from "./SentRow.tsx";
import { ShortTime } from "./ShortTime.tsx";
import { When } from "./When.tsx";
import { useWords } from "./words.tsx";

interface OpenBetweenProps {
  open: readonly One[];
  other: { username: string; displayName: string };
  /** The server's time, in ms since 1970. */
  now: number;
}

/** The open commands between the two people of a talk, each with the way to its page. Only on the server. */
export function OpenBetween({ open, other, now }: OpenBetweenProps) {
  const words = useWords("chat");
  return (
    <>
      <h2>{words.openBetween}</h2>
      {open.length === 0
        ? (
          <p class="soft small">
            {words.openNone} <a href={`/send?to=${encodeURIComponent(other.username)}`}>{words.openSend}</a>
          </p>
        )
        : (
          <ul class="talk-open">
            {open.map((one) => (
              <li key={`${one.item.command.id} ${one.own}`}>
                <Row one={one} name={other.displayName} now={now} />
              </li>
            ))}
          </ul>
        )}
    </>
  );
}

function Row({ one: { item, state, own }, name, now }: { one: One; name: string; now: number }) {
  const words = useWords("chat");
  const commandWords = useWords("commands");
  const { command } = item;
  const { id, dueAt, createdAt } = command;
  const late = dueAt !== null && Date.parse(dueAt) < now;
  return (
    <a href={`/${own ? "sent" : "history"}/${id}`}>
      <span class="talk-open-title">
        <Icon name={"sealed" in command ? "seal" : kindIcon(command.kind)} size="s" />
        <strong class="private">{commandTitle(commandWords, command)}</strong>
      </span>
      <span class="soft small">
        {dueAt === null
          ? <ShortTime value={createdAt} now={now} />
          : <When value={dueAt} now={now} past="late" class={late ? "late" : undefined} />}
        {" · "}
        {own ? words.fromYou : <bdi>{fill(words.fromThem, { name })}</bdi>}
        {" · "}
        {stateWords(commandWords, state, own ? "sender" : "recipient").label}
      </span>
    </a>
  );
}
