import type { Beat, Board } from "../../cluster/ports.ts";
import type { PostgresClient } from "./client.ts";

/** Entries that are read at a time. */
const entriesAtOnce = 200;

/** The instances' board in PostgreSQL. */
export class PostgresBoard implements Board {
  readonly #client: PostgresClient;
  readonly #schema: string;

  constructor(client: PostgresClient, schema: string) {
    this.#client = client;
    this.#schema = schema;
  }

  async join(id: string, leaseMs: number): Promise<number> {
    const begun = await this.#number("board_join($1::uuid, $2)", [id, leaseMs]);
    if (begun === null) throw new Error("a process that runs alone has this store. Stop that one first");
    return begun;
  }

  async beat(id: string, leaseMs: number, done: number, seen: number): Promise<Beat | null> {
    const statement = `select ${this.#schema}.board_beat($1::uuid, $2, $3, $4, $5)::text as beat`;
    const [row] = await this.#client.call(statement, [id, leaseMs, done, seen, entriesAtOnce]);
    const beat = row!["beat"] as string | null;
    return beat === null ? null : JSON.parse(beat) as Beat;
  }

  post(id: string, turn: number, body: string): Promise<number | null> {
    return this.#number("board_post($1::uuid, $2, $3)", [id, turn, body]);
  }

  async doneEverywhere(): Promise<number> {
    return (await this.#number("board_done()", []))!;
  }

  async leave(id: string): Promise<void> {
    await this.#client.call(`delete from ${this.#schema}.instance where id = $1::uuid`, [id]);
  }

  async #number(call: string, parameters: (string | number)[]): Promise<number | null> {
    const [row] = await this.#client.call(`select ${this.#schema}.${call} as number`, parameters);
    const number = row!["number"] as string | null;
    return number === null ? null : Number(number);
  }
}
