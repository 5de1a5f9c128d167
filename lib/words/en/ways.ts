/** Sound and browser notifications of an open page, as a choice for each kind of news (UI-11). */
export const ways = {
  waysTitle: "Sound and browser notifications",
  waysLead:
    "For this browser, while a page of Behest is open. A browser notification names nobody, and shows only while no page is in view.",
  waysOff: "Off until you choose.",
  waysPush: "For a closed page, see {link}.",
  waysPushLink: "Notifications",
  waySound: "Sound",
  wayShow: "Notification",
  wayFor: "{way}: {kind}",
  wayTry: "Play the sound",
  waysDenied:
    "Your browser does not let this site show notifications. Allow them in its settings, then choose again.",
  waysUnkept: "This browser keeps nothing for this site, so nothing was chosen.",
  way_commands: "New commands",
  way_chat: "Chat messages",
  way_submissions: "Submissions to review",
  way_answers: "Answers to your commands",
  way_reviews: "Reviews of your submissions",
  way_people: "Contact requests and invitations",
  way_moderation: "Sanctions, reports and appeals",
  way_files: "Your files and account",
};
