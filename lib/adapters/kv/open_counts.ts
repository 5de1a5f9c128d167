import type { OpenCounts, SenderKind } from "../../commands/ports.ts";
import { keys } from "./keys.ts";
import { countedIn, type LogValue, type OpenOne } from "./log_entries.ts";
import type { KvPort } from "./port.ts";

/** People whose counts are kept in memory; beyond that all are counted anew. */
const countsKept = 20_000;
/** Records that one step of a list reads. */
const batchSize = 500;

/** How a write ended: `refused` wrote nothing, and `unknown`, after an error, perhaps something. */
export type Outcome = "written" | "refused" | "unknown";

interface Counts {
  bySender: Map<string, number>;
  byKind: Map<SenderKind, number>;
  /** False when something may be counted twice, or although it ended. */
  exact: boolean;
}

/** A read that is under way, and what was written during it, which it may have seen or not. */
interface Reading {
  counts: Promise<Counts>;
  written: OpenOne[];
  exact: boolean;
  keep: boolean;
}

/** One that is being written, and the counts that have it already. */
interface Pending {
  one: OpenOne;
  counted: Counts | undefined;
}

/**
 * DL-7: counts a person's open direct commands, withheld ones included: each has either an entry in their log or a record beside
 * it (`openKey`). While no other process writes to the store, they are read
 * once for each person and then kept up to date. A count is never too small, and says whether it may be too large.
 */
export class KvOpenCounts {
  readonly #kv: KvPort;
  readonly #exclusive: boolean;
  readonly #counts = new Map<string, Counts>();
  readonly #readings = new Map<string, Reading>();
  readonly #pending = new Map<string, Set<Pending>>();

  constructor({ kv, exclusive }: { kv: KvPort; exclusive: boolean }) {
    this.#kv = kv;
    this.#exclusive = exclusive;
  }

  /** `again`: reads the store if the counts in memory may be too large. */
  async of(userId: string, again: boolean): Promise<OpenCounts> {
    const known = this.#counts.get(userId);
    const counts = known !== undefined && (known.exact || !again) ? known : await this.#read(userId);
    return {
      from: (senderId) => counts.bySender.get(senderId) ?? 0,
      ofKind: (kind) => counts.byKind.get(kind) ?? 0,
      exact: counts.exact,
    };
  }

  /** Counts commands before they are written. Call the result when the write has ended. */
  adding(ones: readonly OpenOne[]): (outcome: Outcome) => void {
    const pending = ones.map((one) => this.#begin(one));
    return (outcome) => {
      for (const { one, counted } of pending.map((each) => this.#end(each))) {
        const now = this.#counts.get(one.userId);
        const reading = this.#readings.get(one.userId);
        if (outcome === "refused") {
          add(counted, one, -1);
          continue;
        }
        if (outcome === "unknown") {
          this.#counts.delete(one.userId);
          if (reading !== undefined) reading.keep = false;
          continue;
        }
        reading?.written.push(one);
        if (now === undefined || now === counted) continue;
        add(now, one, 1);
        now.exact = false;
      }
    };
  }

  #begin(one: OpenOne): Pending {
    const counted = this.#counts.get(one.userId);
    add(counted, one, 1);
    const pending = { one, counted };
    const others = this.#pending.get(one.userId) ?? new Set();
    this.#pending.set(one.userId, others.add(pending));
    return pending;
  }

  #end(pending: Pending): Pending {
    const others = this.#pending.get(pending.one.userId);
    others?.delete(pending);
    if (others?.size === 0) this.#pending.delete(pending.one.userId);
    return pending;
  }

  /** For commands that are about to end. Call the result when the write has ended. */
  ending(ones: readonly OpenOne[]): (outcome: Outcome) => void {
    const before = ones.map(({ userId }) => this.#counts.get(userId));
    return (outcome) => {
      if (outcome === "refused") return;
      for (const [at, one] of ones.entries()) {
        const now = this.#counts.get(one.userId);
        const reading = this.#readings.get(one.userId);
        if (reading !== undefined) reading.exact = false;
        if (now === undefined) continue;
        if (outcome === "written" && now === before[at]) add(now, one, -1);
        else now.exact = false;
      }
    };
  }

  #read(userId: string): Promise<Counts> {
    const under = this.#readings.get(userId);
    if (under !== undefined) return under.counts;
    const reading: Reading = {
      counts: this.#listed(userId),
      written: [],
      exact: true,
      keep: this.#exclusive,
    };
    if (!this.#exclusive) return reading.counts.then((counts) => this.#withPending(userId, counts));
    this.#readings.set(userId, reading);
    return reading.counts = reading.counts.then((counts) => {
      for (const one of reading.written) add(counts, one, 1);
      counts.exact = reading.exact && reading.written.length === 0;
      this.#withPending(userId, counts);
      if (this.#counts.size >= countsKept) this.#counts.clear();
      if (reading.keep) this.#counts.set(userId, counts);
      return counts;
    }).finally(() => this.#readings.delete(userId));
  }

  /** Adds what is being written, which a list of the store may lack. */
  #withPending(userId: string, counts: Counts): Counts {
    for (const pending of this.#pending.get(userId) ?? []) {
      add(counts, pending.one, 1);
      pending.counted = counts;
      counts.exact = false;
    }
    return counts;
  }

  async #listed(userId: string): Promise<Counts> {
    const ones = new Map<string, OpenOne>();
    // A command that leaves the log between two reads is outside of it in the last one, and one that enters it in the first.
    await this.#listApart(userId, ones);
    for await (const { value } of this.#kv.list<LogValue>({ prefix: keys.inbox(userId) }, { batchSize })) {
      const one = countedIn(userId, value);
      if (one !== null) ones.set(one.commandId, one);
    }
    await this.#listApart(userId, ones);
    const counts: Counts = { bySender: new Map(), byKind: new Map(), exact: true };
    for (const one of ones.values()) add(counts, one, 1);
    return counts;
  }

  async #listApart(userId: string, ones: Map<string, OpenOne>): Promise<void> {
    for await (const { key } of this.#kv.list({ prefix: keys.openFromOf(userId) }, { batchSize })) {
      const [, , senderId, kind, commandId] = key as [string, string, string, SenderKind, string];
      ones.set(commandId, { userId, senderId, kind, commandId });
    }
  }
}

function add(counts: Counts | undefined, { senderId, kind }: OpenOne, by: number): void {
  if (counts === undefined) return;
  put(counts.bySender, senderId, by);
  put(counts.byKind, kind, by);
}

function put<N>(counts: Map<N, number>, name: N, by: number): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count > 0) counts.set(name, count);
  else counts.delete(name);
}
