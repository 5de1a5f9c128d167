import type { CommandState } from "./commands.ts";

/** States after which nothing more happens (CM-4). The table in `lib/commands/lifecycle.ts` has no way out of them. */
export const closedStates: ReadonlySet<CommandState> = new Set([
  "completed",
  "declined",
  "failed",
  "expired",
  "cancelled",
  "stopped",
]);

/** A command in such a state stays in the inbox. */
export function isOpen(state: CommandState): boolean {
  return !closedStates.has(state);
}
