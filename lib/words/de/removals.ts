import type { Words } from "../catalogue.ts";

export const removals: Words["removals"] = {
  title: "Ein intimes Bild entfernen",
  lead:
    "Für Bilder und Videos, die dich zeigen oder jemanden, für den du handelst, und die ohne Zustimmung verbreitet wurden. Du brauchst kein Konto.",
  files: "Dateien",
  filesHint: "Das Bild oder Video selbst, genau so, wie du es hast. Höchstens {count} Dateien.",
  stays: "Die Datei bleibt auf deinem Gerät. Nur ihr Fingerabdruck (SHA-256) wird gesendet.",
  leaves:
    "Die Datei wird hierher gesendet, in ihren Fingerabdruck (SHA-256) verwandelt und nicht gespeichert.",
  hashing: "Fingerabdruck von {name}: {percent} %",
  unread: "{name} konnte nicht gelesen werden. Wähl die Datei noch einmal.",
  tooMany: "Die Grenze sind {count} Dateien.",
  chosen: "Fingerabdrücke, die gesendet werden",
  kept: "Vorher gewählte Datei",
  forget: "Herausnehmen",
  contact: "Wie wir dich erreichen",
  contactHint: "Dein Name und eine E-Mail-Adresse oder Telefonnummer. Nur die Moderation sieht das.",
  statement: "Was passiert ist",
  statementHint: "Wer zu sehen ist und wo du es gesehen hast. Nur die Moderation sieht das.",
  declared:
    "Ich bin in diesen Dateien zu sehen oder handle für die gezeigte Person. Sie wurden ohne Zustimmung verbreitet. Das sage ich nach bestem Wissen.",
  send: "Antrag senden",
  promise:
    "Die Moderation entscheidet innerhalb von 48 Stunden. Hast du recht, wird jede Kopie entfernt und die Datei hier auf Dauer abgewiesen.",
  limits:
    "Das findet nur genaue Kopien. Ein beschnittenes oder verändertes Bild braucht einen eigenen Antrag.",
  chooseFile: "Wähl eine Datei.",
  declare: "Bestätige das, um den Antrag zu senden.",
  outcomeTitle: "Dein Antrag",
  received: "Antrag erhalten. Bewahr diese Nummer oder den Link auf: Nur damit erfährst du, was daraus wird.",
  number: "Nummer",
  link: "Link",
  open: "Die Moderation entscheidet bis {time}.",
  removed:
    "Angenommen {time}. Kopien dieser Dateien sind von diesem Server entfernt, und er weist sie auf Dauer ab.",
  refused: "Nicht angenommen, {time}.",
  answer: "Was die Moderation sagt",
  find: "Was aus einem Antrag wurde",
  show: "Zeigen",
  another: "Einen weiteren Antrag stellen",
  way: "Ein intimes Bild von dir entfernen",
};
