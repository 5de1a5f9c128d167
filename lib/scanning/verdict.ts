import { limits, type Verdict } from "../protocol/mod.ts";
import type { Conclusion, CsamFinding, VirusFinding } from "./ports.ts";

/** What both scanners said of a blob in one scan. */
export interface Findings {
  virus: VirusFinding;
  csam: CsamFinding;
}

/**
 * What the blob was before: `new` while nothing that counts was said of it, `clean` for a rescan, `released` for a rescan of
 * what a moderator released although it could not be looked through.
 */
export type Standing = "new" | "clean" | "released";

/** What a scan comes to. */
export type Decision =
  | { kind: "conclude"; conclusion: Conclusion }
  | { kind: "match"; finding: CsamFinding; verdicts: Verdict[] }
  | { kind: "retry"; verdicts: Verdict[] };

/** The outcome of a scan in one word; `decide` says what becomes of the blob then. */
type Outcome = "clean" | "infected" | "match" | "incomplete" | "retry";

/**
 * SC-2: the only place where findings become a state. `match` wins over everything, `infected` over all but that, and then
 * nothing is decided as long as one of the two has not answered. `at` is the time of the scan (RFC 3339).
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
    case "clean":
      return { kind: "conclude", conclusion: { state: "clean", verdicts } };
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
  // A moderator has decided on just this.
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
  "not_applicable",
  "incomplete",
  "error",
]);

/** What a scanner says beyond its type was not understood, and so is an error. */
function understood({ virus, csam }: Findings): Findings {
  return {
    virus: virusVerdicts.has(virus.verdict) ? virus : { ...virus, ...notUnderstood },
    csam: csamVerdicts.has(csam.verdict) ? csam : { ...csam, ...notUnderstood },
  };
}

const notUnderstood = { verdict: "error", answer: "the scanner's verdict was not understood" } as const;

function verdictOf(check: "virus" | "csam", finding: VirusFinding | CsamFinding, at: string): Verdict {
  const { verdict, scanner, version, answer } = finding;
  // Half of a surrogate pair would be left where the cut falls into one.
  const short = `${answer}`.slice(0, limits.scanAnswer).toWellFormed();
  return { check, verdict, scanner, version, answer: short, at };
}
