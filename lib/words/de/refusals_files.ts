import type { fileMessages } from "../../protocol/messages/files.ts";
import type { Translated } from "../../protocol/messages/mod.ts";

/** German for refusals about uploads, files and decisions on files. */
export const files: Translated<typeof fileMessages> = {
  "file.name": "Gib der Datei einen Namen.",
  "file.nameLong": "Kürze den Namen der Datei auf {count} Bytes.",
  "file.missing": "Diese Datei gibt es nicht.",
  "file.notYours": "Eine solche Datei hast du nicht.",
  "file.choose": "Wähle eine Datei.",
  "file.chooseAction": "Wähle eine Datei oder was mit ihr geschehen soll.",
  "upload.missing": "Dieses Hochladen gibt es nicht. Fang ein neues an.",
  "upload.rejected": "Diese Datei hat die Prüfung nicht bestanden und lässt sich nicht hochladen.",
  "upload.account": "Dein Konto kann keine Dateien mehr hinzufügen.",
  "upload.tooLarge": "Die Grenze sind {count} Bytes pro Datei.",
  "upload.quota":
    "Deine Grenze sind {limit} Bytes, unfertiges Hochladen mitgezählt; {left} sind noch frei. Lösch Dateien, die du nicht brauchst.",
  "upload.files": "Du hast {count} Dateien, mehr geht nicht. Lösch Dateien, die du nicht brauchst.",
  "upload.open": "Du lädst gerade {count} Dateien hoch. Warte auf eine davon oder brich sie ab.",
  "upload.incomplete": "Die Datei kam unvollständig an. Sende sie noch einmal.",
  "upload.stalled": "{count} Sekunden lang kamen keine Daten. Sende die Datei noch einmal.",
  "upload.size": "Angekündigt waren {expected} Bytes, gekommen sind {got}. Sende die Datei noch einmal.",
  "upload.unsaved": "Die Datei ließ sich nicht speichern. Sende sie noch einmal.",
  "upload.superseded": "Dieses Hochladen wurde abgebrochen, oder eine neuere Anfrage setzt es fort.",
  "upload.beyond": "Diese Datei hat {size} Bytes; {left} fehlen noch. Sende nicht mehr als das.",
  "upload.checksum": "Die Prüfsumme stimmt nicht. Sende diesen Teil noch einmal.",
  "upload.noSpace": "Der Server hat keinen Platz mehr. Versuch es später noch einmal.",
  "upload.offset": "Setz dieses Hochladen bei Byte {offset} fort.",
  "file.unreadable": "Die Datei lässt sich nicht lesen. Sag der Verwaltung Bescheid.",
  "file.checking": "Diese Datei wird noch geprüft. Versuch es später noch einmal.",
  "file.held": "Diese Datei wird zurückgehalten, bis ihre Prüfung fertig ist.",
  "file.rejected": "Diese Datei hat die Prüfung nicht bestanden. Niemand kann sie öffnen.",
  "file.used":
    "Ein Auftrag, den du gesendet hast, benutzt diese Datei. Sie wird einige Tage nach seinem Ende gelöscht.",
  "file.notNow": "Diese Datei lässt sich jetzt nicht löschen. Der Server löscht sie später.",
  "file.scanning": "Die Datei wird gerade geprüft. Versuch es gleich noch einmal.",
  "file.notHeld": "Diese Datei ist {state}; nur zurückgehaltene Dateien brauchen eine Entscheidung.",
  "file.notRejected": "Diese Datei ist {state}, nicht abgewiesen.",
  "file.quarantineOver": "Die Daten dieser Datei sind nicht mehr in Quarantäne.",
  "file.harmful": "Diese Datei ist schädlich; daran kann die Moderation nichts ändern.",
  "file.unchecked": "Diese Datei wird noch geprüft. Du kannst sie abweisen, nicht freigeben.",
  "file.gone": "Diese Datei gibt es nicht. Vielleicht wurde sie gelöscht.",
  "file.decide": "Wähle, ob du die Datei freigibst oder abweist.",
};
