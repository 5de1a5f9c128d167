import { statfsSync } from "node:fs";

/** Bytes written between two checks of the disk's free space. */
const lookEveryBytes = 16 * 1024 * 1024;

/** Thrown when the disk has less free space than uploads must leave. Has the code of a full disk. */
export class NoRoom extends Error {
  override readonly name = "NoRoom";
  readonly code = "ENOSPC";

  constructor(leftFreeBytes: number) {
    super(`Uploads leave ${leftFreeBytes} bytes of the disk free.`);
  }
}

/** Free space for all uploads of a process. For the writing thread: it waits for the disk. */
export class Room {
  readonly #path: string;
  readonly #leftFreeBytes: number;
  /** Bytes until the next look. */
  #leftBytes = -1;

  /** `path` is on that disk; uploads leave `leftFreeBytes` of it free. */
  constructor(path: string, leftFreeBytes: number) {
    this.#path = path;
    this.#leftFreeBytes = leftFreeBytes;
  }

  /** Call it when an upload begins, also one without bytes. Throws `NoRoom`. */
  begin(): void {
    this.lookAgain();
    this.take(0);
  }

  /** The next bytes look at the disk: what was free some time ago says nothing of a new request. */
  lookAgain(): void {
    this.#leftBytes = -1;
  }

  /** Call it before writing bytes. Throws `NoRoom`. */
  take(bytes: number): void {
    if (bytes > this.#leftBytes) {
      const { bavail, bsize } = statfsSync(this.#path);
      const freeBytes = bavail * bsize - this.#leftFreeBytes;
      if (bytes > freeBytes) throw new NoRoom(this.#leftFreeBytes);
      this.#leftBytes = Math.min(freeBytes, lookEveryBytes);
    }
    this.#leftBytes -= bytes;
  }
}
