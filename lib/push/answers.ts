import { createHash } from "node:crypto";
import { type Caller, type Clock, KeyedMutex } from "../platform/mod.ts";
import {
  type Answer,
  type PushAction,
  type PushAnswerBody,
  type PushAnswered,
  pushLimits,
  Refusal,
} from "../protocol/mod.ts";
import { AnswerRate } from "./answer_rate.ts";
import type { PushPeople, PushStore, Subscription } from "./ports.ts";
import type { Push } from "./push.ts";
import type { Ticket, Tickets } from "./tickets.ts";

/** Where an answer came from, for the log and the audit. */
export interface AnswerOrigin {
  address: string;
  requestId: string;
}

/** What a button says. `answer`: with the option of this key. */
export type Pressed =
  & { commandId: string }
  & ({ action: PushAction } | { action: "answer"; option: string });

export interface PushAnswersParts {
  store: PushStore;
  tickets: Tickets;
  push: Pick<Push, "dismissed">;
  people: Pick<PushPeople, "isActive" | "hasSession">;
  /** The device's person, as a caller; null when the account is gone. */
  callerOf(device: Subscription, origin: AnswerOrigin): Promise<Caller | null>;
  /** Answers a command in the person's name, or stops everything. */
  act(caller: Caller, pressed: Pressed): Promise<object | Refusal>;
  /** What counts as one address. */
  networkOf(address: string): string;
  clock: Clock;
}

/**
 * UI-12: carries out what a button of a notification says. Its ticket is all that it needs, so it works with every page closed. It
 * counts once, for one command, as long as the device is subscribed and its login was not ended.
 */
export class PushAnswers {
  readonly #parts: PushAnswersParts;
  readonly #turns = new KeyedMutex();
  readonly #strangers: AnswerRate;
  readonly #repeats: AnswerRate;

  constructor(parts: PushAnswersParts) {
    this.#parts = parts;
    this.#strangers = new AnswerRate(parts.clock, pushLimits.pushBadTickets);
    this.#repeats = new AnswerRate(parts.clock, pushLimits.pushTicketTries);
  }

  async answer(origin: AnswerOrigin, { ticket }: PushAnswerBody): Answer<PushAnswered> {
    const { store, push, act, callerOf, networkOf } = this.#parts;
    const digest = createHash("sha256").update(ticket).digest("base64url");
    // A ticket that was made here is never refused for what others of its network try: it may be a Stop.
    const tooMany = this.#parts.tickets.open(ticket) === null
      ? this.#strangers.take(networkOf(origin.address))
      : this.#repeats.take(digest);
    if (tooMany !== null) return tooMany;
    const opened = await this.#opened(ticket);
    const pressed = opened === null ? null : pressedOf(opened.ticket);
    if (opened === null || pressed === null) return new Refusal("not_found", "push.ticket");
    const { device, ticket: { untilMs } } = opened;
    const { action, commandId } = pressed;
    return await this.#turns.run(digest, async () => {
      if (await store.isUsed(digest)) return new Refusal("conflict", "push.used");
      const caller = await callerOf(device, origin);
      if (caller === null) return new Refusal("not_found", "push.ticket");
      await push.dismissed(device.userId, device.id, commandId);
      const done = await act(caller, pressed);
      // What the server could not do now can be asked of it again.
      if (done instanceof Refusal && (done.kind === "unavailable" || done.kind === "rate_limited")) {
        return done;
      }
      await store.use(digest, untilMs);
      return done instanceof Refusal ? done : { action, command: action === "stop" ? null : commandId };
    });
  }

  /** What a notification leads to, for its own person: the command, and what the button does. Null: nothing any more. */
  async look({ userId }: Caller, ticket: string): Promise<Pick<Ticket, "action" | "commandId"> | null> {
    const opened = await this.#opened(ticket);
    return opened === null || opened.device.userId !== userId ? null : opened.ticket;
  }

  async #opened(text: string): Promise<{ ticket: Ticket; device: Subscription } | null> {
    const { store, tickets, people, clock } = this.#parts;
    const ticket = tickets.open(text);
    if (ticket === null || ticket.untilMs <= clock.now()) return null;
    const userId = await store.ownerOf(ticket.deviceId);
    const device = userId === null ? null : (await store.get(userId, ticket.deviceId))?.value ?? null;
    if (device === null || !await people.isActive(device.userId)) return null;
    const stands = clock.now() >= device.sessionUntilMs || await people.hasSession(device.sessionId);
    return stands ? { ticket, device } : null;
  }
}

/** Null: the ticket opens the app, and answers nothing. */
function pressedOf({ action, commandId, option }: Ticket): Pressed | null {
  if (action === "open") return null;
  if (action !== "answer") return { action, commandId };
  return option === undefined ? null : { action, commandId, option };
}
