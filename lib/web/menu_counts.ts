import type { Caller } from "../platform/mod.ts";
import type { Place } from "./places.ts";
import type { Services } from "./services.ts";

/** How many things wait at a place of the menu; absent where nothing is counted. */
export type MenuCounts = Partial<Record<NonNullable<Place["counts"]>, number>>;

/**
 * Counts for the menu of a page: in the inbox what is new, at what was sent what waits for a review, in the chat what is unread. Each
 * reads a bounded number of keys, as every page asks.
 */
export async function menuCounts(
  { commands, chat }: Pick<Services, "commands" | "chat">,
  caller: Caller,
): Promise<MenuCounts> {
  const [{ unseen, review }, { unread }] = await Promise.all([
    commands.inboxCounts(caller),
    chat.counts(caller),
  ]);
  return { inbox: unseen, sent: review, chat: unread };
}
