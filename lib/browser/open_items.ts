import { isOpen } from "../protocol/closed_states.ts";
import type { CommandPage, ListItem } from "../protocol/mod.ts";

/** Pages that are read for one view of the inbox: closed commands stand between the open ones for two weeks. */
const pagesRead = 20;

/** One view of the inbox. `next` is what the view of older ones begins after, or null at the end. */
export interface OpenItems {
  items: ListItem[];
  next: string | null;
}

/**
 * Open commands, newest first, at least `wanted` of them if there are so many, read page by page from `before` on.
 * `read` answers null when it was refused; then the whole is null.
 */
export async function openItems(
  read: (before: string | undefined) => Promise<CommandPage | null>,
  wanted: number,
  before?: string,
): Promise<OpenItems | null> {
  const items: ListItem[] = [];
  let from = before;
  for (let page = 0; page < pagesRead; page++) {
    const answer = await read(from);
    if (answer === null) return null;
    items.push(...answer.items.filter((item) => item.state === undefined || isOpen(item.state.state)));
    if (answer.next === null) return { items, next: null };
    from = answer.next;
    if (items.length >= wanted) break;
  }
  return { items, next: from ?? null };
}

/**
 * What a reading means for rows that went on changing while it was under way: rows that came or changed since stay as
 * they are, and rows that left since stay away.
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

/** The rows with one put in or replaced, newest first; ids sort by time. */
export function withItem(items: readonly ListItem[], item: ListItem): ListItem[] {
  const rest = items.filter((other) => other.command.id !== item.command.id);
  return [...rest, item].sort((a, b) => (a.command.id < b.command.id ? 1 : -1));
}

/** Pages that the view of the newest holds at most: a page that stays open for days does not grow with them. */
const pagesHeld = 2;

/** The view with what was just delivered; what is older than its end stands in the view of older ones. */
export function withDelivered(view: OpenItems, item: ListItem, wanted: number): OpenItems {
  const { id } = item.command;
  const last = view.items.at(-1);
  const isOlder = view.next !== null && last !== undefined && id < last.command.id;
  if (isOlder && !view.items.some(({ command }) => command.id === id)) return view;
  return bounded({ ...view, items: withItem(view.items, item) }, wanted);
}

/** The newest rows of a view; the others stand in the view of older ones, which begins after the last that stays. */
export function bounded(view: OpenItems, wanted: number): OpenItems {
  const items = view.items.slice(0, wanted * pagesHeld);
  const last = items.at(-1);
  return last === undefined || items.length === view.items.length ? view : { items, next: last.command.id };
}
