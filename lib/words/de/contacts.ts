import type { Words } from "../catalogue.ts";

export const contacts: Words["contacts"] = {
  title: "Kontakte",
  lead:
    "Zwei Menschen, die einander angenommen haben. Ein Kontakt zu sein gibt niemandem ein Recht: Das entscheiden die Einstellungen.",
  asked: "Angefragt. Ihr seid Kontakte, sobald die andere Seite annimmt.",
  accepted: "Ihr seid jetzt Kontakte.",
  declined: "Abgelehnt. Die andere Seite erfährt es nicht.",
  removed: "Entfernt. Ihr seid beide keine Kontakte mehr.",
  incoming: "Wer dein Kontakt sein möchte",
  askedAt: "Angefragt {time}",
  accept: "Annehmen",
  decline: "Ablehnen",
  remove: "Entfernen",
  takeBack: "Zurücknehmen",
  about: "{action}: @{username}",
  emptyTitle: "Noch niemand hier",
  empty:
    "Frag unten jemanden mit dem Benutzernamen an. Erst wenn die Anfrage angenommen ist, könnt ihr einander etwas senden.",
  yours: "Deine Kontakte",
  takes: "Nimmt an: {categories}",
  takesNothing: "Nimmt nichts an",
  send: "Senden",
  sendTo: "An {name} senden",
  outgoing: "Du hast angefragt",
  askTitle: "Jemanden anfragen",
  username: "Benutzername",
  note: "Ein Wort dazu",
  noteHint: "Wenn du magst: wer du bist oder woher ihr euch kennt.",
  ask: "Anfragen",
};
