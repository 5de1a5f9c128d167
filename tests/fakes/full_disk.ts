import { statfs } from "node:fs/promises";
import { smallFileSystem } from "./blob_stores.ts";

/** A small file system that a test fills and empties. */
export class FullDisk implements AsyncDisposable {
  readonly root: string;
  readonly #disk: AsyncDisposable;

  private constructor(root: string, disk: AsyncDisposable) {
    this.root = root;
    this.#disk = disk;
  }

  static async of(sizeBytes: number): Promise<FullDisk> {
    const disk = await smallFileSystem(sizeBytes);
    return new FullDisk(disk.root, disk);
  }

  /** Nothing on it can be written any longer. */
  async makeReadOnly(): Promise<void> {
    const { success } = await new Deno.Command("mount", { args: ["-o", "remount,ro", this.root] }).output();
    if (!success) throw new Error(`${this.root} could not be made read-only.`);
  }

  /** Takes what is free but so many bytes. */
  async fillBut(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.root);
    using file = await Deno.open(this.#filler, { create: true, append: true });
    for (let left = bavail * bsize - bytes; left > 0; left -= 1 << 20) {
      await file.write(new Uint8Array(Math.min(left, 1 << 20)));
    }
  }

  /** Takes every byte that is free. */
  async fill(): Promise<void> {
    for (const chunkBytes of [1 << 20, 4096, 1]) {
      using file = await Deno.open(this.#filler, { create: true, append: true });
      try {
        while (true) await file.write(new Uint8Array(chunkBytes));
      } catch (error) {
        if (!/space/i.test(String(error))) throw error;
      }
    }
  }

  /** Gives back what `fill` took. */
  async empty(): Promise<void> {
    await Deno.remove(this.#filler);
  }

  get #filler(): string {
    return `${this.root}/filler`;
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#disk[Symbol.asyncDispose]();
  }
}
