import type { ScanStatus } from "../lib/protocol/mod.ts";

type Scanner = ScanStatus["virus"];

/** What evaluation mode checks files with (SC-7), in full sentences. */
export function evaluationText({ virus, csam }: ScanStatus): string {
  const viruses = virus.real
    ? `Viruses are looked for by ${named(virus)}.`
    : "Viruses are looked for by the built-in test scanner: it knows only the EICAR test file.";
  const abuse = csam.real
    ? `Known abuse material is looked for by ${named(csam)}.`
    : "Known abuse material is looked for in a list of hashes only.";
  return [viruses, abuse, ...outages({ virus, csam })].join(" ");
}

/** Why uploads are held, one sentence for each service that is missing or does not answer; none when all is well. */
export function heldReasons({ virus, csam }: Pick<ScanStatus, "virus" | "csam">): string[] {
  return ([["virus scanner", virus], ["matching service", csam]] as const).flatMap(([what, scanner]) => {
    // What stands in for a missing service says what to set.
    if (!scanner.real) return [`No ${what} is configured${scanner.ok ? "." : `: ${reasonOf(scanner)}`}`];
    return scanner.ok ? [] : [`The ${what} ${scanner.scanner} does not work: ${reasonOf(scanner)}`];
  });
}

function outages(status: Pick<ScanStatus, "virus" | "csam">): string[] {
  return Object.values(status).filter(({ ok }) => !ok)
    .map((scanner) => `${scanner.scanner} does not work now, so uploads are held: ${reasonOf(scanner)}`);
}

function reasonOf({ reason }: Scanner): string {
  const text = reason ?? "no reason was given";
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** A scanner's name with its version, where it has said one. */
export function named({ scanner, version }: Pick<Scanner, "scanner" | "version">): string {
  return version === "" || scanner.includes(version) ? scanner : `${scanner} (${version})`;
}
