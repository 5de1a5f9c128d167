import type { chatMessages } from "../../protocol/messages/chat.ts";
import type { Translated } from "../../protocol/messages/mod.ts";

/** German for refusals about chat. */
export const chat: Translated<typeof chatMessages> = {
  "chat.contact": "Du kannst deinen Kontakten schreiben. Sende zuerst eine Kontaktanfrage.",
  "chat.self": "Du kannst dir nicht selbst schreiben.",
  "chat.thread": "Dieses Gespräch gibt es nicht. Vielleicht ist der Auftrag beendet.",
  "chat.recipient": "Dieser Auftrag hat mehrere Empfänger. Wähle einen.",
  "chat.broadcast": "Zu Aufträgen an eine Kategorie oder an alle gibt es kein Gespräch.",
  "chat.scheduled": "Dieser Auftrag ist noch nicht zugestellt. Schreibe, wenn er es ist.",
  "chat.empty": "Noch gibt es nichts zu senden. Schreibe einen Text oder füge eine Datei hinzu.",
  "chat.about": "Diese Nachricht gibt es in dieser Unterhaltung nicht.",
  "chat.key": "Dieser Schlüssel gehört zu einer anderen Nachricht. Nimm einen neuen.",
  "chat.keyEnded": "Die Nachricht mit diesem Schlüssel wurde gelöscht.",
  "chat.full": "Höchstens {count} Nachrichten an eine Person in {days} Tagen. Versuche es später.",
  "chat.missing": "Diese Nachricht gibt es nicht. Nachrichten bleiben {days} Tage.",
  "chat.retractLate": "Höchstens {minutes} Minuten. Diese Nachricht kannst du nicht mehr zurückziehen.",
  "chat.retractOwn": "Du kannst nur deine eigenen Nachrichten zurückziehen.",
};
