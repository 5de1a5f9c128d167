import type { Decision } from "../consent/mod.ts";

/** What consent says now about telling a person of something (UI-12). `over`: never, or no more. */
export type AlertVerdict =
  | { verdict: "tell" }
  /** Until that time (ms since 1970), or until something changes. */
  | { verdict: "hold"; untilMs: number | null }
  | { verdict: "over" };

/** Telling somebody of a thing is decided as showing it is. */
export function verdictOf(decision: Decision): AlertVerdict {
  switch (decision.verdict) {
    case "deliver":
      return { verdict: "tell" };
    case "hold":
      return { verdict: "hold", untilMs: decision.untilMs };
    case "withhold":
      return { verdict: "over" };
    default:
      return decision satisfies never;
  }
}
