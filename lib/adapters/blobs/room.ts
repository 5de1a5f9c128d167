import { statfs } from "node:fs/promises";

/** Bytes that are written before the disk is asked again. */
const lookEveryBytes = 16 * 1024 * 1024;

/** There is less left on the disk than uploads may take. Has the code of a full disk, as it is one for whoever writes. */
export class NoRoom extends Error {
  override readonly name = "NoRoom";
  readonly code = "ENOSPC";

  constructor(leftFreeBytes: number) {
    super(`Uploads leave ${leftFreeBytes} bytes of the disk free.`);
  }
}

/** The room that all uploads of a process have together. */
export class Room {
  readonly #path: string;
  readonly #leftFreeBytes: number;
  #leftBytes = 0;

  /** `path` is on the disk in question, of which `leftFreeBytes` are for others. */
  constructor(path: string, leftFreeBytes: number) {
    this.#path = path;
    this.#leftFreeBytes = leftFreeBytes;
  }

  /** Before bytes are written. Throws `NoRoom`. */
  async take(bytes: number): Promise<void> {
    if (bytes > this.#leftBytes) {
      const { bavail, bsize } = await statfs(this.#path);
      const freeBytes = bavail * bsize - this.#leftFreeBytes;
      if (bytes > freeBytes) throw new NoRoom(this.#leftFreeBytes);
      this.#leftBytes = Math.min(freeBytes, lookEveryBytes);
    }
    this.#leftBytes -= bytes;
  }
}
