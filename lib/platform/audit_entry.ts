import type { Caller } from "./caller.ts";

/** What somebody did that the audit log keeps (MO-3). Stores write it in the same commit as what it is about. */
export interface AuditEntry {
  actor: { userId: string; username: string };
  /** What was done, like `user.change`. */
  action: string;
  /** On whom or what: a username, or a name with its kind before it, like `group:readers`. */
  subject: string | null;
  /** From where. */
  address: string;
  reason: string | null;
  detail: Readonly<Record<string, string | number | boolean | null>>;
}

export function auditEntryOf(
  { userId, username, address }: Caller,
  action: string,
  subject: string | null,
  detail: AuditEntry["detail"] = {},
  reason: string | null = null,
): AuditEntry {
  return { actor: { userId, username }, action, subject, address, reason, detail };
}
