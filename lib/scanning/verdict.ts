import { limits, type Verdict } from "../protocol/mod.ts";
import type { Conclusion, CsamFinding, VirusFinding } from "./ports.ts";

/** The findings of both scanners from one scan. */
export interface Findings {
  virus: VirusFinding;
  csam: CsamFinding;
}

/**
 * State before the scan: `new` without a final verdict, `clean` for a rescan, `released` for a rescan of a blob that a
 * moderator released although no scan was complete.
 */
export type Standing = "new" | "clean" | "released";

/** Decision after a scan. */
export type Decision =
  | { kind: "conclude"; conclusion: Conclusion }
  | { kind: "match"; finding: CsamFinding; verdicts: Verdict[] }
  | { kind: "retry"; verdicts: Verdict[] };

/** Both verdicts combined; `decide` turns it into the blob's next state. */
type Outcome = "clean" | "infected" | "match" | "ncii" | "listed" | "incomplete" | "retry";

/**
 * SC-2: the only place that turns findings into a state. `match` and then `ncii` come before everything, `infected`
 * before the rest; otherwise nothing is decided until both scanners have answered. `at` is the time of the scan (RFC 3339).
 */
export function decide(
  findings: Findings,
  by: { incomplete: "hold" | "reject"; standing: Standing },
  at: string,
): Decision {
  const { virus, csam } = understood(findings);
  const verdicts = [verdictOf("virus", virus, at), verdictOf("csam", csam, at)];
  const outcome = outcomeOf(virus.verdict, csam.verdict);
  switch (outcome) {
    case "match":
      return { kind: "match", finding: csam, verdicts };
    case "retry":
      return { kind: "retry", verdicts };
    case "infected":
      return { kind: "conclude", conclusion: { state: "rejected", verdicts, refuse: "infected" } };
    case "ncii":
      return { kind: "conclude", conclusion: { state: "rejected", verdicts, refuse: "ncii" } };
    case "clean":
      return { kind: "conclude", conclusion: { state: "clean", verdicts } };
    case "listed":
      return { kind: "conclude", conclusion: incompleteBy({ ...by, incomplete: "hold" }, verdicts) };
    case "incomplete":
      return { kind: "conclude", conclusion: incompleteBy(by, verdicts) };
    default:
      return outcome satisfies never;
  }
}

function outcomeOf(virus: VirusFinding["verdict"], csam: CsamFinding["verdict"]): Outcome {
  switch (csam) {
    case "match":
      return "match";
    case "ncii":
      return "ncii";
    case "listed":
      return virus === "clean" || virus === "incomplete" ? "listed" : unlessClean(virus);
    case "error":
      return virus === "infected" ? "infected" : "retry";
    case "incomplete":
      return virus === "clean" ? "incomplete" : unlessClean(virus);
    case "clean":
    case "not_applicable":
      return virus === "clean" ? "clean" : unlessClean(virus);
    default:
      return csam satisfies never;
  }
}

function unlessClean(virus: Exclude<VirusFinding["verdict"], "clean">): Outcome {
  switch (virus) {
    case "infected":
      return "infected";
    case "incomplete":
      return "incomplete";
    case "error":
      return "retry";
    default:
      return virus satisfies never;
  }
}

function incompleteBy(
  { incomplete, standing }: { incomplete: "hold" | "reject"; standing: Standing },
  verdicts: Verdict[],
): Conclusion {
  // A moderator has already released this result.
  if (standing === "released") return { state: "clean", verdicts };
  switch (incomplete) {
    case "hold":
      return { state: "held", verdicts };
    case "reject":
      return { state: "rejected", verdicts, refuse: "incomplete" };
    default:
      return incomplete satisfies never;
  }
}

const virusVerdicts: ReadonlySet<string> = new Set(["clean", "infected", "incomplete", "error"]);
const csamVerdicts: ReadonlySet<string> = new Set([
  "clean",
  "match",
  "ncii",
  "listed",
  "not_applicable",
  "incomplete",
  "error",
]);

/** Turns verdicts outside the union into `error`. */
function understood({ virus, csam }: Findings): Findings {
  return {
    virus: virusVerdicts.has(virus.verdict) ? virus : { ...virus, ...notUnderstood },
    csam: csamVerdicts.has(csam.verdict) ? csam : { ...csam, ...notUnderstood },
  };
}

const notUnderstood = { verdict: "error", answer: "the scanner's verdict was not understood" } as const;

function verdictOf(check: "virus" | "csam", finding: VirusFinding | CsamFinding, at: string): Verdict {
  const { verdict, scanner, version, answer } = finding;
  // The cut can leave half of a surrogate pair.
  const short = `${answer}`.slice(0, limits.scanAnswer).toWellFormed();
  return { check, verdict, scanner, version, answer: short, at };
}
