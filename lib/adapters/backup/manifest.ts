import { z } from "zod";

/** The number of the archive's layout. A backup with a higher number was made by a newer Behest. */
export const format = 1;

/** Name of the list of everything in an archive; its first entry. */
export const manifestName = "manifest.json";
/** Name of the store in an archive. */
export const storeName = "kv.sqlite3";
/** Keys of the server that a backup can hold. The evidence key is never among them: evidence and its key stay apart. */
export const keyNames = ["secret.key", "push.key"] as const;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The only paths that an archive may hold; all others are refused, so that no archive writes elsewhere. */
const paths = [
  /^kv\.sqlite3$/,
  /^(?:secret|push)\.key$/,
  /^storage\/files\/([0-9a-f]{2})\/\1[0-9a-f]{62}$/,
  /^storage\/quarantine\/[0-9a-f]{64}$/,
  /^evidence\/[0-9A-Z]{26}$/,
];

const entry = z.strictObject({
  path: z.string().refine((path) => paths.some((known) => known.test(path)), "is no path of a backup"),
  sizeBytes: z.int().nonnegative(),
  sha256,
});

const manifest = z.strictObject({
  format: z.literal(format),
  /** When the store was copied, in ms. Everything answered before is in the backup. */
  madeMs: z.int().nonnegative(),
  files: z.array(entry),
  /** Hashes that the store names and whose bytes were missing already. */
  missing: z.array(sha256),
});

/** A file in an archive. */
export type BackupEntry = z.infer<typeof entry>;
/** What an archive says of itself. */
export type Manifest = z.infer<typeof manifest>;

/** A backup that cannot be made, read or restored; the message says what to do. */
export class BackupProblem extends Error {
  override name = "BackupProblem";
}

/** Reads a manifest. Throws a `BackupProblem` for anything that is not understood whole. */
export function parseManifest(text: string): Manifest {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw new BackupProblem(`${manifestName} of this archive is not readable. Take another backup.`);
  }
  const { format: number } = (found ?? {}) as { format?: unknown };
  if (typeof number === "number" && number > format) {
    throw new BackupProblem(
      `A newer Behest made this backup (format ${number}, this one knows ${format}). Restore it with that version.`,
    );
  }
  const read = manifest.safeParse(found);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new BackupProblem(`This is no backup of Behest: ${issue!.path.join(".")} ${issue!.message}.`);
  }
  const { files } = read.data;
  if (new Set(files.map(({ path }) => path)).size !== files.length) {
    throw new BackupProblem("This backup names a file twice. Take another backup.");
  }
  if (!files.some(({ path }) => path === storeName)) {
    throw new BackupProblem(`This backup has no ${storeName}. Take another backup.`);
  }
  return read.data;
}

/** The hash that a path promises, for bytes that are named by their hash; null for other files. */
export function hashInPath(path: string): string | null {
  return /^storage\/.*?([0-9a-f]{64})$/.exec(path)?.[1] ?? null;
}
