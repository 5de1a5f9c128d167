import type { Language } from "../words/mod.ts";

const steps = [["day", 24 * 3600_000], ["hour", 3600_000], ["minute", 60_000]] as const;

/** How long something took, in its largest unit: "42 minutes". */
export function durationText(language: Language, ms: number): string {
  const [unit, length] = steps.find(([, length]) => ms >= length) ?? steps[2];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" })
    .format(Math.round(ms / length));
}
