import type { Deadline } from "../deadline.ts";
import { ByteCursor, Unreadable } from "./byte_cursor.ts";
import { headBytes, mediaKind } from "./media_type.ts";
import type { Media } from "./service.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Limits for one archive. Beyond any of them the archive is not checked completely. */
export const budget = {
  /** Files of any kind. */
  entries: 10_000,
  /** Pictures and videos. */
  media: 200,
  /** Unpacked bytes. */
  bytes: 1024 * 1024 * 1024,
} as const;

/** Thrown when a limit is reached. */
export class BudgetSpent extends Unreadable {}

/** Counts of an archive's contents. */
export class Tally {
  entries = 0;
  media = 0;
  /** Inner archives, which are not opened. */
  archives = 0;
  #bytes = 0;

  entry(): void {
    if (++this.entries > budget.entries) throw new BudgetSpent("too many files inside");
  }

  unpacked(count: number): void {
    this.#bytes += count;
    if (this.#bytes > budget.bytes) throw new BudgetSpent("too much inside");
  }

  picture(): void {
    if (++this.media > budget.media) throw new BudgetSpent("too many pictures inside");
  }
}

/** Returns an entry's bytes as media, if they are a picture or video. Reads no more of them than it needs. */
export async function* mediaIn(
  entry: ByteCursor,
  sizeBytes: number | null,
  tally: Tally,
): AsyncGenerator<Media> {
  const seen = mediaKind(
    await entry.peek(sizeBytes === null ? headBytes : Math.min(headBytes, sizeBytes)),
    null,
  );
  if (seen.kind === "other") return;
  if (seen.kind !== "image" && seen.kind !== "video") {
    tally.archives++;
    return;
  }
  tally.picture();
  yield { ...seen, sizeBytes, sha256: null, open: () => Promise.resolve(entry.stream(sizeBytes)) };
}

/** Unpacks a stream and counts the bytes. Throws `Unreadable` for bytes that cannot be unpacked. */
export function unpacked(
  packed: ReadableStream<Bytes>,
  format: "gzip" | "deflate-raw",
  tally: Tally,
): ReadableStream<Bytes> {
  const reader = packed.pipeThrough(new DecompressionStream(format)).getReader();
  return new ReadableStream<Bytes>({
    async pull(controller) {
      try {
        const { value, done } = await reader.read();
        if (done) return controller.close();
        tally.unpacked(value.length);
        controller.enqueue(value);
      } catch (error) {
        // The decoder throws this for broken input.
        throw error instanceof TypeError ? new Unreadable("It cannot be unpacked.") : error;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

/** Reads the content of a gzip: a tar, or else one file. */
export async function* gzipMedia(
  packed: ReadableStream<Bytes>,
  tally: Tally,
  deadline: Deadline,
): AsyncGenerator<Media> {
  await using cursor = new ByteCursor(unpacked(packed, "gzip", tally), deadline);
  const head = await cursor.peek(headBytes);
  if (mediaKind(head, null).kind === "tar") yield* tarMedia(cursor, tally);
  else {
    tally.entry();
    yield* mediaIn(cursor, null, tally);
  }
}

const blockBytes = 512;

export async function* tarMedia(cursor: ByteCursor, tally: Tally): AsyncGenerator<Media> {
  while (true) {
    const header = await cursor.take(blockBytes);
    if (header.every((byte) => byte === 0)) return;
    if (octal(header.subarray(148, 156)) !== checksum(header)) throw new Unreadable("Its tar is broken.");
    const sizeBytes = octal(header.subarray(124, 136));
    const kind = header[156];
    const end = cursor.at + Math.ceil(sizeBytes / blockBytes) * blockBytes;
    tally.entry();
    // Type of a file: `0`, a zero byte, or `7`. Other types are names, links and directories.
    if (kind === 0x30 || kind === 0 || kind === 0x37) yield* mediaIn(cursor, sizeBytes, tally);
    await cursor.skipTo(end);
  }
}

/** Reads octal digits, or for larger numbers 8 bytes after a set highest bit. */
function octal(field: Uint8Array): number {
  if ((field[0]! & 0x80) !== 0) return field.subarray(-6).reduce((value, byte) => value * 256 + byte, 0);
  const digits = new TextDecoder().decode(field).replace(/[\0 ]+$/, "").trim();
  if (!/^[0-7]*$/.test(digits)) throw new Unreadable("Its tar is broken.");
  return digits === "" ? 0 : parseInt(digits, 8);
}

/** Sum of the header's bytes, with spaces in the checksum field. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}
