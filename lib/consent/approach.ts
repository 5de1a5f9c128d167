import type { Standing } from "./standing.ts";

/** Whether other people's text reaches a person now, later or never (CO-11). */
export type Approach = "arrive" | "hold" | "withhold";

/** The part of a person's standing that decides on text outside of commands. */
export type TextStanding = Pick<Standing, "preferences" | "stopped">;

/**
 * CO-11: decides on contact requests and group invitations, as `decide()` does on commands. Pure. `from` is the username of the
 * person who sends it. What is held arrives when the rule that holds it ends.
 */
export function decideApproach({ preferences, stopped }: TextStanding, from: string): Approach {
  if (preferences.blockedUsers.includes(from)) return "withhold";
  if (stopped || preferences.acceptFrom === "nobody") return "hold";
  return "arrive";
}

/** CO-11: whether the texts of someone whom the person knows (name, note) are hidden from the person now. Pure. */
export function hidesText({ preferences, stopped }: TextStanding, from: string): boolean {
  return stopped || preferences.blockedUsers.includes(from);
}
