import type { Caller } from "../platform/mod.ts";
import type { Place } from "./places.ts";
import type { Services } from "./services.ts";

/** How many things wait at a place of the menu; absent where nothing is counted. */
export type MenuCounts = Partial<Record<NonNullable<Place["counts"]>, number>>;

/** Counts for the menu of a page: in the inbox what is new, at what was sent what waits for a review. Each reads a bounded number of keys, as every page asks. */
export async function menuCounts(
  { commands }: Pick<Services, "commands">,
  caller: Caller,
): Promise<MenuCounts> {
  const { unseen, review } = await commands.inboxCounts(caller);
  return { inbox: unseen, sent: review };
}
