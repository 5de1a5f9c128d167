import type { Grant, HoursWindow, ShownGrant, Weekday } from "../protocol/mod.ts";
import type { Language, Words } from "../words/mod.ts";
import { fill, plural } from "../words/shape.ts";
import { listText } from "./commands.ts";

/** The kinds that the form offers. */
export const offeredKinds = ["message", "task", "media", "link", "choice", "form", "timer"] as const;
/** The numbers that the form offers. */
export const offeredNumbers = [1, 3, 5, 10] as const;

/** Hours that the form offers by name. */
export const offeredHours = {
  anyTime: [{ from: "00:00", to: "00:00" }],
  morning: [{ from: "08:00", to: "12:00" }],
  day: [{ from: "08:00", to: "18:00" }],
  evening: [{ from: "18:00", to: "22:00" }],
  weekend: [{ days: ["sa", "su"], from: "00:00", to: "00:00" }],
} as const satisfies Record<string, readonly { days?: readonly Weekday[]; from: string; to: string }[]>;
export type OfferedHours = keyof typeof offeredHours;

/** The offered name of hours, `keep` for others, or empty when a grant has none. */
export function hoursChoice(hours: readonly HoursWindow[] | undefined): string {
  if (hours === undefined) return "";
  const names = Object.keys(offeredHours) as OfferedHours[];
  return names.find((name) => sameHours(offeredHours[name], hours)) ?? "keep";
}

function sameHours(one: readonly unknown[], other: readonly unknown[]): boolean {
  const text = (windows: readonly unknown[]) =>
    JSON.stringify((windows as HoursWindow[]).map(({ days, from, to }) => ({ days, from, to })));
  return text(one) === text(other);
}

/** Titles of categories by their slugs. One that is not among them is shown by its slug: it was retired, or nobody read its title. */
export type Titles = ReadonlyMap<string, string>;
const noTitles: Titles = new Map();

export function titlesOf(categories: readonly { slug: string; title: string }[]): Titles {
  return new Map(categories.map(({ slug, title }) => [slug, title]));
}

/** What a grant says, in short sentences without full stops; its end is told apart, as a time. */
export function grantParts(
  words: Words["grants"],
  language: Language,
  grant: Partial<Grant> & Pick<ShownGrant, "until">,
  titles: Titles = noTitles,
): string[] {
  const choices = Object.entries(grant.categories ?? {});
  const about = (message: string, choice: string) => {
    const names = choices.filter(([, one]) => one === choice).map(([slug]) => titles.get(slug) ?? slug);
    return names.length === 0 ? [] : [fill(message, { categories: listText(language, names) })];
  };
  return [
    ...(grant.paused ? [words.pausedPart] : []),
    ...about(words.allowed, "allow"),
    ...about(words.asked, "ask"),
    ...about(words.blocked, "block"),
    ...(grant.accept ? [words.accepted] : []),
    ...(grant.kinds === undefined ? [] : [fill(words.onlyKinds, {
      kinds: listText(
        language,
        grant.kinds.map((kind) => kindsText(words, kind)),
      ),
    })]),
    ...(grant.hours === undefined ? [] : [hoursText(words, language, grant.hours)]),
    ...(grant.perDay === undefined ? [] : [plural(language, words.atMostDay, grant.perDay)]),
    ...(grant.open === undefined ? [] : [plural(language, words.atMostOpen, grant.open)]),
    ...(grant.shown ? [words.shownPart] : []),
  ];
}

/** A kind of command in the plural; kinds of clients as they are. */
export function kindsText(words: Words["grants"], kind: string): string {
  const offered = offeredKinds.find((one) => one === kind);
  return offered === undefined ? kind : words[offered];
}

/** Windows of hours, of the reader's own day. */
export function hoursText(
  words: Words["grants"],
  language: Language,
  hours: readonly HoursWindow[],
): string {
  return listText(
    language,
    hours.map(({ days, from, to }) => {
      const names = listText(language, (days ?? []).map((day) => words[day]));
      if (from === "00:00" && to === "00:00") {
        return days === undefined ? words.anyTime : fill(words.wholeDays, { days: names });
      }
      return days === undefined
        ? fill(words.window, { from, to })
        : fill(words.windowDays, { days: names, from, to });
    }),
  );
}
