import assert from "node:assert/strict";
import { leaseMs, Member, quietMs } from "../../lib/cluster/mod.ts";
import { FakeClock, settle } from "../fakes/clock.ts";
import { MemoryBoard, type Reach } from "../fakes/memory_board.ts";

/** A process that can be halted: its timers, what it is answered and what it hears wait. */
class Process implements Reach {
  readonly clock: FakeClock;
  readonly carriedOut: string[] = [];
  readonly noted: string[] = [];
  lives: readonly string[] = [];
  halted = false;
  /** What carrying an order out waits for. */
  busy: Promise<void> = Promise.resolve();
  wireCut = false;
  member!: Member<string, string>;
  #waiting: (() => void)[] = [];

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  async call<T>(act: () => T): Promise<T> {
    await this.#awake();
    const answer = act();
    await this.#awake();
    return answer;
  }

  carry(give: () => void): void {
    if (!this.wireCut) void this.#awake().then(give);
  }

  async join(board: MemoryBoard, id: string): Promise<this> {
    const after = (ms: number, call: () => void) =>
      this.clock.after(ms, () => void (this.halted ? this.#waiting.push(call) : call()));
    this.member = await Member.join<string, string>({
      link: board.link(id, this),
      clock: { now: () => this.clock.now(), after },
      elapsedMs: () => this.clock.now(),
      hearer: {
        carryOut: async (from, order) => {
          await this.busy;
          this.carriedOut.push(`${from}:${order}`);
        },
        heard: (note) => void this.noted.push(note),
        live: (ids) => this.lives = ids,
      },
    });
    return this;
  }

  async #awake(): Promise<void> {
    await Promise.resolve();
    while (this.halted) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  wake(): void {
    this.halted = false;
    for (const go of this.#waiting.splice(0)) go();
  }
}

async function world(count: number) {
  const clock = new FakeClock();
  const board = new MemoryBoard(() => clock.now());
  const processes: Process[] = [];
  for (let at = 0; at < count; at++) processes.push(await new Process(clock).join(board, "abcd"[at]!));
  await rest();
  const order = (at: number, text: string) => {
    const told = { how: "waits" };
    processes[at]!.member.order(text).then(() => told.how = "done", () => told.how = "failed");
    return told;
  };
  const close = async () => {
    for (const one of processes) {
      one.wake();
      await one.member[Symbol.asyncDispose]();
    }
    assert.equal(clock.pending, 0, "no timer is left");
  };
  return { clock, board, processes, order, close };
}

async function rest(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await settle();
}

Deno.test("OP-7: an order is done once each instance has carried it out, in one order for all", async () => {
  const { processes, order, close } = await world(3);
  const [, , slow] = processes;
  const gate = Promise.withResolvers<void>();
  slow!.busy = gate.promise;
  const [first, second] = [order(0, "one"), order(1, "two")];
  await rest();
  assert.deepEqual([first.how, second.how], ["waits", "waits"]);
  gate.resolve();
  await rest();
  assert.deepEqual([first.how, second.how], ["done", "done"]);
  const [all] = processes.map(({ carriedOut }) => carriedOut);
  assert.deepEqual([...all!].sort(), ["a:one", "b:two"]);
  for (const { carriedOut } of processes) assert.deepEqual(carriedOut, all);
  await close();
});

Deno.test("OP-7: without the wire an order is done within two looks", async () => {
  const { clock, processes, order, close } = await world(2);
  for (const one of processes) one.wireCut = true;
  const told = order(0, "one");
  await rest();
  assert.equal(told.how, "waits");
  await clock.advanceAsync(1_000);
  await rest();
  await clock.advanceAsync(1_100);
  await rest();
  assert.equal(told.how, "done");
  assert.deepEqual(processes[1]!.carriedOut, ["a:one"]);
  await close();
});

Deno.test("OP-7: an order waits for a halted instance until its lease ends, and that one delivers nothing by then", async () => {
  const { clock, board, processes, order, close } = await world(2);
  const [, halted] = processes;
  halted!.halted = true;
  // At most what is left of a lease that was renewed a moment ago.
  const told = order(0, "stop");
  let heldAtMs: number | undefined;
  for (let ms = 0; told.how === "waits"; ms += 500) {
    assert.ok(ms <= leaseMs + 1_000, "it is answered after the lease");
    if (halted!.member.mayGoOn) heldAtMs = ms;
    await clock.advanceAsync(500);
    await rest();
  }
  assert.equal(told.how, "done");
  assert.equal(board.isLive("b"), false);
  assert.ok(heldAtMs! < quietMs, `it would have delivered until ${heldAtMs} ms`);
  // It wakes up: nothing may leave, and it ends.
  assert.equal(halted!.member.mayGoOn, false);
  halted!.wake();
  await rest();
  assert.match((await halted!.member.lost).message, /lease/);
  assert.deepEqual(halted!.carriedOut, []);
  await assert.rejects(halted!.member.order("late"), /lease/);
  assert.deepEqual(processes[0]!.lives, ["a"]);
  await close();
});

Deno.test("OP-7: an instance that leaves is not waited for, and one that joins need not carry out what was before", async () => {
  const { clock, board, processes, order, close } = await world(2);
  await processes[1]!.member[Symbol.asyncDispose]();
  const told = order(0, "one");
  await rest();
  assert.equal(told.how, "done");
  const late = await new Process(clock).join(board, "c");
  processes.push(late);
  await clock.advanceAsync(1_000);
  await rest();
  assert.deepEqual(late.carriedOut, []);
  assert.deepEqual(processes[0]!.lives, ["a", "c"]);
  await close();
});

Deno.test("OP-7: an instance that cannot carry out an order ends, and never says that it did", async () => {
  const { clock, processes, order, close } = await world(2);
  processes[1]!.busy = Promise.reject(new Error("no store"));
  processes[1]!.busy.catch(() => undefined);
  const told = order(0, "one");
  await rest();
  assert.match((await processes[1]!.member.lost).message, /no store/);
  assert.equal(told.how, "waits");
  await clock.advanceAsync(leaseMs + 1_000);
  await rest();
  assert.equal(told.how, "done");
  await close();
});

Deno.test("OP-7: notes reach the others in few messages, and none is longer than the wire takes", async () => {
  const { board, processes, close } = await world(3);
  const before = board.carried;
  const notes = Array.from({ length: 150 }, (_, at) => `${at} ${"é".repeat(40)}`);
  for (const note of notes) assert.ok(processes[0]!.member.say(note));
  assert.equal(processes[0]!.member.say("x".repeat(7_900)), false);
  await rest();
  assert.deepEqual(processes[1]!.noted, notes);
  assert.deepEqual(processes[2]!.noted, notes);
  assert.deepEqual(processes[0]!.noted, []);
  assert.ok(board.carried - before <= 4, `${board.carried - before} messages`);
  await close();
});
