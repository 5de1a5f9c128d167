import type { AudienceCounts } from "../protocol/mod.ts";
import type { Language, Words } from "../words/mod.ts";
import { fill, plural } from "../words/shape.ts";
import { numberText } from "./commands.ts";

type Count = AudienceCounts["matched"];
type PreviewSection = Words["preview"];

/** A count as a person reads it; small ones are hidden from all but administrators (BR-3). */
export function countText(words: PreviewSection, language: Language, count: Count): string {
  return count === "<5" ? words.fewer : numberText(language, count);
}

/** Whom a command would reach, in one sentence or two. */
export function previewText(
  words: PreviewSection,
  language: Language,
  { matched, online, offline }: AudienceCounts,
): string {
  if (matched === 0) return words.nobody;
  const rough = online === undefined || offline === undefined;
  // Of a single person only their existence is told.
  if (matched === 1 && rough) return words.exists;
  const people = matched === "<5" ? words.fewerPeople : plural(language, words.people, matched);
  if (rough) return fill(words.isFor, { people });
  return fill(words.isForOnline, {
    people,
    online: countText(words, language, online),
    offline: countText(words, language, offline),
  });
}

type Reason =
  | "blockedUser"
  | "acceptFrom"
  | "broadcasts"
  | "noCategory"
  | "kind"
  | "stopped"
  | "quietHours"
  | "dailyLimit"
  | "queueFull"
  | "suspended";

const reasons = new Map<string, Reason>([
  ["blocked_user", "blockedUser"],
  ["accept_from", "acceptFrom"],
  ["broadcasts", "broadcasts"],
  ["no_category", "noCategory"],
  ["kind", "kind"],
  ["stopped", "stopped"],
  ["quiet_hours", "quietHours"],
  ["daily_limit", "dailyLimit"],
  ["queue_full", "queueFull"],
  ["suspended", "suspended"],
]);

/** Why some are left out: a rule of consent in plain words, or the rule itself where there are none. */
export function excludedText(words: PreviewSection, rule: string): string {
  const category = /^category:(.+)$/.exec(rule)?.[1];
  if (category !== undefined) return fill(words.category, { category });
  const reason = reasons.get(rule);
  return reason === undefined ? rule.replaceAll("_", " ") : words[reason];
}
