import type { AuditPageEntry } from "../lib/protocol/mod.ts";
import { subjectPath } from "../lib/text/mod.ts";
import type { Words } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";
import { Time } from "./Time.tsx";
import { Filled, useWords } from "./words.tsx";

/** Entries of the audit log (MO-3), as they come. */
export function AuditList({ entries }: { entries: readonly AuditPageEntry[] }) {
  const words = useWords("admin");
  const lists = useWords("lists");
  const audit = useWords("audit");
  return (
    <ol class="people">
      {entries.map((entry) => (
        <li key={entry.cursor}>
          <div class="name">
            <span>
              <Filled
                text={sentenceOf(audit.says, entry) ?? (entry.subject === null ? words.entry : words.entryOn)}
                actor={<Actor name={entry.actor} />}
                action={<code>{entry.action}</code>}
                subject={<Subject name={entry.subject} />}
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
              <code>{entry.action}</code>
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

/** The sentence of an action; undefined for one without, or one that would leave out what the entry is about. */
function sentenceOf(says: Words["audit"]["says"], { action, subject }: AuditPageEntry): string | undefined {
  const said = Object.hasOwn(says, action) ? says[action as keyof typeof says] : undefined;
  return said?.includes("{subject}") === true && subject === null ? undefined : said;
}

/** `(server)` and `(visitor)` are nobody's username. */
function Actor({ name }: { name: string }) {
  return name.startsWith("(")
    ? <strong>{name}</strong>
    : <a href={`/admin/users/${encodeURIComponent(name)}`}>@{name}</a>;
}

/** With a link to where there is more of it. */
function Subject({ name }: { name: string | null }) {
  const path = name === null ? null : subjectPath(name);
  return path === null ? <strong>{name}</strong> : <a href={path}>{name}</a>;
}
