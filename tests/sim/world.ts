import { KvAccounts } from "../../lib/adapters/kv/accounts_store.ts";
import { Committer } from "../../lib/adapters/kv/committer.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";
import { type OpenServices, openServices } from "../../lib/compose/mod.ts";
import { type Caller, Ids, type Log, type Random, silentLog } from "../../lib/platform/mod.ts";
import { limits, Refusal } from "../../lib/protocol/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import { settle } from "../fakes/clock.ts";
import { MemoryBlobs } from "../fakes/memory_blobs.ts";
import { cheapPasswords, testConfig } from "../fakes/open_services.ts";
import { seededRandom } from "../fakes/random.ts";
import { ScriptedCsamMatcher, ScriptedVirusScanner } from "../fakes/scanners.ts";
import type { Device } from "./device.ts";
import { Model } from "./model.ts";
import { type Backend, Schedule, scheduledKv } from "./schedule.ts";
import type { PushJudge } from "./push_judge.ts";
import { Person } from "./sent.ts";
import { SimClock } from "./sim_clock.ts";

/** A call to the server. After a crash it is made again, as a client would. */
export interface Call<T> {
  what: string;
  make(services: Services): Promise<T | Refusal>;
  done(answer: T | Refusal, again: boolean): void;
}

export const groups = ["red", "blue"] as const;
const config = testConfig({ BEHEST_MODE: "production", BEHEST_HEARTBEAT_MS: "600000" });
const finishMs = 20_000;
const year = 365 * 24 * 3600_000;
const zones = ["UTC", "America/New_York", "Asia/Tokyo", "Europe/Berlin", "Asia/Kathmandu"];

/** The server with its store, its people and their devices, and what the oracle knows of them. */
export class World {
  readonly random: Random;
  readonly clock: SimClock;
  readonly model: Model = new Model(groups, () => this.clock.now());
  readonly callers = new Map<string, Caller & { sessionExpiresAt: string }>();
  readonly devices: Device[] = [];
  readonly steps: string[] = [];
  readonly #backend: Backend;
  readonly #blobs: MemoryBlobs;
  readonly #schedule: Schedule;
  readonly #log: Log;
  readonly #calls = new Set<Call<unknown>>();
  readonly #failures: string[] = [];
  #store!: Store;
  #open!: OpenServices;
  /** How often somebody was handed something, and how often that was a command to many. */
  readonly reached = { all: 0, broadcasts: 0, messages: 0 };
  /** Rises with every start of the server. */
  starts = 0;
  #numbers = 0;
  #focus = "ada";

  /** Whether people make grants and ceilings (CO-12): such a seed has another history. */
  readonly grants: boolean;
  /** Whether people chat (CH-1): the same. */
  readonly chat: boolean;
  /** Whether people have devices that are pushed to (UI-12): the same. */
  readonly pushes: PushJudge | null;

  constructor(
    seed: number,
    backend: Backend,
    { grants = false, chat = false, pushes = null }: {
      grants?: boolean;
      chat?: boolean;
      pushes?: PushJudge | null;
    } = {},
  ) {
    this.grants = grants;
    this.chat = chat;
    this.pushes = pushes;
    this.random = seededRandom(seed);
    this.#backend = backend;
    this.#schedule = new Schedule(seededRandom(seed + 1_000_003));
    // A start in the weeks before clocks change, in the middle of a day of UTC.
    this.clock = new SimClock(Date.UTC(2026, this.pick([2, 9]), 10, 12));
    this.#blobs = new MemoryBlobs(this.clock);
    this.#log = {
      ...silentLog,
      error: (event, fields) => this.fail(`the server logged ${event}: ${errorOf(fields)}`),
    };
  }

  get services(): Services {
    return this.#open.services;
  }

  /** A number for a name. */
  next(): number {
    return ++this.#numbers;
  }

  int(below: number): number {
    return Math.floor(this.random.fraction() * below);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.int(from.length)]!;
  }

  /** Half of what happens happens to one person for a while, so that things meet. */
  anybody(): string {
    if (this.chance(0.04)) this.#focus = this.pick([...this.model.people.keys()]);
    return this.chance(0.5) ? this.#focus : this.pick([...this.model.people.keys()]);
  }

  /** Somebody else. */
  other(name: string): string {
    const others = [...this.model.people.keys()].filter((one) => one !== name);
    return name !== this.#focus && this.chance(0.5) ? this.#focus : this.pick(others);
  }

  chance(of: number): boolean {
    return this.random.fraction() < of;
  }

  fail(what: string): void {
    this.#failures.push(what);
  }

  assertSound(): void {
    if (this.#failures.length > 0) throw new Error(this.#failures.join("\n"));
  }

  async start(): Promise<void> {
    const first = this.starts === 0;
    const life = this.#schedule.life;
    const kv = scheduledKv(this.#backend, this.#schedule);
    const committer = new Committer(kv, () => this.#schedule.at(life, () => undefined));
    this.#store = { kv, committer, exclusive: true, [Symbol.asyncDispose]: () => Promise.resolve() };
    if (first) {
      await this.join("ada", true);
      for (const name of ["ben", "cat", "dan", "eve"]) await this.join(name);
    }
    this.starts++;
    this.#open = await this.finish(openServices({
      config,
      log: this.#log,
      clock: this.clock,
      random: this.random,
      passwords: cheapPasswords(),
      secret: new Uint8Array(32).fill(7),
      store: this.#store,
      blobs: this.#blobs,
      ...this.pushes === null ? {} : { pushes: this.pushes },
      scanners: { virus: new ScriptedVirusScanner(), csam: new ScriptedCsamMatcher() },
      // These callers never logged in.
      missingProof: () => Promise.resolve(null),
    }));
    if (!first) return;
    for (const name of groups) {
      await this.finish(this.services.groups.create(this.caller("ada"), { name, title: name }));
    }
    for (const name of this.pushes === null ? [] : this.model.people.keys()) {
      await this.pushes?.subscribe(name);
    }
    if (!this.chat) return;
    for (const name of ["ada", "ben", "cat"]) {
      await this.finish(
        this.services.preferences.set(this.caller(name), { shareRead: true, shareWriting: true }),
      );
    }
  }

  caller(name: string): Caller & { sessionExpiresAt: string } {
    return this.callers.get(name)!;
  }

  /** Somebody new, written as registering would, without the cost of a password. */
  async join(name: string, admin = false): Promise<void> {
    this.clock.leap(1);
    const now = this.clock.now();
    const id = new Ids(this.clock, this.random).next();
    const timeZone = this.pick(zones);
    const rights = { broadcast: name === "ben" };
    const role = admin ? "admin" : "member";
    const about = { id, username: name, displayName: name, role, rights } as const;
    const user = { ...about, status: "active", timeZone, passwordHash: "none", createdAt: now } as const;
    const accounts = new KvAccounts(this.#store, this.clock);
    const record = { ...user, adultStatedAt: now, demo: false };
    await this.finish<unknown>(admin ? accounts.addFirstAdmin(record, null) : accounts.addUser(record));
    const session = {
      id,
      userId: id,
      device: "web",
      address: "192.0.2.1",
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now + year,
    };
    await this.finish(accounts.addSession(session, user.passwordHash));
    const sessionExpiresAt = new Date(now + year).toISOString();
    this.callers.set(name, {
      userId: id,
      username: name,
      displayName: name,
      role,
      rights: { broadcast: admin || rights.broadcast },
      sessionId: id,
      device: "web",
      address: "192.0.2.1",
      requestId: "sim",
      sessionExpiresAt,
    });
    this.clock.leap(1);
    this.model.people.set(name, new Person(name, timeZone, this.clock.now()));
  }

  /** Makes a call; its answer comes when the schedule lets it. */
  call<T>(call: Call<T>, again = false): void {
    this.#calls.add(call as Call<unknown>);
    const { starts } = this;
    call.make(this.services).then((answer) => {
      if (starts !== this.starts || !this.#calls.delete(call as Call<unknown>)) return;
      if (answer instanceof Refusal) this.steps.push(`… ${call.what}: refused, ${answer.kind}`);
      else this.steps.push(`… ${call.what}: answered`);
      call.done(answer, again);
    }, (error) => this.fail(`${call.what} threw: ${(error as Error).stack}`));
  }

  /** Lets some answers of the store out. */
  some(most: number): Promise<boolean> {
    return this.#schedule.some(most);
  }

  /** Until the server rests. */
  async rest(): Promise<void> {
    await this.#schedule.all();
    // A socket closes after a short pause of its client.
    this.clock.leap(limits.closeQuietMs);
    await this.#schedule.all();
    if (this.#calls.size > 0) {
      this.fail(`no answer to ${[...this.#calls].map(({ what }) => what).join(", ")}`);
    }
    this.model.chat.rested();
    this.assertSound();
  }

  /** Until `promise` is settled, whatever real or simulated work that takes. */
  async finish<T>(promise: Promise<T>, tickMs = 0): Promise<T> {
    let settled = false;
    promise.then(() => settled = true, () => settled = true);
    // A start also asks the disk, which takes the time that it takes.
    const endsAt = performance.now() + finishMs;
    while (!settled) {
      if (performance.now() > endsAt) throw new Error("It does not come to an end.");
      await this.#schedule.all();
      await settle();
      if (!settled && tickMs > 0) this.clock.leap(tickMs);
    }
    return await promise;
  }

  /** Time passes while nothing is under way; clients beat. */
  async pass(ms: number): Promise<void> {
    await this.rest();
    for (const device of this.devices) device.beat();
    this.clock.leap(ms);
    this.model.tick();
    await this.rest();
  }

  async restart(): Promise<void> {
    await this.rest();
    await this.close();
    this.clock.leap(1 + this.int(3000));
    await this.start();
  }

  /** SIGKILL: what was answered is there, and what was not is asked again. */
  async crash(): Promise<void> {
    await settle();
    await this.#schedule.crash();
    this.clock.crash();
    const now = this.clock.now();
    for (const device of this.devices) {
      device.crashed();
      // Cursors are at most a second behind.
      for (const [id, at] of device.ackedAt) if (now - at <= 1000) device.ackedAt.delete(id);
    }
    this.clock.leap(1 + this.int(3000));
    // A call that was never answered need not have been written.
    for (const person of this.model.people.values()) person.pressed = false;
    const unanswered = [...this.#calls];
    this.#calls.clear();
    for (const sent of this.model.underWay) sent.fuzzy = true;
    this.model.chat.crashed(now);
    await this.start();
    for (const call of unanswered) {
      this.call(call, true);
      await this.rest();
    }
  }

  async close(): Promise<void> {
    await this.finish(this.services.realtime.shutdown(), 50);
    await this.finish(Promise.resolve(this.#open[Symbol.asyncDispose]()));
    await this.rest();
  }
}

function errorOf(fields: unknown): string {
  const { error, ...rest } = (fields ?? {}) as { error?: Error };
  return `${error?.stack ?? ""} ${JSON.stringify(rest)}`;
}
