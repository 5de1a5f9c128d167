/** How much of a file is in memory at once while it is walked. */
const windowBytes = 64 * 1024;

/** A file that is read in windows: it is never in memory as a whole. Offsets and lengths are in bytes. */
export class WindowedFile {
  readonly size: number;
  readonly #file: Blob;
  #start = 0;
  #window = new Uint8Array(0);

  constructor(file: Blob) {
    this.#file = file;
    this.size = file.size;
  }

  /** Exactly so many bytes, or null where the file ends before. */
  async read(at: number, length: number): Promise<Uint8Array | null> {
    if (at + length > this.size) return null;
    await this.#load(at, length);
    return this.#window.subarray(at - this.#start, at - this.#start + length);
  }

  /** What is at hand from there on: two bytes at least, or null where there are fewer. */
  async run(at: number): Promise<Uint8Array | null> {
    if (at + 2 > this.size) return null;
    await this.#load(at, 2);
    return this.#window.subarray(at - this.#start);
  }

  async #load(at: number, length: number): Promise<void> {
    if (at >= this.#start && at + length <= this.#start + this.#window.length) return;
    const end = Math.min(this.size, at + Math.max(length, windowBytes));
    this.#window = new Uint8Array(await this.#file.slice(at, end).arrayBuffer());
    this.#start = at;
  }
}

interface Range {
  from: number;
  to: number;
}

/** What a file is made of once parts were left out: ranges of the old one, and a few new bytes. Nothing is copied. */
export class KeptParts {
  readonly #parts: (Range | Uint8Array<ArrayBuffer>)[] = [];

  keep(from: number, to: number): void {
    const last = this.#parts.at(-1);
    if (last !== undefined && "to" in last && last.to === from) last.to = to;
    else if (to > from) this.#parts.push({ from, to });
  }

  put(bytes: Uint8Array<ArrayBuffer>): void {
    this.#parts.push(bytes);
  }

  /** The new file; null when it would be the old one. */
  of(file: Blob): Blob | null {
    const [only, ...more] = this.#parts;
    const whole = only !== undefined && more.length === 0 && "to" in only && only.from === 0 &&
      only.to === file.size;
    if (whole) return null;
    const parts = this.#parts.map((part) => "to" in part ? file.slice(part.from, part.to) : part);
    return new Blob(parts, { type: file.type });
  }
}

export function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

export function beginsWith(bytes: Uint8Array, text: string): boolean {
  return textAt(bytes, 0, text.length) === text;
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
