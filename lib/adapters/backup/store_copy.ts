import { backup, DatabaseSync } from "node:sqlite";

/**
 * Commits of a restored store get numbers far above all that the lost ones can have had: a device may still acknowledge a
 * place that it was given after the backup, and no new command may lie before that place. A server that commits 10,000
 * times a second needs two weeks for so many.
 */
const skippedCommits = 2 ** 34;

/** All pages in one step: between two steps a writer would make SQLite begin again. */
const allPages = 2 ** 31 - 1;

/**
 * Copies a store that may be in use to a new file: everything committed before the call, nothing half. Readers and writers go
 * on meanwhile. Throws SQLite's error when there is no such store or no room. (`VACUUM INTO` would need all of Deno's
 * permissions.)
 */
export async function copyStore(from: string, to: string): Promise<void> {
  using store = new DatabaseSync(from, { readOnly: true, timeout: 30_000 });
  await backup(store, to, { rate: allPages });
}

/** Makes the places of all later commits higher than any place that was given out before. The store must be closed. */
export function skipPlaces(path: string): void {
  using store = new DatabaseSync(path, { timeout: 30_000 });
  const { changes } = store.prepare("UPDATE data_version SET version = version + ?").run(skippedCommits);
  if (changes !== 1) throw new Error(`${path} is no store of this version of Deno.`);
}
