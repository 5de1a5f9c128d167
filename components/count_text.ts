import type { AudienceCounts } from "../lib/protocol/mod.ts";

type Count = AudienceCounts["matched"];

/** A count as a person reads it; small ones are hidden from all but administrators (BR-3). */
export function countText(count: Count): string {
  return count === "<5" ? "fewer than 5" : count.toLocaleString("en");
}

function people(count: Count): string {
  return `${countText(count)} ${count === 1 ? "person" : "people"}`;
}

/** Whom a command would reach, in one sentence or two. */
export function previewText({ matched, online, offline }: AudienceCounts): string {
  if (matched === 0) return "As things stand, it would reach nobody.";
  // Of a single person only their existence is told.
  if (matched === 1 && online === "<5") {
    return "That account exists. Whether they take it is theirs to decide.";
  }
  if (online === "<5" && offline === "<5") return `It is for ${people(matched)}.`;
  return `It is for ${people(matched)}: ${countText(online)} online now, ${countText(offline)} offline.`;
}

const reasons = new Map([
  ["blocked_user", "They blocked you"],
  ["accept_from", "They take no direct commands from you"],
  ["broadcasts", "They take no commands to everyone"],
  ["no_category", "It has no category"],
  ["stopped", "They stopped everything for now"],
  ["quiet_hours", "It is their quiet time; they get it later"],
  ["daily_limit", "They had enough for today; they get it later"],
  ["queue_full", "Their inbox is full"],
  ["suspended", "Their account is suspended"],
]);

/** Why some are left out: a rule of consent in plain words, or the rule itself where there are none. */
export function excludedText(rule: string): string {
  const category = /^category:(.+)$/.exec(rule)?.[1];
  if (category !== undefined) return `They do not allow ${category}`;
  return reasons.get(rule) ?? rule.replaceAll("_", " ");
}
