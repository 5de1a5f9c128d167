import type { PostgresClient } from "./client.ts";

/** A process that has not renewed its claim for so long may be replaced. */
const leaseMs = 60_000;
const renewMs = 5_000;
/** Without a renewal for so long, a process takes the store for lost: well before another one may have it. */
export const givenUpMs = 40_000;

/**
 * The one process that a store belongs to. It can only be replaced after its lease, or once it has let go; from then on no commit
 * of it is taken. The times are the database's, and how long ago a renewal was asked for is this process's own: no clock has to
 * be right.
 */
export class Ownership {
  readonly #client: PostgresClient;
  readonly #schema: string;
  readonly #id: string;
  readonly #home: string;
  #renewedAt = performance.now();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `id`: of this process alone. `home`: of a place that only one process can have at a time. */
  constructor(client: PostgresClient, schema: string, id: string, home: string) {
    this.#client = client;
    this.#schema = schema;
    this.#id = id;
    this.#home = home;
  }

  /** Null once the store is this process's; otherwise the time in ms for which it is another's. */
  async claim(): Promise<number | null> {
    const askedAt = performance.now();
    const [claimed] = await this.#client.call(
      `select ${this.#schema}.kv_claim($1::uuid, $2, $3::uuid) as mine`,
      [this.#id, leaseMs, this.#home],
    );
    if (claimed!["mine"] === true) {
      this.#renewedAt = askedAt;
      return null;
    }
    const [other] = await this.#client.call(
      `select greatest(1, extract(epoch from greatest(
          owner_until, (select max(until) from ${this.#schema}.instance)
        ) - clock_timestamp()) * 1000)::int as ms
        from ${this.#schema}.partition where part = 0`,
    );
    return Number(other!["ms"] ?? 1);
  }

  /** Renews the claim from now on, and calls once when that fails for too long or another process has the store. */
  keep(onLost: (error: Error) => void): void {
    this.#timer = setInterval(() => void this.#renew(onLost), renewMs);
  }

  /** How long ago the claim was renewed, in ms. */
  get age(): number {
    return performance.now() - this.#renewedAt;
  }

  async #renew(onLost: (error: Error) => void): Promise<void> {
    const askedAt = performance.now();
    try {
      const [mine] = await this.#client.call(
        `update ${this.#schema}.partition set owner_until = clock_timestamp() + $2 * interval '1 ms'
          where part = 0 and owner = $1::uuid returning 1 as mine`,
        [this.#id, leaseMs],
      );
      if (mine === undefined) onLost(new Error("another process has taken over this store"));
      else this.#renewedAt = Math.max(this.#renewedAt, askedAt);
    } catch {
      // What counts is how long it lasts.
    }
    if (this.age > givenUpMs) onLost(new Error("the database has not answered for too long"));
  }

  /** Lets go, so that the next process need not wait. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#client.call(
      `update ${this.#schema}.partition set owner = null, owner_until = null where part = 0 and owner = $1::uuid`,
      [this.#id],
    ).catch(() => undefined);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
