/** Before what cannot be undone. */
export const confirm = {
  title: "Are you sure?",
  keep: "Keep it",
  cancel: "Cancel this command?",
  cancelHint: "The command leaves every inbox where it is still open. You cannot undo this.",
  cancelDo: "Cancel command",
  group: "End this group?",
  groupHint: "Every membership ends, and nobody can use its name again. You cannot undo this.",
  groupDo: "End group",
  contact: "Remove this contact?",
  contactHint: "You will no longer be contacts. To reconnect, one of you has to send a new request.",
  contactDo: "Remove contact",
};
