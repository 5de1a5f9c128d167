import type { CommandState, Requirement } from "../protocol/mod.ts";
import type { Language, Words } from "../words/mod.ts";
import { fill } from "../words/shape.ts";
import { regionOf } from "../words/times.ts";

/** How a state reads to a person, and its tone: what the colour repeats, never says alone. */
export interface StateWords {
  label: string;
  tone: "plain" | "good" | "bad" | "wait";
}

const tones: Record<CommandState, StateWords["tone"]> = {
  scheduled: "wait",
  queued: "plain",
  delivered: "plain",
  seen: "plain",
  accepted: "good",
  submitted: "good",
  completed: "good",
  deferred: "wait",
  declined: "bad",
  returned: "wait",
  failed: "bad",
  expired: "bad",
  cancelled: "bad",
  stopped: "bad",
};

/** The words of a state for its recipient, or for its sender, to whom a delivered command is not "new". */
export function stateWords(
  words: Words["commands"],
  state: CommandState,
  reader: "recipient" | "sender",
): StateWords {
  const label = state === "delivered" && reader === "sender" ? words.deliveredToThem : words[state];
  return { label, tone: tones[state] };
}

/** How many are in a state, for their sender: `1,204 done`. */
export function countedState(
  words: Words["commands"],
  language: Language,
  state: CommandState,
  count: number,
): string {
  const { label } = stateWords(words, state, "sender");
  return `${numberText(language, count)} ${label.toLocaleLowerCase(language)}`;
}

/** A number as the language writes it. */
export function numberText(
  language: Language,
  value: number,
  options: Intl.NumberFormatOptions = {},
): string {
  return new Intl.NumberFormat(regionOf(language), options).format(value);
}

/** Several things in one sentence: `a, b and c`. */
export function listText(language: Language, things: readonly string[]): string {
  return new Intl.ListFormat(regionOf(language), { type: "conjunction" }).format(things);
}

/**
 * The way from a page to `/`, relative. Fresh marks every link that begins with `/` and lies above the current page as
 * current, which would make the inbox "current" on all pages.
 */
export function toRoot(path: string): string {
  return `./${"../".repeat(Math.max(0, path.split("/").length - 2))}`;
}

/** A kind of command as a heading; clients' own kinds are shown as they are. */
export function kindTitle(words: Words["commands"], kind: string): string {
  switch (kind) {
    case "message":
    case "task":
    case "link":
    case "media":
    case "choice":
    case "form":
    case "timer":
      return words[kind];
    default:
      return kind;
  }
}

/** How far a moment is from now, in the largest unit that fits: `in 5 hours`, `2 days ago`. */
export function distanceText(language: Language, at: number, now: number): string {
  const minutes = Math.round(Math.abs(at - now) / 60_000);
  const [count, unit] = minutes < 60
    ? [minutes, "minute"] as const
    : minutes < 48 * 60
    ? [Math.round(minutes / 60), "hour"] as const
    : [Math.round(minutes / (24 * 60)), "day"] as const;
  // "auto" would say "yesterday" for a day that is not the calendar's; only for nothing it has the better word.
  return minutes === 0
    ? new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "second")
    : new Intl.RelativeTimeFormat(language, { numeric: "always" }).format(at > now ? count : -count, unit);
}

/** Whom a command is for, as its heading line says it. */
export function audienceText(
  words: Words["commands"],
  { kind, name }: { kind: string; name?: string | undefined },
  titleOf: (slug: string) => string = (slug) => slug,
): string {
  switch (kind) {
    case "group":
      return name === undefined ? words.toSomeGroup : fill(words.toGroup, { name });
    case "category":
      return name === undefined ? words.toSomeCategory : fill(words.toCategory, { name: titleOf(name) });
    case "all":
      return words.toAll;
    default:
      return "";
  }
}

/** What a sender asks back (CM-5), for its recipient. */
export function requirementText(words: Words["command"], requires: Requirement): string | null {
  switch (requires) {
    case "none":
      return null;
    case "confirmation":
      return words.asksConfirmation;
    case "proof":
      return words.asksProof;
    case "review":
      return words.asksReview;
    default:
      requires satisfies never;
      return null;
  }
}
