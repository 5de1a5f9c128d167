import type { AuditPageEntry } from "../lib/protocol/mod.ts";
import { fill } from "../lib/words/shape.ts";
import { Time } from "./Time.tsx";
import { Filled, useWords } from "./words.tsx";

/** Entries of the audit log (MO-3), as they come. */
export function AuditList({ entries }: { entries: readonly AuditPageEntry[] }) {
  const words = useWords("admin");
  const lists = useWords("lists");
  return (
    <ol class="people">
      {entries.map((entry) => (
        <li key={entry.cursor}>
          <div class="name">
            <span>
              <Filled
                text={entry.subject === null ? words.entry : words.entryOn}
                actor={<strong>{actorName(entry.actor)}</strong>}
                action={<code>{entry.action}</code>}
                subject={<strong>{entry.subject}</strong>}
              />
            </span>
            {entry.reason ? <span class="small">{fill(lists.quoted, { text: entry.reason })}</span> : null}
            <span class="soft small">
              {entry.address === ""
                ? <Time value={entry.at} />
                : <Filled text={words.timeFrom} time={<Time value={entry.at} />} address={entry.address} />}
            </span>
          </div>
          <details class="small">
            <summary aria-label={fill(words.detailsOf, { action: entry.action, time: entry.at })}>
              {words.details}
            </summary>
            <div class="menu">
              {Object.keys(entry.detail).length === 0 ? null : <code>{JSON.stringify(entry.detail)}</code>}
              <span class="soft">
                <Filled text={words.hash} hash={<code>{entry.hash}</code>} />
              </span>
            </div>
          </details>
        </li>
      ))}
    </ol>
  );
}

/** `(server)` and `(visitor)` are nobody's username. */
function actorName(actor: string): string {
  return actor.startsWith("(") ? actor : `@${actor}`;
}
