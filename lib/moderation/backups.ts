import {
  type AuditEntry,
  auditEntryOf,
  type Caller,
  type Clock,
  iso,
  type Log,
  type Timer,
} from "../platform/mod.ts";
import { type Answer, type BackupState, Refusal } from "../protocol/mod.ts";
import type { BackupFile, BackupFiles } from "./backup_ports.ts";
import { hiddenFrom } from "./staff.ts";

/** A start has other things to do first. */
const afterStartMs = 60_000;
/** After a failure, and at the longest: a timer does not run while the machine sleeps. */
const lookMs = 10 * 60_000;

export interface BackupNeeds {
  /** Null: no directory is configured. */
  files: BackupFiles | null;
  dir: string | null;
  /** Time between two backups; null: only when somebody asks. */
  everyMs: number | null;
  /** Backups that are kept. */
  keep: number;
  encrypted: boolean;
  audit(entry: AuditEntry): Promise<void>;
  clock: Clock;
  log: Log;
}

/** Backups of the running server, when they are due and when an administrator asks (OP-6). One at a time; old ones go after it. */
export class Backups implements AsyncDisposable {
  readonly #needs: BackupNeeds;
  #running: Promise<void> | null = null;
  #failed: { atMs: number; reason: string } | null = null;
  #timer: Timer | null = null;
  #nextMs: number | null = null;
  #closed = false;

  constructor(needs: BackupNeeds) {
    this.#needs = needs;
  }

  /** Begins to make them when they are due, until it is disposed of. */
  start(): void {
    if (this.#needs.files !== null && this.#needs.everyMs !== null) this.#lookIn(afterStartMs);
  }

  async state(caller: Caller): Answer<BackupState> {
    return hiddenFrom(caller, "admin") ?? await this.#state();
  }

  /** Begins one, and answers at once: a large server takes a while. */
  async make(caller: Caller): Answer<BackupState> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    if (this.#needs.files === null) return new Refusal("unavailable", "backup.off");
    if (this.#running !== null) return new Refusal("conflict", "backup.running");
    this.#begin(this.#needs.files);
    await this.#needs.audit(auditEntryOf(caller, "backup.make", null));
    return await this.#state();
  }

  /** The last failure since the last success, and the newest backup's age, for checks and numbers. */
  async health(): Promise<{ failed: string | null; newestMs: number | null }> {
    const [newest] = await this.#list();
    return { failed: this.#failed?.reason ?? null, newestMs: newest?.atMs ?? null };
  }

  /** Resolves when the one that is under way has ended. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#running;
  }

  #lookIn(ms: number): void {
    if (this.#closed) return;
    this.#timer?.cancel();
    this.#timer = this.#needs.clock.after(ms, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { files, everyMs, clock } = this.#needs;
    if (files === null || everyMs === null) return;
    const [newest] = await this.#list();
    const now = clock.now();
    // A clock that was set back must not put the next one off for long.
    const dueMs = newest === undefined || newest.atMs > now + everyMs ? now : newest.atMs + everyMs;
    if (dueMs <= now && this.#running === null) await this.#begin(files);
    const left = this.#failed === null ? (dueMs <= now ? everyMs : dueMs - now) : lookMs;
    this.#nextMs = clock.now() + left;
    this.#lookIn(Math.min(lookMs, left));
  }

  #begin(files: BackupFiles): Promise<void> {
    const running = this.#make(files).finally(() => this.#running = null);
    this.#running = running;
    return running;
  }

  /** Never rejects. */
  async #make(files: BackupFiles): Promise<void> {
    const { clock, log } = this.#needs;
    const begunMs = clock.now();
    try {
      const made = await files.make(begunMs);
      if ("failed" in made) return this.#fail(made.failed);
      this.#failed = made.missing === 0 ? null : {
        atMs: begunMs,
        reason: `${made.missing} files had lost their bytes before; deno task check-storage says which`,
      };
      log.info("backup.made", { missing: made.missing, ms: clock.now() - begunMs });
      await this.#rotate(files, begunMs);
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #fail(reason: string): void {
    this.#failed = { atMs: this.#needs.clock.now(), reason };
    this.#needs.log.error("backup.failed", { reason });
  }

  /** What a clock that was ahead has named goes first: it would look newer than the backup that was just made. */
  async #rotate(files: BackupFiles, nowMs: number): Promise<void> {
    const { ahead = [], past = [] } = Object.groupBy(
      await files.list(),
      ({ atMs }) => atMs > nowMs ? "ahead" : "past",
    );
    for (const { name } of [...past, ...ahead].slice(this.#needs.keep)) await files.remove(name);
  }

  async #list(): Promise<BackupFile[]> {
    try {
      return await this.#needs.files?.list() ?? [];
    } catch {
      // The next backup says why.
      return [];
    }
  }

  async #state(): Promise<BackupState> {
    const { dir, everyMs, keep, encrypted } = this.#needs;
    const backups = await this.#list();
    return {
      dir,
      everyMs,
      keep,
      encrypted,
      running: this.#running !== null,
      nextAt: this.#nextMs === null ? null : iso(this.#nextMs),
      failed: this.#failed === null ? null : { at: iso(this.#failed.atMs), reason: this.#failed.reason },
      backups: backups.map(({ name, atMs, sizeBytes }) => ({ name, at: iso(atMs), sizeBytes })),
    };
  }
}
