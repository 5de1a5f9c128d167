import { openStore, ownProcess, type Store } from "../adapters/kv/mod.ts";
import { type Config, kvName } from "../config/mod.ts";
import type { Log } from "../platform/mod.ts";

/** Opens the configured store. A database that another process has is waited for. */
export async function openStoreOf(config: Config, log: Log, opening: AsyncDisposableStack): Promise<Store> {
  if (typeof config.kv === "string") return await openStore(config.kv);
  const process = opening.use(await ownProcess(config.dataDir));
  return await openStore(config.kv, {
    home: process.id,
    onWait: (ms) => log.warn("store.waiting", { store: kvName(config.kv), forMs: ms }),
  });
}
