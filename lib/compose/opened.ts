import type { Passwords } from "../accounts/mod.ts";
import type { Store } from "../adapters/kv/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Backups, OperatorWatch, Rollups } from "../moderation/mod.ts";
import type { Caller, Clock, Log, LogMinute, Random } from "../platform/mod.ts";
import type { Tracing } from "../platform/tracing.ts";
import type { Refusal } from "../protocol/mod.ts";
import type { PushSender } from "../push/mod.ts";
import type { Services } from "../web/mod.ts";
import type { FilesParts } from "./files.ts";

/** Options of a start. Tests replace the clock, the randomness, the store and the password hash. */
export interface OpenOptions {
  config: Config;
  log: Log;
  clock?: Clock;
  random?: Random;
  passwords?: Passwords;
  /** Replaces the configured store, and stays open when the services close: for a restart on the same `:memory:` data. */
  store?: Store;
  /** 32 bytes. Default: `secret.key` in the data directory. */
  secret?: Uint8Array<ArrayBuffer>;
  /** Replaces the configured scanners. */
  scanners?: FilesParts["scanners"];
  /** Replaces the look for a fresh proof (AU-13), for callers without a session. */
  missingProof?: (caller: Caller) => Promise<Refusal | null>;
  /** Replaces the browsers' push services. */
  pushes?: PushSender;
  /** Replaces the data directory. */
  blobs?: FilesParts["blobs"];
  /** Traces of calls; none by default. */
  tracing?: Tracing | null;
  /** How the log does: why its file cannot be written, or null, lines that were lost since the start, and lines by minute. */
  logState?: { broken(): string | null; lost(): number; lastHour(): LogMinute[] };
}

/** The running services. */
export interface OpenServices extends AsyncDisposable {
  readonly services: Services;
  /** Path of the one-time setup link (AU-2), or null. */
  readonly setupLink: string | null;
  /** Runs the jobs that are due now, without the timer; for tests and benches. */
  runDueJobs(): Promise<void>;
  /** The overview's numbers over time: begin with `start`; tests write each look themselves. */
  readonly rollups: Pick<Rollups, "start" | "look">;
  /** The server's own backups: begin with `start`. */
  readonly backups: Pick<Backups, "idle" | "start">;
  /** Tells administrators what needs them: begin with `start`; tests look themselves. */
  readonly operatorWatch: Pick<OperatorWatch, "start" | "look">;
  /** Resolves with the reason when the store is another process's now: this one must end. */
  readonly lost: Promise<Error>;
  /** Resolves when nobody is being told of anything; for tests and benches. */
  allTold(): Promise<void>;
}
