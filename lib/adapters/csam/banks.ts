import type { Outcome } from "./service.ts";

/** What a list or bank of a matching service contains (SC-9). */
export type BankMeaning = "csam" | "ncii" | "other";

/** The operator's meanings, by the name that the service uses. */
export type Banks = ReadonlyMap<string, BankMeaning>;

/** A known item that a file is like. */
export interface Hit {
  bank: string;
  matchType: "exact" | "near" | null;
  reference: string | null;
}

/**
 * Returns what hits mean together: the gravest meaning counts (SC-9). Only a bank of child abuse material makes a match, and
 * only such banks are named in its report.
 */
export function outcomeOf(
  hits: readonly Hit[],
  meaningOf: (bank: string) => BankMeaning,
  answer: string,
): Outcome {
  const abuse = hits.filter(({ bank }) => meaningOf(bank) === "csam");
  const [first] = abuse;
  if (first !== undefined) {
    const classification = [...new Set(abuse.map(({ bank }) => bank))].join(", ");
    const { matchType, reference } = first;
    return { verdict: "match", answer, match: { classification, matchType, reference } };
  }
  return { verdict: hits.some(({ bank }) => meaningOf(bank) === "ncii") ? "ncii" : "listed", answer };
}
