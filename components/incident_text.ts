import type { Incident } from "../lib/protocol/mod.ts";
import type { StateWords } from "./page_text.ts";

/** How an incident stands, for whoever works on it. */
export function incidentWords(state: Incident["state"]): StateWords {
  switch (state) {
    case "open":
      return { label: "Open", tone: "bad" };
    case "reported":
      return { label: "Reported", tone: "wait" };
    case "closed":
      return { label: "Closed", tone: "plain" };
    default:
      state satisfies never;
      return { label: "Unknown", tone: "bad" };
  }
}

/** Where the bytes of a match are. Nobody gets to see them here, wherever they are. */
export function evidenceText(evidence: Incident["evidence"]): string {
  switch (evidence) {
    case "sealing":
      return "The file is being moved to the sealed evidence store.";
    case "sealed":
      return "The file lies encrypted in the sealed evidence store.";
    case "destroyed":
      return "The hold is over, and the file was destroyed.";
    case "none":
      return "The upload was refused by its hash, so there is nothing to keep.";
    default:
      evidence satisfies never;
      return "";
  }
}

/** Something that happened to an incident. */
export interface IncidentStep {
  at: string;
  what: string;
  words: string | null;
}

/** What happened so far, first things first, from what the incident says of itself. */
export function incidentSteps({ createdAt, provider, report, closed }: Incident): IncidentStep[] {
  return [
    { at: createdAt, what: `Opened by a match of ${provider}`, words: null },
    ...report === null
      ? []
      : [{ at: report.updatedAt, what: `Report drafted by @${report.updatedBy}`, words: null }],
    ...report === null || report.submittedAt === null ? [] : [{
      at: report.submittedAt,
      what: `Report submitted${report.reportId === null ? "" : ` as number ${report.reportId}`}`,
      words: null,
    }],
    ...closed === null ? [] : [{ at: closed.at, what: `Closed by @${closed.by}`, words: closed.reason }],
  ];
}

/** Whose uploads it was, each once. */
export function uploadersOf({ uploads }: Incident): string[] {
  return [...new Set(uploads.map(({ username }) => username))];
}
