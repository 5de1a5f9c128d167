import type { Deadline } from "../deadline.ts";
import { ByteCursor, Unreadable } from "./byte_cursor.ts";
import { headBytes, mediaKind } from "./media_type.ts";
import type { Media } from "./service.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What is looked at in one archive; over any of them its contents are not wholly checked. */
export const budget = {
  /** Files inside, whatever they are. */
  entries: 10_000,
  /** Pictures and videos inside. */
  media: 200,
  /** Unpacked, of what had to be unpacked. */
  bytes: 1024 * 1024 * 1024,
} as const;

/** A budget ran out in the middle. */
export class BudgetSpent extends Unreadable {}

/** What was seen while an archive was gone through. */
export class Tally {
  entries = 0;
  media = 0;
  /** Archives inside, which are not opened. */
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

/** Gives what the bytes of an entry are to a matching service, if they are. Asks for no more of them than it needs. */
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

/** Unpacks; throws `Unreadable` for what cannot be, and counts what comes out. */
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
        // How the decoder says that its input is broken.
        throw error instanceof TypeError ? new Unreadable("It cannot be unpacked.") : error;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

/** A tar, or one file when it is none: what a gzip holds. */
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
    // A file: `0`, or a zero byte, or `7`. Others are names, links and directories.
    if (kind === 0x30 || kind === 0 || kind === 0x37) yield* mediaIn(cursor, sizeBytes, tally);
    await cursor.skipTo(end);
  }
}

/** Octal digits, or a number of 8 bytes behind a set highest bit for what is larger. */
function octal(field: Uint8Array): number {
  if ((field[0]! & 0x80) !== 0) return field.subarray(-6).reduce((value, byte) => value * 256 + byte, 0);
  const digits = new TextDecoder().decode(field).replace(/[\0 ]+$/, "").trim();
  if (!/^[0-7]*$/.test(digits)) throw new Unreadable("Its tar is broken.");
  return digits === "" ? 0 : parseInt(digits, 8);
}

/** The sum of the header's bytes, with its own field as spaces. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}
