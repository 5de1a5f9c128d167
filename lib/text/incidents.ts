import type { Incident } from "../protocol/mod.ts";
import type { Words } from "../words/mod.ts";
import { fill } from "../words/shape.ts";
import type { StateWords } from "./commands.ts";

type IncidentsSection = Words["incidents"];

/** How an incident stands, for whoever works on it. */
export function incidentWords(words: IncidentsSection, state: Incident["state"]): StateWords {
  switch (state) {
    case "open":
      return { label: words.open, tone: "bad" };
    case "reported":
      return { label: words.reported, tone: "wait" };
    case "closed":
      return { label: words.closed, tone: "plain" };
    default:
      return state satisfies never;
  }
}

/** Where the bytes of a match are. Nobody gets to see them here, wherever they are. */
export function evidenceText(words: IncidentsSection, evidence: Incident["evidence"]): string {
  switch (evidence) {
    case "sealing":
      return words.evidenceSealing;
    case "sealed":
      return words.evidenceSealed;
    case "destroyed":
      return words.evidenceDestroyed;
    case "none":
      return words.evidenceNone;
    default:
      return evidence satisfies never;
  }
}

/** Something that happened to an incident. */
export interface IncidentStep {
  at: string;
  what: string;
  words: string | null;
}

/** What happened so far, first things first, from what the incident says of itself. */
export function incidentSteps(
  words: IncidentsSection,
  { createdAt, provider, report, closed }: Incident,
): IncidentStep[] {
  return [
    { at: createdAt, what: fill(words.stepOpened, { provider }), words: null },
    ...report === null ? [] : [{
      at: report.updatedAt,
      what: fill(words.stepDrafted, { username: report.updatedBy }),
      words: null,
    }],
    ...report === null || report.submittedAt === null ? [] : [{
      at: report.submittedAt,
      what: report.reportId === null
        ? words.stepSubmitted
        : fill(words.stepSubmittedAs, { number: report.reportId }),
      words: null,
    }],
    ...closed === null
      ? []
      : [{ at: closed.at, what: fill(words.stepClosed, { username: closed.by }), words: closed.reason }],
  ];
}

/** Whose uploads it was, each once. */
export function uploadersOf({ uploads }: Incident): string[] {
  return [...new Set(uploads.map(({ username }) => username))];
}
