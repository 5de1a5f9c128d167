/** A person's own sanctions: the banner of a warning, and the page of a suspended person (MO-7). */
export const sanctions = {
  label: "Sanctions",
  warning: "Warning from the moderators",
  muted: "You cannot send commands until a moderator lifts this.",
  mutedUntil: "You cannot send commands until {time}.",
  suspended: "Suspended indefinitely.",
  suspendedUntil: "Suspended until {time}.",
  reason: "Reason: “{text}”",
  read: "I have read this",
  appealTitle: "Appeal",
  appeal:
    "This server has no form for appeals yet. To appeal, contact the people who run it outside of Behest, and give your username.",
};
