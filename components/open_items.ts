import type { CommandPage, Delivery, ListItem } from "../lib/protocol/mod.ts";
import { isOpen } from "./page_text.ts";

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

/** A delivery as a row. What only the server's list tells is kept from the row that was known before. */
export function itemOf(delivery: Delivery, known: ListItem | undefined): ListItem {
  const { command, state } = delivery;
  const before = known?.state ?? { updatedAt: command.createdAt, until: null, note: null, allowedBy: null };
  return { ...known, command, state: { ...before, state } };
}

/** The rows with one put in or replaced, newest first; ids sort by time. */
export function withItem(items: readonly ListItem[], item: ListItem): ListItem[] {
  const rest = items.filter((other) => other.command.id !== item.command.id);
  return [...rest, item].sort((a, b) => (a.command.id < b.command.id ? 1 : -1));
}
