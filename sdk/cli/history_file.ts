import { appendFile, readFile, rename, writeFile } from "node:fs/promises";
import type { Command, CommandState, SealedCommand } from "../typescript/mod.ts";

/** What the client keeps of a command, for two weeks. `at`: when it last heard of it, in ms since 1970. */
export interface HistoryEntry {
  command: Command | SealedCommand;
  state: CommandState;
  at: number;
}

const keptMs = 14 * 24 * 3600_000;

/** The last two weeks of commands, on this machine: one line of JSON each, the last one of a command counts. */
export class HistoryFile {
  readonly #path: string;
  readonly #entries: Map<string, HistoryEntry>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, entries: Map<string, HistoryEntry>) {
    this.#path = path;
    this.#entries = entries;
  }

  /** Reads it, and drops what is older. */
  static async open(path: string): Promise<HistoryFile> {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    const entries = new Map<string, HistoryEntry>();
    for (const line of text.split("\n")) {
      const entry = entryIn(line);
      if (entry !== null && entry.at > Date.now() - keptMs) entries.set(entry.command.id, entry);
    }
    const file = new HistoryFile(path, entries);
    await file.#replace();
    return file;
  }

  /** Newest first. */
  get entries(): HistoryEntry[] {
    return [...this.#entries.values()].sort((one, other) => one.command.id < other.command.id ? 1 : -1);
  }

  /** Resolves once it is written. */
  add(command: Command | SealedCommand, state: CommandState): Promise<void> {
    const entry = { command, state, at: Date.now() };
    this.#entries.set(command.id, entry);
    return this.#write(() => appendFile(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 }));
  }

  /** A state that the command has now, if it is kept here. */
  async change(id: string, state: CommandState): Promise<void> {
    const known = this.#entries.get(id);
    if (known !== undefined) await this.add(known.command, state);
  }

  async #replace(): Promise<void> {
    const lines = [...this.#entries.values()].map((entry) => `${JSON.stringify(entry)}\n`);
    await writeFile(`${this.#path}.new`, lines.join(""), { mode: 0o600 });
    await rename(`${this.#path}.new`, this.#path);
  }

  #write(work: () => Promise<void>): Promise<void> {
    const written = this.#writing.then(work);
    this.#writing = written.catch(() => undefined);
    return written;
  }
}

function entryIn(line: string): HistoryEntry | null {
  try {
    const entry = JSON.parse(line) as HistoryEntry;
    return typeof entry.at === "number" && typeof entry.command.id === "string" ? entry : null;
  } catch {
    // A line that a crash left half written.
    return null;
  }
}
