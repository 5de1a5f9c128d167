import { type PushAction, type PushChoices, pushLimits } from "../protocol/mod.ts";
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

/** A button; browsers without a worker of ours open its address. */
export interface PushButton {
  action: PushAction | `option-${number}`;
  title: string;
  navigate: string;
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
    actions?: PushButton[];
  };
  /** The worker may show it in its own way, and shows nothing while its page is in view. */
  mutable: true;
  /** For the worker alone: the notification stays until it is dealt with. */
  stays?: true;
  /** For the worker alone: without the app's icon. */
  plain?: true;
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
    const says = device.discreet === true ? null : sentence(telling, choices, words);
    const isLoud = level === "urgent" || level === "again";
    const buttons = says === null || one === null ? [] : this.#buttons(device, one, choices, words);
    const open = one?.commandId ? this.#open(device, one.commandId, one.expiresMs) : "/";
    const text = fitted(buttons, (actions) => {
      const body: PushBody = {
        web_push: 8030,
        notification: {
          title: says === null ? words.discreet : words.name,
          ...(says === null ? {} : { body: says }),
          lang: device.language,
          tag,
          ...(level === "quiet" ? { silent: true } : {}),
          navigate: `${device.origin}${open}`,
          ...(actions.length === 0 ? {} : { actions }),
        },
        mutable: true,
        ...(isLoud ? { stays: true } : {}),
        ...(says === null ? { plain: true } : {}),
        ...(gone.length === 0 ? {} : { gone }),
      };
      return JSON.stringify(body);
    });
    const keptMs = Math.min(Math.max(telling.expiresMs - nowMs, keptMinMs), keptMaxMs);
    return {
      text,
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
        ...device.discreet === true ? { title: words.discreet } : { title: words.name, body: words.test },
        lang: device.language,
        tag: "test",
        navigate: `${device.origin}/notifications`,
      },
      mutable: true,
      ...device.discreet === true ? { plain: true } : {},
    };
    const text = JSON.stringify(body);
    return { text, urgency: "high", ttlSeconds: testKeptMs / 1000, topic: "test" };
  }

  /** The options of a question come first: systems show two buttons. */
  #buttons(
    device: Subscription,
    { actions, options, commandId, expiresMs: untilMs }: NonNullable<Telling["one"]>,
    choices: PushChoices,
    words: PushWords,
  ): PushButton[] {
    if (commandId === null) return [];
    const about = { deviceId: device.id, commandId, untilMs };
    const addressOf = (ticket: Ticket) => `${device.origin}${pathOf(this.#tickets.seal(ticket))}`;
    const asked = choices.options ? options : [];
    const usual = choices.buttons.filter((action) =>
      actions.includes(action) && (asked.length === 0 || action !== "accept")
    );
    return [
      ...asked.map(({ key, label }, at): PushButton => ({
        action: `option-${at}`,
        title: label,
        navigate: addressOf({ ...about, action: "answer", option: key }),
      })),
      ...usual.map((action): PushButton => ({
        action,
        title: words.actions[action],
        navigate: addressOf({ ...about, action }),
      })),
    ];
  }

  #open(device: Subscription, commandId: string, untilMs: number): string {
    return pathOf(this.#tickets.seal({ deviceId: device.id, commandId, action: "open", untilMs }));
  }
}

/** The body with as many of the buttons as it has room for: a server's name can be long. */
function fitted(buttons: PushButton[], textOf: (buttons: PushButton[]) => string): string {
  for (let count = buttons.length; count > 0; count--) {
    const text = textOf(buttons.slice(0, count));
    if (new TextEncoder().encode(text).length <= pushLimits.pushBytes) return text;
  }
  return textOf([]);
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
