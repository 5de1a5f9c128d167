import type { AcceptFrom, CategoryChoice, Grant, HoursWindow } from "../protocol/mod.ts";
import type { Language, Words } from "../words/mod.ts";
import { fill } from "../words/shape.ts";
import { listText } from "./commands.ts";
import { grantParts, hoursText, type Titles } from "./grants.ts";

/** A decision of consent as its owner sees it: `by` is the grant or the ceiling that has the rule. */
export interface Outcome {
  verdict: "deliver" | "hold" | "withhold";
  sealed?: boolean | undefined;
  rule?: string | undefined;
  untilMs?: number | null | undefined;
  by?: string | undefined;
}

/** For each category the outcome for each of the offered kinds, from one source. */
export type ReachTable = readonly { slug: string; title: string; outcomes: readonly Outcome[] }[];

/** The whole table in one sentence. */
export function reachSentence(words: Words["reach"], language: Language, table: ReachTable): string {
  const all = table.flatMap(({ outcomes }) => outcomes);
  const reaching = table
    .filter(({ outcomes }) => outcomes.some(({ verdict }) => verdict !== "withhold"))
    .map(({ title }) => title);
  const held = all.find(({ verdict }) => verdict === "hold");
  if (reaching.length === 0) return words.noneArrive;
  if (held !== undefined && all.every(({ verdict }) => verdict !== "deliver")) {
    const titles = new Map(table.map(({ slug, title }) => [slug, title]));
    return fill(words.allWait, { rule: outcomeReason(words, held, titles) });
  }
  if (all.every(({ verdict }) => verdict === "deliver")) return words.allArrive;
  return fill(words.someArrive, { categories: listText(language, reaching) });
}

/** In one word what becomes of a command. */
export function outcomeWord(words: Words["reach"], { verdict, sealed }: Outcome): string {
  switch (verdict) {
    case "deliver":
      return sealed === true ? words.sealed : words.arrives;
    case "hold":
      return words.waits;
    case "withhold":
      return words.never;
    default:
      return verdict satisfies never;
  }
}

/** Why, in one or two sentences without the end of a hold. */
export function outcomeReason(words: Words["reach"], outcome: Outcome, titles: Titles): string {
  const name = outcome.by === undefined || outcome.by === "limits"
    ? undefined
    : outcome.by.replace(/^(user|group):/, "");
  const by = outcome.by === "limits"
    ? [words.byCeiling]
    : name === undefined
    ? []
    : [fill(words.byGrant, { name })];
  return [ruleText(words, outcome, titles), ...by].join(" ");
}

function ruleText(words: Words["reach"], { verdict, sealed, rule = "" }: Outcome, titles: Titles): string {
  if (verdict === "deliver") return sealed === true ? words.ruleSealed : words.ruleArrives;
  const category = /^category:(.+)$/.exec(rule)?.[1];
  if (category !== undefined) return fill(words.categoryRule, { category: titles.get(category) ?? category });
  switch (rule) {
    case "stopped":
    case "paused":
    case "quiet_hours":
    case "daily_limit":
    case "open_limit":
    case "blocked_user":
    case "accept_from":
    case "no_member":
    case "broadcasts":
    case "no_category":
      return words[rule];
    case "kind":
      return words.kindRule;
    default:
      return rule.replaceAll("_", " ");
  }
}

/** A rule's name in the history of a person's own changes. */
export function ruleName(words: Words["reach"], rule: string, titles: Titles): string {
  const [, what, name = ""] = /^(category|blocked|user|group):(.+)$/.exec(rule) ?? [];
  switch (what) {
    case "category":
      return fill(words.ruleCategory, { name: titles.get(name) ?? name });
    case "blocked":
      return fill(words.ruleBlocked, { name });
    case "user":
    case "group":
      return fill(words.ruleGrant, { name });
  }
  const names: Record<string, string> = {
    acceptFrom: words.ruleAcceptFrom,
    broadcasts: words.ruleBroadcasts,
    quietHours: words.ruleQuietHours,
    dailyLimit: words.ruleDailyLimit,
    limits: words.ruleLimits,
    shareLimits: words.ruleShareLimits,
    shareOnline: words.ruleShareOnline,
    shareRead: words.ruleShareRead,
    shareWriting: words.ruleShareWriting,
  };
  return Object.hasOwn(names, rule) ? names[rule]! : rule;
}

/** A grant in that history; null for another rule, or where there was none. */
export function grantIn(rule: string, json: string | null): (Partial<Grant> & Pick<Grant, "until">) | null {
  if (json === null || !/^(user|group):/.test(rule)) return null;
  const { untilMs, ...rules } = JSON.parse(json) as Partial<Grant> & { untilMs: number | null };
  return { ...rules, until: untilMs === null ? null : new Date(untilMs).toISOString() };
}

/** Any other rule's value in that history, in the words of the pages where it is set. */
export function ruleValue(
  { reach, grants, preferences }: Pick<Words, "reach" | "grants" | "preferences">,
  language: Language,
  rule: string,
  json: string | null,
): string {
  const value: unknown = json === null ? null : JSON.parse(json);
  if (value === null) return rule.startsWith("blocked:") ? reach.no : reach.none;
  if (value === true) return reach.yes;
  if (value === false) return reach.no;
  switch (rule) {
    case "acceptFrom":
      return preferences[value as AcceptFrom];
    case "quietHours":
      return hoursText(grants, language, [value].flat() as HoursWindow[]);
    case "limits":
      return grantParts(grants, language, { ...present(value as object), until: null }).join(" · ") ||
        reach.none;
  }
  return rule.startsWith("category:") ? preferences[value as CategoryChoice] : String(value);
}

/** What a ceiling has, without the fields that say that there is no limit. */
function present(limits: object): Partial<Grant> {
  return Object.fromEntries(Object.entries(limits).filter(([, field]) => field !== null));
}
