import { type FileHandle, open, readFile, rename } from "node:fs/promises";
import type { OutboxStore, SeenStore, StoredRequest } from "../../lib/client/mod.ts";
import type { CommandState } from "./api.d.ts";

/** Commands that are remembered: ten times what an inbox may hold. */
const remembered = 100_000;

/**
 * A `SeenStore` in a file of the person and device: what was shown is not shown again after a restart. Each state is on the disk
 * before `set` resolves.
 */
export class FileSeen implements SeenStore {
  readonly #states: Map<string, CommandState>;
  readonly #file: FileHandle;

  private constructor(states: Map<string, CommandState>, file: FileHandle) {
    this.#states = states;
    this.#file = file;
  }

  /** `path`: in a directory that exists. Only one process has it open at a time. */
  static async open(path: string): Promise<FileSeen> {
    const states = new Map<string, CommandState>();
    for (const line of (await textOf(path)).split("\n")) {
      const [id, state] = line.split(" ");
      // A line that a crash left half written has no state.
      if (id === undefined || state === undefined || state === "") continue;
      states.delete(id);
      states.set(id, state as CommandState);
    }
    const kept = new Map([...states].slice(-remembered));
    await replace(path, [...kept].map(([id, state]) => `${id} ${state}\n`).join(""));
    return new FileSeen(kept, await open(path, "a", 0o600));
  }

  get(id: string): CommandState | undefined {
    return this.#states.get(id);
  }

  async set(id: string, state: CommandState): Promise<void> {
    await this.#file.appendFile(`${id} ${state}\n`);
    await this.#file.datasync();
    this.#states.set(id, state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/** An `OutboxStore` in a file: requests that no server has answered are sent by the next run. */
export class FileOutbox implements OutboxStore {
  readonly #path: string;
  readonly #requests: Map<string, StoredRequest>;

  private constructor(path: string, requests: Map<string, StoredRequest>) {
    this.#path = path;
    this.#requests = requests;
  }

  static async open(path: string): Promise<FileOutbox> {
    const text = await textOf(path);
    const found = text === "" ? [] : JSON.parse(text) as StoredRequest[];
    return new FileOutbox(path, new Map(found.map((request) => [request.id, request])));
  }

  load(): Promise<StoredRequest[]> {
    return Promise.resolve([...this.#requests.values()].map((request) => structuredClone(request)));
  }

  async put(request: StoredRequest): Promise<void> {
    this.#requests.set(request.id, structuredClone(request));
    await this.#write();
  }

  async remove(id: string): Promise<void> {
    if (this.#requests.delete(id)) await this.#write();
  }

  async #write(): Promise<void> {
    await replace(this.#path, JSON.stringify([...this.#requests.values()]));
  }
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  });
}

/** Readable to the person alone, and whole or as it was before. */
async function replace(path: string, text: string): Promise<void> {
  const aside = `${path}.new`;
  const file = await open(aside, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
}
