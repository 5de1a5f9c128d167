/**
 * OP-3: what became of a command, as lines of the log. They name ids, states and numbers; never words, and never why somebody
 * did not get something.
 */
export const storyEvents = {
  /** It is on disk: what its sender asked for, in the request of this id. */
  sent: "command.sent",
  /** CM-11: its sender changed it. As `sent`. */
  edited: "command.edited",
  /** It went out to a device. For a broadcast one line for all connections. */
  delivered: "command.delivered",
  /** Its people have it: a device acknowledged it or a page showed it. For broadcasts one line a second. */
  acknowledged: "command.acknowledged",
  /** A person, its sender or the clock changed its state. */
  changed: "command.changed",
  /** The same, into a state in which it stays. */
  ended: "command.ended",
  /** Nothing of it is kept any more. */
  purged: "command.purged",
} as const;

const fileOnly: ReadonlySet<string> = new Set(Object.values(storyEvents));

/** Whether a line is in the file and not on the console, which could not take as many. */
export function inFileOnly(event: string): boolean {
  return fileOnly.has(event);
}
