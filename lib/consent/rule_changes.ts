import type { Preferences } from "../protocol/mod.ts";
import { type StoredGrants } from "./sources.ts";

/** One rule before and after a change, each as JSON; null: it was or is not there. */
export interface RuleDifference {
  /** A field of the preferences, `category:SLUG`, `blocked:USERNAME`, or a grant's id. */
  rule: string;
  from: string | null;
  to: string | null;
}

/** A person's own change of their rules (CO-12), which only they see. */
export interface RuleChange {
  atMs: number;
  device: string;
  differences: RuleDifference[];
}

/** Differences that one change keeps. */
const differencesKept = 40;

/** What differs between a person's preferences before and after a change. */
export function preferenceDifferences(before: Preferences, after: Preferences): RuleDifference[] {
  const { categories: _before, blockedUsers: blockedBefore, ...rest } = before;
  const { categories: _after, blockedUsers: blockedAfter, ...restAfter } = after;
  const blocked = (names: readonly string[]) => new Map(names.map((name) => [`blocked:${name}`, true]));
  const choices = (choices: Preferences["categories"]) =>
    new Map(Object.entries(choices).map(([slug, choice]) => [`category:${slug}`, choice]));
  return differences(
    new Map<string, unknown>([
      ...Object.entries(rest),
      ...choices(before.categories),
      ...blocked(blockedBefore),
    ]),
    new Map<string, unknown>([
      ...Object.entries(restAfter),
      ...choices(after.categories),
      ...blocked(blockedAfter),
    ]),
  );
}

export function grantDifferences(before: StoredGrants, after: StoredGrants): RuleDifference[] {
  const byId = ({ current }: StoredGrants) =>
    new Map(current.map(({ id, to: _to, sinceMs: _since, ...rules }) => [id, rules]));
  return differences(byId(before), byId(after));
}

function differences(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): RuleDifference[] {
  const text = (value: unknown) => value === undefined ? null : JSON.stringify(value);
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((rule) => ({ rule, from: text(before.get(rule)), to: text(after.get(rule)) }))
    .filter(({ from, to }) => from !== to)
    .slice(0, differencesKept);
}
