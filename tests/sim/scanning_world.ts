import assert from "node:assert/strict";
import { Committer } from "../../lib/adapters/kv/committer.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { kvScanStore } from "../../lib/adapters/kv/scan_store.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";
import type { BlobRecord } from "../../lib/files/ports.ts";
import { type Random, silentLog } from "../../lib/platform/mod.ts";
import {
  type CsamFinding,
  type CsamMatcher,
  type ScannerHealth,
  type ScanSubject,
  ScanWorker,
  type VirusFinding,
  type VirusScanner,
} from "../../lib/scanning/mod.ts";
import { fakeStartMs, settle } from "../fakes/clock.ts";
import { MemoryKv } from "../fakes/memory_kv.ts";
import { seededRandom } from "../fakes/random.ts";
import { addBlob, blobsWithout, hashOf, matchHandlerOver, storeOver } from "../fakes/scan_rig.ts";
import { CountedClock } from "./counted_clock.ts";
import { type Scan, ScanningOracle } from "./scanning_oracle.ts";
import { Schedule, scheduledKv } from "./schedule.ts";

/** What a scanner was asked and has not answered. A deaf one does not heed its signal and answers later, whatever it likes. */
interface Call {
  scan: Scan;
  check: "virus" | "csam";
  deaf: boolean;
  answer(verdict: string): void;
  fail(): void;
}

/** One worker from its start to its end. */
interface Life {
  dead: boolean;
  clock: CountedClock;
  worker: ScanWorker;
}

/** Two processes over one store, scanners that the seed decides, and what must be true at every moment. */
export class ScanningWorld {
  readonly steps: string[] = [];
  readonly #random: Random;
  readonly #memory = new MemoryKv();
  /** The store as a test looks at it: at once. */
  readonly #seen: Store = storeOver(this.#memory);
  readonly #schedules: Schedule[];
  readonly #lives: Life[] = [];
  readonly #names: string[] = [];
  readonly #oracle = new ScanningOracle(this.#memory);
  #calls: Call[] = [];
  #now = fakeStartMs;
  #healthy = true;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.#schedules = [new Schedule(this.#random), new Schedule(this.#random)];
    for (const at of this.#schedules.keys()) this.#start(at);
  }

  get scans(): number {
    return this.#oracle.scans.size;
  }

  /** Blobs with a verdict that counts. */
  get concluded(): number {
    return this.#oracle.concluded.size;
  }

  async step(): Promise<void> {
    const at = this.#pick(this.#schedules.length);
    const dice = this.#random.fraction();
    if (dice < 0.12) await this.#add();
    else if (dice < 0.45) await this.#schedules[at]!.some(1 + this.#pick(30));
    else if (dice < 0.75) this.#answerOne();
    else if (dice < 0.90) this.#leap(this.#leapMs());
    else if (dice < 0.93) await this.#crash(at);
    else if (dice < 0.95) await this.#restart(at);
    else if (dice < 0.97) this.#note(`healthy: ${this.#healthy = !this.#healthy}`);
    else await this.#rescan();
    await settle();
    this.#oracle.assertSound(this.#names);
  }

  /** Everything works from now on: every scan must end, and soon. */
  async settleAll(): Promise<void> {
    this.#healthy = true;
    for (let turns = 0; this.#memory.list({ prefix: keys.scans() }).length > 0; turns++) {
      assert.ok(turns < 400, "a scan does not end");
      for (const schedule of this.#schedules) await schedule.all();
      for (const call of this.#calls.splice(0)) {
        if (!call.scan.life.dead) this.#answer(call, this.#truth(call));
      }
      await settle();
      this.#leap(2000);
      this.#oracle.assertSound(this.#names);
    }
    for (const name of this.#names) {
      assert.ok(this.#oracle.concluded.has(hashOf(name)), `${name} has a verdict`);
    }
  }

  async close(): Promise<void> {
    for (const at of this.#schedules.keys()) await this.#close(at);
    for (const { clock } of this.#lives) assert.equal(clock.leftOver, 0, "no timer is left behind");
  }

  #start(at: number): void {
    const clock = new CountedClock(this.#now);
    const kv = scheduledKv(this.#memory, this.#schedules[at]!);
    const committer = new Committer(kv, () => Promise.resolve());
    const store: Store = { kv, committer, exclusive: false, [Symbol.asyncDispose]: () => Promise.resolve() };
    const subjects = new Map<ScanSubject, Scan>();
    const health = () =>
      Promise.resolve<ScannerHealth>({
        ok: this.#healthy,
        reason: this.#healthy ? null : "scanner.broken",
        version: "1",
        real: true,
      });
    const ask = (check: Call["check"]) => (subject: ScanSubject, signal: AbortSignal) =>
      this.#asked(life, subjects, check, subject, signal);
    const virus: VirusScanner = {
      name: "virus",
      scan: async (...given) => await ask("virus")(...given) as VirusFinding,
      health,
    };
    const csam: CsamMatcher = {
      name: "csam",
      match: async (...given) => await ask("csam")(...given) as CsamFinding,
      health,
    };
    const worker = new ScanWorker({
      store: kvScanStore(store, clock),
      blobs: blobsWithout(),
      virus,
      csam,
      matches: matchHandlerOver(store, () => clock.now()),
      incomplete: "hold",
      slots: 2,
      clock,
      random: this.#random,
      log: silentLog,
    });
    const life: Life = { dead: false, clock, worker };
    this.#lives[at] = life;
    worker.start();
  }

  #asked(
    life: Life,
    subjects: Map<ScanSubject, Scan>,
    check: Call["check"],
    subject: ScanSubject,
    signal: AbortSignal,
  ): Promise<unknown> {
    const { sha256 } = subject;
    let scan = subjects.get(subject);
    if (scan === undefined) {
      scan = this.#oracle.begin(sha256, life);
      subjects.set(subject, scan);
    }
    const { id } = scan;
    const of = scan;
    scan.open++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const over = () => {
      of.open--;
      this.#calls = this.#calls.filter((other) => other !== call);
    };
    const call: Call = {
      scan,
      check,
      deaf: this.#random.fraction() < 0.3,
      answer: (verdict) => {
        if (!signal.aborted) of.said[check] = verdict;
        over();
        resolve({ verdict, scanner: check, version: "1", answer: `scan ${id}` });
      },
      fail: () => (over(), reject(new Error("the scanner breaks off"))),
    };
    this.#calls.push(call);
    signal.addEventListener("abort", () => {
      of.cut = true;
      if (!call.deaf) call.answer("error");
    });
    return promise;
  }

  /** What the blob is, once everybody tells the truth; of one kind new signatures know more in a rescan. */
  #truth({ check, scan }: Call): string {
    const kind = this.#names.findIndex((name) => hashOf(name) === scan.sha256) % 7;
    const again = this.#memory.get<BlobRecord>(keys.blob(scan.sha256)).value?.state === "clean";
    if (check === "virus") {
      return kind === 1 || (kind === 6 && again) ? "infected" : kind === 2 ? "incomplete" : "clean";
    }
    return kind === 3 ? "match" : kind === 4 ? "incomplete" : kind === 5 ? "not_applicable" : "clean";
  }

  #answerOne(): void {
    const living = this.#calls.filter(({ scan }) => !scan.life.dead);
    const call = living[this.#pick(living.length)];
    if (call === undefined) return;
    const dice = this.#random.fraction();
    // A scanner that was cut off and answers all the same may say anything.
    if (call.scan.cut) this.#answer(call, "clean");
    else if (!this.#healthy || dice < 0.3) this.#answer(call, "error");
    else if (dice < 0.35) this.#answer(call, "CLEAN");
    else if (dice < 0.4) call.fail();
    else this.#answer(call, this.#truth(call));
  }

  #answer(call: Call, verdict: string): void {
    this.#note(`scan ${call.scan.id}: ${call.check} says ${verdict}`);
    call.answer(verdict);
  }

  async #add(): Promise<void> {
    const name = `b${this.#names.length}`;
    this.#note(`add ${name}`);
    this.#names.push(name);
    await addBlob(this.#seen, name, this.#now);
    if (this.#random.fraction() < 0.7) this.#lives[this.#pick(this.#lives.length)]!.worker.wake();
  }

  async #rescan(): Promise<void> {
    const name = this.#names[this.#pick(this.#names.length)];
    if (name === undefined) return;
    this.#note(`rescan ${name}`);
    await kvScanStore(this.#seen, this.#lives[0]!.clock).rescan(hashOf(name), this.#now);
  }

  #leapMs(): number {
    const dice = this.#random.fraction();
    if (dice < 0.5) return this.#pick(3000);
    if (dice < 0.75) return this.#pick(30_000);
    // About what a lease lasts, so that some are lost in every moment of a scan.
    return dice < 0.97 ? 25_000 + this.#pick(15_000) : 11 * 60_000;
  }

  #leap(ms: number): void {
    this.#note(`leap ${ms}`);
    this.#now += ms;
    for (const { clock } of this.#lives) clock.leap(ms);
  }

  async #crash(at: number): Promise<void> {
    this.#note(`crash ${at}`);
    const life = this.#lives[at]!;
    life.dead = true;
    life.clock.crash();
    await this.#schedules[at]!.crash();
    await settle();
    this.#start(at);
  }

  async #restart(at: number): Promise<void> {
    this.#note(`restart ${at}`);
    await this.#close(at);
    this.#lives[at]!.dead = true;
    this.#start(at);
  }

  async #close(at: number): Promise<void> {
    const closing = this.#lives[at]!.worker[Symbol.asyncDispose]();
    await this.#schedules[at]!.all();
    await closing;
  }

  #pick(count: number): number {
    return Math.floor(this.#random.fraction() * count);
  }

  #note(step: string): void {
    this.steps.push(step);
  }
}
