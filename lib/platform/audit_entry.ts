import type { Caller } from "./caller.ts";

/** What somebody did that the audit log keeps (MO-3). Stores write it in the same commit as what it is about. */
export interface Act {
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

export function actOf(
  { userId, username, address }: Caller,
  action: string,
  subject: string | null,
  detail: Act["detail"] = {},
  reason: string | null = null,
): Act {
  return { actor: { userId, username }, action, subject, address, reason, detail };
}
