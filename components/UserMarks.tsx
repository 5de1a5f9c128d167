import type { AdminUser } from "../lib/protocol/mod.ts";
import { Time } from "./Time.tsx";

/** What sets an account apart: role, right, and what was done to it. */
export function UserMarks({ user }: { user: AdminUser }) {
  return (
    <>
      {user.online
        ? (
          <span class="small">
            <span class="presence" aria-hidden="true" />Online
          </span>
        )
        : null}
      {user.role === "member" ? null : <span class="tag">{user.role}</span>}
      {user.rights.broadcast ? <span class="tag">broadcast</span> : null}
      {user.mutedUntil === null ? null : (
        <span class="state" data-tone="wait">
          <Ending word="Muted" until={user.mutedUntil} />
        </span>
      )}
      {user.status === "suspended" ? <span class="state" data-tone="bad">Suspended</span> : null}
    </>
  );
}

/** What holds until a time, or without an end: a year past all calendars stands for none. */
export function Ending({ word, until }: { word: string; until: string | null }) {
  if (until === null || until.startsWith("9999-")) return <>{word} without an end</>;
  return (
    <>
      {word} until <Time value={until} />
    </>
  );
}
