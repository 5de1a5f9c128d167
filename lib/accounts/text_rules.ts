import type { Person } from "./people.ts";

/** A person's rules for others' text outside of commands (CO-11). `from` is a username. */
export interface TextRules {
  /** Whether a request or invitation is shown now, waits, or is never shown. */
  approach(from: string): "arrive" | "hold" | "withhold";
  /** Whether texts of someone whom the person knows are hidden now. */
  hidesText(from: string): boolean;
  /** Whether contacts see when the person is connected. */
  readonly showsOnline: boolean;
}

/** Someone as a person sees them in a list or a notification. */
export type Named = Pick<Person, "username" | "displayName">;

/** The name that the person sees: only the username, which nobody can change, of those whose text is hidden. */
export function shownTo(rules: TextRules, { username, displayName }: Named): Named {
  return { username, displayName: rules.hidesText(username) ? username : displayName };
}
