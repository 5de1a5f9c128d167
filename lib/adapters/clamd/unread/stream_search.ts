/**
 * Finds a pair of bytes in a stream and shows the bytes from there, also across chunks. Keeps at most `shownBytes` in memory.
 */
export class StreamSearch {
  readonly #first: number;
  readonly #second: number;
  readonly #shownBytes: number;
  readonly #onHit: (at: number, bytes: Uint8Array) => void;
  /** The last bytes fed: a hit in them cannot be shown in full yet. */
  #held: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #at = 0;

  /** `onHit` gets the position and up to `shownBytes` bytes from there; fewer only at the end of the stream. */
  constructor(
    pair: readonly [first: number, second: number],
    shownBytes: number,
    onHit: (at: number, bytes: Uint8Array) => void,
  ) {
    [this.#first, this.#second] = pair;
    this.#shownBytes = shownBytes;
    this.#onHit = onHit;
  }

  feed(chunk: Uint8Array): void {
    const most = this.#shownBytes - 1;
    if (this.#held.length > 0) {
      const seam = new Uint8Array(this.#held.length + Math.min(chunk.length, most));
      seam.set(this.#held);
      seam.set(chunk.subarray(0, most), this.#held.length);
      const begins = Math.min(this.#held.length, Math.max(0, seam.length - most));
      this.#search(seam, begins);
      this.#at += begins;
      // The chunk is shorter than `shownBytes`: keeps everything that is not searched yet.
      if (chunk.length < most) {
        this.#held = seam.slice(begins);
        return;
      }
    }
    const begins = Math.max(0, chunk.length - most);
    this.#search(chunk, begins);
    this.#at += begins;
    this.#held = chunk.slice(begins);
  }

  /** Ends the stream and shows the last hits with the bytes there are. */
  end(): void {
    this.#search(this.#held, this.#held.length);
    this.#held = new Uint8Array(0);
  }

  /** Reports hits that begin before `until`. */
  #search(bytes: Uint8Array, until: number): void {
    for (
      let at = bytes.indexOf(this.#first);
      at !== -1 && at < until;
      at = bytes.indexOf(this.#first, at + 1)
    ) {
      if (bytes[at + 1] === this.#second) {
        this.#onHit(this.#at + at, bytes.subarray(at, at + this.#shownBytes));
      }
    }
  }
}
