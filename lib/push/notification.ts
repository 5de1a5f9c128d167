import type { PushAction, PushChoices } from "../protocol/mod.ts";
import type { Telling } from "./plan.ts";
import type { PushMessage, Subscription } from "./ports.ts";
import type { Ticket, Tickets } from "./tickets.ts";

/** The only sentences of notifications, in one language. None of them is made from what anybody wrote. */
export interface PushWords {
  /** The app's name, and all that a discreet notification says. */
  name: string;
  discreet: string;
  command: string;
  deadline: string;
  chat: string;
  notice: string;
  several: string;
  /** How many are new. */
  count(count: number): string;
  test: string;
  actions: Readonly<Record<PushAction, string>>;
}

/** What a device gets: declarative Web Push where the browser knows it, and the same for our own worker. */
export interface PushBody {
  web_push: 8030;
  notification: {
    title: string;
    body?: string;
    lang: string;
    tag: string;
    silent?: true;
    navigate: string;
    actions?: { action: PushAction; title: string; navigate: string }[];
  };
  /** The worker may show it in its own way, and shows nothing while its page is in view. */
  mutable: true;
  /** For the worker alone: the notification stays until it is dealt with. */
  stays?: true;
  /** For the worker alone: tags of notifications to take away. */
  gone?: readonly string[];
}

const dayMs = 24 * 3600_000;
/** What a push service keeps at most. */
const keptMaxMs = 28 * dayMs;
const keptMinMs = 60_000;
const goneKeptMs = dayMs;
const testKeptMs = 60_000;

/** Writes the push for what a device is to be told. */
export class Notifications {
  readonly #tickets: Tickets;
  readonly #words: (language: string) => PushWords;

  constructor(tickets: Tickets, words: (language: string) => PushWords) {
    this.#tickets = tickets;
    this.#words = words;
  }

  /** `gone`: tags of notifications that it takes away. */
  of(
    device: Subscription,
    telling: Telling,
    gone: readonly string[],
    choices: PushChoices,
    nowMs: number,
  ): PushMessage {
    const { level, one, tag } = telling;
    const words = this.#words(device.language);
    const says = sentence(telling, choices, words);
    const isLoud = level === "urgent" || level === "again";
    const buttons = says === null || one === null ? [] : this.#buttons(device, one, choices);
    const open = one?.commandId ? this.#open(device, one.commandId, one.expiresMs) : "/";
    const body: PushBody = {
      web_push: 8030,
      notification: {
        title: says === null ? words.discreet : words.name,
        ...(says === null ? {} : { body: says }),
        lang: device.language,
        tag,
        ...(level === "quiet" ? { silent: true } : {}),
        navigate: `${device.origin}${open}`,
        ...(buttons.length === 0 ? {} : {
          actions: buttons.map(({ action, ticket }) => ({
            action,
            title: words.actions[action],
            navigate: `${device.origin}${pathOf(ticket)}`,
          })),
        }),
      },
      mutable: true,
      ...(isLoud ? { stays: true } : {}),
      ...(gone.length === 0 ? {} : { gone }),
    };
    const keptMs = Math.min(Math.max(telling.expiresMs - nowMs, keptMinMs), keptMaxMs);
    return {
      text: JSON.stringify(body),
      urgency: level === "quiet" ? "low" : isLoud ? "high" : "normal",
      ttlSeconds: Math.floor(keptMs / 1000),
      topic: tag,
    };
  }

  /** Takes notifications away. It is no notification, so browsers that insist on one must not get it. */
  gone(tags: readonly string[]): PushMessage {
    return {
      text: JSON.stringify({ gone: tags }),
      urgency: "low",
      ttlSeconds: goneKeptMs / 1000,
      topic: null,
    };
  }

  test(device: Subscription): PushMessage {
    const words = this.#words(device.language);
    const body: PushBody = {
      web_push: 8030,
      notification: {
        title: words.name,
        body: words.test,
        lang: device.language,
        tag: "test",
        navigate: `${device.origin}/notifications`,
      },
      mutable: true,
    };
    const text = JSON.stringify(body);
    return { text, urgency: "high", ttlSeconds: testKeptMs / 1000, topic: "test" };
  }

  #buttons(
    device: Subscription,
    { actions, commandId, expiresMs }: NonNullable<Telling["one"]>,
    { buttons }: PushChoices,
  ): { action: PushAction; ticket: string }[] {
    if (commandId === null) return [];
    return buttons.filter((action) => actions.includes(action)).map((action) => {
      const ticket: Ticket = { deviceId: device.id, commandId, action, untilMs: expiresMs };
      return { action, ticket: this.#tickets.seal(ticket) };
    });
  }

  #open(device: Subscription, commandId: string, untilMs: number): string {
    return pathOf(this.#tickets.seal({ deviceId: device.id, commandId, action: "open", untilMs }));
  }
}

/** Where a button leads that no worker takes: the page asks before it does anything. */
function pathOf(ticket: string): string {
  return `/notified?ticket=${ticket}`;
}

function sentence(
  { one, count }: Telling,
  { says }: PushChoices,
  words: PushWords,
): string | null {
  switch (says) {
    case "name":
      return null;
    case "count":
      return one === null ? words.count(count) : words[one.what];
    case "kind":
      return one === null ? words.several : words[one.what];
    default:
      return says satisfies never;
  }
}
