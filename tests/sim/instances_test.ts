import assert from "node:assert/strict";
import { Committer } from "../../lib/adapters/kv/committer.ts";
import type { Bell, Caller, LiveEntry, Random } from "../../lib/platform/mod.ts";
import type { Hub } from "../../lib/realtime/mod.ts";
import { FakeClock, settle } from "../fakes/clock.ts";
import { type LiveDevice, LiveRig } from "../fakes/live_rig.ts";
import { MemoryKv } from "../fakes/memory_kv.ts";
import { seededRandom } from "../fakes/random.ts";
import { Schedule, scheduledKv } from "./schedule.ts";

/** `SEEDS=n` runs another number of them, `SEED=n` one. */
const one = Deno.env.get("SEED");
const seeds = one === undefined
  ? Array.from({ length: Number(Deno.env.get("SEEDS") ?? 12) }, (_, at) => at + 1)
  : [Number(one)];
const stepsEach = 200;
/** A ring that is late is later than this poll. */
const latestMs = 1500;
const names = ["ada", "ben", "cat"];

interface Device {
  name: string;
  device: string;
  line: LiveDevice;
  /** First deliveries in their order, over all of its connections. */
  taken: Map<string, string>;
  /** How many frames of this connection were looked at, and what it was handed. */
  seen: number;
  onLine: Set<string>;
  lastCursor: string;
}

/** Two processes on one store. Between them, and within each, rings are late, doubled or lost. */
class Instances {
  readonly clock = new FakeClock();
  readonly #random: Random;
  readonly #schedule: Schedule;
  readonly #hubs: Hub[] = [];
  readonly rigs: LiveRig[] = [];
  readonly devices: Device[] = [];
  /** What was answered to the senders, by recipient. */
  readonly sent = new Map<string, Set<string>>(names.map((name) => [name, new Set()]));
  readonly callers: Caller[][] = [];
  #numbers = 0;
  #open = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.#schedule = new Schedule(seededRandom(seed + 1_000_003));
  }

  int(below: number): number {
    return Math.floor(this.#random.fraction() * below);
  }

  async start(): Promise<void> {
    const backend = new MemoryKv();
    const { life } = this.#schedule;
    for (const idSeed of [1, 2]) {
      const kv = scheduledKv(backend, this.#schedule);
      const committer = new Committer(kv, () => this.#schedule.at(life, () => undefined));
      const store = { kv, committer, exclusive: false, [Symbol.asyncDispose]: () => Promise.resolve() };
      const bell = (hub: Hub) => {
        this.#hubs.push(hub);
        return this.#doubtful(hub);
      };
      const rig = await this.finish(LiveRig.open({ store, clock: this.clock, bell, idSeed }));
      this.rigs.push(rig);
      const people = names.map((name) => rig.rig.person(name, name === "ada" ? "admin" : "member"));
      for (const [at, person] of people.entries()) {
        for (const other of people.slice(at + 1)) rig.rig.connect(person, other);
      }
      this.callers.push(people);
    }
    for (const name of names) {
      for (const device of ["phone", "web"]) await this.#connect(name, device, this.int(2));
    }
  }

  /** A bell that often does not ring, and then rings at each process by itself. */
  #doubtful(hub: Hub): Bell {
    const everywhere = (ring: (hub: Hub) => void) => {
      for (const one of this.#hubs) this.#atSomeTime(() => ring(one));
    };
    const doubtful: Pick<Bell, "ring" | "ringAll"> = {
      ring: (userId: string, entry?: LiveEntry) =>
        everywhere((one) => one === hub ? one.ring(userId, entry) : one.ring(userId)),
      ringAll: (entryFor) => everywhere((one) => one.ringAll(one === hub ? entryFor : () => "read")),
    };
    return new Proxy<Bell>(hub, {
      get(target, name) {
        if (name === "ring" || name === "ringAll") return doubtful[name];
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  #atSomeTime(ring: () => void): void {
    const fate = this.int(10);
    if (fate < 3) return;
    if (fate < 5) ring();
    if (fate < 7) ring();
    else this.clock.after(this.int(latestMs), ring);
  }

  async step(): Promise<void> {
    const what = this.int(20);
    if (what < 9) this.#send();
    else if (what < 11) this.#broadcast();
    else if (what < 15) this.acknowledge(this.devices[this.int(this.devices.length)]!);
    else if (what < 19) this.clock.advance(this.int(400));
    else await this.#move(this.devices[this.int(this.devices.length)]!);
    await this.#schedule.some(this.int(25));
    this.look();
  }

  #send(): void {
    const at = this.int(2);
    const [from, to] = [this.int(3), this.int(3)];
    if (from === to) return;
    const people = this.callers[at]!;
    const draft = this.rigs[at]!.rig.draft(people[to]!, { key: `key-${++this.#numbers}` });
    this.#answered(this.rigs[at]!.rig.room.sender.send(people[from]!, draft), [names[to]!]);
  }

  #broadcast(): void {
    const { rig } = this.rigs[this.int(2)]!;
    const people = this.callers[this.rigs.findIndex((one) => one.rig === rig)]!;
    const draft = rig.draft([], { audience: { kind: "all" }, key: `key-${++this.#numbers}` });
    this.#answered(rig.room.sender.send(people[0]!, draft), names.slice(1));
  }

  #answered(answer: ReturnType<LiveRig["rig"]["room"]["sender"]["send"]>, to: readonly string[]): void {
    this.#open++;
    void answer.then((sent) => {
      this.#open--;
      assert.ok("command" in sent, JSON.stringify(sent));
      for (const name of to) this.sent.get(name)!.add(sent.command.id);
    });
  }

  /** Takes up to everything that its connection was handed. */
  acknowledge(device: Device): void {
    if (device.lastCursor !== "") device.line.call("inbox.ack", { cursor: device.lastCursor });
  }

  /** Its connection ends, and it comes back at any of the processes. */
  async #move(device: Device): Promise<void> {
    this.look();
    device.line.connection.lost();
    this.devices.splice(this.devices.indexOf(device), 1);
    // What it acknowledged a moment ago is written within a second.
    this.clock.advance(1000);
    await this.#schedule.all();
    await this.#connect(device.name, device.device, this.int(2), device.taken);
  }

  async #connect(
    name: string,
    device: string,
    at: number,
    taken: Device["taken"] = new Map(),
  ): Promise<void> {
    const caller = this.callers[at]![names.indexOf(name)]!;
    const line = await this.finish(this.rigs[at]!.connect(caller, device));
    this.devices.push({ name, device, line, taken, seen: 0, onLine: new Set(), lastCursor: "" });
  }

  /** Notes what the devices were handed, and fails on what comes twice on one line or out of order. */
  look(): void {
    for (const device of this.devices) {
      const { frames } = device.line.socket;
      for (const { method, params } of frames.slice(device.seen)) {
        if (method !== "command.deliver") continue;
        for (
          const { cursor, command } of params!.deliveries as { cursor: string; command: { id: string } }[]
        ) {
          const who = `${device.name}'s ${device.device}`;
          assert.ok(cursor > device.lastCursor, `${who}: ${cursor} after ${device.lastCursor}`);
          assert.ok(!device.onLine.has(command.id), `${who}: ${command.id} came twice`);
          device.onLine.add(command.id);
          device.lastCursor = cursor;
          if (!device.taken.has(command.id)) {
            const last = [...device.taken.values()].at(-1) ?? "";
            assert.ok(cursor > last, `${who}: ${command.id} came after what lies behind it`);
            device.taken.set(command.id, cursor);
          }
        }
      }
      device.seen = frames.length;
    }
  }

  /** All rings of before have rung or are lost: only the looks of each second are left. */
  async settleAll(): Promise<void> {
    await this.#schedule.all();
    this.clock.advance(latestMs);
    await this.#schedule.all();
    assert.equal(this.#open, 0, "every sender was answered");
    // A window of deliveries at a time.
    for (let looks = 0; looks < 8; looks++) {
      this.look();
      for (const device of this.devices) this.acknowledge(device);
      await this.#schedule.all();
      this.clock.advance(1000);
      await this.#schedule.all();
    }
    this.look();
  }

  async finish<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    promise.then(() => settled = true, () => settled = true);
    while (!settled) {
      await this.#schedule.all();
      await settle();
    }
    return await promise;
  }

  async close(): Promise<void> {
    for (const rig of this.rigs) await this.finish(rig[Symbol.asyncDispose]());
  }
}

Deno.test("OP-7, DL-3, DL-5: with two processes and rings that are late, doubled or lost, each device gets all, in order", async () => {
  let handed = 0;
  for (const seed of seeds) {
    try {
      const world = new Instances(seed);
      await world.start();
      for (let step = 0; step < stepsEach; step++) await world.step();
      await world.settleAll();
      for (const { name, device, taken } of world.devices) {
        assert.deepEqual(
          [...taken.keys()].sort(),
          [...world.sent.get(name)!].sort(),
          `${name}'s ${device}`,
        );
        handed += taken.size;
      }
      await world.close();
    } catch (error) {
      throw new Error(`SEED=${seed} fails: ${(error as Error).message}`, { cause: error });
    }
  }
  assert.ok(handed > seeds.length * 150, `${handed} commands were handed over`);
});
