import { fold } from "../protocol/fold.ts";
import type { ListItem } from "../protocol/mod.ts";

/** Rows from which on looking for one is worth a box. */
export const filterFrom = 6;

/** The rows in which every word of the query stands: in title, text, category or sender. A sealed one has only the last two. */
export function filtered(items: readonly ListItem[], query: string): readonly ListItem[] {
  const asked = fold(query).split(/\s+/).filter((word) => word !== "");
  if (asked.length === 0) return items;
  return items.filter((item) => {
    const text = searchText(item);
    return asked.every((word) => text.includes(word));
  });
}

function searchText({ command }: ListItem): string {
  const { username, displayName } = command.from;
  const said = "sealed" in command ? [] : [command.title, command.body];
  return fold([...said, ...command.categories, displayName, `@${username}`].join("\n"));
}
