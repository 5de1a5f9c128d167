import { type CommandPage, limits, type ListItem } from "../protocol/mod.ts";

/** Fewest and most records that one step reads. */
const readAtLeast = 16;
const readAtMost = 128;

/** One step through a list. */
export interface Step {
  /** Those that pass the filter, as many as there is room for. */
  items: ListItem[];
  /** Where the next step starts; null at the end. */
  last: string | null;
  /** Records that were read. */
  read: number;
}

interface Bounds {
  /** Items that the page has room for. */
  room: number;
  /** Records that the step looks at. */
  most: number;
  /** Records after which it ends early. */
  left: number;
}

/** Reads until the page is full, the history ends, or enough was read for one request. */
export async function pageOf(
  { before, limit, ...filters }: {
    before?: string | undefined;
    limit?: number | undefined;
    [filter: string]: unknown;
  },
  step: (before: string | null, bounds: Bounds) => Promise<Step>,
): Promise<CommandPage> {
  const size = limit ?? limits.pageDefault;
  const page: ListItem[] = [];
  const filtered = Object.values(filters).some((value) => value !== undefined);
  let from = before ?? null;
  let length = 0;
  let left: number = limits.historyRead;
  while (true) {
    const room = size - page.length;
    const wanted = filtered ? readAtMost : Math.max(room, readAtLeast);
    const { items, last, read } = await step(from, { room, most: Math.min(wanted, readAtMost), left });
    for (const item of items) {
      length += JSON.stringify(item).length;
      // A page must fit into one frame, so long commands make it shorter.
      if (page.length > 0 && length > limits.pageLength) {
        return { items: page, next: page.at(-1)!.command.id };
      }
      page.push(item);
    }
    left -= Math.max(read, 1);
    if (last === null || page.length === size || left <= 0) return { items: page, next: last };
    from = last;
  }
}
