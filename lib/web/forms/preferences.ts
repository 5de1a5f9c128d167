import { filled, nameList } from "./form.ts";
import type { Preferences } from "../../protocol/mod.ts";

/** The preferences form as a person typed it, to show it again when it was refused. */
export interface TypedPreferences {
  acceptFrom: string;
  broadcasts: boolean;
  shareLimits: boolean;
  shareOnline: boolean;
  categories: Record<string, string>;
  blockedUsers: string;
  quiet: boolean;
  quietFrom: string;
  quietTo: string;
  dailyLimit: string;
}

/** Hours that the form offers when quiet hours were never set. */
const usualNight = { from: "22:00", to: "07:00" };

const categoryPrefix = "category-";

export function shownPreferences(preferences: Preferences): TypedPreferences {
  return {
    acceptFrom: preferences.acceptFrom,
    broadcasts: preferences.broadcasts,
    shareLimits: preferences.shareLimits,
    shareOnline: preferences.shareOnline !== false,
    categories: preferences.categories,
    blockedUsers: preferences.blockedUsers.join("\n"),
    quiet: preferences.quietHours !== null,
    quietFrom: preferences.quietHours?.from ?? usualNight.from,
    quietTo: preferences.quietHours?.to ?? usualNight.to,
    dailyLimit: preferences.dailyLimit === null ? "" : String(preferences.dailyLimit),
  };
}

export function typedPreferences(form: URLSearchParams): TypedPreferences {
  return {
    acceptFrom: form.get("acceptFrom") ?? "",
    broadcasts: form.get("broadcasts") === "yes",
    shareLimits: form.get("shareLimits") === "yes",
    shareOnline: form.getAll("shareOnline").includes("yes"),
    categories: categoriesOf(form),
    blockedUsers: form.get("blockedUsers") ?? "",
    quiet: form.get("quiet") === "yes",
    quietFrom: form.get("quietFrom") ?? usualNight.from,
    quietTo: form.get("quietTo") ?? usualNight.to,
    dailyLimit: form.get("dailyLimit") ?? "",
  };
}

function categoriesOf(form: URLSearchParams): Record<string, string> {
  const chosen = [...form].filter(([name]) => name.startsWith(categoryPrefix));
  return Object.fromEntries(chosen.map(([name, value]) => [name.slice(categoryPrefix.length), value]));
}

/** What `preferences.set` takes, unchecked: the schema says what is wrong with it. */
export function changeOf(form: URLSearchParams): Record<string, unknown> {
  const dailyLimit = filled(form, "dailyLimit");
  return {
    categories: categoriesOf(form),
    acceptFrom: form.get("acceptFrom"),
    broadcasts: form.get("broadcasts") === "yes",
    shareLimits: form.get("shareLimits") === "yes",
    ...(form.has("shareOnline") ? { shareOnline: form.getAll("shareOnline").includes("yes") } : {}),
    blockedUsers: nameList(form.get("blockedUsers") ?? ""),
    quietHours: form.get("quiet") === "yes"
      ? { from: form.get("quietFrom") ?? "", to: form.get("quietTo") ?? "" }
      : null,
    dailyLimit: dailyLimit === undefined ? null : Number(dailyLimit),
  };
}

export function categoryField(slug: string): string {
  return categoryPrefix + slug;
}

/** Which form field shows a problem of which preference. */
export const preferenceNames: Record<string, string> = {
  "quietHours.from": "quietFrom",
  "quietHours.to": "quietTo",
  "quietHours": "quietFrom",
};
