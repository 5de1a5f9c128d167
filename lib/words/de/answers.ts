import type { Words } from "../catalogue.ts";

export const answers: Words["answers"] = {
  did: {
    accepted: { one: "Angenommen.", other: "{count} angenommen." },
    seen: { one: "Als gesehen markiert.", other: "{count} als gesehen markiert." },
    deferred: { one: "Nach Später verschoben.", other: "{count} nach Später verschoben." },
    declined: { one: "Abgelehnt.", other: "{count} abgelehnt." },
    completed: { one: "Erledigt.", other: "{count} erledigt." },
    submitted: { one: "Abgegeben.", other: "{count} abgegeben." },
    failed: { one: "Der Absender weiß, dass es nicht ging.", other: "Bei {count} ging es nicht." },
    other: { one: "Beantwortet.", other: "{count} beantwortet." },
  },
  refused: { one: "Nicht geändert: {reason}", other: "{count} nicht geändert: {reason}" },
  stoppedTitle: "Gestoppt",
  stopped:
    "Deine offenen Aufträge sind geschlossen, und neue warten ungesehen. Setze oben fort, wenn du so weit bist.",
  undo: "Rückgängig",
  undone: "Antwort zurückgezogen.",
  waits: "Noch nicht gesendet. Die Antwort geht raus, wenn du wieder verbunden bist.",
  in: "in {time}",
  late: "{time} zu spät",
  ago: "vor {time}",
  now: "jetzt",
  days: "{n} T.",
  hours: "{n} Std.",
  minutes: "{n} Min.",
};
