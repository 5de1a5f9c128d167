import type { ListItem } from "../protocol/mod.ts";

/** One view of the inbox. `next`: where the next older view starts; null at the end. */
export interface OpenItems {
  items: ListItem[];
  next: string | null;
}

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

/** Longest view of the newest commands, in multiples of `wanted`: a page that stays open must not grow for days. */
const pagesHeld = 2;

/** The view with a new delivery, unless that is older than the whole view. */
export function withDelivered(view: OpenItems, item: ListItem, wanted: number): OpenItems {
  const { id } = item.command;
  const last = view.items.at(-1);
  const isOlder = view.next !== null && last !== undefined && id < last.command.id;
  if (isOlder && !view.items.some(({ command }) => command.id === id)) return view;
  return bounded({ ...view, items: withItem(view.items, item) }, wanted);
}

/** The newest rows of a view. The next older view starts after the last of them. */
export function bounded(view: OpenItems, wanted: number): OpenItems {
  const items = view.items.slice(0, wanted * pagesHeld);
  const last = items.at(-1);
  return last === undefined || items.length === view.items.length ? view : { items, next: last.command.id };
}
