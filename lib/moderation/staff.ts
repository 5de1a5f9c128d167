import type { Caller } from "../platform/mod.ts";
import { Refusal } from "../protocol/mod.ts";

/** MO-4: refuses everyone without the role with `not_found`. Null for people who have it. */
export function hiddenFrom(caller: Caller, least: "moderator" | "admin"): Refusal | null {
  const { role } = caller;
  switch (role) {
    case "admin":
      return null;
    case "moderator":
      return least === "moderator" ? null : nothingHere();
    case "member":
      return nothingHere();
    default:
      role satisfies never;
      return nothingHere();
  }
}

function nothingHere(): Refusal {
  return new Refusal("not_found", "request.nothing");
}
