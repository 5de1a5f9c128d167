import { type PushChoices, type PushLevel, pushLimits } from "../protocol/mod.ts";
import { levelOf, louder } from "./levels.ts";
import { type Alert, type News, type Ref, refKey, type Subscription, type Waiting } from "./ports.ts";

/** What one notification tells. */
export interface Telling {
  level: Exclude<PushLevel, "off">;
  /** The one thing that it is about; null: several. */
  one: Alert | null;
  count: number;
  tag: string;
  expiresMs: number;
}

/** What to send to a device, and what is true of it once that was sent. */
export interface Plan {
  telling: Telling | null;
  /** Notifications that the device is to take away: what they are about was dealt with elsewhere. As many as one push has room for. */
  gone: readonly string[];
  /** There are more of those. */
  more: boolean;
  next: Pick<Subscription, "logMark" | "noticeMark" | "waiting" | "shown">;
}

/** What is known for one look: what is new, and what became of the rest. */
export interface Known {
  news: News;
  now: ReadonlyMap<string, Alert>;
  choices: PushChoices;
  nowMs: number;
  /** Whether `now` has what the device shows. */
  whole: boolean;
  /** The tag of a thing on this device; the same each time, and nothing that others could recognise. */
  tagOf: (ref: Ref) => string;
}

/** The tag of a summary. */
export const severalTag = "news";

/** UI-12: what a device is to be told now. Pure; several new things are one notification. */
export function planFor(device: Subscription, { news, now, choices, nowMs, whole, tagOf }: Known): Plan {
  const telling = new Map<string, { alert: Alert; told: number }>();
  const waiting = new Map<string, Waiting>();
  const keep = (alert: Alert, atMs: number | null, told: number) =>
    waiting.set(refKey(alert), { what: alert.what, id: alert.id, atMs, told });

  for (const one of device.waiting) {
    const alert = now.get(refKey(one));
    if (alert === undefined) continue;
    const repeats = one.told > 0;
    if (repeats && levelOf(choices, alert) !== "again") continue;
    if (alert.verdict === "hold") {
      // A Stop, or another rule without an end, ends what is told again and again.
      if (!repeats || alert.untilMs !== null) keep(alert, alert.untilMs, one.told);
    } else if (repeats && one.atMs !== null && one.atMs > nowMs) keep(alert, one.atMs, one.told);
    else telling.set(refKey(alert), { alert, told: one.told });
  }
  const fresh = [
    ...news.log.alerts.filter(({ place }) => place > device.logMark),
    ...news.notices.alerts.filter(({ place }) => place > device.noticeMark),
  ];
  for (const { alert } of fresh) {
    if (alert.verdict === "hold") keep(alert, alert.untilMs, 0);
    else telling.set(refKey(alert), { alert, told: 0 });
  }

  const audible = [...telling.values()].filter(({ alert }) => levelOf(choices, alert) !== "off");
  for (const { alert, told } of audible) {
    if (levelOf(choices, alert) !== "again" || told + 1 >= choices.again.times) continue;
    keep(alert, nowMs + choices.again.minutes * 60_000, told + 1);
  }
  const told = tellingOf(audible.map(({ alert }) => alert), choices, tagOf);
  const fading = device.shown.filter((one) => !telling.has(refKey(one)));
  const still = fading.filter((one) => !whole || now.has(refKey(one)));
  const shown = [
    ...still,
    ...told === null ? [] : audible.map(({ alert: { what, id } }) => ({ what, id, tag: told.tag })),
  ];
  const tags = new Set(shown.map(({ tag }) => tag));
  const faded = [...new Set(fading.map(({ tag }) => tag))].filter((tag) => !tags.has(tag));
  const gone = faded.slice(0, pushLimits.pushGone);
  const left = fading.filter(({ tag }) => !tags.has(tag) && !gone.includes(tag));
  return {
    telling: told,
    gone,
    more: faded.length > gone.length,
    next: {
      logMark: later(device.logMark, news.log.upTo),
      noticeMark: later(device.noticeMark, news.notices.upTo),
      // The oldest wait: a summary of them says the same with one more or less.
      waiting: [...waiting.values()].slice(0, pushLimits.pushWaiting),
      shown: [...left, ...shown].slice(-pushLimits.pushShown),
    },
  };
}

function tellingOf(
  alerts: readonly Alert[],
  choices: PushChoices,
  tagOf: Known["tagOf"],
): Telling | null {
  const [one] = alerts;
  if (one === undefined) return null;
  const level = alerts.map((alert) => levelOf(choices, alert)).reduce(louder);
  if (level === "off") return null;
  const single = alerts.length === 1;
  return {
    level,
    one: single ? one : null,
    count: alerts.length,
    tag: single ? tagOf(one) : severalTag,
    expiresMs: Math.max(...alerts.map(({ expiresMs }) => expiresMs)),
  };
}

function later(mark: string, upTo: string | null): string {
  return upTo !== null && upTo > mark ? upTo : mark;
}
