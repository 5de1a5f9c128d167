import type { BellListener, Caller, Clock, Log } from "../platform/mod.ts";
import { limits, type PushState, type PushSubscriptionBody, Refusal, say } from "../protocol/mod.ts";
import type { PushJob, PushSender, PushStore, Subscription } from "./ports.ts";
import { Background } from "./background.ts";
import { isPushService } from "./push_services.ts";

/** UI-7: shortest time between two notifications of a device. */
const everyMs = 3600_000;
/** A person who connects within this time gets no notification. */
const settleMs = 10_000;
/** A command that waited longer causes no notification. */
const keepTryingMs = 24 * 3600_000;
/** Waits after a push service failed: 30 s, doubling, at most an hour. */
const retryBaseMs = 30_000;
const retryMaxMs = 3600_000;
/** Longest time for one push. */
const sendMs = 10_000;

export interface PushParts {
  store: PushStore;
  /** Null: notifications are switched off. */
  sender: PushSender | null;
  /** Whether the person is connected to this process. */
  isOnline(userId: string): boolean;
  /** Whether a command waits that the person's preferences let through now; if not, from when on one will. */
  waits(userId: string): Promise<{ now: boolean; fromMs: number | null }>;
  /** Whether the account exists and is not suspended. */
  isActive(userId: string): Promise<boolean>;
  /** Whether the login is still there. */
  hasSession(sessionId: string): Promise<boolean>;
  clock: Clock;
  log: Log;
  /** Whether this is the only process that writes to the store. */
  exclusive: boolean;
}

/**
 * Notifies people without a connection that something waits (UI-7). A notification has no content, and is sent only for a
 * command that the person's preferences let through at that moment. A crash may lose one, and no command with it.
 */
export class Push implements BellListener, AsyncDisposable {
  readonly #parts: PushParts;
  /** People with a subscription; undefined if other processes write to the store. */
  #people: Set<string> | undefined;
  /** People with a planned job. */
  readonly #planned = new Set<string>();
  readonly #background: Background;
  readonly #closing = new AbortController();

  constructor(parts: PushParts) {
    this.#parts = parts;
    this.#background = new Background(parts.log);
  }

  async start(): Promise<void> {
    if (this.#parts.sender !== null && this.#parts.exclusive) {
      this.#people = new Set(await this.#parts.store.people());
    }
  }

  state(): PushState {
    return { key: this.#parts.sender?.publicKey ?? null };
  }

  /** Switches notifications on for the caller's browser. */
  async subscribe(
    caller: Caller & { sessionExpiresAt: string },
    { endpoint }: PushSubscriptionBody,
  ): Promise<true | Refusal> {
    const { store, sender } = this.#parts;
    if (sender === null) return new Refusal("unavailable", "push.off");
    if (!isPushService(endpoint)) {
      return new Refusal("invalid_params", "push.service", {
        fields: { endpoint: "field.pushService" },
      });
    }
    const id = await digestOf(endpoint);
    const known = await store.of(caller.userId);
    const before = known.find((one) => one.id === id);
    if (before === undefined && known.length >= limits.pushDevices) {
      return new Refusal("conflict", say("push.limit", { count: limits.pushDevices }));
    }
    await store.put({
      id,
      userId: caller.userId,
      endpoint,
      sessionId: caller.sessionId,
      sessionUntilMs: Date.parse(caller.sessionExpiresAt),
      pushedMs: before?.pushedMs ?? null,
    });
    this.#people?.add(caller.userId);
    return true;
  }

  async unsubscribe(caller: Caller, { endpoint }: PushSubscriptionBody): Promise<void> {
    await this.#parts.store.remove({ userId: caller.userId, id: await digestOf(endpoint) });
  }

  /** Ends the subscriptions of a session. */
  sessionEnded(sessionId: string): void {
    const { store } = this.#parts;
    this.#background.run("push.not_removed", async () => {
      for (const subscription of await store.ofSession(sessionId)) await store.remove(subscription);
    });
  }

  /** AU-13: the session goes on, and the subscriptions with it. */
  sessionRenewed(sessionId: string, expiresAt: string): void {
    const { store } = this.#parts;
    const untilMs = Date.parse(expiresAt);
    this.#background.run("push.not_renewed", async () => {
      for (const { userId, id } of await store.ofSession(sessionId)) {
        const found = (await store.of(userId)).find((one) => one.id === id && one.sessionId === sessionId);
        if (found !== undefined) await store.put({ ...found, sessionUntilMs: untilMs });
      }
    });
  }

  /** A person's inbox has something new. */
  ring(userId: string): void {
    if (this.#parts.sender === null || this.#planned.has(userId) || this.#parts.isOnline(userId)) return;
    if (this.#people !== undefined && !this.#people.has(userId)) return;
    this.#planned.add(userId);
    this.#background.run("push.not_planned", async () => {
      const { store, clock } = this.#parts;
      if ((await store.of(userId)).length === 0) return this.#forget(userId);
      const sinceMs = clock.now();
      const job: PushJob = { kind: "push", userId, sinceMs, untilMs: sinceMs + keepTryingMs, tries: 0 };
      await store.plan(job, sinceMs + settleMs);
    }, () => this.#planned.delete(userId));
  }

  /** Many inboxes may have something new. Each person's job finds out. */
  ringAll(): void {
    if (this.#parts.sender === null) return;
    if (this.#people !== undefined) {
      for (const userId of this.#people) this.ring(userId);
      return;
    }
    this.#background.run("push.not_planned", async () => {
      for (const userId of await this.#parts.store.people()) this.ring(userId);
    });
  }

  /** Decides now, and sends in the background: a slow push service must not delay other jobs. */
  async run(job: PushJob): Promise<void> {
    const { userId, sinceMs } = job;
    const { clock, sender, isOnline } = this.#parts;
    this.#planned.delete(userId);
    const now = clock.now();
    if (sender === null || now > job.untilMs || isOnline(userId)) return;
    const wanting = await this.#wanting(userId, sinceMs);
    if (wanting.length === 0) return;
    const { now: waits, fromMs } = await this.#parts.waits(userId);
    if (!waits) {
      if (fromMs === null) return;
      // Quiet hours or a daily limit hold the command: looks again when they are over.
      return await this.#plan({ ...job, untilMs: Math.max(job.untilMs, fromMs + keepTryingMs) }, fromMs);
    }
    const due = wanting.filter(({ pushedMs }) => pushedMs === null || pushedMs + everyMs <= now);
    const later = wanting.filter((one) => !due.includes(one)).map(({ pushedMs }) => pushedMs! + everyMs);
    const next = later.length === 0 ? undefined : Math.min(...later);
    if (due.length > 0) return this.#background.send(() => this.#sendAll(job, due, next));
    if (next !== undefined) await this.#plan(job, next);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#background.clear();
    await this.idle();
  }

  /** Resolves when nothing is being sent or written. */
  async idle(): Promise<void> {
    await this.#background.idle();
  }

  /** The devices without a notification since then. Removes those whose session was ended. */
  async #wanting(userId: string, sinceMs: number): Promise<Subscription[]> {
    const { store } = this.#parts;
    const all = await store.of(userId);
    if (all.length === 0) this.#forget(userId);
    const wanting: Subscription[] = [];
    for (const subscription of all) {
      const { pushedMs } = subscription;
      if (!await this.#mayBeTold(subscription)) await store.remove(subscription);
      else if (pushedMs === null || pushedMs <= sinceMs) wanting.push(subscription);
    }
    return wanting;
  }

  /** A login that ended before its time was ended by someone: a logout, a revocation, a new password. */
  async #mayBeTold({ userId, sessionId, sessionUntilMs }: Subscription): Promise<boolean> {
    const { clock, isActive, hasSession } = this.#parts;
    return await isActive(userId) && (clock.now() >= sessionUntilMs || await hasSession(sessionId));
  }

  async #sendAll(job: PushJob, due: readonly Subscription[], next: number | undefined): Promise<void> {
    const { clock } = this.#parts;
    const waits = await Promise.all(due.map((subscription) => this.#send(subscription, job.tries)));
    const again = waits.filter((waitMs) => waitMs !== null);
    if (again.length > 0) {
      const dueMs = clock.now() + Math.min(...again);
      await this.#plan({ ...job, tries: job.tries + 1 }, next === undefined ? dueMs : Math.min(dueMs, next));
    } else if (next !== undefined) {
      await this.#plan(job, next);
    }
  }

  /** Sends one push. Returns the milliseconds until another try, or null for none. */
  async #send(subscription: Subscription, tries: number): Promise<number | null> {
    const { store, sender, clock, log } = this.#parts;
    const tooLong = new AbortController();
    using _timer = clock.after(sendMs, () => tooLong.abort());
    const outcome = await sender!.send(
      subscription.endpoint,
      AbortSignal.any([tooLong.signal, this.#closing.signal]),
    );
    const { userId } = subscription;
    switch (outcome.kind) {
      case "sent":
        await store.pushed(subscription, clock.now());
        return null;
      case "gone":
        log.info("push.gone", { userId });
        await store.remove(subscription);
        return null;
      case "later": {
        log.info("push.later", { userId, tries, why: outcome.why });
        const waitMs = Math.min(retryBaseMs * 2 ** Math.min(tries, 20), retryMaxMs);
        return Math.max(waitMs, Math.min(outcome.waitMs ?? 0, keepTryingMs));
      }
      case "refused":
        log.warn("push.refused", { userId, why: outcome.why });
        return null;
      default:
        return outcome satisfies never;
    }
  }

  async #plan(job: PushJob, dueMs: number): Promise<void> {
    this.#planned.add(job.userId);
    await this.#parts.store.plan(job, dueMs);
  }

  #forget(userId: string): void {
    this.#people?.delete(userId);
    this.#planned.delete(userId);
  }
}

async function digestOf(endpoint: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true });
}
