import type {
  KvCheck,
  KvEntry,
  KvKey,
  KvListOptions,
  KvPort,
  KvSelector,
} from "../../lib/adapters/kv/port.ts";
import type { Random } from "../../lib/platform/mod.ts";
import { settle } from "../fakes/clock.ts";
import { MemoryKv } from "../fakes/memory_kv.ts";

interface Task {
  /** Does it and gives the answer to who waits. */
  run(): Promise<void>;
  /** Does it and tells nobody. */
  unheard(): Promise<void>;
  writes: boolean;
  /** Not before so many others were done, while there are others. */
  notBefore: number;
}

/** Of ten answers one is slow, and lets up to this many others overtake it. */
const slowest = 40;

/** Answers of the store in an order that the seed decides, one at a time. A crash takes away what nobody has heard yet. */
export class Schedule {
  readonly #random: Random;
  #tasks: Task[] = [];
  #life = 0;
  #done = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Which life of the process this is. */
  get life(): number {
    return this.#life;
  }

  /** Does `act` when its turn comes. What a process asks for after its crash is never answered. */
  at<T>(life: number, act: () => T | Promise<T>, writes = false): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (life !== this.#life) return promise;
    const unheard = async () => void await act();
    const run = async () => {
      try {
        const answer = await act();
        // What was read may be older than writes that are answered before it.
        if (writes || this.#random.fraction() < 0.75) resolve(answer);
        else this.#add({ run: () => Promise.resolve(resolve(answer)), unheard, writes });
      } catch (error) {
        reject(error);
      }
    };
    this.#add({ run, unheard, writes });
    return promise;
  }

  #add(task: Omit<Task, "notBefore">): void {
    const slow = this.#random.fraction() < 0.1;
    const notBefore = slow ? this.#done + Math.floor(this.#random.fraction() * slowest) : 0;
    this.#tasks.push({ ...task, notBefore });
  }

  #next(): Task {
    const ready = this.#tasks.filter(({ notBefore }) => notBefore <= this.#done);
    const from = ready.length > 0 ? ready : this.#tasks;
    const task = from[Math.floor(this.#random.fraction() * from.length)]!;
    this.#tasks.splice(this.#tasks.indexOf(task), 1);
    this.#done++;
    return task;
  }

  /** Lets at most so many answers out; gives false when nothing is left to answer. */
  async some(most: number): Promise<boolean> {
    for (let done = 0;; done++) {
      await settle();
      if (this.#tasks.length === 0) return false;
      if (done >= most) return true;
      await this.#next().run();
    }
  }

  async all(): Promise<void> {
    while (await this.some(100_000)) throw new Error("The server does not come to rest.");
  }

  /** Writes that were on their way are there or not; nobody is told. */
  async crash(): Promise<void> {
    const left = this.#tasks;
    this.#tasks = [];
    this.#life++;
    for (const { writes, unheard } of left) {
      if (writes && this.#random.fraction() < 0.5) await unheard();
    }
  }
}

/** What stands behind a scheduled store: the real one, or the one in memory. */
export type Backend = KvPort | MemoryKv;

/** The store as one life of the process sees it. `mayCommit`: asked as each commit is made. */
export function scheduledKv(backend: Backend, schedule: Schedule, mayCommit = () => true): KvPort {
  const { life } = schedule;
  const read = <T>(act: () => T | Promise<T>) => schedule.at(life, act);
  async function* list<T>(selector: KvSelector, options?: KvListOptions) {
    yield* await read(() =>
      backend instanceof MemoryKv ? backend.list<T>(selector, options) : all<T>(backend, selector, options)
    );
  }
  const kv = {
    get: (key: KvKey) => read(() => backend.get(key)),
    getMany: (keys: KvKey[]) =>
      read(() => backend instanceof MemoryKv ? keys.map((key) => backend.get(key)) : backend.getMany(keys)),
    list,
    set: (key: KvKey, value: unknown) => kv.atomic().set(key, value).commit(),
    delete: (key: KvKey) => kv.atomic().delete(key).commit(),
    atomic: () => new Atomic(backend, schedule, life, mayCommit),
    commitVersionstamp: () =>
      backend instanceof MemoryKv ? MemoryKv.placeholder : backend.commitVersionstamp(),
    close: () => undefined,
  };
  // The parts of the interface that the server uses.
  return kv as unknown as KvPort;
}

async function all<T>(kv: KvPort, selector: KvSelector, options?: KvListOptions) {
  const entries: KvEntry<T>[] = [];
  for await (const entry of kv.list<T>(selector, options)) entries.push(entry);
  return entries;
}

class Atomic {
  readonly #backend: Backend;
  readonly #schedule: Schedule;
  readonly #life: number;
  readonly #mayCommit: () => boolean;
  readonly #checks: KvCheck[] = [];
  readonly #mutations: { what: "set" | "delete" | "sum"; key: KvKey; value?: unknown }[] = [];

  constructor(backend: Backend, schedule: Schedule, life: number, mayCommit: () => boolean) {
    this.#backend = backend;
    this.#schedule = schedule;
    this.#life = life;
    this.#mayCommit = mayCommit;
  }

  check(...checks: KvCheck[]): this {
    this.#checks.push(...checks);
    return this;
  }

  set(key: KvKey, value: unknown): this {
    this.#mutations.push({ what: "set", key, value });
    return this;
  }

  delete(key: KvKey): this {
    this.#mutations.push({ what: "delete", key });
    return this;
  }

  sum(key: KvKey, value: bigint): this {
    this.#mutations.push({ what: "sum", key, value });
    return this;
  }

  commit(): Promise<Deno.KvCommitResult | Deno.KvCommitError> {
    return this.#schedule.at(this.#life, () => this.#commit(), true);
  }

  #commit(): Deno.KvCommitResult | Deno.KvCommitError | Promise<Deno.KvCommitResult | Deno.KvCommitError> {
    if (!this.#mayCommit()) throw new Error("The store takes nothing of this process any more.");
    if (this.#backend instanceof MemoryKv) return this.#backend.commit(this.#checks, this.#mutations);
    const atomic = this.#backend.atomic().check(...this.#checks);
    for (const { what, key, value } of this.#mutations) {
      if (what === "set") atomic.set(key, value);
      else if (what === "delete") atomic.delete(key);
      else atomic.sum(key, value as bigint);
    }
    return atomic.commit();
  }
}
