/** What was typed and not sent. */
export const drafts = {
  restored: "What you typed before and did not send is in the form again.",
  discard: "Discard it",
  waiting: "The server cannot be reached. What you wrote is kept here, and is sent when the server is back.",
  withdraw: "Do not send it",
  elsewhere: "A form that you filled in waits to be sent.",
  open: "Open it, and it is sent",
};
