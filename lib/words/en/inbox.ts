/** The open commands. */
export const inbox = {
  title: "Inbox",
  stoppedTitle: "Stopped",
  stopped: "Your open commands are closed and new ones wait unseen. Resume above when you are ready.",
  emptyTitle: "Nothing to do",
  empty: "New commands appear here on their own. Your preferences decide who can send to you, and what.",
  findContact: "Add a contact",
  preferences: "Open preferences",
  filter: "Filter this list",
  filterHint: "Words in the title, text, category or sender.",
  filtered: { one: "{shown} of {count} shown", other: "{shown} of {count} shown" },
  pages: "Pages",
  newest: "Newest",
  older: "Older",
  answered: "Answer sent: {state}.",
};
