import type { AdminUser, ReportHistory, Sanction } from "../lib/protocol/mod.ts";
import { fill } from "../lib/words/mod.ts";
import { PersonName } from "./PersonName.tsx";
import { Time } from "./Time.tsx";
import { UserMarks } from "./UserMarks.tsx";
import { Filled, useWords } from "./words.tsx";

interface QueuePersonProps {
  user: AdminUser & { sanctions: Sanction[] };
  history: ReportHistory | null;
}

/** The person concerned: earlier sanctions and reports, never their preferences. */
export function QueuePerson({ user, history }: QueuePersonProps) {
  const words = useWords("queue");
  const users = useWords("users");
  return (
    <aside class="queue-side" aria-label={words.person}>
      <p class="row">
        <PersonName username={user.username} displayName={user.displayName} />
        <UserMarks user={user} />
      </p>
      <p class="soft small">
        <Filled text={users.since} time={<Time value={user.createdAt} />} />
      </p>
      <h3>{words.past}</h3>
      {user.sanctions.length === 0 ? <p class="soft small">{words.noSanctions}</p> : (
        <ul class="plain">
          {user.sanctions.slice(0, 5).map(({ id, kind, reason, by, createdAt, over }) => (
            <li key={id} class={over === true ? "soft small" : "small"}>
              <strong>{words[kind]}</strong>: “{reason}”{" "}
              <Filled text={users.by} username={by} time={<Time value={createdAt} />} />
            </li>
          ))}
        </ul>
      )}
      {history === null ? null : (
        <>
          <h3>{words.reportsAbout}</h3>
          <p class="small">
            {fill(words.history, {
              count: String(history.total),
              people: String(history.people),
              upheld: String(history.upheld),
              dismissed: String(history.dismissed),
              open: String(history.open),
            })}
          </p>
        </>
      )}
      <p>
        <a href={`/admin/users/${encodeURIComponent(user.username)}`}>
          {fill(words.everything, { name: user.username })}
        </a>
      </p>
      <p class="hint">{words.privacy}</p>
    </aside>
  );
}
