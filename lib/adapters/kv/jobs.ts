import type { Clock, Log, Timer } from "../../platform/mod.ts";
import { keys } from "./keys.ts";
import type { KvEntry, KvKey, KvPort } from "./port.ts";

/** Time between two looks for due jobs. */
const pollMs = 500;
/** Jobs that run at once. A long one delays no other job until all places are taken. */
const concurrency = 16;
/** Jobs read from the store at a time. */
const batch = 256;
/** Longer than any job runs. After a crash, another process takes the job when the lease ends. */
const leaseMs = 60_000;
/** Waits after a failure: 1 s, doubling, at most 5 min. */
const retryBaseMs = 1000;
const retryMaxMs = 5 * 60_000;

interface Lease {
  owner: string;
  untilMs: number;
}

/**
 * Runs the records `["job", dueAt, id]` when they are due, in that order, by a timer. Each job runs under a lease, so two
 * processes never run one at once. It is deleted only after its handler resolved: after a crash, a handler may see it twice.
 */
export class JobRunner<Job> {
  readonly #kv: KvPort;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #run: (job: Job) => Promise<void>;
  readonly #exclusive: boolean;
  readonly #owner = crypto.randomUUID();
  readonly #failures = new Map<string, { count: number; notBeforeMs: number }>();
  /** Running jobs by name. */
  readonly #running = new Map<string, Promise<void>>();
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;
  #leasing: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** `exclusive`: no other process uses the store, so another owner's lease belongs to a process that has ended. */
  constructor(parts: {
    kv: KvPort;
    clock: Clock;
    log: Log;
    run: (job: Job) => Promise<void>;
    exclusive?: boolean;
  }) {
    this.#exclusive = parts.exclusive ?? false;
    this.#kv = parts.kv;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#run = parts.run;
  }

  start(): void {
    this.#schedule();
  }

  /** Runs all jobs that are due now. Resolves when they have ended. */
  async runDue(): Promise<void> {
    await this.#begin();
    await Promise.all(this.#running.values());
  }

  /** Starts all jobs that are due now. Resolves when they have started. */
  async #begin(): Promise<void> {
    // The error of that look goes to its own caller.
    while (this.#looking !== undefined) await this.#looking.catch(() => undefined);
    this.#looking = this.#look();
    try {
      await this.#looking;
    } finally {
      this.#looking = undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#looking?.catch(() => undefined);
    await Promise.all(this.#running.values());
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = this.#clock.after(pollMs, () => {
      this.#begin().catch((error) => this.#log.error("jobs.failed", { error })).finally(() =>
        this.#schedule()
      );
    });
  }

  async #look(): Promise<void> {
    while (!this.#closed) {
      const due = await this.#due();
      if (due.length === 0) return;
      for (const entry of due) {
        while (this.#running.size >= concurrency) await Promise.race(this.#running.values());
        if (this.#closed) return;
        const name = nameOf(entry.key);
        const working = this.#work(name, entry)
          .catch((error) => this.#log.error("jobs.failed", { error }))
          .finally(() => this.#running.delete(name));
        this.#running.set(name, working);
      }
      if (due.length < batch) return;
    }
  }

  /** Reads the jobs that are due, except those that run or wait after a failure. */
  async #due(): Promise<KvEntry<Job>[]> {
    const now = this.#clock.now();
    const prefix = keys.jobs();
    const due: KvEntry<Job>[] = [];
    // Keys sort by number, so this ends before the first job that is not due yet.
    const selector = { start: [...prefix, 0], end: [...prefix, now + 1] } as const;
    for await (const entry of this.#kv.list<Job>(selector)) {
      const name = nameOf(entry.key);
      if (this.#running.has(name)) continue;
      if ((this.#failures.get(name)?.notBeforeMs ?? 0) <= now) due.push(entry);
      if (due.length === batch) break;
    }
    return due;
  }

  /** Runs one job under a lease. Rejects when the store fails; the job stays then. */
  async #work(name: string, entry: KvEntry<Job>): Promise<void> {
    // Takes one lease at a time, so that jobs start in the order in which they are due.
    const leased = this.#leasing.then(() => this.#lease(name, entry));
    this.#leasing = leased.catch(() => undefined);
    if (!await leased) return;
    try {
      await this.#run(entry.value);
      // The check keeps a record that was written again: that job is due again.
      await this.#kv.atomic().check(entry).delete(entry.key).delete(keys.lease(name)).commit();
      this.#failures.delete(name);
    } catch (error) {
      const count = (this.#failures.get(name)?.count ?? 0) + 1;
      const waitMs = Math.min(retryMaxMs, retryBaseMs * 2 ** Math.min(count - 1, 20));
      this.#failures.set(name, { count, notBeforeMs: this.#clock.now() + waitMs });
      await this.#kv.delete(keys.lease(name));
      this.#log.error("job.failed", { job: name, count, retryInMs: waitMs, error: error as Error });
    }
  }

  /** False when another process runs the job, or ended it after the look. */
  async #lease(name: string, entry: KvEntry<Job>): Promise<boolean> {
    const key = keys.lease(name);
    const held = await this.#kv.get<Lease>(key);
    const now = this.#clock.now();
    const isOthers = held.value !== null && held.value.owner !== this.#owner && held.value.untilMs > now;
    if (isOthers && !this.#exclusive) return false;
    const lease: Lease = { owner: this.#owner, untilMs: now + leaseMs };
    return (await this.#kv.atomic().check(held, entry).set(key, lease, { expireIn: leaseMs }).commit()).ok;
  }
}

function nameOf(key: KvKey): string {
  return key.slice(1).join("/");
}
