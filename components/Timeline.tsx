import type { TimelineEntry } from "../lib/protocol/mod.ts";
import { StateBadge } from "./StateBadge.tsx";
import { Time } from "./Time.tsx";
import { useWords } from "./words.tsx";
import { fill } from "../lib/words/shape.ts";

interface TimelineProps {
  entries: readonly TimelineEntry[];
  reader: "recipient" | "sender";
  local?: boolean;
}

/** What happened to a command, first things first. */
export function Timeline({ entries, reader, local = false }: TimelineProps) {
  const { note, byWho, nothingYet } = useWords("commands");
  if (entries.length === 0) return <p class="soft">{nothingYet}</p>;
  return (
    <ol class="timeline">
      {entries.map((entry, index) => (
        <li key={index}>
          <span class="row">
            <StateBadge state={entry.state} reader={reader} />
            <Person entry={entry} byWho={byWho} />
            <span class="soft small">
              <Time value={entry.at} local={local} />
            </span>
          </span>
          {entry.note ? <span class="small">{fill(note, { text: entry.note })}</span> : null}
        </li>
      ))}
    </ol>
  );
}

/** Whose state it is, for the sender, and who changed it where that was another person. */
function Person({ entry: { who, recipient }, byWho }: { entry: TimelineEntry; byWho: string }) {
  const first = recipient ?? who;
  if (first === undefined) return null;
  return (
    <>
      <bdi>@{first}</bdi>
      {who === undefined || who === first ? null : (
        <span class="soft small">
          <bdi>{fill(byWho, { who })}</bdi>
        </span>
      )}
    </>
  );
}
