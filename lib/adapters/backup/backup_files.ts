import type { BackupFile, BackupFiles } from "../../moderation/mod.ts";
import { ignoreMissing } from "../blobs/entries.ts";
import type { DataPlaces } from "./back_up.ts";
import { type BackupAnswer, backUpInThread, type BackupQuestion } from "./thread.ts";

/** What a killed backup leaves beside those; earlier versions left the copy of the store, too. */
const leavings = /^behest-[0-9TZ-]+\.backup\.(part|store(-wal|-shm|\.lock|\.reserve)?)$/;

/** `behest-2026-12-01T10-20-00Z.backup`: other files in the directory are not ours. */
const names = /^behest-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})Z\.backup$/;

export interface BackupFilesOptions extends DataPlaces {
  dir: string;
  /** The age key that backups are encrypted for; null: they are not. */
  to: string | null;
  backUp?: (question: BackupQuestion, dir: string) => Promise<BackupAnswer>;
}

/** Backups of this server in one directory, each named by its time (OP-6). */
export class BackupDirectory implements BackupFiles {
  readonly #options: BackupFilesOptions;

  constructor(options: BackupFilesOptions) {
    this.#options = options;
  }

  async list(): Promise<BackupFile[]> {
    const { dir } = this.#options;
    const found: BackupFile[] = [];
    for await (const { name, isFile } of Deno.readDir(dir)) {
      const atMs = timeIn(name);
      if (!isFile || atMs === null) continue;
      found.push({ name, atMs, sizeBytes: (await Deno.stat(`${dir}/${name}`)).size });
    }
    return found.sort((one, other) => other.atMs - one.atMs);
  }

  async make(nowMs: number): Promise<BackupAnswer> {
    const { dir, dataDir, kv, to, backUp = backUpInThread } = this.#options;
    try {
      // Whoever reads a backup has everything.
      await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
    } catch (error) {
      return { failed: `${dir}: ${error instanceof Error ? error.message : error}` };
    }
    const left: string[] = [];
    for await (const { name } of Deno.readDir(dir)) if (leavings.test(name)) left.push(`${dir}/${name}`);
    return await backUp({ dataDir, kv, to, nowMs, left, file: `${dir}/${nameOf(nowMs)}` }, dir);
  }

  async remove(name: string): Promise<void> {
    if (timeIn(name) === null) throw new Error(`${name} is no backup.`);
    await Deno.remove(`${this.#options.dir}/${name}`).catch(ignoreMissing);
  }
}

function nameOf(atMs: number): string {
  return `behest-${new Date(atMs).toISOString().slice(0, 19).replaceAll(":", "-")}Z.backup`;
}

function timeIn(name: string): number | null {
  const [, day, hour, minute, second] = names.exec(name) ?? [];
  const ms = day === undefined ? NaN : Date.parse(`${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? null : ms;
}
