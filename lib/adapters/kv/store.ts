import { Committer } from "./committer.ts";
import { migrate } from "./migrate.ts";

/** The open store, its only writer of groups, and whether this process is the only one that can have it open. */
export interface Store extends AsyncDisposable {
  readonly kv: Deno.Kv;
  readonly committer: Committer;
  /** A file or `:memory:` belongs to one process; what it caches cannot be changed behind its back. */
  readonly exclusive: boolean;
}

/**
 * Opens Deno KV once for the process: a path, `:memory:`, or a KV Connect URL.
 * Throws when the file is open elsewhere or was written by a newer Behest.
 */
export async function openStore(location: string): Promise<Store> {
  const kv = await Deno.openKv(location);
  try {
    await migrate(kv);
  } catch (error) {
    kv.close();
    throw error;
  }
  const committer = new Committer(kv);
  return {
    kv,
    committer,
    exclusive: !/^https?:/.test(location),
    async [Symbol.asyncDispose]() {
      await committer.idle();
      kv.close();
    },
  };
}
