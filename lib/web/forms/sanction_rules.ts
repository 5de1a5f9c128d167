import {
  type AutoRule,
  autoRules,
  checked,
  moderationLimits,
  Refusal,
  type SanctionReason,
  sanctionReasons,
} from "../../protocol/mod.ts";

/** Rows as they were typed, with an empty one behind them. */
export interface TypedReason {
  title: string;
  text: string;
}
export interface TypedRule {
  upheld: string;
  days: string;
  sanction: string;
  lastsDays: string;
  dryRun: boolean;
}

const emptyRule: TypedRule = { upheld: "", days: "30", sanction: "mute", lastsDays: "7", dryRun: true };

export function reasonRows(reasons: readonly SanctionReason[]): TypedReason[] {
  return reasons.length < moderationLimits.sanctionReasons
    ? [...reasons, { title: "", text: "" }]
    : [...reasons];
}

export function ruleRows(rules: readonly AutoRule[]): TypedRule[] {
  const rows = rules.map(({ upheld, days, sanction, lastsDays, dryRun }) => ({
    upheld: String(upheld),
    days: String(days),
    sanction,
    lastsDays: String(lastsDays),
    dryRun,
  }));
  return rows.length < moderationLimits.autoRules ? [...rows, emptyRule] : rows;
}

export function typedReasons(form: URLSearchParams): TypedReason[] {
  return rowsIn(form, "title", moderationLimits.sanctionReasons).map((row) => ({
    title: form.get(`title-${row}`) ?? "",
    text: form.get(`text-${row}`) ?? "",
  }));
}

export function typedRules(form: URLSearchParams): TypedRule[] {
  return rowsIn(form, "upheld", moderationLimits.autoRules).map((row) => ({
    upheld: form.get(`upheld-${row}`) ?? "",
    days: form.get(`days-${row}`) ?? "",
    sanction: form.get(`sanction-${row}`) ?? "",
    lastsDays: form.get(`lastsDays-${row}`) ?? "",
    dryRun: form.has(`dryRun-${row}`),
  }));
}

function rowsIn(form: URLSearchParams, name: string, most: number): number[] {
  return Array.from({ length: most }, (_, row) => row).filter((row) => form.has(`${name}-${row}`));
}

/** A row that was emptied is taken out. Wrong fields are named as the form names them, in `names`. */
export function readReasons(
  rows: readonly TypedReason[],
): { reasons: SanctionReason[] | Refusal; names: Record<string, string> } {
  const kept = rows.map((row, at) => ({ ...row, at })).filter(({ title, text }) =>
    `${title}${text}`.trim() !== ""
  );
  const read = checked(sanctionReasons, { reasons: kept.map(({ title, text }) => ({ title, text })) });
  return {
    reasons: read instanceof Refusal ? read : read.reasons,
    names: namesOf("reasons", kept.map(({ at }) => at), ["title", "text"]),
  };
}

export function readRules(
  rows: readonly TypedRule[],
): { rules: AutoRule[] | Refusal; names: Record<string, string> } {
  const kept = rows.map((row, at) => ({ ...row, at })).filter(({ upheld }) => upheld.trim() !== "");
  const read = checked(autoRules, {
    rules: kept.map(({ at: _, upheld, days, lastsDays, ...rest }) => ({
      ...rest,
      upheld: numberOf(upheld),
      days: numberOf(days),
      lastsDays: numberOf(lastsDays),
    })),
  });
  return {
    rules: read instanceof Refusal ? read : read.rules,
    names: namesOf("rules", kept.map(({ at }) => at), ["upheld", "days", "sanction", "lastsDays"]),
  };
}

/** What is no number stays what it is, and is refused as such. */
function numberOf(text: string): number | string {
  return /^[0-9]{1,6}$/.test(text.trim()) ? Number(text) : text;
}

function namesOf(list: string, rows: readonly number[], fields: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    rows.flatMap((row, at) => fields.map((field) => [`${list}.${at}.${field}`, `${field}-${row}`])),
  );
}
