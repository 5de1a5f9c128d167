import type { AdminUser, SanctionKind } from "../lib/protocol/mod.ts";
import { Time } from "./Time.tsx";
import { Filled, useWords } from "./words.tsx";

/** What sets an account apart: role, right, and what was done to it. */
export function UserMarks({ user }: { user: AdminUser }) {
  const words = useWords("users");
  const lists = useWords("lists");
  return (
    <>
      {user.online
        ? (
          <span class="small">
            <span class="presence" aria-hidden="true" />
            {lists.online}
          </span>
        )
        : null}
      {user.role === "member" ? null : <span class="tag">{words[user.role]}</span>}
      {user.rights.broadcast ? <span class="tag">{words.broadcast}</span> : null}
      {user.mutedUntil === null ? null : (
        <span class="state" data-tone="wait">
          <Ending kind="mute" until={user.mutedUntil} />
        </span>
      )}
      {user.limitedUntil === null ? null : (
        <span class="state" data-tone="wait">
          <Ending kind="limit" until={user.limitedUntil} />
        </span>
      )}
      {user.status === "suspended" ? <span class="state" data-tone="bad">{words.suspended}</span> : null}
    </>
  );
}

/** What holds until a time, or without an end: a year past all calendars stands for none. */
export function Ending({ kind, until }: { kind: Exclude<SanctionKind, "warn">; until: string | null }) {
  const words = useWords("users");
  const [forever, ending] = {
    mute: [words.muted, words.mutedUntil],
    limit: [words.limited, words.limitedUntil],
    suspend: [words.suspendedForever, words.suspendedUntil],
  }[kind] as [string, string];
  return until === null || until.startsWith("9999-")
    ? <>{forever}</>
    : <Filled text={ending} time={<Time value={until} />} />;
}
