/** The people whom the reader blocks (CO-1). */
export const blocked = {
  title: "Blocked people",
  lead: "Nothing from them reaches you. They are not told, and see what other people see.",
  emptyTitle: "No blocked people yet",
  empty: "Block someone below by username.",
  count: { one: "{count} blocked person", other: "{count} blocked people" },
  search: "Username",
  find: "Search",
  none: "No matches.",
  clear: "Clear the search",
  first: "First page",
  more: "More",
  block: "Block",
  unblock: "Unblock",
  undo: "Undo",
  /** A button's name for those who hear it. */
  about: "{action}: @{name}",
  blockTitle: "Block someone",
  username: "Username to block",
  blocked: "{name} is blocked.",
  unblocked: "{name} is unblocked. What they sent while blocked does not reach you.",
};
