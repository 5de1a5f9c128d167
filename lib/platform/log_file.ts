/** Size of one file; the log's whole size decides how many there are. */
export const logFileBytes = 10 * 1024 ** 2;
/** The whole size unless it is told. */
const defaultBytes = 6 * logFileBytes;
/** Pause between two tries to open a file that could not be written. */
const retryMs = 1_000;
/** Only the server's own user can read the log, whatever the mode of its directory (OP-9). */
const fileMode = 0o600;

const encoder = new TextEncoder();

export interface LogFileOptions {
  path: string;
  /** What all files take together, at most. */
  maxBytes?: number;
  /** Called when the file cannot be written, once until it can be again. */
  broken(reason: string): void;
  /** The line to write once the file works again, after this many lines were lost. */
  lost(lines: number): string;
}

/**
 * The log's file, with older ones beside it as `.1`, `.2` and so on (OP-3). A full or broken disk loses lines and nothing else
 * (OP-9): `write` never throws, counts what was lost, and opens the file again.
 */
export class LogFile implements Disposable {
  readonly #options: LogFileOptions;
  /** How many files are kept beside the one that is written; `.1` is the newest of them. */
  readonly #olderFiles: number;
  #file: Deno.FsFile | null;
  #sizeBytes = 0;
  #lostLines = 0;
  #lostInAll = 0;
  #brokenBy: string | null = null;
  /** On the monotonic clock. */
  #retryAt = 0;

  /** Throws when the file cannot be opened. */
  constructor(options: LogFileOptions) {
    this.#options = options;
    this.#olderFiles = Math.max(1, Math.floor((options.maxBytes ?? defaultBytes) / logFileBytes) - 1);
    this.#file = this.#open();
  }

  /** Why the last write failed; null after one that did not. */
  get brokenBy(): string | null {
    return this.#brokenBy;
  }

  /** Lines that were lost since it was opened. */
  get lostInAll(): number {
    return this.#lostInAll;
  }

  /** Appends `lines` lines of text, each with its line break. */
  write(text: string, lines: number): void {
    try {
      const file = this.#usable();
      if (file === null) {
        this.#lose(lines);
        return;
      }
      const told = this.#lostLines === 0 ? "" : this.#options.lost(this.#lostLines);
      this.#append(encoder.encode(told + text));
      this.#lostLines = 0;
      this.#brokenBy = null;
    } catch (error) {
      this.#brokenBy = error instanceof Error ? error.message : String(error);
      if (this.#lostLines === 0) this.#options.broken(this.#brokenBy);
      this.#lose(lines);
      this.#retryAt = performance.now() + retryMs;
      this.#close();
    }
  }

  #lose(lines: number): void {
    this.#lostLines += lines;
    this.#lostInAll += lines;
  }

  #usable(): Deno.FsFile | null {
    if (this.#file === null && performance.now() >= this.#retryAt) this.#file = this.#open();
    return this.#file;
  }

  #append(bytes: Uint8Array): void {
    if (this.#sizeBytes > 0 && this.#sizeBytes + bytes.length > logFileBytes) this.#rotate();
    const file = this.#file!;
    try {
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
      this.#sizeBytes += bytes.length;
    } catch (error) {
      // No half a line stays.
      file.truncateSync(this.#sizeBytes);
      throw error;
    }
  }

  #rotate(): void {
    this.#close();
    const { path } = this.#options;
    for (let number = this.#olderFiles - 1; number > 0; number--) {
      renameIfThere(`${path}.${number}`, `${path}.${number + 1}`);
    }
    renameIfThere(path, `${path}.1`);
    // After a smaller size was configured.
    this.#removeFrom(this.#olderFiles + 1);
    this.#file = this.#open();
  }

  #removeFrom(number: number): void {
    try {
      for (let at = number;; at++) Deno.removeSync(`${this.#options.path}.${at}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  #open(): Deno.FsFile {
    const file = Deno.openSync(this.#options.path, { create: true, append: true, mode: fileMode });
    try {
      const { size, mode } = file.statSync();
      if (mode !== null && (mode & 0o077) !== 0) Deno.chmodSync(this.#options.path, fileMode);
      this.#sizeBytes = size;
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  #close(): void {
    try {
      this.#file?.close();
    } catch {
      // A file that cannot be closed is not used again either.
    }
    this.#file = null;
  }

  [Symbol.dispose](): void {
    this.#close();
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
