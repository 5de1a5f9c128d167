import type { BellListener, Clock, Log } from "../platform/mod.ts";
import type { Meters } from "../platform/meters.ts";
import { type PushChoices, pushLimits } from "../protocol/mod.ts";
import { Background } from "./background.ts";
import { DeviceRecords } from "./device_records.ts";
import { LookReads } from "./look_reads.ts";
import { Looks } from "./looks.ts";
import type { Notifications } from "./notification.ts";
import { type Plan, planFor } from "./plan.ts";
import {
  type AlertSources,
  type News,
  type PushJob,
  type PushOutcome,
  type PushPeople,
  type PushSender,
  type PushStore,
  type Ref,
  refKey,
  type StoredSubscription,
  type Subscription,
} from "./ports.ts";
import { wantsToShow } from "./push_services.ts";
import { Sends } from "./sends.ts";
import { SessionEnds } from "./session_ends.ts";
import { tagsOf } from "./tags.ts";
import { Turns } from "./turns.ts";
import { WholeLooks } from "./whole_looks.ts";

export interface PushParts {
  store: PushStore;
  /** Null: notifications are switched off. */
  sender: PushSender | null;
  sources: AlertSources;
  people: PushPeople;
  notifications: Notifications;
  /** Counts what push services answer, for operators. */
  meters: Pick<Meters, "push">;
  /** Rises with each Stop and each change of the person's rules or states: what was decided before may not hold any more. */
  epoch: (userId: string) => number;
  /** Whether this process may still tell anybody of anything; unset where nothing can take that away (OP-7). */
  mayWrite?: (() => boolean) | undefined;
  clock: Clock;
  log: Log;
  /** Whether this is the only process that writes to the store. */
  exclusive: boolean;
}

/**
 * UI-12: tells the devices of people that something is new, and takes notifications away that were dealt with. Each device has its
 * own mark in the person's log, as a connection has its cursor: what lies behind the mark is decided at that moment. A mark moves when
 * the push service has the push, so neither a crash nor a failing service loses one.
 */
export class Push implements BellListener, AsyncDisposable {
  readonly #parts: PushParts;
  readonly #background: Background;
  readonly #sends: Sends;
  readonly #sessions: SessionEnds;
  readonly #records: DeviceRecords;
  /** People with a subscription; undefined if other processes write to the store. */
  #people: Set<string> | undefined;
  readonly #looks: Looks;
  readonly #wholeLooks = new WholeLooks();
  readonly #turns: Turns;
  readonly #reads: LookReads;

  constructor(parts: PushParts) {
    this.#parts = parts;
    this.#records = new DeviceRecords(parts.store);
    this.#background = new Background(parts.log);
    const shared = { ...parts, records: this.#records, background: this.#background };
    this.#sends = new Sends({ ...shared, closing: this.#background.closing });
    this.#sessions = new SessionEnds(shared);
    this.#turns = new Turns(parts.clock);
    this.#reads = new LookReads(parts);
    this.#looks = new Looks((userId, whole) => this.#lookNow(userId, whole), parts.log);
  }

  /** Looks at everybody with a device: something may have come while no process ran. */
  async start(): Promise<void> {
    if (this.#parts.sender === null) return;
    const people = await this.#parts.store.people();
    if (this.#parts.exclusive) this.#people = new Set(people);
    for (const userId of people) this.#looks.add(userId);
  }

  /** The person has a new device, or a renewed one. A look that began before it found none may forget the person, so one follows. */
  began(userId: string): void {
    this.#people?.add(userId);
    if (this.#parts.sender !== null) this.#looks.add(userId, false);
  }

  ring(userId: string): void {
    if (this.hasDevice(userId)) this.#looks.add(userId, false);
  }

  changed(userId: string): void {
    if (this.hasDevice(userId)) this.#looks.add(userId);
  }

  over(commandId: string): void {
    if (this.#parts.sender === null) return;
    const isAbout = ({ what, id }: Ref) => id === commandId && what !== "notice" && what !== "chat";
    this.#background.run("push.not_looked", async () => {
      for (const userId of await this.peopleWithDevices()) {
        const devices = await this.#parts.store.of(userId);
        if (devices.some(({ value: { shown, waiting } }) => [...shown, ...waiting].some(isAbout))) {
          this.#looks.add(userId);
        }
      }
    });
  }

  ringAll(): void {
    if (this.#parts.sender === null) return;
    this.#background.run("push.not_looked", async () => {
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

  sessionEnded(sessionId: string): void {
    this.#sessions.ended(sessionId);
  }

  sessionsEnded(userId: string): void {
    this.#sessions.allEnded(userId);
  }

  sessionRenewed(sessionId: string, expiresAt: string): void {
    this.#sessions.renewed(sessionId, expiresAt);
  }

  /** The job of a time that a look named. */
  run({ userId }: PushJob): Promise<void> {
    this.#looks.add(userId);
    return Promise.resolve();
  }

  /** Sends one push now, whatever the marks; for tests of a device. */
  async test(stored: StoredSubscription): Promise<PushOutcome | null> {
    const { notifications } = this.#parts;
    const outcome = await this.#sends.send(stored.value, notifications.test(stored.value));
    if (outcome !== null) await this.#sends.noted(stored.value, outcome, null);
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#background.close();
    this.#looks.close();
    this.#turns.close();
    this.#sends.close();
    await this.idle();
  }

  /** Resolves when nothing is being looked at, sent or written. */
  async idle(): Promise<void> {
    while (this.#looks.busy || this.#background.busy) {
      await Promise.all([this.#looks.idle(), this.#background.idle()]);
    }
  }

  async #lookNow(userId: string, wanted: boolean): Promise<void> {
    const { store, clock, epoch } = this.#parts;
    const before = epoch(userId);
    const { moment } = this.#turns;
    const stands = () => epoch(userId) === before;
    const all = await this.#reads.standing(userId);
    if (all.length === 0) return void this.#people?.delete(userId);
    this.#people?.add(userId);
    const nowMs = clock.now();
    const states = all.map(({ value: { id } }) => this.#turns.stateOf(id, moment));
    if (states.includes("told")) this.#looks.add(userId, wanted);
    const ready = all.filter(({ value: { retryMs } }, at) =>
      states[at] === "free" && (retryMs === null || retryMs <= nowMs)
    );
    const dues = all.flatMap(({ value: { retryMs } }) =>
      retryMs !== null && retryMs > nowMs ? [retryMs] : []
    );
    const whole = this.#wholeLooks.isDue(userId, nowMs, wanted);
    if (ready.length > 0) {
      const known = await this.#reads.known(userId, ready.map(({ value }) => value), { nowMs, whole });
      for (const stored of ready) {
        const tagOf = tagsOf(stored.value.auth);
        const plan = planFor(stored.value, { ...known, tagOf });
        dues.push(...plan.next.waiting.flatMap(({ atMs }) => atMs === null ? [] : [atMs]));
        const moved = await this.#carryOut(stored, plan, known, stands);
        if (moved && known.news.log.more) this.#looks.add(userId, false);
      }
    }
    // Those that are due already ring with this look, or when their device has its answer.
    const later = dues.filter((ms) => ms > nowMs);
    if (later.length > 0) await store.plan({ kind: "push", userId }, Math.min(...later));
  }

  /** Sends what the plan says, in the background: a slow push service keeps nobody else waiting. True: the marks moved with this call. */
  async #carryOut(
    stored: StoredSubscription,
    plan: Plan,
    { news, choices, nowMs }: { news: News; choices: PushChoices; nowMs: number },
    stands: () => boolean,
  ): Promise<boolean> {
    const { value: device } = stored;
    const again = () => this.#looks.add(device.userId);
    if (!stands()) {
      again();
      return false;
    }
    const { telling, gone } = plan;
    // Where each push has to show something, notifications go with the next that does.
    const takesAway = gone.length > 0 && (telling !== null || !wantsToShow(device.endpoint));
    const next = gone.length > 0 && !takesAway ? { ...plan.next, shown: device.shown } : plan.next;
    if (telling === null && !takesAway) {
      if (isSame(device, next)) return false;
      await this.#saved(stored, { ...device, ...next });
      return true;
    }
    if (telling !== null && !this.#turns.mayRing(device.id, again)) return false;
    const { notifications } = this.#parts;
    const send = async () => {
      const message = telling === null
        ? notifications.gone(gone)
        : notifications.of(device, telling, gone, choices, nowMs);
      const outcome = await this.#sends.send(device, message, stands);
      if (outcome === null) return !stands();
      return !await this.#sends.noted(device, outcome, { from: stored, to: { ...device, ...next } });
    };
    const about = { rings: telling !== null, more: news.log.more || plan.more };
    this.#background.run("push.not_sent", () => this.#turns.take(device.id, about, send, again));
    return false;
  }

  /** Looks again at a device that was written meanwhile. */
  async #saved(stored: StoredSubscription, to: Subscription): Promise<void> {
    if (!await this.#records.save(stored, to)) this.#looks.add(to.userId);
  }
}

function isSame(device: Subscription, next: Plan["next"]): boolean {
  return device.logMark === next.logMark && device.noticeMark === next.noticeMark &&
    JSON.stringify([device.waiting, device.shown]) === JSON.stringify([next.waiting, next.shown]);
}
