import type { ListItem } from "../protocol/mod.ts";

/**
 * Merges a reading of the list with rows that changed while it ran. `then`: the rows when it started. Rows that were added or
 * changed since stay as they are now; rows that were removed since stay removed.
 */
export function withReading(
  then: readonly ListItem[],
  now: readonly ListItem[],
  read: readonly ListItem[],
): ListItem[] {
  const left = new Set(then.map((item) => item.command.id));
  for (const item of now) left.delete(item.command.id);
  const since = now.filter((item) => !then.includes(item));
  return since.reduce(withItem, read.filter((item) => !left.has(item.command.id)));
}

/** The rows with one added or replaced, newest first. Ids sort by time. */
export function withItem(items: readonly ListItem[], item: ListItem): ListItem[] {
  const rest = items.filter((other) => other.command.id !== item.command.id);
  return [...rest, item].sort((a, b) => (a.command.id < b.command.id ? 1 : -1));
}
