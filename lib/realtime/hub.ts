import {
  type Bell,
  type BellListener,
  type Clock,
  type LiveCommand,
  type LiveEntry,
  type Log,
  type ReplacedSession,
  silentLog,
  storyEvents,
  type Timer,
} from "../platform/mod.ts";
import { closeCodes, limits, type NotificationParams } from "../protocol/mod.ts";
import type { Connection, ConnectionOwner } from "./connection.ts";
import { type DeliverFrame, notificationText, packDeliveries } from "./frames.ts";

/** Runs a call soon, after what is to be answered now. */
export type Later = (call: () => void) => void;

/** Hears of each connection that begins or ends. */
export interface ConnectionWatcher {
  added(connection: Connection): void;
  ended(connection: Connection): void;
}

/** All connections of this process by person and device. One timer sweeps them all. */
export class Hub implements Bell, ConnectionOwner {
  readonly #clock: Clock;
  readonly #sweepMs: number;
  readonly #lateMs: number;
  readonly #exclusive: boolean;
  readonly #later: Later;
  readonly #log: Log;
  /** Rings that wait for the one of a broadcast, in the order of the commits. */
  #waiting: (() => void)[] | null = null;
  readonly #byUser = new Map<string, Connection[]>();
  /** People who stopped since this process began. Their next connection starts frozen (CO-6). */
  readonly #frozen = new Set<string>();
  /** Rises with every stop and change of consent, of anybody; each person keeps the number of their last one. */
  #lastEpoch = 0;
  #firstEpoch = 0;
  readonly #epochs = new Map<string, number>();
  #count = 0;
  #sweepTimer: Timer | null = null;
  #sweptAt = 0;
  #listener: BellListener | null = null;
  #watcher: ConnectionWatcher | null = null;
  #closing = false;
  /** During a shutdown: the connections that still run requests, and the call for when none does. */
  #busy: Set<Connection> | null = null;
  #onIdle: (() => void) | null = null;

  /**
   * `exclusive`: no other process writes to the store, so the entry of a ring is the next one in its log. `later`: when a
   * broadcast rings, which takes as long as there are people; by default with the call.
   */
  constructor(
    clock: Clock,
    heartbeatMs: number,
    exclusive = true,
    later: Later = (call) => call(),
    log: Log = silentLog,
  ) {
    this.#clock = clock;
    this.#log = log;
    this.#exclusive = exclusive;
    this.#later = later;
    this.#sweepMs = Math.max(1, Math.min(limits.sweepMs, Math.floor(heartbeatMs / limits.sweepsPerInterval)));
    this.#lateMs = heartbeatMs / 4;
  }

  get connections(): number {
    return this.#count;
  }

  get closing(): boolean {
    return this.#closing;
  }

  /** From now on `listener` hears rings and ended sessions, after the connections. */
  listen(listener: BellListener): void {
    this.#listener = listener;
  }

  /** From now on `watcher` hears of connections. */
  watch(watcher: ConnectionWatcher): void {
    this.#watcher = watcher;
  }

  connectionsOf(userId: string): readonly Connection[] {
    return this.#of(userId);
  }

  *people(): Iterable<[userId: string, count: number]> {
    for (const [userId, { length }] of this.#byUser) yield [userId, length];
  }

  /** Runs a call of which no listener hears: it came from another process, which told its own (OP-7). */
  connectionsOnly(call: () => void): void {
    const listener = this.#listener;
    this.#listener = null;
    try {
      call();
    } finally {
      this.#listener = listener;
    }
  }

  isFrozen(userId: string): boolean {
    return this.#frozen.has(userId);
  }

  /** WS-5, WS-11: adds a connection. It replaces one of the same device, or the oldest of a person who has too many. */
  add(connection: Connection): void {
    const others = this.#of(connection.userId);
    const older = others.find((one) => one.device === connection.device) ??
      (others.length >= limits.socketsPerPerson ? others[0] : undefined);
    older?.end("replaced", `replaced by ${connection.id}`);
    const list = this.#byUser.get(connection.userId);
    if (list === undefined) this.#byUser.set(connection.userId, [connection]);
    else list.push(connection);
    this.#count++;
    this.#watcher?.added(connection);
    if (this.#closing) connection.end("restarting", "restarting");
    else this.#keepSweeping();
  }

  ended(connection: Connection): void {
    const list = this.#byUser.get(connection.userId);
    const at = list?.indexOf(connection) ?? -1;
    if (list === undefined || at < 0) return;
    list.splice(at, 1);
    if (list.length === 0) this.#byUser.delete(connection.userId);
    this.#count--;
    this.#watcher?.ended(connection);
    if (this.#count === 0) this.#stopSweeping();
    this.idle(connection);
  }

  idle(connection: Connection): void {
    if (this.#busy?.delete(connection) && this.#busy.size === 0) this.#onIdle?.();
  }

  ring(userId: string, entry?: LiveEntry): void {
    if (this.#waiting === null) this.#ring(userId, entry);
    else this.#waiting.push(() => this.#ring(userId, entry));
  }

  /** Rings later, so that the sender has the answer before everybody else is written to. Rings that come meanwhile wait behind it. */
  ringAll(entryFor: (userId: string) => LiveCommand | "read" | "skip"): void {
    if (this.#waiting !== null) {
      this.#waiting.push(() => this.#ringAll(entryFor));
      return;
    }
    const waiting = this.#waiting = [() => this.#ringAll(entryFor)];
    this.#later(() => {
      try {
        for (const ring of waiting) ring();
      } finally {
        this.#waiting = null;
      }
    });
  }

  #ring(userId: string, entry: LiveEntry | undefined): void {
    // Another process may have written an entry before this one: then only the log has both (OP-7).
    const offered = this.#exclusive && entry !== undefined && entry.epoch === this.epoch(userId);
    for (const connection of this.#of(userId)) {
      if (offered) connection.pump.offer(entry);
      else connection.pump.wake();
    }
    this.#listener?.ring(userId);
  }

  #ringAll(entryFor: (userId: string) => LiveCommand | "read" | "skip"): void {
    // Serialises an entry once, even for many people.
    const frames = new Map<LiveCommand, DeliverFrame>();
    let [command, connections] = ["", 0];
    for (const [userId, list] of this.#byUser) {
      const found = entryFor(userId);
      if (found === "skip") continue;
      const entry = this.#exclusive ? found : "read";
      let frame: DeliverFrame | undefined;
      if (entry !== "read") {
        frame = frames.get(entry);
        if (frame === undefined) frames.set(entry, frame = packDeliveries([entry.delivery], 0));
      }
      // Backwards: a connection that is too slow leaves the list.
      for (let at = list.length - 1; at >= 0; at--) {
        const { pump } = list[at]!;
        if (entry === "read") pump.wake();
        else if (pump.offer(entry, frame)) {
          command = entry.delivery.command.id;
          connections++;
        }
      }
    }
    // OP-3: one line for all of them.
    if (connections > 0) this.#log.info(storyEvents.delivered, { command, connections });
    this.#listener?.ringAll();
  }

  online(): string[] {
    return [...this.#byUser.keys()];
  }

  epoch(userId: string): number {
    return this.#epochs.get(userId) ?? this.#firstEpoch;
  }

  notify(userId: string, method: string, params: unknown, except?: { device: string }): void {
    const list = this.#byUser.get(userId);
    if (list === undefined) return;
    const text = notificationText(method, params);
    // A copy: a connection that is too slow leaves the list.
    for (const connection of list.length === 1 ? list : [...list]) {
      if (connection.hears && connection.device !== except?.device) connection.notify(text);
    }
  }

  freeze(userId: string): void {
    this.#frozen.add(userId);
    this.#newEpoch(userId);
    for (const connection of this.#of(userId)) connection.pump.freeze();
  }

  thaw(userId: string): void {
    this.#frozen.delete(userId);
    for (const connection of this.#of(userId)) connection.pump.thaw();
    this.#listener?.changed(userId);
  }

  stoppedEverywhere(): Promise<void> {
    return Promise.resolve();
  }

  changedEverywhere(): Promise<void> {
    return Promise.resolve();
  }

  consentChanged(userId: string): void {
    this.#newEpoch(userId);
    for (const connection of this.#of(userId)) connection.pump.consentChanged();
    this.#listener?.changed(userId);
  }

  handled(userId: string): void {
    this.#listener?.changed(userId);
  }

  over(commandId: string): void {
    this.#listener?.over(commandId);
  }

  async remind(userId: string, commandId: string, why: "deadline" | "later"): Promise<void> {
    await this.#listener?.remind(userId, commandId, why);
  }

  isReachable(userId: string): boolean {
    return this.isOnline(userId) || this.#listener?.hasDevice(userId) === true;
  }

  async reachable(): Promise<string[]> {
    return [...new Set([...this.online(), ...await this.#listener?.peopleWithDevices() ?? []])];
  }

  closeSession(sessionId: string, close: "sessionOver"): void {
    for (const connection of this.#all()) {
      if (connection.sessionId === sessionId) connection.end(close, "the session was ended");
    }
    this.#listener?.sessionEnded(sessionId);
  }

  sessionsEnded(userId: string): void {
    this.#listener?.sessionsEnded(userId);
  }

  sessionRenewed(sessionId: string, expiresAt: string): void {
    for (const connection of this.#all()) {
      if (connection.sessionId === sessionId) connection.renewed(expiresAt);
    }
    this.#listener?.sessionRenewed(sessionId, expiresAt);
  }

  sessionReplaced({ from, to, expiresAt, keep }: ReplacedSession): void {
    for (const connection of this.#all()) {
      if (connection.sessionId !== from) continue;
      if (connection.id === keep) connection.movedTo(to, expiresAt);
      else connection.end("sessionOver", "another session took the place of this one");
    }
    this.#listener?.sessionEnded(from);
  }

  closeUser(userId: string, close: "sessionOver" | "suspended"): void {
    for (const connection of [...this.#of(userId)]) {
      connection.end(close, close === "suspended" ? "the account is suspended" : "the sessions were ended");
    }
  }

  isOut(userId: string, id: string): boolean {
    return this.#of(userId).some(({ pump }) => pump.isOut(id));
  }

  isOnline(userId: string): boolean {
    return this.#byUser.has(userId);
  }

  /** WS-8: lets running requests end, then closes every connection. */
  async shutdown(): Promise<void> {
    this.#closing = true;
    const params: NotificationParams<"session.closing"> = {
      code: closeCodes.restarting.code,
      reconnect: true,
    };
    const text = notificationText("session.closing", params);
    for (const connection of this.#all()) connection.finish(text);
    await this.#untilIdle();
    for (const connection of this.#all()) connection.end("restarting", "restarting");
    this.#stopSweeping();
  }

  #untilIdle(): Promise<void> {
    const busy = new Set(this.#all().filter((connection) => connection.busy));
    if (busy.size === 0) return Promise.resolve();
    this.#busy = busy;
    return new Promise((resolve) => {
      const timer = this.#clock.after(limits.shutdownRequestsMs, resolve);
      this.#onIdle = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #newEpoch(userId: string): void {
    // Forgetting all of them gives everybody a epoch that was never given out before.
    if (this.#epochs.size >= epochsKept) {
      this.#epochs.clear();
      this.#firstEpoch = ++this.#lastEpoch;
    }
    this.#epochs.set(userId, ++this.#lastEpoch);
  }

  #of(userId: string): Connection[] {
    return this.#byUser.get(userId) ?? nobody;
  }

  #all(): Connection[] {
    return [...this.#byUser.values()].flat();
  }

  #keepSweeping(): void {
    if (this.#sweepTimer !== null) return;
    this.#sweptAt = this.#clock.now();
    this.#sweepTimer = this.#clock.after(this.#sweepMs, () => this.#sweep());
  }

  #stopSweeping(): void {
    this.#sweepTimer?.cancel();
    this.#sweepTimer = null;
  }

  #sweep(): void {
    const now = this.#clock.now();
    // This process did not run, or the clock was set: frames may wait unread.
    const lateMs = now - this.#sweptAt - this.#sweepMs;
    const late = Math.abs(lateMs) > this.#lateMs;
    this.#sweptAt = now;
    this.#sweepTimer = this.#clock.after(this.#sweepMs, () => this.#sweep());
    for (const list of this.#byUser.values()) {
      // Backwards: a connection that ends leaves the list.
      for (let at = list.length - 1; at >= 0; at--) {
        const connection = list[at]!;
        if (late) connection.forgive(lateMs, now);
        connection.sweep(now);
        // Other processes write too, and their rings can be lost: who looks each time misses none for long (OP-7).
        if (!this.#exclusive) connection.pump.wake();
      }
    }
  }
}

const nobody: Connection[] = [];
/** People with an epoch of their own. */
const epochsKept = 100_000;
