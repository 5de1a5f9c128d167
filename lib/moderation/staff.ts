import { type Caller, hasRole } from "../platform/mod.ts";
import { nothingHere, type Refusal } from "../protocol/mod.ts";

/** MO-4: refuses everyone without the role with `not_found`. Null for people who have it. */
export function hiddenFrom(caller: Caller, least: "moderator" | "admin"): Refusal | null {
  return hasRole(caller, least) ? null : nothingHere();
}
