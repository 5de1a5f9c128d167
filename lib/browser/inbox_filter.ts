import { fold } from "../protocol/fold.ts";
import type { ListItem } from "../protocol/mod.ts";

/** Number of rows from which the inbox has a filter. */
export const filterFrom = 6;

/** Rows that contain every word of the query in title, text, category or sender. A sealed command has only the last two. */
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
