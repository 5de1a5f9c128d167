import type { PostgresClient } from "./client.ts";

/** What a copy has to keep of a record besides its key and value: its number is the place of its entry in a log. */
export interface Fact {
  /** Encoded, in hexadecimal. */
  key: string;
  version: string;
  /** In milliseconds since 1970; null for a record without an end. */
  expiresMs: number | null;
}

/** Numbers and ends of records, which the port does not show. For one process that has the store to itself. */
export class PostgresFacts {
  readonly #client: PostgresClient;
  readonly #schema: string;

  constructor(client: PostgresClient, schema: string) {
    this.#client = client;
    this.#schema = schema;
  }

  /** By key; only records that have an end. */
  async ends(keys: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.#client.call(
      `select encode(kv.key, 'hex') as hex, round(extract(epoch from expires) * 1000)::text as ms
        from unnest($1::text[]) as w(hex) join ${this.#schema}.kv on kv.part = 0 and kv.key = decode(w.hex, 'hex')
        where expires is not null`,
      [`{${keys.join(",")}}`],
    );
    return new Map(rows.map((row) => [row["hex"] as string, Number(row["ms"])]));
  }

  /** Gives records the numbers and ends that they had elsewhere. */
  async restore(facts: readonly Fact[]): Promise<void> {
    await this.#client.call(
      `update ${this.#schema}.kv set version = f.version, expires = to_timestamp(f.ms::numeric / 1000)
        from unnest($1::text[], $2::bigint[], $3::bigint[]) as f(hex, version, ms)
        where kv.part = 0 and kv.key = decode(f.hex, 'hex')`,
      [
        `{${facts.map(({ key }) => key).join(",")}}`,
        `{${facts.map(({ version }) => version).join(",")}}`,
        `{${facts.map(({ expiresMs }) => expiresMs ?? "NULL").join(",")}}`,
      ],
    );
  }

  /** Every commit from now on has a larger number. */
  async goOnAfter(version: string): Promise<void> {
    await this.#client.call(
      `update ${this.#schema}.partition set version = greatest(version, $1::bigint) where part = 0`,
      [version],
    );
  }

  close(): void {}
}
