import { fullJitter, type WebhookJob } from "../platform/mod.ts";
import type { Receiver, WebhookOutcome, WebhooksNeeds } from "./ports.ts";
import { signedHeaders } from "./signature.ts";

/** A receiver that does not answer keeps one of the places of jobs for so long. */
const answerMs = 10_000;
/** Messages that are under way at once, so that slow receivers leave places for other jobs. */
const atOnce = 4;
/** Waits after each failed try; after the last one the message is given up. */
const waitsMs = [5, 30, 300, 1800, 7200, 18_000, 36_000].map((seconds) => seconds * 1000);
/** The longest wait that a receiver may ask for. */
const askedMaxMs = 3600_000;
/** A message that finds no place, or another one to its receiver under way, comes back within this time. */
const busyBaseMs = 1000;
const busyMaxMs = 16_000;

/** AU-11: sends messages that were written with an answer, to one receiver one after another. */
export class Webhooks {
  readonly #needs: WebhooksNeeds;
  /** Tokens with a message under way. */
  readonly #running = new Set<string>();
  /** Until when receivers that failed are left alone, by token: what else comes for them waits, and makes no try of its own. */
  readonly #paused = new Map<string, number>();
  readonly #closing = new AbortController();

  constructor(needs: WebhooksNeeds) {
    this.#needs = needs;
  }

  /** Sends one message, or plans its next try. It is dropped when the token, its webhook or one of the two accounts has ended. */
  async run(job: WebhookJob): Promise<void> {
    const { plan, clock, random } = this.#needs;
    const { tokenId } = job;
    const now = clock.now();
    const pausedUntil = this.#paused.get(tokenId) ?? 0;
    if (pausedUntil <= now) this.#paused.delete(tokenId);
    if (this.#running.has(tokenId) || this.#running.size >= atOnce || pausedUntil > now) {
      const from = Math.max(now, pausedUntil);
      return await plan(job, from + busyBaseMs + fullJitter(random, 4, busyBaseMs, busyMaxMs));
    }
    this.#running.add(tokenId);
    try {
      await this.#try(job);
    } finally {
      this.#running.delete(tokenId);
    }
  }

  /** Gives up what is under way, which is planned again. */
  close(): void {
    this.#closing.abort();
  }

  async #try(job: WebhookJob): Promise<void> {
    const { receiver: find, usernameOf, isActive, takes, note, plan, clock, log } = this.#needs;
    const { id, tokenId, commandId, recipientId, state, at, failures } = job;
    const receiver = await find(tokenId);
    if (receiver === null || receiver.ended || !await isActive(receiver.ownerId)) return;
    const recipient = await usernameOf(recipientId);
    if (recipient === null) return;
    if (!takes(receiver.url)) {
      log.info("webhook.not_allowed", { sessionId: tokenId });
      return await note(tokenId, { sent: false, status: null, ended: false });
    }
    const data = { command: commandId, recipient, state };
    const body = JSON.stringify({ type: "command.answered", timestamp: at, data });
    const { status, waitMs } = await this.#post(receiver, id, body);
    if (this.#closing.signal.aborted && status === null) return await plan(job, clock.now());
    const sent = status !== null && status >= 200 && status < 300;
    const ended = status === 410;
    await note(tokenId, { sent, status, ended });
    if (sent || ended) return;
    const wait = waitsMs[failures];
    log.info("webhook.failed", {
      sessionId: tokenId,
      status,
      failures: failures + 1,
      last: wait === undefined,
    });
    if (wait === undefined) return;
    const untilMs = clock.now() + Math.max(wait, Math.min(waitMs ?? 0, askedMaxMs));
    this.#paused.set(tokenId, untilMs);
    await plan({ ...job, failures: failures + 1 }, untilMs);
  }

  async #post({ url, secret }: Receiver, id: string, body: string): Promise<WebhookOutcome> {
    const { sender, clock } = this.#needs;
    const tooLong = new AbortController();
    using _timer = clock.after(answerMs, () => tooLong.abort());
    const headers = signedHeaders(id, body, secret, clock.now());
    return await sender.post(url, { headers, body }, AbortSignal.any([tooLong.signal, this.#closing.signal]));
  }
}
