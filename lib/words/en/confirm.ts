/** Before what cannot be undone. */
export const confirm = {
  title: "Are you sure?",
  keep: "Leave it as it is",
  cancel: "Cancel this command?",
  cancelHint: "It leaves the inboxes where it is still open. That cannot be undone.",
  cancelDo: "Cancel it",
  group: "End this group?",
  groupHint: "Every membership ends, and nobody can use its name again. You cannot undo this.",
  groupDo: "End group",
  contact: "Remove this contact?",
  contactHint: "Neither of you is the other's contact then. To become contacts again, one of you has to ask.",
  contactDo: "Remove the contact",
};
