import type { ScanStatus } from "../protocol/mod.ts";
import { fill, type Language, renderMessage, type Words } from "../words/mod.ts";

type Scanner = ScanStatus["virus"];
type ScanningSection = Words["scanning"];

/** What evaluation mode checks files with (SC-7), in full sentences. */
export function evaluationText(
  words: ScanningSection,
  language: Language,
  { virus, csam }: Pick<ScanStatus, "virus" | "csam">,
): string {
  const outages = [virus, csam].filter(({ ok }) => !ok).map((scanner) =>
    fill(words.outage, { name: scanner.scanner, reason: reasonOf(words, language, scanner) })
  );
  return [
    virus.real ? fill(words.virusReal, { name: named(virus) }) : words.virusTest,
    csam.real ? fill(words.csamReal, { name: named(csam) }) : words.csamTest,
    ...outages,
  ].join(" ");
}

/** Why uploads are held, one sentence for each service that is missing or does not answer; none when all is well. */
export function heldReasons(
  words: ScanningSection,
  language: Language,
  { virus, csam }: Pick<ScanStatus, "virus" | "csam">,
): string[] {
  const texts = [
    [virus, words.noVirus, words.noVirusBecause, words.virusDown],
    [csam, words.noCsam, words.noCsamBecause, words.csamDown],
  ] as const;
  return texts.flatMap(([scanner, none, noneBecause, down]) => {
    const reason = reasonOf(words, language, scanner);
    // What stands in for a missing service says what to set.
    if (!scanner.real) return [scanner.ok ? none : fill(noneBecause, { reason })];
    return scanner.ok ? [] : [fill(down, { name: scanner.scanner, reason })];
  });
}

function reasonOf(words: ScanningSection, language: Language, { reason }: Scanner): string {
  const text = reason === null ? words.noReason : renderMessage(language, reason);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** A scanner's name with its version, where it has said one. */
export function named({ scanner, version }: Pick<Scanner, "scanner" | "version">): string {
  return version === "" || scanner.includes(version) ? scanner : `${scanner} (${version})`;
}
