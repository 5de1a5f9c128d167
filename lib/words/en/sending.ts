/** What is wrong with a command that somebody wants to send, in the words of the form. */
export const sending = {
  noRecipient: "Add a recipient.",
  noAudience: "Choose recipients.",
  noGroup: "Choose a group.",
  noCategory: "Choose a category.",
  httpsOnly: "Enter an address starting with https://.",
  uncleanFile: "A file did not pass the checks. Remove it.",
  lostFile: "A file no longer exists. Choose again.",
  mostFiles: "Choose at most {count} files.",
  optionAt: "Option {number}: {reason}",
  fewOptions: "Enter 2 to 20 options, one on each line.",
  noFields: "Add 1 to 20 fields.",
  length: "Enter a time from 1 second to 24 hours.",
  ownFiles: "Choose from your own files.",
};
