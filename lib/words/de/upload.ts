import type { Words } from "../catalogue.ts";

export const upload: Words["upload"] = {
  choice: "{facts}. {state}",
  attachHint:
    "Bis zu {count} von deinen. Der Auftrag wird zugestellt, sobald alle die Prüfung bestanden haben.",
  none: "Du hast noch keine Dateien zur Auswahl. {link}",
  noneLink: "Lade zuerst eine hoch.",
  another: "Ist die richtige nicht dabei? {link}",
  anotherLink: "Lade sie zuerst hoch.",
  label: "Dateien hochladen",
  hint:
    "Oder zieh sie hierher. Jede bis zu {size}, von jeder Art. Alle werden geprüft, bevor jemand sie bekommt.",
  list: "Was hochgeladen wird",
  begun: { one: "{count} Datei wird hochgeladen.", other: "{count} Dateien werden hochgeladen." },
  arrived: "{name} ist hochgeladen und wird geprüft.",
  notUploaded: "{name} wurde nicht hochgeladen.",
  tooLarge: "Die Datei hat {size}, erlaubt sind höchstens {most}.",
  waiting: "Wartet",
  sending: "Wird hochgeladen",
  paused: "Pausiert",
  failed: "Nicht hochgeladen",
  progress: "{step}: {percent} % von {size}",
  pause: "Pause",
  resume: "Fortsetzen",
  tryAgain: "Noch einmal versuchen",
  cancel: "Abbrechen",
  onFile: "{action}: {name}",
  notLoaded: "Der Teil der Seite, der hochlädt, ließ sich nicht laden. Versuch es noch einmal.",
  lost: "Hochgeladen ist die Datei, aber wie es um sie steht, ließ sich nicht lesen. Lade die Seite neu.",
  brokeOff:
    "Die Verbindung ist abgebrochen. Was schon gesendet ist, bleibt; versuch es noch einmal, dann geht es dort weiter.",
  sessionOver: "Deine Sitzung ist zu Ende. Melde dich wieder an und wähle die Datei dann noch einmal.",
  refused: "Der Server hat sie nicht angenommen. Versuch es später noch einmal.",
  removeData: "Orts- und Kameradaten aus Fotos entfernen",
  removeDataHint:
    "In JPEG, PNG und WebP: Wo, wann und womit sie aufgenommen wurden, wird weggelassen, bevor etwas gesendet wird. Das Bild bleibt, wie es ist. Videos und andere Dateien gehen unverändert.",
  dataRemoved: "Ohne Orts- und Kameradaten",
  askedAbout: "{name} ist noch nicht gesendet: Es braucht deine Antwort.",
  unremovable: "Was dieses Foto über Ort und Kamera sagt, lässt sich hier nicht entfernen. Trotzdem senden?",
  sendAsIs: "So senden, wie es ist",
  asking: "Noch nicht gesendet",
  unreadable: "Die Datei ließ sich nicht lesen. Wähle sie noch einmal.",
  begunTitle: "Nicht fertig",
  begunHint: "Wähle dieselbe Datei noch einmal, dann geht es dort weiter, wo es abgebrochen ist.",
  begunRow: "{percent} % von {size} gesendet",
  forget: "Vergessen",
  proxyLimit:
    "Das Netz vor dem Server nimmt keine Dateien an, auch nicht in kleinen Teilen. Sag der Person, die ihn betreibt, dass die Grenze für die Größe einer Anfrage zu niedrig ist.",
  serverAway:
    "Der Server ist gerade nicht zu erreichen. Was gesendet wurde, bleibt; versuche es noch einmal, dann geht es weiter.",
  noRoom:
    "Dafür ist kein Platz mehr: Deine Dateien sind zusammen zu groß. Lösche welche, die du nicht brauchst.",
  notClean: "Diese Datei hat die Prüfung nicht bestanden. Der Server nimmt sie nicht an.",
  tooMany:
    "Zu viele Dateien sind noch nicht fertig hochgeladen. Lass zuerst eine fertig werden oder brich sie ab.",
};
