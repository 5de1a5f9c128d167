import { DatabaseSync } from "node:sqlite";
import type { PostgresFacts } from "../postgres/mod.ts";

/** Numbers and ends of the records of an engine. */
export type Facts = Pick<PostgresFacts, "ends" | "restore" | "goOnAfter" | "close">;

/**
 * The same of a file of Deno KV, which is SQLite: `kv(k, v, version, expiration_ms)` with -1 for no end, and the number of the last
 * commit in `data_version`. Deno KV may have the file open.
 */
export class FileFacts implements Facts {
  readonly #file: DatabaseSync;

  constructor(path: string) {
    this.#file = new DatabaseSync(path, { timeout: 10_000 });
  }

  ends(keys: readonly string[]): Promise<Map<string, number>> {
    const end = this.#file.prepare("select expiration_ms as ms from kv where k = ? and expiration_ms >= 0");
    const found = new Map<string, number>();
    for (const key of keys) {
      const row = end.get(Uint8Array.fromHex(key));
      if (row !== undefined) found.set(key, Number(row["ms"]));
    }
    return Promise.resolve(found);
  }

  restore(facts: Parameters<Facts["restore"]>[0]): Promise<void> {
    const put = this.#file.prepare("update kv set version = ?, expiration_ms = ? where k = ?");
    this.#file.exec("begin immediate");
    for (const { key, version, expiresMs } of facts) {
      put.run(BigInt(version), expiresMs ?? -1, Uint8Array.fromHex(key));
    }
    this.#file.exec("commit");
    return Promise.resolve();
  }

  goOnAfter(version: string): Promise<void> {
    this.#file.prepare("update data_version set version = max(version, ?)").run(BigInt(version));
    return Promise.resolve();
  }

  close(): void {
    this.#file.close();
  }
}
