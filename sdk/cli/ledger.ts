import { type FileHandle, open, readFile } from "node:fs/promises";

/** Commands whose program was begun, so that no program runs twice for one: on the disk before it runs. */
export class Ledger {
  readonly #begun: Set<string>;
  readonly #file: FileHandle;

  private constructor(begun: Set<string>, file: FileHandle) {
    this.#begun = begun;
    this.#file = file;
  }

  static async open(path: string): Promise<Ledger> {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    return new Ledger(new Set(text.split("\n").filter(Boolean)), await open(path, "a", 0o600));
  }

  /** False when it was begun before. */
  async begin(id: string): Promise<boolean> {
    if (this.#begun.has(id)) return false;
    await this.#file.appendFile(`${id}\n`);
    await this.#file.datasync();
    this.#begun.add(id);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}
