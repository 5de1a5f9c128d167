/** A person's own sanctions: the banner of a warning, and the page of a suspended person (MO-7). */
export const sanctions = {
  label: "Sanctions",
  warning: "Warning from the moderators",
  muted: "You cannot send commands until a moderator lifts this.",
  mutedUntil: "You cannot send commands until {time}.",
  limited: "You can write to your contacts only, until a moderator lifts this.",
  limitedUntil: "You can write to your contacts only until {time}.",
  suspended: "Suspended indefinitely.",
  suspendedUntil: "Suspended until {time}.",
  reason: "Reason: “{text}”",
  read: "I have read this",
  appealTitle: "Appeal",
  appealText: "Why is this wrong?",
  appealHint: "You can appeal once. A moderator who did not decide this reads it.",
  appealSend: "Send appeal",
  appealOpen: "You appealed. Another moderator decides.",
  appealRefused: "Appeal refused: “{text}”",
  appealDone: "Appeal sent. Another moderator decides.",
  appealReview:
    "To appeal against a review, contact the people who run this server outside of Behest, and give your username.",
};
