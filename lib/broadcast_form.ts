import type { AudienceCounts } from "./protocol/mod.ts";

/** Above this many people, whoever sends must type how many they are. */
export const confirmAbove = 100;

/** How far the count may have moved since it was shown, as a part of it: people come and go while one types. */
const drift = 0.05;

/** What is wrong with the typed count; null when the broadcast may go out. */
export function confirmProblem(
  { matched }: AudienceCounts,
  form: URLSearchParams,
): string | null {
  if (matched === "<5" || matched <= confirmAbove) return null;
  const typed = numberIn(form.get("confirm"));
  const shown = numberIn(form.get("counted")) ?? matched;
  if (typed === null) return `Type ${matched} to send it to that many people.`;
  if (typed !== shown) return `That is not the number. Type ${matched}.`;
  return Math.abs(shown - matched) <= matched * drift
    ? null
    : `The number has changed. It is ${matched} now.`;
}

/** A whole number as people write it: `1204`, `1,204`, `1 204`. */
function numberIn(text: string | null): number | null {
  const digits = text?.replaceAll(/[\s,.]/g, "") ?? "";
  return /^\d{1,12}$/.test(digits) ? Number(digits) : null;
}
