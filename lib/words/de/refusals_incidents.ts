import type { incidentMessages } from "../../protocol/messages/incidents.ts";
import type { Translated } from "../../protocol/messages/mod.ts";

/** German for refusals about incidents and reports. */
export const incidents: Translated<typeof incidentMessages> = {
  "incident.choose": "Wähle, was mit dem Vorfall geschehen soll.",
  "incident.alreadyClosed": "Der Vorfall ist schon geschlossen.",
  "incident.closed": "Der Vorfall ist geschlossen.",
  "incident.own": "In diesem Vorfall wirst du genannt. Schließen muss ihn jemand anderes.",
  "incident.changed": "Dieser Vorfall wurde gerade geändert. Versuch es noch einmal.",
  "incident.accounts": "Wähle Konten, die darin genannt werden.",
  "incident.otherSuspended": "Nicht durch diesen Vorfall gesperrt: {names}. Entferne sie.",
  "report.noDraft": "Speichere zuerst einen Entwurf.",
  "report.credentials":
    "Für die CyberTipline fehlen die Zugangsdaten. Setze BEHEST_CYBERTIP_USER und BEHEST_CYBERTIP_PASSWORD, oder exportiere die Meldung.",
  "report.takenOver": "Das Einreichen wurde anderswo übernommen.",
  "report.incomplete": "Die Meldung ist nicht vollständig: {problems}.",
  "report.fileIncomplete": "Die Angaben zur Datei sind nicht vollständig: {problems}.",
  "report.elsewhere": "Die Meldung wird gerade anderswo eingereicht. Lade die Seite neu.",
  "report.submitted": "Die Meldung wurde schon eingereicht, mit der Nummer {id}.",
  "report.submitting": "Die Meldung wird gerade eingereicht. Sieh gleich noch einmal nach.",
  "report.uncertain":
    "Vielleicht ist die Meldung nicht angekommen. Reich sie noch einmal ein; doppelt kommt sie nicht an.",
  "report.sealing": "Die Beweismittel sind noch nicht verschlüsselt. Versuch es gleich noch einmal.",
  "report.refused":
    "Die CyberTipline hat die Meldung abgelehnt ({code}: {text}). Dein Entwurf bleibt: Verbessere oder exportiere ihn.",
  "report.notFiled":
    "Die Meldung wurde nicht eingereicht. Dein Entwurf bleibt: Reich ihn später ein. Grund: {text}",
  "report.maybeFiled":
    "Vielleicht ist die Meldung nicht angekommen. Reich sie noch einmal ein; doppelt kommt sie nicht an. Grund: {text}",
  "report.problem": "{path}: {reason}",
  "report.elements": "darf nur Elemente haben",
  "report.order": "muss vor {name} stehen",
  "report.once": "darf nur einmal angegeben werden",
  "report.attribute": "muss das Attribut {name} haben",
  "report.noAttribute": "darf das Attribut {name} nicht haben",
};
