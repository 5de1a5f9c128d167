import type { AuditEntry } from "../lib/protocol/mod.ts";
import { Time } from "./Time.tsx";

/** Entries of the audit log (MO-3), as they come. */
export function AuditList({ entries }: { entries: readonly AuditEntry[] }) {
  return (
    <ol class="people">
      {entries.map((entry) => (
        <li key={entry.cursor}>
          <div class="name">
            <span>
              <strong>@{entry.actor}</strong> <code>{entry.action}</code>
              {entry.subject === null ? null : (
                <>
                  {" "}on <strong>{entry.subject}</strong>
                </>
              )}
            </span>
            {entry.reason ? <span class="small">“{entry.reason}”</span> : null}
            <span class="soft small">
              <Time value={entry.at} /> from {entry.address}
            </span>
          </div>
          <details class="small">
            <summary aria-label={`Details of ${entry.action}, ${entry.at}`}>Details</summary>
            <div class="menu">
              {Object.keys(entry.detail).length === 0 ? null : <code>{JSON.stringify(entry.detail)}</code>}
              <span class="soft">
                Hash <code>{entry.hash}</code>
              </span>
            </div>
          </details>
        </li>
      ))}
    </ol>
  );
}
