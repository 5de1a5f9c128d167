/** Tells whether a build is older than what it was made from. */
import { createHash } from "node:crypto";

export interface Stamp {
  modifiedMs: number;
  sizeBytes: number;
  /** SHA-256 of the content, hex. */
  hash: string;
}

/** By path below the project's root, with slashes. */
export type Fingerprint = Record<string, Stamp>;

/** Reads the stamps of all files under `sources`; files whose time and size are as in `known` are not read again. */
export async function takeFingerprint(
  root: string,
  sources: readonly string[],
  known: Fingerprint = {},
): Promise<Fingerprint> {
  const stamps: Fingerprint = {};
  const visit = async (path: string): Promise<void> => {
    const info = await statOrNull(`${root}/${path}`);
    if (info === null) return;
    if (info.isDirectory) {
      const names = [];
      for await (const entry of Deno.readDir(`${root}/${path}`)) names.push(entry.name);
      await Promise.all(names.map((name) => visit(`${path}/${name}`)));
      return;
    }
    const modifiedMs = info.mtime?.getTime() ?? 0;
    const before = known[path];
    const hash = before !== undefined && before.modifiedMs === modifiedMs && before.sizeBytes === info.size
      ? before.hash
      : hashOf(await Deno.readFile(`${root}/${path}`));
    stamps[path] = { modifiedMs, sizeBytes: info.size, hash };
  };
  await Promise.all(sources.map(visit));
  return stamps;
}

export function isSameContent(a: Fingerprint, b: Fingerprint): boolean {
  return digestOf(a) === digestOf(b);
}

/** Names the content of all files, whatever their times. */
export function digestOf(stamps: Fingerprint): string {
  const lines = Object.entries(stamps).map(([path, { hash }]) => `${path}\0${hash}`).sort();
  return hashOf(new TextEncoder().encode(lines.join("\n")));
}

export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function statOrNull(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
