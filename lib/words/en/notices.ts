/** The list of notices (UI-11), and what is said of a new one on every page. */
export const notices = {
  title: "Notices",
  /** Where a command has no title. */
  untitled: "your command",
  untitledOf: "a command",
  others: { one: "{name} and {count} other person", other: "{name} and {count} others" },
  command_accepted: "{who} accepted {title}.",
  command_declined: "{who} declined {title}.",
  command_submitted: "{who} submitted {title}.",
  command_completed: "{who} completed {title}.",
  command_approved: "{who} approved {title}.",
  command_returned: "{who} returned {title}.",
  contact_requested: "{who} sent you a contact request.",
  contact_accepted: "{who} accepted your contact request.",
  group_invited: "You were invited to {title}.",
  sanction_imposed: "A moderator warned you.",
  sanction_imposed_mute: "A moderator muted you. You cannot send for now.",
  sanction_imposed_limit: "A moderator limited what you can send.",
  sanction_imposed_suspend: "A moderator suspended your account.",
  sanction_lifted: "A sanction on you was lifted.",
  report_decided_acted: "Your report was reviewed. A moderator acted on it.",
  report_decided: "Your report was reviewed. No rule was broken.",
  appeal_decided: "Your appeal was reviewed. The sanction stays.",
  appeal_decided_lifted: "Your appeal was reviewed. The sanction was lifted.",
  file_rejected: "{title} was rejected by the file check.",
  login_link:
    "An administrator made a link that sets a new password for your account. If you did not ask for it, tell another administrator.",
  login_link_used:
    "A link for a lost password set your new password, and everything was logged out. Passkeys and other ways to log in stayed: remove those that are not yours.",
};

/** What only the page of notices says. */
export const noticesPage = {
  lead: "Kept for two weeks.",
  none: "No notices yet",
  noneLead: "Answers to your commands, reviews, requests and invitations appear here.",
  readAll: "Mark all as read",
  older: "Older",
};
