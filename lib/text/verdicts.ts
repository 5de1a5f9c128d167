import type { Verdict, VerdictKind } from "../protocol/mod.ts";
import type { Words } from "../words/mod.ts";
import { fill } from "../words/shape.ts";
import type { StateWords } from "./commands.ts";

type ModerationSection = Words["moderation"];

function scannerWords(words: ModerationSection, verdict: VerdictKind): StateWords {
  switch (verdict) {
    case "clean":
      return { label: words.verdictClean, tone: "good" };
    case "infected":
      return { label: words.verdictInfected, tone: "bad" };
    case "match":
      return { label: words.verdictMatch, tone: "bad" };
    case "ncii":
      return { label: words.verdictNcii, tone: "bad" };
    case "listed":
      return { label: words.verdictListed, tone: "wait" };
    case "incomplete":
      return { label: words.verdictIncomplete, tone: "wait" };
    case "not_applicable":
      return { label: words.verdictNotApplicable, tone: "plain" };
    case "error":
      return { label: words.verdictError, tone: "wait" };
    default:
      return verdict satisfies never;
  }
}

/** What a scanner said; of a moderator, what they decided. */
export function verdictWords(
  words: ModerationSection,
  { check, verdict }: Pick<Verdict, "check" | "verdict">,
): StateWords {
  if (check !== "moderator") return scannerWords(words, verdict);
  return verdict === "clean"
    ? { label: words.verdictReleased, tone: "good" }
    : { label: words.verdictRejected, tone: "bad" };
}

/** Which question a verdict answers, and who answered. */
export function checkText(
  words: ModerationSection,
  { check, scanner }: Pick<Verdict, "check" | "scanner">,
): string {
  switch (check) {
    case "virus":
      return fill(words.virus, { scanner });
    case "csam":
      return fill(words.csam, { scanner });
    case "moderator":
      return fill(words.moderator, { scanner: `@${scanner}` });
    default:
      return check satisfies never;
  }
}
