/** What is held on a person, and the end of their account (AU-9). */
export const account = {
  title: "Your data",
  lead: "Download or delete your data.",
  suspended: "You can still download or delete your data.",
  take: "Download",
  takeLead:
    "One ZIP file: account, profile, preferences, contacts, groups, sessions, commands sent and received, clean files.",
  download: "Download archive",
  leave: "Delete account",
  leaveLead:
    "This deletes your account and everything in it for good. What you sent disappears for the people who got it. Nobody else can get your username.",
  leaveHeld: "The server keeps only the audit log and what the law requires.",
  password: "Password",
  code: "Code",
  codeHint: "If two-factor is on: a code from the app, or a recovery code.",
  sure: "Delete my account for good",
  remove: "Delete my account",
  gone: "Your account was deleted.",
};
