/** Where a person shows who they are, before something dangerous (AU-13). */
export const prove = {
  title: "Confirm that it is you",
  lead: "Some actions need proof that it is you. It lasts for 10 minutes.",
  passkey: "Use a passkey",
  waiting: "Waiting for your device…",
  failed: "That did not work. Try again, or use your password.",
  or: "or with your password",
  password: "Password",
  confirm: "Confirm",
  byCode: "With a code",
  code: "Code",
  codeHint: "From your app, or a recovery code.",
  confirmCode: "Confirm with the code",
  proven: "Confirmed",
  provenLead: "Nothing was done yet. Check it, then continue.",
  goOn: "Continue",
  leave: "Discard",
};
