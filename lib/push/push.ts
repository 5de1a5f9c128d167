import type { BellListener, Clock, Log, Timer } from "../platform/mod.ts";
import type { Meters } from "../platform/meters.ts";
import { type PushChoices, pushLimits } from "../protocol/mod.ts";
import { DeviceRecords } from "./device_records.ts";
import { firstChoices } from "./levels.ts";
import { Looks } from "./looks.ts";
import type { Notifications } from "./notification.ts";
import { Pace } from "./pace.ts";
import { type Known, type Plan, planFor } from "./plan.ts";
import {
  type AlertSources,
  type News,
  type PushJob,
  type PushMessage,
  type PushOutcome,
  type PushPeople,
  type PushSender,
  type PushStore,
  refKey,
  type StoredSubscription,
  type Subscription,
} from "./ports.ts";
import { pushServiceName, wantsToShow } from "./push_services.ts";
import { ServiceLanes } from "./services.ts";
import { tagsOf } from "./tags.ts";

/** Waits after a push service failed: 2 s, doubling, at most an hour. */
const retryBaseMs = 2000;
const retryMaxMs = 3600_000;

export interface PushParts {
  store: PushStore;
  /** Null: notifications are switched off. */
  sender: PushSender | null;
  sources: AlertSources;
  people: PushPeople;
  notifications: Notifications;
  /** Counts what push services answer, for operators. */
  meters: Pick<Meters, "push">;
  clock: Clock;
  log: Log;
  /** Whether this is the only process that writes to the store. */
  exclusive: boolean;
}

/** What happens to a device between two looks. */
interface Busy {
  /** A push is on its way to it. */
  sending: boolean;
  /** More came than its pace lets through. */
  waited: boolean;
  /** A look found it busy, or did not see all. */
  missed: boolean;
}

/**
 * UI-12: tells the devices of people that something is new, and takes notifications away that were dealt with. Each device has its
 * own mark in the person's log, as a connection has its cursor: what lies behind the mark is decided at that moment. A mark moves when
 * the push service has the push, so neither a crash nor a failing service loses one.
 */
export class Push implements BellListener, AsyncDisposable {
  readonly #parts: PushParts;
  readonly #lanes: ServiceLanes;
  readonly #records: DeviceRecords;
  readonly #pace = new Pace();
  /** People with a subscription; undefined if other processes write to the store. */
  #people: Set<string> | undefined;
  readonly #looks: Looks;
  readonly #sending = new Set<Promise<void>>();
  readonly #devices = new Map<string, Busy>();
  readonly #timers = new Map<string, Timer>();
  readonly #closing = new AbortController();

  constructor(parts: PushParts) {
    this.#parts = parts;
    this.#lanes = new ServiceLanes(parts.clock);
    this.#records = new DeviceRecords(parts.store);
    this.#looks = new Looks((userId) => this.#lookNow(userId), parts.log);
  }

  /** Looks at everybody with a device: something may have come while no process ran. */
  async start(): Promise<void> {
    if (this.#parts.sender === null) return;
    const people = await this.#parts.store.people();
    if (this.#parts.exclusive) this.#people = new Set(people);
    for (const userId of people) this.#looks.add(userId);
  }

  /** The person has a new device. */
  began(userId: string): void {
    this.#people?.add(userId);
  }

  ring(userId: string): void {
    if (this.hasDevice(userId)) this.#looks.add(userId);
  }

  changed(userId: string): void {
    this.ring(userId);
  }

  ringAll(): void {
    if (this.#parts.sender === null) return;
    this.#background("push.not_looked", async () => {
      for (const userId of await this.peopleWithDevices()) this.#looks.add(userId);
    });
  }

  hasDevice(userId: string): boolean {
    return this.#parts.sender !== null && (this.#people === undefined || this.#people.has(userId));
  }

  async peopleWithDevices(): Promise<string[]> {
    if (this.#parts.sender === null) return [];
    return this.#people === undefined ? await this.#parts.store.people() : [...this.#people];
  }

  async remind(userId: string, commandId: string, why: "deadline" | "later"): Promise<void> {
    if (!this.hasDevice(userId)) return;
    const { store, clock } = this.#parts;
    const wanted = { what: why === "deadline" ? "deadline" as const : "command" as const, id: commandId };
    for (const { value: { id } } of await store.of(userId)) {
      await this.#records.change(userId, id, (device) => {
        const others = device.waiting.filter((one) => refKey(one) !== refKey(wanted));
        const waiting = [{ ...wanted, atMs: clock.now(), told: 0 }, ...others].slice(
          0,
          pushLimits.pushWaiting,
        );
        return { ...device, waiting };
      });
    }
    this.#looks.add(userId);
  }

  /** A button of the device's notification was pressed, so nothing has to take it away there. */
  async dismissed(userId: string, deviceId: string, commandId: string): Promise<void> {
    await this.#records.change(userId, deviceId, (device) => ({
      ...device,
      shown: device.shown.filter(({ what, id }) => what === "notice" || id !== commandId),
    }));
  }

  /** Ends the subscriptions of a session. */
  sessionEnded(sessionId: string): void {
    const { store } = this.#parts;
    this.#background("push.not_removed", async () => {
      for (const subscription of await store.ofSession(sessionId)) await store.remove(subscription);
    });
  }

  /** AU-6: a device goes on beyond the time of its login, until somebody ends all logins of the account. */
  sessionsEnded(userId: string): void {
    const { store, people } = this.#parts;
    this.#background("push.not_removed", async () => {
      for (const { value } of await store.of(userId)) {
        if (!await people.hasSession(value.sessionId)) await store.remove(value);
      }
    });
  }

  /** AU-13: the session goes on, and the subscriptions with it. */
  sessionRenewed(sessionId: string, expiresAt: string): void {
    const { store } = this.#parts;
    const sessionUntilMs = Date.parse(expiresAt);
    this.#background("push.not_renewed", async () => {
      for (const { userId, id } of await store.ofSession(sessionId)) {
        await this.#records.change(
          userId,
          id,
          (device) => device.sessionId === sessionId ? { ...device, sessionUntilMs } : device,
        );
      }
    });
  }

  /** The job of a time that a look named. */
  run({ userId }: PushJob): Promise<void> {
    this.#looks.add(userId);
    return Promise.resolve();
  }

  /** Sends one push now, whatever the marks; for tests of a device. */
  async test(stored: StoredSubscription): Promise<PushOutcome | null> {
    const { notifications } = this.#parts;
    const outcome = await this.#send(stored.value, notifications.test(stored.value));
    if (outcome !== null) await this.#noted(stored.value, outcome, null);
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#looks.close();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#lanes.close();
    await this.idle();
  }

  /** Resolves when nothing is being looked at, sent or written. */
  async idle(): Promise<void> {
    while (this.#looks.busy || this.#sending.size > 0) {
      await Promise.all([this.#looks.idle(), ...this.#sending]);
    }
  }

  async #lookNow(userId: string): Promise<void> {
    const { store, clock } = this.#parts;
    const all = await this.#standing(userId);
    if (all.length === 0) return;
    const nowMs = clock.now();
    const ready = all.filter(({ value: { id, retryMs } }) => {
      const busy = this.#devices.get(id);
      if (busy?.sending === true) busy.missed = true;
      return busy?.sending !== true && (retryMs === null || retryMs <= nowMs);
    });
    const dues = all.flatMap(({ value: { retryMs } }) =>
      retryMs !== null && retryMs > nowMs ? [retryMs] : []
    );
    if (ready.length > 0) {
      const known = await this.#known(userId, ready.map(({ value }) => value), nowMs);
      for (const stored of ready) {
        const tagOf = tagsOf(stored.value.auth);
        const plan = planFor(stored.value, { ...known, tagOf });
        dues.push(...plan.next.waiting.flatMap(({ atMs }) => atMs === null ? [] : [atMs]));
        const moved = await this.#carryOut(stored, plan, known);
        if (moved && known.news.log.more) this.#looks.add(userId);
      }
    }
    // Those that are due already ring with this look, or when their device has its answer.
    const later = dues.filter((ms) => ms > nowMs);
    if (later.length > 0) await store.plan({ kind: "push", userId }, Math.min(...later));
  }

  /** The devices whose account and login stand. The others are removed: a login that ended before its time was ended by someone. */
  async #standing(userId: string): Promise<StoredSubscription[]> {
    const { store, people, clock } = this.#parts;
    const all = await store.of(userId);
    const isActive = all.length > 0 && await people.isActive(userId);
    const standing: StoredSubscription[] = [];
    for (const stored of all) {
      const { sessionId, sessionUntilMs } = stored.value;
      if (isActive && (clock.now() >= sessionUntilMs || await people.hasSession(sessionId))) {
        standing.push(stored);
      } else await store.remove(stored.value);
    }
    if (standing.length === 0) this.#people?.delete(userId);
    return standing;
  }

  async #known(
    userId: string,
    devices: readonly Subscription[],
    nowMs: number,
  ): Promise<Omit<Known, "tagOf">> {
    const { store, sources } = this.#parts;
    const least = (marks: string[]) => marks.reduce((one, other) => one < other ? one : other);
    const marks = {
      log: least(devices.map(({ logMark }) => logMark)),
      notice: least(devices.map(({ noticeMark }) => noticeMark)),
    };
    const refs = new Map(
      devices.flatMap(({ waiting, shown }) => [...waiting, ...shown]).map((one) => [refKey(one), one]),
    );
    const [news, now, choices] = await Promise.all([
      sources.news(userId, marks),
      sources.now(userId, [...refs.values()]),
      store.choices(userId),
    ]);
    return { news, now, choices: choices.value ?? firstChoices, nowMs };
  }

  /** Sends what the plan says, in the background: a slow push service keeps nobody else waiting. True: the marks moved with this call. */
  async #carryOut(
    stored: StoredSubscription,
    plan: Plan,
    { news, choices, nowMs }: { news: News; choices: PushChoices; nowMs: number },
  ): Promise<boolean> {
    const { value: device } = stored;
    const { telling, next } = plan;
    const takesAway = plan.gone.length > 0 && !wantsToShow(device.endpoint);
    if (telling === null && !takesAway) {
      if (isSame(device, next)) return false;
      await this.#saved(stored, { ...device, ...next });
      return true;
    }
    const waitMs = telling === null ? 0 : this.#pace.waitMs(device.id, nowMs);
    if (waitMs > 0) {
      this.#lookIn(device, waitMs);
      return false;
    }
    const { notifications } = this.#parts;
    const before = this.#devices.get(device.id);
    const busy: Busy = { sending: true, waited: before?.waited === true, missed: news.log.more };
    this.#devices.set(device.id, busy);
    if (telling !== null) this.#pace.rang(device.id, nowMs, busy.waited);
    this.#background("push.not_sent", async () => {
      try {
        const gone = takesAway ? plan.gone : [];
        const message = telling === null
          ? notifications.gone(gone)
          : await notifications.of(device, telling, gone, choices, nowMs);
        const outcome = await this.#send(device, message);
        if (outcome !== null) await this.#noted(device, outcome, { ...device, ...next }, stored);
      } finally {
        this.#devices.delete(device.id);
      }
      if (busy.missed) this.#looks.add(device.userId);
    });
    return false;
  }

  /** Looks again when the device may ring. */
  #lookIn({ id, userId }: Subscription, waitMs: number): void {
    this.#devices.set(id, { sending: false, waited: true, missed: false });
    if (this.#timers.has(id)) return;
    this.#timers.set(
      id,
      this.#parts.clock.after(waitMs, () => {
        this.#timers.delete(id);
        this.#looks.add(userId);
      }),
    );
  }

  async #send(device: Subscription, message: PushMessage): Promise<PushOutcome | null> {
    const { sender, clock, meters } = this.#parts;
    const host = URL.parse(device.endpoint)?.host ?? "";
    const done = meters.push(pushServiceName(device.endpoint));
    const outcome = await this.#lanes.run(host, async () => {
      const tooLong = new AbortController();
      using _timer = clock.after(pushLimits.pushSendMs, () => tooLong.abort());
      return await sender!.send(device, message, AbortSignal.any([tooLong.signal, this.#closing.signal]));
    });
    if (outcome === null || this.#closing.signal.aborted) return null;
    done(outcome.kind);
    return outcome;
  }

  /** Writes what came of a push. `told`: the device as it is once it has been told; null: the push was about nothing new. */
  async #noted(
    device: Subscription,
    outcome: PushOutcome,
    told: Subscription | null,
    stored?: StoredSubscription,
  ): Promise<void> {
    const { store, clock, log } = this.#parts;
    const { userId, id } = device;
    if (outcome.kind === "gone") {
      log.info("push.gone", { userId, status: outcome.status });
      return await store.remove(device);
    }
    const last = { atMs: clock.now(), outcome: outcome.kind, status: outcome.status };
    if (outcome.kind !== "later") {
      if (outcome.kind === "refused") log.warn("push.refused", { userId, why: outcome.why });
      const done = { last, failures: 0, retryMs: null };
      if (told !== null && stored !== undefined) return await this.#saved(stored, { ...told, ...done });
      return await this.#records.change(userId, id, (now) => ({ ...now, ...done }));
    }
    log.info("push.later", { userId, failures: device.failures, why: outcome.why });
    if (told === null) return await this.#records.change(userId, id, (now) => ({ ...now, last }));
    const waitMs = Math.min(retryBaseMs * 2 ** Math.min(device.failures, 20), retryMaxMs);
    const retryMs = clock.now() + Math.max(waitMs, Math.min(outcome.waitMs ?? 0, retryMaxMs));
    const failures = device.failures + 1;
    await this.#records.change(userId, id, (now) => ({ ...now, last, failures, retryMs }));
    await store.plan({ kind: "push", userId }, retryMs);
  }

  /** Looks again at a device that was written meanwhile. */
  async #saved(stored: StoredSubscription, to: Subscription): Promise<void> {
    if (!await this.#records.save(stored, to)) this.#looks.add(to.userId);
  }

  /** Work that no caller waits for. */
  #background(event: string, work: () => Promise<void>): void {
    const working = work().catch((error: unknown) => {
      if (!this.#closing.signal.aborted) this.#parts.log.error(event, { error: error as Error });
    }).finally(() => this.#sending.delete(working));
    this.#sending.add(working);
  }
}

function isSame(device: Subscription, next: Plan["next"]): boolean {
  return device.logMark === next.logMark && device.noticeMark === next.noticeMark &&
    JSON.stringify([device.waiting, device.shown]) === JSON.stringify([next.waiting, next.shown]);
}
