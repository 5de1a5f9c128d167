/** What is wrong with a command that somebody wants to send, in the words of the form. */
export const sending = {
  noRecipient: "Say whom it is for.",
  noAudience: "Choose whom it is for.",
  noGroup: "Choose a group.",
  noCategory: "Choose a category.",
  httpsOnly: "Give an address that begins with https://.",
  uncleanFile: "One of them did not pass the checks. Leave it out.",
  lostFile: "One of them is not there any more. Choose again.",
  mostFiles: "Choose at most {count} files.",
  ownFiles: "Choose from your own files.",
};
