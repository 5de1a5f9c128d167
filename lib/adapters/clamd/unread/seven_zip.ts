import { lzmaDecode } from "./lzma.ts";

const signature = [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c];
const startBytes = 32;
/** Largest list of contents at an archive's end, and largest packed list before it. Larger ones are not followed. */
const listBytes = 256 * 1024;
const unpackedListBytes = 4 * 1024 * 1024;
/** Limit for loops over counts from an archive. */
const countMax = 100_000;

/** Coders that clamd unpacks, tested: copy, LZMA2, LZMA, PPMd, and the filters BCJ (x86) and ARM. */
const readCoders: ReadonlySet<string> = new Set(["00", "21", "030101", "030401", "03030103", "03030501"]);
const coderNames: ReadonlyMap<string, string> = new Map([
  ["040202", "bzip2"],
  ["040108", "deflate"],
  ["040109", "deflate64"],
  ["0303011b", "BCJ2"],
  ["03", "delta"],
  ["06f10701", "AES"],
]);

/** Inspects a 7z archive in a stream for content that clamd cannot unpack. Keeps only the archive's end in memory. */
export class UnreadSevenZip {
  readonly #from: number;
  readonly #kept: Uint8Array<ArrayBuffer> | null;
  readonly #headerAt: number;
  #at = 0;

  /** Null when the file is no 7z archive. */
  static of(head: Uint8Array, sizeBytes: number): UnreadSevenZip | null {
    return signature.every((byte, at) => head[at] === byte) ? new UnreadSevenZip(head, sizeBytes) : null;
  }

  private constructor(head: Uint8Array, sizeBytes: number) {
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const whole = head.length >= startBytes;
    this.#headerAt = whole ? startBytes + Number(view.getBigUint64(12, true)) : 0;
    const headerBytes = whole ? Number(view.getBigUint64(20, true)) : 0;
    const end = this.#headerAt + headerBytes;
    this.#from = Math.max(startBytes, this.#headerAt - listBytes);
    const followed = whole && headerBytes > 0 && headerBytes <= listBytes && end <= sizeBytes;
    this.#kept = followed ? new Uint8Array(end - this.#from) : null;
  }

  feed(chunk: Uint8Array): void {
    const kept = this.#kept;
    if (kept !== null && this.#at + chunk.length > this.#from && this.#at < this.#from + kept.length) {
      const first = Math.max(0, this.#from - this.#at);
      const at = this.#at + first - this.#from;
      kept.set(chunk.subarray(first, first + kept.length - at), at);
    }
    this.#at += chunk.length;
  }

  end(): string | null {
    if (this.#kept === null) return "a 7z whose list of contents cannot be followed";
    try {
      const list = this.#list(this.#kept.subarray(this.#headerAt - this.#from));
      for (const coders of foldersOf(list)) {
        const strange = coders.find((coder) => !readCoders.has(coder));
        if (strange !== undefined) {
          return `a 7z packed with ${coderNames.get(strange) ?? `method ${strange}`}`;
        }
        // Tested: one coder, or one after a filter.
        if (coders.length > 2) return "a 7z packed with several methods";
      }
      return null;
    } catch (error) {
      if (error instanceof NotFollowed) return "a 7z whose list of contents cannot be followed";
      throw error;
    }
  }

  /** Returns the list of contents, unpacked if necessary. */
  #list(header: Uint8Array): Cursor {
    const cursor = new Cursor(header);
    const kind = cursor.byte();
    if (kind === ids.header) return cursor;
    if (kind !== ids.packedHeader) throw new NotFollowed();
    const { packAt, packBytes, folders, sizes } = streamsOf(cursor);
    const [coders = [], ...more] = folders;
    const [coder, ...others] = coders;
    if (coder === undefined || others.length > 0 || more.length > 0) throw new NotFollowed();
    const first = startBytes + packAt - this.#from;
    const [bytes = 0] = packBytes;
    const [sizeBytes = 0] = sizes;
    if (first < 0 || first + bytes > this.#headerAt - this.#from || sizeBytes > unpackedListBytes) {
      throw new NotFollowed();
    }
    const packed = this.#kept!.subarray(first, first + bytes);
    const list = coder.id === "030101" ? lzmaDecode(coder.properties, packed, sizeBytes) : null;
    if (list === null) throw new NotFollowed();
    const unpacked = new Cursor(list);
    if (unpacked.byte() !== ids.header) throw new NotFollowed();
    return unpacked;
  }
}

/** Property ids of the format. */
const ids = {
  end: 0x00,
  header: 0x01,
  archiveProperties: 0x02,
  moreStreams: 0x03,
  streams: 0x04,
  files: 0x05,
  packInfo: 0x06,
  unpackInfo: 0x07,
  subStreams: 0x08,
  size: 0x09,
  checksum: 0x0a,
  folder: 0x0b,
  unpackSizes: 0x0c,
  packedHeader: 0x17,
} as const;

interface Coder {
  id: string;
  properties: Uint8Array;
  outputs: number;
}

/** Returns the coder ids of each folder. */
function foldersOf(list: Cursor): string[][] {
  const kind = list.byte();
  // The archive has only empty files.
  if (kind === ids.files || kind === ids.end) return [];
  if (kind !== ids.streams) throw new NotFollowed();
  return streamsOf(list).folders.map((coders) => coders.map(({ id }) => id));
}

function streamsOf(
  cursor: Cursor,
): { packAt: number; packBytes: number[]; folders: Coder[][]; sizes: number[] } {
  let packAt = 0;
  let packBytes: number[] = [];
  let kind = cursor.byte();
  if (kind === ids.packInfo) {
    packAt = cursor.number();
    const count = cursor.count();
    for (kind = cursor.byte(); kind !== ids.end; kind = cursor.byte()) {
      if (kind !== ids.size) throw new NotFollowed();
      packBytes = Array.from({ length: count }, () => cursor.number());
    }
    kind = cursor.byte();
  }
  if (kind !== ids.unpackInfo || cursor.byte() !== ids.folder) throw new NotFollowed();
  const count = cursor.count();
  if (cursor.byte() !== 0) throw new NotFollowed();
  const folders = Array.from({ length: count }, () => folderOf(cursor));
  const sizes: number[] = [];
  if (cursor.byte() !== ids.unpackSizes) throw new NotFollowed();
  for (const coder of folders.flat()) {
    for (let out = 0; out < coder.outputs; out++) sizes.push(cursor.number());
  }
  return { packAt, packBytes, folders, sizes };
}

function folderOf(cursor: Cursor): Coder[] {
  const count = cursor.number();
  if (count === 0 || count > 32) throw new NotFollowed();
  let inputs = 0;
  let outputs = 0;
  const coders = Array.from({ length: count }, (): Coder => {
    const flags = cursor.byte();
    const id = cursor.bytes(flags & 0x0f).toHex();
    const isComplex = (flags & 0x10) !== 0;
    const coderInputs = isComplex ? cursor.count() : 1;
    const coderOutputs = isComplex ? cursor.count() : 1;
    const properties = (flags & 0x20) === 0 ? new Uint8Array(0) : cursor.bytes(cursor.count());
    inputs += coderInputs;
    outputs += coderOutputs;
    return { id, properties, outputs: coderOutputs };
  });
  if (inputs > 64 || outputs > 64 || inputs < outputs - 1) throw new NotFollowed();
  const pairs = outputs - 1;
  for (let pair = 0; pair < pairs; pair++) {
    cursor.number();
    cursor.number();
  }
  const packed = inputs - pairs;
  if (packed > 1) { for (let stream = 0; stream < packed; stream++) cursor.number(); }
  return coders;
}

/** Thrown when the archive is inconsistent or exceeds a limit. */
class NotFollowed extends Error {}

/** Reads bytes in order; throws `NotFollowed` at the end. */
class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new NotFollowed();
    return byte;
  }

  bytes(count: number): Uint8Array {
    const bytes = this.#bytes.subarray(this.#at, this.#at + count);
    if (bytes.length !== count) throw new NotFollowed();
    this.#at += count;
    return bytes;
  }

  /**
   * Reads a number. The leading ones of the first byte give the number of further bytes, lowest first; its other bits are the
   * highest.
   */
  number(): number {
    const first = this.byte();
    let value = 0;
    let factor = 1;
    for (let mask = 0x80; mask > 0; mask >>= 1) {
      if ((first & mask) === 0) return value + (first & (mask - 1)) * factor;
      value += this.byte() * factor;
      factor *= 256;
    }
    return value;
  }

  /** Reads a count for a loop. */
  count(): number {
    const value = this.number();
    if (value > countMax) throw new NotFollowed();
    return value;
  }
}
