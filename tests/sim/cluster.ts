import assert from "node:assert/strict";
import { Committer } from "../../lib/adapters/kv/committer.ts";
import { SharedBell } from "../../lib/cluster/mod.ts";
import { type Random, silentLog } from "../../lib/platform/mod.ts";
import { type Command, Refusal } from "../../lib/protocol/mod.ts";
import { FakeClock, settle } from "../fakes/clock.ts";
import { Halting } from "../fakes/halting.ts";
import { LiveRig } from "../fakes/live_rig.ts";
import { MemoryBoard } from "../fakes/memory_board.ts";
import { MemoryKv } from "../fakes/memory_kv.ts";
import { seededRandom } from "../fakes/random.ts";
import type { Device, Instance, Line, Sent } from "./cluster_parts.ts";
import { latestMs, longestHaltMs, names, wrongMs } from "./cluster_parts.ts";
import { haltingKv } from "./halting_kv.ts";
import { Schedule, scheduledKv } from "./schedule.ts";

/**
 * Two to four processes on one store. Messages between them are late, doubled or lost, clocks are wrong, processes are halted
 * past their leases, wake up again, and are killed. What people were answered must hold.
 */
export class Cluster {
  readonly #clock = new FakeClock();
  readonly #random: Random;
  readonly #schedule: Schedule;
  readonly #backend = new MemoryKv();
  readonly #board = new MemoryBoard(() => this.#clock.now());
  readonly #instances: Instance[] = [];
  readonly #devices: Device[] = [];
  /** Also those that nobody is at any more: nothing forbidden may leave on them either. */
  readonly #lines: Line[] = [];
  readonly sent: Sent[] = [];
  /** Who was answered that they are stopped, and has not asked to go on. */
  readonly #stopped = new Set<string>();
  /** Senders whom somebody was answered that they are blocked, as `by of`. */
  readonly #blocked = new Set<string>();
  readonly #everBlocked = new Set<string>();
  readonly #resumes = new Map<string, number>();
  readonly #choices = new Map<string, number>();
  /** Blocks that are being ended, or whose end was never answered: one that is answered meanwhile may be ended by it. */
  readonly #ending = new Map<string, number>();
  /** What was checked: each must happen, or the run shows nothing. */
  readonly counts = { handed: 0, stops: 0, blocks: 0, halted: 0, lost: 0, killed: 0 };
  /** What a call was answered and must not have been. */
  readonly #failures: unknown[] = [];
  #keys = 0;
  #started = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.#schedule = new Schedule(seededRandom(seed + 1_000_003));
  }

  #int(below: number): number {
    return Math.floor(this.#random.fraction() * below);
  }

  async start(): Promise<void> {
    const count = 2 + this.#int(3);
    for (let at = 0; at < count; at++) await this.#startOne();
    for (const name of names) {
      for (const device of ["phone", "web"]) {
        const one: Device = { name, device, taken: new Map(), now: null };
        this.#devices.push(one);
        await this.#connect(one);
      }
    }
  }

  async #startOne(): Promise<void> {
    const id = `i${++this.#started}`;
    const halting = new Halting();
    const at = <T>(act: () => T | Promise<T>) =>
      this.#schedule.at(this.#schedule.life, act).then(async (answer) => {
        await halting.awake();
        return answer;
      });
    const kv = haltingKv(scheduledKv(this.#backend, this.#schedule, () => this.#board.isLive(id)), halting);
    const committer = new Committer(kv, () => at(() => undefined));
    const clock = halting.clock(this.#clock, this.#int(2 * wrongMs) - wrongMs);
    const link = this.#board.link(id, { call: at, carry: (give) => this.#carry(halting, give) });
    let bell!: SharedBell;
    const rig = await this.#finish(LiveRig.open({
      store: { kv, committer, exclusive: false, [Symbol.asyncDispose]: () => Promise.resolve() },
      clock,
      idSeed: this.#started,
      mayWrite: () => bell.mayWrite(),
      bell: async (own) =>
        bell = await SharedBell.open({
          own,
          link,
          clock,
          log: silentLog,
          elapsedMs: () => this.#clock.now(),
        }),
    }));
    const people = names.map((name) => rig.rig.person(name, name === "ada" ? "admin" : "member"));
    for (const [index, person] of people.entries()) {
      for (const other of people.slice(index + 1)) rig.rig.connect(person, other);
    }
    const instance: Instance = { id, halting, rig, bell, people, dead: false };
    bell.hear({
      stop: (userId, goOn) => rig.rig.room.safety.heard(userId, goOn, () => committer.settled()),
      rules: () => undefined,
      account: () => Promise.resolve(),
      settled: () => committer.settled(),
    });
    void bell.lost.then(() => {
      this.counts.lost++;
      this.#die(instance);
    });
    this.#instances.push(instance);
  }

  #carry(halting: Halting, give: () => void): void {
    const later = () => void halting.awake().then(give);
    const fate = this.#int(10);
    if (fate < 3) return;
    if (fate < 5) later();
    if (fate < 7) later();
    else this.#clock.after(this.#int(latestMs), later);
  }

  /** As a process that ends: nothing of it happens any more. */
  #die(instance: Instance): void {
    instance.dead = true;
    instance.halting.halt();
    for (const device of this.#devices) if (device.now?.at === instance) device.now = null;
  }

  get #awake(): Instance[] {
    return this.#instances.filter(({ dead, halting }) => !dead && !halting.halted);
  }

  #any(): Instance | undefined {
    return this.#awake[this.#int(this.#awake.length)];
  }

  async step(): Promise<void> {
    const what = this.#int(100);
    if (what < 36) this.#send();
    else if (what < 44) this.#broadcast();
    else if (what < 60) this.#acknowledge(this.#devices[this.#int(this.#devices.length)]!);
    else if (what < 76) this.#clock.advance(this.#int(900));
    else if (what < 80) await this.#move(this.#devices[this.#int(this.#devices.length)]!);
    else if (what < 86) this.#stop();
    else if (what < 91) this.#resume();
    else if (what < 96) this.#block();
    else if (what < 98) this.#halt();
    else if (what < 99) this.#kill();
    else this.#clock.advance(this.#int(5000));
    await this.#schedule.some(this.#int(40));
    this.look();
    while (this.#instances.filter(({ dead }) => !dead).length < 2) await this.#startOne();
    for (const device of this.#devices) {
      if (device.now === null && this.#int(4) === 0) await this.#connect(device);
    }
  }

  #send(): void {
    const at = this.#any();
    const [from, to] = [this.#int(3), this.#int(3)];
    if (from === to || at === undefined) return;
    const draft = at.rig.rig.draft(at.people[to]!, { key: `key-${++this.#keys}` });
    const sending = at.rig.rig.room.sender.send(at.people[from]!, draft);
    this.#whenSent(sending, names[from]!, [names[to]!]);
  }

  #broadcast(): void {
    const at = this.#any();
    if (at === undefined) return;
    const draft = at.rig.rig.draft([], { audience: { kind: "all" }, key: `key-${++this.#keys}` });
    this.#whenSent(at.rig.rig.room.sender.send(at.people[0]!, draft), names[0]!, names.slice(1));
  }

  #whenSent(sending: Promise<{ command: Command } | Refusal>, from: string, to: readonly string[]): void {
    void this.#answer(sending, (answer) => {
      if (answer instanceof Refusal) assert.match(answer.kind, /rate|limit/);
      else this.sent.push({ from, to, id: answer.command.id });
    });
  }

  /** Hears what a call was answered. A process that ends answers nothing; its calls may fail. */
  async #answer<T>(call: Promise<T>, then: (answer: T) => void): Promise<void> {
    let answer: T;
    try {
      answer = await call;
    } catch (error) {
      if (!/lease|takes nothing/.test(String(error))) this.#failures.push(error);
      return;
    }
    try {
      then(answer);
    } catch (error) {
      this.#failures.push(error);
    }
  }

  #stop(): void {
    const at = this.#any();
    if (at === undefined) return;
    const who = this.#int(3);
    const name = names[who]!;
    const resumes = this.#resumes.get(name);
    void this.#answer(at.rig.rig.room.safety.stop(at.people[who]!), (answer) => {
      if (answer instanceof Refusal) return;
      this.look();
      if (this.#resumes.get(name) !== resumes) return;
      this.counts.stops++;
      this.#stopped.add(name);
    });
  }

  #resume(who = this.#int(3)): void {
    const at = this.#any();
    if (at === undefined) return;
    const name = names[who]!;
    this.look();
    this.#resumes.set(name, (this.#resumes.get(name) ?? 0) + 1);
    this.#stopped.delete(name);
    void this.#answer(at.rig.rig.room.safety.resume(at.people[who]!), () => undefined);
  }

  /** Somebody blocks a sender, or ends that. */
  #block(): void {
    const at = this.#any();
    const [who, of] = [this.#int(3), this.#int(3)];
    if (at === undefined || who === of) return;
    const pair = `${names[who]} ${names[of]}`;
    const on = this.#int(3) > 0;
    this.look();
    const choice = (this.#choices.get(pair) ?? 0) + 1;
    this.#choices.set(pair, choice);
    this.#everBlocked.add(pair);
    const ending = this.#ending.get(pair) ?? 0;
    if (!on) {
      this.#blocked.delete(pair);
      this.#ending.set(pair, ending + 1);
    }
    void this.#answer(at.rig.rig.consent.block(at.people[who]!, { username: names[of]!, on }), (answer) => {
      this.look();
      if (!on) this.#ending.set(pair, this.#ending.get(pair)! - 1);
      const isOpen = this.#choices.get(pair) !== choice || (this.#ending.get(pair) ?? 0) > 0;
      if (answer instanceof Refusal || !on || isOpen) return;
      this.counts.blocks++;
      this.#blocked.add(pair);
    });
  }

  #halt(): void {
    const at = this.#any();
    if (at === undefined || this.#awake.length < 2) return;
    this.counts.halted++;
    at.halting.halt();
    this.#clock.after(this.#int(longestHaltMs), () => {
      if (!at.dead) at.halting.wake();
    });
  }

  #kill(): void {
    const at = this.#any();
    if (at === undefined || this.#awake.length < 2) return;
    this.counts.killed++;
    this.#die(at);
  }

  /** Takes up to everything that its line was handed. */
  #acknowledge({ now }: Device): void {
    if (now === null || now.lastCursor === "" || now.at.halting.halted) return;
    if (now.line.socket.closed === null) now.line.call("inbox.ack", { cursor: now.lastCursor });
  }

  /** Its line ends, and it comes back at any of the processes. */
  async #move(device: Device): Promise<void> {
    if (device.now !== null && !device.now.at.halting.halted) device.now.line.connection.lost();
    device.now = null;
    this.#clock.advance(1000);
    await this.#connect(device);
  }

  async #connect(device: Device): Promise<void> {
    const at = this.#any();
    if (at === undefined) return;
    const caller = at.people[names.indexOf(device.name)]!;
    const line = at.rig.begin(caller, device.device);
    const { socket } = line;
    await this.#until(() => at.dead || socket.closed !== null || socket.texts.length > 0);
    if (at.dead || socket.closed !== null) return;
    device.now = { ...device, at, line, seen: 0, onLine: new Set(), lastCursor: "" };
    this.#lines.push(device.now);
  }

  /** Notes what the lines were handed, and fails on what comes twice, out of order, or after it was ruled out. */
  look(): void {
    for (const device of this.#devices) {
      if (device.now !== null && device.now.line.socket.closed !== null) device.now = null;
    }
    for (const line of this.#lines) {
      const { texts } = line.line.socket;
      for (; line.seen < texts.length; line.seen++) {
        const text = texts[line.seen]!;
        if (text.includes('"command.deliver"')) this.#handed(line, JSON.parse(text));
      }
    }
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  #handed(line: Line, frame: { params: { deliveries: { cursor: string; command: Command }[] } }): void {
    const who = `${line.name}'s ${line.device}`;
    const device = this.#devices.find((one) => one.name === line.name && one.device === line.device)!;
    assert.ok(!this.#stopped.has(line.name), `${who} gets something after the answer of a stop`);
    for (const { cursor, command } of frame.params.deliveries) {
      const pair = `${line.name} ${command.from.username}`;
      assert.ok(!this.#blocked.has(pair), `${who} gets something of who is blocked`);
      assert.ok(cursor > line.lastCursor, `${who}: ${cursor} after ${line.lastCursor}`);
      assert.ok(!line.onLine.has(command.id), `${who}: ${command.id} came twice`);
      line.onLine.add(command.id);
      line.lastCursor = cursor;
      // A line that its client has left can still be written to: what comes there, the client does not get.
      if (device.now !== line || device.taken.has(command.id)) continue;
      const last = [...device.taken.values()].at(-1) ?? "";
      // What one line passed over as blocked, another one may hand over once it is not.
      assert.ok(
        cursor > last || this.#everBlocked.has(pair),
        `${who}: ${command.id} came after what lies behind it`,
      );
      device.taken.set(command.id, cursor);
      this.counts.handed++;
    }
  }

  /** Everybody goes on, and all that is on its way comes. Then each device must have what is not ended for its person. */
  async finishAll(): Promise<void> {
    for (const { dead, halting } of this.#instances) if (!dead) halting.wake();
    await this.#pass(30_000);
    for (const who of names.keys()) {
      this.#resume(who);
      await this.#pass(2_000);
    }
    for (let looks = 0; looks < 10; looks++) {
      for (const device of this.#devices) {
        if (device.now === null) await this.#connect(device);
        this.#acknowledge(device);
      }
      await this.#pass(1_000);
    }
    await this.#checkAll();
  }

  async #pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 500) {
      await this.#schedule.all();
      this.#clock.advance(500);
      this.look();
    }
    await this.#schedule.all();
    this.look();
  }

  async #checkAll(): Promise<void> {
    const { rig } = this.#any()!;
    for (const { from, to, id } of this.sent) {
      for (const name of to) {
        const userId = rig.rig.person(name).userId;
        const [known] = await this.#finish(rig.rig.commands.states([{ userId, commandId: id }]));
        const state = known?.record.state ?? "queued";
        if (state === "stopped" || this.#everBlocked.has(`${name} ${from}`)) continue;
        for (const { device, taken } of this.#devices.filter((one) => one.name === name)) {
          assert.ok(taken.has(id), `${name}'s ${device} never got ${id} of ${from}, which is ${state}`);
        }
      }
    }
  }

  async #finish<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    promise.then(() => settled = true, () => settled = true);
    await this.#until(() => settled);
    return await promise;
  }

  async #until(reached: () => boolean): Promise<void> {
    for (let turns = 0; !reached(); turns++) {
      await this.#schedule.all();
      await settle();
      // Nothing but time brings it on.
      if (turns > 20) this.#clock.advance(100);
    }
  }

  async close(): Promise<void> {
    for (const { dead, rig, bell } of this.#instances) {
      if (dead) continue;
      await this.#finish(rig[Symbol.asyncDispose]());
      await this.#finish(bell[Symbol.asyncDispose]());
    }
  }
}
