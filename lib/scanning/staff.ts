import type { Caller } from "../platform/mod.ts";

/** MO-4: whether the caller is a moderator or an administrator. */
export function isStaff({ role }: Pick<Caller, "role">): boolean {
  switch (role) {
    case "admin":
    case "moderator":
      return true;
    case "member":
      return false;
    default:
      role satisfies never;
      return false;
  }
}
