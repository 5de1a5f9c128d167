import { auditEntryOf, type Caller } from "../platform/mod.ts";
import { type Answer, type AutoRule, Refusal } from "../protocol/mod.ts";
import type { CaseRecord, ReasonStore } from "./case_ports.ts";
import { hiddenFrom } from "./staff.ts";

const dayMs = 24 * 3600_000;

/** Rules that add a sanction to a decision: administrators write them, each first as a dry run. */
export class AutoRules {
  readonly #store: Pick<ReasonStore, "rules" | "setRules">;

  constructor(store: Pick<ReasonStore, "rules" | "setRules">) {
    this.#store = store;
  }

  async list(caller: Caller): Answer<{ rules: AutoRule[] }> {
    const hidden = hiddenFrom(caller, "moderator");
    return hidden ?? { rules: await this.#store.rules() };
  }

  /** Replaces the whole table. */
  async set(caller: Caller, rules: readonly AutoRule[]): Answer<{ rules: AutoRule[] }> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden instanceof Refusal) return hidden;
    const entry = auditEntryOf(caller, "rules.change", null, { rules: rules.map(ruleText).join("; ") });
    await this.#store.setRules(rules, entry);
    return { rules: [...rules] };
  }
}

/** The strictest rule that one more upheld case meets, or null. Rules in force come before dry runs. */
export function ruleFor(
  rules: readonly AutoRule[],
  cases: readonly CaseRecord[],
  now: number,
): AutoRule | null {
  const met = rules.filter(({ upheld, days }) => {
    const counted = cases.filter(({ decided }) =>
      decided?.outcome === "upheld" && decided.atMs > now - days * dayMs
    );
    return counted.length + 1 >= upheld;
  });
  const byStrictness = met.toSorted((one, other) =>
    Number(one.dryRun) - Number(other.dryRun) || other.lastsDays - one.lastsDays
  );
  return byStrictness[0] ?? null;
}

/** A rule in the audit log. */
export function ruleText({ upheld, days, sanction, lastsDays, dryRun }: AutoRule): string {
  return `${upheld} upheld in ${days} days: ${sanction} for ${lastsDays} days${dryRun ? " (dry run)" : ""}`;
}
