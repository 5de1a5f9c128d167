import { BackupDirectory } from "../adapters/backup/mod.ts";
import { type KvAudit, kvStats, type Store, storeLayout } from "../adapters/kv/mod.ts";
import { type Config, configLines, isFileStore, kvName } from "../config/mod.ts";
import { Backups, System } from "../moderation/mod.ts";
import type { Clock, Log } from "../platform/mod.ts";
import type { Licence } from "../protocol/mod.ts";

export interface SystemParts {
  config: Config;
  store: Store;
  audit: KvAudit;
  clock: Clock;
  log: Log;
}

/** Wires the server's own backups and what it tells of itself. */
export function openSystem({ config, store, audit, clock, log }: SystemParts) {
  const { kv, dataDir, backup: { dir, everyMs, keep, to } } = config;
  const backups = new Backups({
    files: dir === null || !isFileStore(kv) ? null : new BackupDirectory({ dir, dataDir, kv, to }),
    dir,
    everyMs: dir === null ? null : everyMs,
    keep,
    encrypted: to !== null,
    async audit(entry) {
      await audit.commit({}, entry);
    },
    clock,
    log,
  });
  const system = new System({
    startedMs: clock.now(),
    configuration: configLines(config),
    versions: { ...Deno.version },
    store: { layout: storeLayout, name: kvName(kv) },
    jobs: kvStats(store, clock).jobs,
    licences: shippedLicences,
    backups,
  });
  return { backups, system };
}

/** What the build wrote of the packages that it took in; null without a build. */
async function shippedLicences(): Promise<Licence[] | null> {
  try {
    return JSON.parse(await Deno.readTextFile(new URL("../../_fresh/licences.json", import.meta.url)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
