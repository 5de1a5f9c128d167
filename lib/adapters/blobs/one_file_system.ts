import type { Places } from "./places.ts";

/** The storage directory cannot be used. `message` is one line for the operator. */
export class StorageProblem extends Error {}

/**
 * FI-9: throws a `StorageProblem` where finished uploads could not be renamed to their place, as between two file systems.
 * Tried, not asked: two mounts of one file system have the same device and no rename between them.
 */
export async function checkRename({ uploads, files }: Places): Promise<void> {
  const name = `.rename-${crypto.randomUUID()}`;
  const [from, to] = [`${uploads}/${name}`, `${files}/${name}`];
  await Deno.writeFile(from, new Uint8Array(), { createNew: true, mode: 0o600 });
  try {
    await Deno.rename(from, to);
    await Deno.remove(to);
  } catch (error) {
    await Deno.remove(from).catch(() => undefined);
    const why = error instanceof Error ? error.message : String(error);
    throw new StorageProblem(
      `BEHEST_DATA_DIR: files cannot be moved from ${uploads} to ${files} (${why}); ` +
        "put both on one file system, for example by mounting it at the storage directory itself",
    );
  }
}
