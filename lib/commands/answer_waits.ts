import type { Caller } from "../platform/mod.ts";
import {
  type AudienceCounts,
  type Command,
  type CommandDraft,
  limits,
  type RecipientState,
  Refusal,
  say,
} from "../protocol/mod.ts";
import { isClosed } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { SendGates } from "./send_gates.ts";
import { recipientState } from "./views.ts";

/** What became of a command that its sender waited for. */
export interface Waited {
  command: Command;
  audience: AudienceCounts;
  /** The recipient as the sender sees them, and whether they are done with it or handed something in. */
  recipient: RecipientState;
  answered: boolean;
}

/** A wait that has a place among those of its sender. */
interface Place {
  since: number;
  /** Ends the wait before its time: it answers how things stand. */
  ends: AbortController;
}

/**
 * Sends a command to one person and waits until they answered. The same key again goes on waiting (CM-1).
 *
 * `Deno.serve` notices that a client has left only if its whole request came with the first bytes of the connection. So a place
 * can belong to a client that is gone: a sender who has no place left gets that of their oldest wait, unless it is new.
 */
export class AnswerWaits {
  readonly #parts: Parts;
  readonly #sender: Pick<SendGates, "send">;
  /** By sender, the oldest first. */
  readonly #waiting = new Map<string, Set<Place>>();
  #count = 0;
  readonly #closing = new AbortController();

  constructor(parts: Parts, sender: Pick<SendGates, "send">) {
    this.#parts = parts;
    this.#sender = sender;
  }

  /** Waits at most `seconds`, until `gone` aborts, or until the server closes. What it sends stays sent. */
  async send(
    caller: Caller,
    draft: CommandDraft,
    { seconds, gone }: { seconds: number; gone: AbortSignal },
  ): Promise<Waited | Refusal> {
    const { userId } = caller;
    if (draft.audience.kind !== "user" || new Set(draft.audience.to).size !== 1) {
      return new Refusal("invalid_params", "send.waitOne", { fields: { "audience.to": "field.onePerson" } });
    }
    const place = this.#take(userId);
    if (place instanceof Refusal) return place;
    try {
      const sent = await this.#sender.send(caller, draft);
      if (sent instanceof Refusal) return sent;
      return await this.#wait(caller, sent, seconds, AbortSignal.any([gone, place.ends.signal]));
    } finally {
      this.#leave(userId, place);
    }
  }

  /** A free place, or that of the sender's oldest wait. */
  #take(userId: string): Place | Refusal {
    const now = this.#parts.clock.now();
    const own = this.#waiting.get(userId) ?? new Set();
    const [oldest] = own;
    if (own.size >= limits.waitsOfOne || this.#count >= limits.waits) {
      const leftMs = oldest === undefined ? limits.waitPlaceMs : oldest.since + limits.waitPlaceMs - now;
      if (oldest === undefined || leftMs > 0) {
        return new Refusal("rate_limited", say("send.waits", { count: limits.waitsOfOne }), {
          retryAfterMs: leftMs,
        });
      }
      this.#leave(userId, oldest);
      oldest.ends.abort();
    }
    const place = { since: now, ends: new AbortController() };
    this.#waiting.set(userId, own.add(place));
    this.#count++;
    return place;
  }

  /** Does nothing for a wait whose place was taken. */
  #leave(userId: string, place: Place): void {
    const own = this.#waiting.get(userId);
    if (own === undefined || !own.delete(place)) return;
    this.#count--;
    if (own.size === 0) this.#waiting.delete(userId);
  }

  /** Ends all waits, also later ones: each answers how things stand. */
  end(): void {
    this.#closing.abort();
  }

  async #wait(
    caller: Caller,
    sent: Pick<Waited, "command" | "audience">,
    seconds: number,
    gone: AbortSignal,
  ): Promise<Waited | Refusal> {
    const { clock, watch } = this.#parts;
    const over = AbortSignal.any([gone, this.#closing.signal]);
    let wake = () => {};
    let isLate = false;
    const woken = () => wake();
    using _timer = clock.after(seconds * 1000, () => {
      isLate = true;
      woken();
    });
    const unwatch = watch.on(sent.command.id, woken);
    over.addEventListener("abort", woken);
    try {
      while (true) {
        // Before the look: a change that comes during it is looked at again.
        const change = new Promise<void>((resolve) => wake = resolve);
        const isLast = isLate || over.aborted;
        const recipient = await this.#recipient(caller, sent.command.id);
        if (recipient === null) return new Refusal("not_found", "command.missing");
        const answered = recipient.state === "submitted" || isClosed(recipient.state);
        if (answered || isLast) return { ...sent, recipient, answered };
        await change;
      }
    } finally {
      unwatch();
      over.removeEventListener("abort", woken);
    }
  }

  async #recipient(
    { userId: senderId, username }: Caller,
    commandId: string,
  ): Promise<RecipientState | null> {
    const { store, people, consent } = this.#parts;
    const record = (await store.commands([commandId])).get(commandId);
    const userId = record?.recipients[0];
    if (userId === undefined) return null;
    const [[stored], persons, { hidesText }] = await Promise.all([
      store.states([{ userId, commandId }]),
      people.byIds([userId]),
      consent.textRules(senderId),
    ]);
    const person = persons.get(userId);
    if (person === undefined || stored === undefined || stored === null) return null;
    return recipientState(person, stored.record, (name) => name !== username && hidesText(name));
  }
}
