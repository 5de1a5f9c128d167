import { laterVariables, variables } from "./variables.ts";

/** What to tell an operator of a name that this version does not read; undefined for a known one. */
export function nameWarning(name: string): string | undefined {
  if (Object.hasOwn(variables, name)) return undefined;
  if (laterVariables.includes(name)) return `${name} is known but not used by this version yet.`;
  const near = [...Object.keys(variables), ...laterVariables]
    .map((known) => ({ known, away: distance(name, known) }))
    .sort((a, b) => a.away - b.away)[0]!;
  const hint = near.away <= name.length / 3 ? ` Did you mean ${near.known}?` : "";
  return `${JSON.stringify(name).slice(1, -1)} is not a variable of Behest and is ignored.${hint}`;
}

/** Levenshtein's distance: how many letters to add, drop or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
