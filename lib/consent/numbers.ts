import { isInForce, type StoredGrant } from "./sources.ts";
import type { Numbers, Rules } from "./standing.ts";

/**
 * Whether the person ever had a grant or a ceiling. For them, what one rule holds is put apart, so that the commands of other
 * sources pass it. For all others each hold is for everything alike.
 */
export function holdsApart({ preferences, grants }: Rules): boolean {
  return grants !== undefined || preferences.limits !== undefined;
}

/** Whether a rule in force asks how many commands were delivered, other than the daily limit alone. */
export function needsNumbers(rules: Rules, now: number): boolean {
  if (!holdsApart(rules)) return false;
  const { limits, dailyLimit } = rules.preferences;
  return dailyLimit !== null || typeof limits?.open === "number" || typeof limits?.perDay === "number" ||
    inForce(rules, now).some(({ perDay, open }) => perDay !== undefined || open !== undefined);
}

/** What counts for the daily limit: not the commands of a source whose grant has its own number. */
export function dailyNumber(rules: Rules, today: Numbers, now: number): number {
  const apart = inForce(rules, now).filter(({ perDay }) => perDay !== undefined);
  return apart.reduce((left, { id }) => left - (today.by.get(id) ?? 0), today.all);
}

function inForce({ grants }: Rules, now: number): StoredGrant[] {
  return grants?.current.filter((grant) => isInForce(grant, now)) ?? [];
}
