import type { Language } from "./mod.ts";

/** The region whose formats are used when only the language is known. */
const regions = { en: "en-GB", de: "de-DE" } as const satisfies Record<Language, string>;

export function regionOf(language: Language): string {
  return regions[language];
}

/** A time for a reader whose time zone is not known, marked as UTC. Text that is no time is returned unchanged. */
export function utcText(language: Language, time: string): string {
  const text = formatted(utcFormats[language], time);
  return text === null ? time : `${text} UTC`;
}

const utcFormat = (locale: string) =>
  new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "UTC",
  });

// Made once: making one takes many times as long as using it.
const utcFormats: Record<Language, Intl.DateTimeFormat> = {
  en: utcFormat(regions.en),
  de: utcFormat(regions.de),
};

/**
 * How a browser writes times, as its cookie tells the server: a locale and an IANA time zone. So that the server writes the same
 * text, and nothing moves when the page starts.
 */
export interface TimeFormat {
  /** `locale~zone`. */
  name: string;
  format: Intl.DateTimeFormat;
}

/** Null unless `name` is a locale of this language and a time zone. */
export function readTimeFormat(language: Language, name: string): TimeFormat | null {
  const [locale = "", timeZone = ""] = name.split("~");
  if (primary(locale) !== language || timeZone === "" || name !== `${locale}~${timeZone}`) return null;
  try {
    return {
      name,
      format: new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone }),
    };
  } catch {
    // No such locale or zone.
    return null;
  }
}

/** The name of this browser's own format: the locale of the reader's region, where it has this language. Only for the browser. */
export function ownTimeFormat(language: Language): string {
  const locale = navigator.languages.find((tag) => primary(tag) === language) ?? regions[language];
  return `${locale}~${Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC"}`;
}

/** A time in this format. Text that is no time is returned unchanged. */
export function timeText({ format }: TimeFormat, time: string): string {
  return formatted(format, time) ?? time;
}

function formatted(format: Intl.DateTimeFormat, time: string): string | null {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : format.format(date);
}

function primary(locale: string): string {
  return locale.split("-", 1)[0]?.toLowerCase() ?? "";
}

/** The day, or the time of day, of a moment; in UTC where the reader's zone is not known. Other text is returned unchanged. */
export function partText(
  language: Language,
  format: TimeFormat | null,
  part: Part,
  time: string,
): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : partFormat(language, format, part).format(date);
}

type Part = "day" | "clock" | "short";

const partOptions: Record<Part, Intl.DateTimeFormatOptions> = {
  day: { weekday: "long", day: "numeric", month: "long" },
  clock: { hour: "2-digit", minute: "2-digit" },
  short: { weekday: "short", day: "numeric", month: "short" },
};
/** Formats of readers' zones that are kept; more are made anew. */
const partsKept = 200;
const partFormats = new Map<string, Intl.DateTimeFormat>();

function partFormat(language: Language, format: TimeFormat | null, part: Part) {
  const name = `${part} ${format?.name ?? language}`;
  let found = partFormats.get(name);
  if (found === undefined) {
    const [locale = regions[language], timeZone = "UTC"] = format?.name.split("~") ?? [];
    found = new Intl.DateTimeFormat(locale, { ...partOptions[part], timeZone });
    if (partFormats.size >= partsKept) partFormats.clear();
    partFormats.set(name, found);
  }
  return found;
}
