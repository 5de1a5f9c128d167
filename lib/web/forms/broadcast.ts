import type { AudienceCounts } from "../../protocol/mod.ts";
import { fill, type Words } from "../../words/mod.ts";

/** Above this many people, whoever sends must type how many they are. */
export const confirmAbove = 100;

/** How far the count may have moved since it was shown, as a part of it: people come and go while one types. */
const drift = 0.05;

/** What is wrong with the typed count; null when the broadcast may go out. */
export function confirmProblem(
  words: Words["broadcast"],
  { matched }: AudienceCounts,
  form: URLSearchParams,
): string | null {
  if (matched === "<5" || matched <= confirmAbove) return null;
  const typed = numberIn(form.get("confirm"));
  const shown = numberIn(form.get("counted")) ?? matched;
  if (typed === null) return fill(words.typeIt, { count: matched });
  if (typed !== shown) return fill(words.notTheNumber, { count: matched });
  return Math.abs(shown - matched) <= matched * drift ? null : fill(words.changed, { count: matched });
}

/** A whole number as people write it: `1204`, `1,204`, `1 204`. */
function numberIn(text: string | null): number | null {
  const digits = text?.replaceAll(/[\s,.]/g, "") ?? "";
  return /^\d{1,12}$/.test(digits) ? Number(digits) : null;
}
