/** What the address of the inbox asks for, as text; "" where it says nothing. */
export interface InboxAsked {
  view: string;
  q: string;
  from: string;
  kind: string;
  category: string;
  state: string;
  /** A period of `periods`. */
  since: string;
  /** The last command of the page before. */
  before: string;
  /** Id of the command whose row is open. */
  open: string;
}

/** Fields of the search, beside the words. */
export const filterNames = ["from", "kind", "category", "state", "since"] as const;
const names = ["view", "q", ...filterNames, "before", "open"] as const;

const dayMs = 24 * 3600_000;
/** How far back `since` looks, in ms. */
export const periods = { day: dayMs, week: 7 * dayMs } as const;

export function readInbox(query: URLSearchParams): InboxAsked {
  const asked = Object.fromEntries(names.map((name) => [name, query.get(name)?.trim() ?? ""]));
  return asked as unknown as InboxAsked;
}

export const isFiltered = (asked: InboxAsked) =>
  asked.q !== "" || filterNames.some((name) => asked[name] !== "");

/** A search that names no view looks through everything; without a search the first view is what is open. */
export function viewOf(asked: InboxAsked): string | null {
  return asked.view !== "" ? asked.view : isFiltered(asked) ? null : "all";
}

/** The address of the inbox with what is asked, and `over` in its place. Relative, as Fresh marks links by their path alone. */
export function inboxPath(
  asked: InboxAsked,
  over: Partial<InboxAsked> = {},
  more: Record<string, string> = {},
): string {
  const all = { ...asked, ...over };
  const given = [...names.map((name) => [name, all[name]] as const), ...Object.entries(more)]
    .filter(([, value]) => value !== "");
  return given.length === 0 ? "./" : `./?${new URLSearchParams(given.map(([name, value]) => [name, value]))}`;
}
