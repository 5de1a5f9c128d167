import type { commandMessages } from "../../protocol/messages/commands.ts";
import type { Translated } from "../../protocol/messages/mod.ts";

/** German for refusals about commands. */
export const commands: Translated<typeof commandMessages> = {
  "command.missing": "Diesen Auftrag gibt es nicht. Vielleicht ist er beendet.",
  "command.expired": "Dieser Auftrag ist abgelaufen.",
  "command.state": "Ein Auftrag, der {state} ist und {requires} verlangt, kann nicht {next} werden.",
  "command.fromServer":
    "Das hat der Server gesendet, und niemand liest eine Antwort darauf. Lass die Notiz weg.",
  "command.answered": "Du hast diesen Auftrag schon so beantwortet. Neues wurde nicht gespeichert.",
  "command.recipient": "„{name}“ hat diesen Auftrag nicht bekommen.",
  "command.noReview": "Es wurde nichts abgegeben, das du durchsehen könntest.",
  "command.returnNote": "Schreib eine Notiz, die sagt, was fehlt.",
  "command.undoLate": "Die 10 Sekunden zum Rückgängigmachen sind um.",
  "command.undoStopped": "Du hast gestoppt. Was beendet ist, bleibt beendet.",
  "command.undoHanded": "Er ist schon zugestellt. Nimm ihn stattdessen zurück.",
  "command.editHanded":
    "Diesen Auftrag hat schon jemand, oder er ist beendet. Nimm ihn zurück und sende einen neuen.",
  "command.editBroadcast":
    "Dieser Auftrag an viele ist schon freigegeben. Nimm ihn zurück und sende einen neuen.",
  "command.until": "Ein Zeitpunkt passt nur zu „später“.",
  "command.untilPast": "Der Zeitpunkt liegt in der Vergangenheit.",
  "command.proof": "Ein Nachweis passt nur dazu, etwas abzugeben oder zu erledigen.",
  "command.needsProof": "Dieser Auftrag verlangt einen Nachweis. Lege mindestens eine Datei dazu.",
  "command.needsWork": "Das wird durchgesehen. Schreib etwas dazu oder lege eine Datei dazu.",
  "command.needsAnswer": "Dieser Auftrag stellt eine Frage. Beantworte sie zuerst.",
  "command.noAnswer": "Dieser Auftrag stellt keine Frage.",
  "command.noAnswers": "Keine Antworten. Du hast diesen Auftrag nicht gesendet, oder er stellt keine Frage.",
  "command.answerState": "answer gibt es nur zu den Zuständen submitted und completed.",
  "command.timerOff": "Starte zuerst den Timer: Nimm den Auftrag an.",
  "command.timerRuns": {
    one: "Der Timer läuft noch {count} Sekunde.",
    other: "Der Timer läuft noch {count} Sekunden.",
  },
  "command.rejectedFile": "Eine Datei hat die Prüfung nicht bestanden.",
  "stop.again": "Stopp wurde noch einmal gedrückt. Setz noch einmal fort, um das zu bestätigen.",
  "stop.unsaved":
    "Du hast gestoppt. Der Server kann das noch nicht speichern, und ein Neustart würde es aufheben. Er versucht es weiter. Sag es einem Administrator.",
  "send.failed": "Nicht gesendet. Versuch es noch einmal.",
  "send.empty":
    "Es gibt noch nichts zu senden. Schreib einen Titel oder einen Text, oder lege eine Datei dazu.",
  "send.key":
    "Dieses Formular wurde schon für einen anderen Auftrag benutzt. Sende es noch einmal, um einen neuen daraus zu machen.",
  "send.keyEnded": "Der Auftrag, der mit diesem Formular gesendet wurde, ist beendet.",
  "send.waitOne": "Nur auf die Antwort einer einzelnen Person kann gewartet werden.",
  "send.waits":
    "Du wartest schon auf {count} Antworten, mehr geht nicht, oder der Server ist ausgelastet. Versuch es später noch einmal.",
  "send.person": "Hier heißt niemand „{name}“. Prüf den Namen.",
  "send.openFromOne":
    "„{name}“ hat {count} offene Aufträge von dir, mehr geht nicht. Warte, oder nimm welche zurück.",
  "send.inbox": "Der Eingang von „{name}“ ist voll. Versuch es später noch einmal.",
  "send.categories": "Die Grenze sind {count} Kategorien, die des Publikums mitgezählt.",
  "send.broadcast": "Dafür brauchst du das Recht, an alle zu senden. Frag die Verwaltung.",
  "send.group": "An eine Gruppe „{name}“ kannst du nicht senden.",
  "send.groupRole": "Mitglieder von „{name}“ können nicht senden. Frag, wer die Gruppe leitet.",
  "send.noFile": "Eine solche Datei hast du nicht. Lade sie zuerst hoch.",
  "send.rejectedFile": "Eine Datei hat die Prüfung nicht bestanden. Entferne sie.",
};
