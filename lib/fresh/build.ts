/** `fresh/internal`: serving a build; needs no more than read permission for the project. */
import type { App } from "./app.ts";
import { loadSnapshot, type Modules, type Snapshot, SNAPSHOT_VERSION } from "./snapshot.ts";

/** Where builds go, below the project's root. */
export const OUT_DIR = "_fresh";
export const SNAPSHOT_FILE = "snapshot.json";

/**
 * Loads what `deno task build` left in `_fresh/` and gives it to an app, before `app.handler()`. `modules` are routes and
 * islands that were imported already, by their paths below the root; others are imported now.
 * Throws when there is no build or one of another version.
 */
export async function loadBuild(
  from: string | URL = Deno.cwd(),
  modules: Modules = {},
): Promise<<State>(app: App<State>) => void> {
  const root = typeof from === "string" ? from : decodeURIComponent(from.pathname).replace(/\/$/, "");
  const snapshot = await readSnapshot(root);
  if (snapshot === null) throw new Error("There is no build in _fresh/: run `deno task build` first");
  return await loadSnapshot(root, "routes", snapshot, { modules });
}

/** The snapshot on the disk; null when there is none that this version can read. */
export async function readSnapshot(root: string, outDir = OUT_DIR): Promise<Snapshot | null> {
  let text: string;
  try {
    text = await Deno.readTextFile(`${root}/${outDir}/${SNAPSHOT_FILE}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  try {
    const snapshot = JSON.parse(text) as Partial<Snapshot>;
    return snapshot.version === SNAPSHOT_VERSION ? snapshot as Snapshot : null;
  } catch {
    // Cut off while it was written: as good as none, and the next build replaces it.
    return null;
  }
}
