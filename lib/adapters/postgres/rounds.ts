import type { KvCommitted } from "../kv/port.ts";
import type { Changes } from "./changes.ts";
import { type Parameter, type PostgresClient, PostgresFailure } from "./client.ts";
import { stampOf } from "./values.ts";

/** Commits, changes and bytes of a round; one larger commit is a round of its own. */
const roundCommits = 500;
const roundChanges = 2000;
const roundBytes = 2 * 1024 * 1024;

interface Waiting {
  changes: Changes;
  resolve(committed: KvCommitted): void;
  reject(error: unknown): void;
}

/** Who commits: `alone` is the store's owner, others share it. */
export interface Writer {
  id: string;
  alone: boolean;
}

/**
 * Commits in the order of the calls. While one round is with the database, the next one gathers; a round is one call and one
 * fsync, and each of its commits has its own checks and its own number. Rounds are numbered: one that is sent again, because a
 * broken connection took the answer, is answered as before and not made twice.
 */
export class Rounds {
  readonly #client: PostgresClient;
  readonly #statement: string;
  readonly #writer: Writer;
  /** Called when it is not known any more what the store holds, or that it is this process's. */
  readonly #onLost: (error: Error) => void;
  #waiting: Waiting[] = [];
  #round = 0;
  #working = false;

  constructor(client: PostgresClient, schema: string, writer: Writer, onLost: (error: Error) => void) {
    this.#client = client;
    this.#writer = writer;
    this.#onLost = onLost;
    const places = Array.from({ length: 19 }, (_, at) => `$${at + 1}`).join(", ");
    this.#statement = `select ${schema}.kv_commit(${places}) as answers`;
  }

  commit(changes: Changes): Promise<KvCommitted> {
    const { promise, resolve, reject } = Promise.withResolvers<KvCommitted>();
    this.#waiting.push({ changes, resolve, reject });
    if (!this.#working) {
      this.#working = true;
      queueMicrotask(() => void this.#work());
    }
    return promise;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) await this.#make(this.#next());
    this.#working = false;
  }

  /** The first that wait, up to one that touches a key of another. */
  #next(): Waiting[] {
    const round: Waiting[] = [];
    const touched = new Map<string, "checked" | "written" | "summed">();
    let [changes, bytes] = [0, 0];
    for (const one of this.#waiting) {
      changes += one.changes.size;
      bytes += one.changes.bytes;
      const full = round.length === roundCommits || changes > roundChanges || bytes > roundBytes;
      if (round.length > 0 && (full || meets(one.changes, touched))) break;
      for (const [key, how] of one.changes.touched()) touched.set(key, how);
      round.push(one);
    }
    this.#waiting = this.#waiting.slice(round.length);
    return round;
  }

  async #make(round: readonly Waiting[]): Promise<void> {
    let answers: string[];
    try {
      answers = await this.#call(round);
    } catch (error) {
      if (isLost(error)) this.#onLost(error);
      // The database refuses the values of one: by itself, only that one is refused.
      else if (round.length > 1) {
        for (const one of round) await this.#make([one]);
        return;
      }
      for (const { reject } of round) reject(error);
      return;
    }
    for (const [at, { resolve, reject }] of round.entries()) {
      const answer = answers[at];
      if (answer === "0") resolve({ ok: false });
      else if (answer === "-1") {
        reject(new TypeError("A key that is summed holds something else than a count."));
      } else resolve({ ok: true, versionstamp: stampOf(answer!) });
    }
  }

  async #call(round: readonly Waiting[]): Promise<string[]> {
    const rows = new Columns();
    for (const [at, { changes }] of round.entries()) rows.add(at + 1, changes);
    const { id, alone } = this.#writer;
    const parameters = [0, id, alone, ++this.#round, round.length, ...rows.parameters()];
    const [row] = await this.#client.call(this.#statement, parameters);
    return (row!["answers"] as string).slice(1, -1).split(",");
  }
}

function meets(changes: Changes, touched: ReadonlyMap<string, string>): boolean {
  for (const [key, how] of changes.touched()) {
    const other = touched.get(key);
    if (other !== undefined && (how !== other || how === "written")) return true;
  }
  return false;
}

/** It may have been made; or another process has taken over, or a later round of this one was made. */
function isLost(error: unknown): error is PostgresFailure {
  return error instanceof PostgresFailure && (error.unsure || /^BH00[12]$/.test(error.code ?? ""));
}

/** The commits of a round as columns: for each parameter of `kv_commit`, an array in PostgreSQL's own writing. */
class Columns {
  readonly #checks: [at: string[], key: string[], version: string[]] = [[], [], []];
  readonly #puts: [
    at: string[],
    key: string[],
    stamped: string[],
    json: string[],
    bytes: string[],
    ms: string[],
  ] = [
    [],
    [],
    [],
    [],
    [],
    [],
  ];
  readonly #deletes: [at: string[], key: string[]] = [[], []];
  readonly #sums: [at: string[], key: string[], by: string[]] = [[], [], []];

  add(number: number, changes: Changes): void {
    const at = String(number);
    for (const { key, version } of changes.checks) push(this.#checks, [at, binary(key), version]);
    for (const { key, stamped, json, bytes, expireInMs } of changes.puts) {
      push(this.#puts, [
        at,
        binary(key),
        String(stamped),
        // JSON has no control characters, so JSON's own escapes are those of an array.
        json === null ? "NULL" : JSON.stringify(json),
        bytes === null ? "NULL" : binary(bytes),
        expireInMs === null ? "NULL" : String(Math.ceil(expireInMs)),
      ]);
    }
    for (const key of changes.deletes) push(this.#deletes, [at, binary(key)]);
    for (const [key, by] of changes.sums) push(this.#sums, [at, binary(key), String(by)]);
  }

  parameters(): Parameter[] {
    return [...this.#checks, ...this.#puts, ...this.#deletes, ...this.#sums].map((column) =>
      `{${column.join(",")}}`
    );
  }
}

function push(columns: readonly string[][], row: readonly string[]): void {
  for (const [at, value] of row.entries()) columns[at]!.push(value);
}

function binary(hex: string): string {
  return `"\\\\x${hex}"`;
}
