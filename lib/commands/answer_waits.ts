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

/** Sends a command to one person and waits until they answered. The same key again goes on waiting (CM-1). */
export class AnswerWaits {
  readonly #parts: Parts;
  readonly #sender: Pick<SendGates, "send">;
  /** Numbers of waits by sender. */
  readonly #waiting = new Map<string, number>();
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
    const own = this.#waiting.get(userId) ?? 0;
    const all = [...this.#waiting.values()].reduce((sum, count) => sum + count, 0);
    if (own >= limits.waitsOfOne || all >= limits.waits) {
      return new Refusal("rate_limited", say("send.waits", { count: limits.waitsOfOne }), {
        retryAfterMs: seconds * 1000,
      });
    }
    this.#waiting.set(userId, own + 1);
    try {
      const sent = await this.#sender.send(caller, draft);
      if (sent instanceof Refusal) return sent;
      return await this.#wait(caller, sent, seconds, gone);
    } finally {
      const left = this.#waiting.get(userId)! - 1;
      if (left === 0) this.#waiting.delete(userId);
      else this.#waiting.set(userId, left);
    }
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
