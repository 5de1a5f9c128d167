/** What is held on a person, and the end of their account (AU-9). */
export const account = {
  title: "Your data",
  lead: "Take along what is held on you, or leave.",
  suspended: "You can still take your data along, or leave.",
  take: "Take it along",
  takeLead:
    "One ZIP archive: account, profile, preferences, contacts, groups, sessions, what you got and sent, and your files.",
  download: "Download the archive",
  leave: "Leave",
  leaveLead:
    "This removes your account and everything that hangs on it, on the spot and for good. What you sent disappears from the people you sent it to. Your username is given to nobody else.",
  leaveHeld: "Only what the law makes this server keep stays, and the log of what administrators did.",
  password: "Password",
  code: "Code",
  codeHint: "Only with a second factor: what the app shows, or a recovery code.",
  sure: "Remove my account for good",
  remove: "Remove my account",
  gone: "Your account is removed.",
};
