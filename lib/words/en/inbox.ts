/** The open commands. */
export const inbox = {
  title: "Inbox",
  stoppedTitle: "You are stopped",
  stopped: "Your open commands were closed, and new ones wait out of sight. Resume above when you are ready.",
  emptyTitle: "Nothing is asked of you",
  empty:
    "Commands from your contacts appear here by themselves. To hear from somebody, become contacts first; what you take from them is up to your preferences.",
  findContact: "Find a contact",
  preferences: "Look at preferences",
  filter: "Find in this list",
  filterHint: "Words from the title, the text, a category or the sender.",
  filtered: { one: "{shown} of {count} fits.", other: "{shown} of {count} fit." },
  pages: "Pages",
  newest: "Newest",
  older: "Older",
  answered: "Your answer was sent: {state}.",
};
