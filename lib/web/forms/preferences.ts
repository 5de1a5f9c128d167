import {
  checked,
  type Preferences,
  type PreferencesChange,
  preferencesChange,
  Refusal,
} from "../../protocol/mod.ts";
import { filled, jsonIn } from "./form.ts";
import { quietHoursIn, quietNames, rowsFor, rowsIn } from "./quiet_rows.ts";
import type { QuietRow } from "../../text/mod.ts";

/** The preferences form as a person typed it, to show it again when it was refused. */
export interface TypedPreferences {
  acceptFrom: string;
  broadcasts: boolean;
  shareLimits: boolean;
  shareOnline: boolean;
  categories: Record<string, string>;
  quiet: boolean;
  /** Also while they are switched off. */
  rows: QuietRow[];
  /** Whether the person drew those rows: they show though they are switched off. */
  drawn: boolean;
  dailyLimit: string;
}

/** A preference that the form sets. People are blocked on a page of their own. */
export type FormPreference = Exclude<keyof TypedPreferences, "quiet" | "rows" | "drawn"> | "quietHours";

const categoryPrefix = "category-";

/** `resting`: the quiet hours that were switched off. */
export function shownPreferences(
  preferences: Preferences,
  resting: Preferences["quietHours"] = null,
): TypedPreferences {
  const hours = preferences.quietHours ?? resting;
  return {
    acceptFrom: preferences.acceptFrom,
    broadcasts: preferences.broadcasts,
    shareLimits: preferences.shareLimits,
    shareOnline: preferences.shareOnline !== false,
    categories: preferences.categories,
    quiet: preferences.quietHours !== null,
    rows: rowsFor(hours),
    drawn: hours !== null,
    dailyLimit: preferences.dailyLimit === null ? "" : String(preferences.dailyLimit),
  };
}

export function typedPreferences(form: URLSearchParams): TypedPreferences {
  const rows = rowsIn(form);
  return {
    acceptFrom: form.get("acceptFrom") ?? "",
    broadcasts: form.get("broadcasts") === "yes",
    shareLimits: form.get("shareLimits") === "yes",
    shareOnline: form.getAll("shareOnline").includes("yes"),
    categories: categoriesOf(form),
    quiet: form.get("quiet") === "yes",
    rows: rows.length === 0 ? [{ days: [], from: "", to: "" }] : rows,
    drawn: rows.length > 0,
    dailyLimit: form.get("dailyLimit") ?? "",
  };
}

function categoriesOf(form: URLSearchParams): Record<string, string> {
  const chosen = [...form].filter(([name]) => name.startsWith(categoryPrefix));
  return Object.fromEntries(chosen.map(([name, value]) => [name.slice(categoryPrefix.length), value]));
}

/** What `preferences.set` takes, unchecked: the schema says what is wrong with it. */
export function changeOf(form: URLSearchParams): Record<FormPreference, unknown> {
  const dailyLimit = filled(form, "dailyLimit");
  return {
    categories: categoriesOf(form),
    acceptFrom: form.get("acceptFrom"),
    broadcasts: form.get("broadcasts") === "yes",
    shareLimits: form.get("shareLimits") === "yes",
    // An unticked box sends nothing: a form without the box says nothing about it.
    shareOnline: form.has("shareOnline") ? form.getAll("shareOnline").includes("yes") : undefined,
    quietHours: quietHoursIn(form),
    dailyLimit: dailyLimit === undefined ? null : Number(dailyLimit),
  };
}

/** The field with the preferences that a page showed: what they were when the person chose. */
export const shownField = "shown";

/** Preferences for that field, without the names of blocked people. */
export function shownText({ blockedUsers: _, ...preferences }: Preferences): string {
  return JSON.stringify(preferences);
}

/** What the form was filled with; undefined when it does not say so. */
export function shownIn(form: URLSearchParams): PreferencesChange | undefined | Refusal {
  const text = form.get(shownField);
  if (text === null) return undefined;
  const shown = preferencesChange.safeParse(jsonIn(text));
  return shown.success ? shown.data : new Refusal("invalid_params", "form.again");
}

/**
 * The same once a form's change was asked for: what it asks for as it is `now`, the rest as the form has it. What another tab changed
 * is not what this one shows, so its next choice must not pass for one that was made knowing it.
 */
export function shownAfter(form: URLSearchParams, now: Preferences): string {
  const shown = shownIn(form);
  if (shown === undefined || shown instanceof Refusal) return shownText(now);
  const change = askedChange(form, shown);
  if (change instanceof Refusal) return JSON.stringify(shown);
  const { categories = {}, ...rest } = change;
  const fields = Object.keys(rest).map((name) => [name, now[name as keyof Preferences]]);
  const slugs = Object.keys(categories).map((slug) => [slug, now.categories[slug]]);
  return JSON.stringify({
    ...shown,
    ...Object.fromEntries(fields),
    categories: { ...shown.categories, ...Object.fromEntries(slugs) },
  });
}

/**
 * The change that a form asks for. With `shown`, only what differs from it: what the person left alone stays as it is, also if it
 * was changed elsewhere meanwhile. `only`: the one preference that a script saves.
 */
export function askedChange(
  form: URLSearchParams,
  shown: PreferencesChange | undefined,
): PreferencesChange | Refusal {
  const only = form.get("only");
  const undone = form.get("undo");
  if (undone !== null) return checked(preferencesChange, jsonIn(undone));
  const wanted = Object.entries(changeOf(form)).filter(([name]) => only === null || name === only);
  const change = checked(preferencesChange, Object.fromEntries(wanted));
  return change instanceof Refusal || shown === undefined ? change : changedOnly(change, shown);
}

function changedOnly(change: PreferencesChange, shown: PreferencesChange): PreferencesChange {
  const isNew = (wanted: unknown, seen: unknown) => JSON.stringify(wanted) !== JSON.stringify(seen ?? null);
  // Absent until the person chooses, and then contacts see it.
  const seen: PreferencesChange = { shareOnline: true, ...shown };
  const { categories = {}, ...rest } = change;
  const slugs = Object.entries(categories).filter(([slug, choice]) => choice !== seen.categories?.[slug]);
  const fields = Object.entries(rest).filter(([name, wanted]) =>
    isNew(wanted, seen[name as keyof typeof rest])
  );
  return {
    ...Object.fromEntries(fields),
    ...(slugs.length === 0 ? {} : { categories: Object.fromEntries(slugs) }),
  };
}

/** What takes a change back: the same fields as they were. */
export function undoOf(change: PreferencesChange, before: Preferences): PreferencesChange {
  const fields = Object.keys(change).map((name) => {
    const was = name === "shareOnline" ? before.shareOnline !== false : before[name as keyof Preferences];
    return [name, was];
  });
  const slugs = Object.keys(change.categories ?? {}).map((
    slug,
  ) => [slug, before.categories[slug] ?? "block"]);
  return {
    ...Object.fromEntries(fields),
    ...(change.categories === undefined ? {} : { categories: Object.fromEntries(slugs) }),
  };
}

export function categoryField(slug: string): string {
  return categoryPrefix + slug;
}

/** Which form field shows a problem of which preference. */
export const preferenceNames: Record<string, string> = quietNames;
