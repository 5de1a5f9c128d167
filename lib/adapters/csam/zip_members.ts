import type { Deadline } from "../deadline.ts";
import {
  type CentralHeader,
  centralHeader,
  endRecord,
  endRecordBytes,
  localHeader,
  localHeaderBytes,
} from "../zip_records.ts";
import { ByteCursor, Unreadable } from "./byte_cursor.ts";
import { budget, BudgetSpent, mediaIn, type Tally, unpacked } from "./members.ts";
import type { Media } from "./service.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes at the end of the archive that must contain the directory; enough for some 10,000 entries. */
const tailBytes = 1024 * 1024;

/**
 * Lists the pictures and videos in a zip; Office documents are zips too. Reads the bytes twice: for the directory at their
 * end, then for the entries in order of position. Throws `Unreadable` for an archive with an unreadable part.
 */
export async function* zipMedia(
  open: () => Promise<ReadableStream<Bytes>>,
  sizeBytes: number,
  tally: Tally,
  deadline: Deadline,
): AsyncGenerator<Media> {
  const entries = directoryOf(await tailOf(await deadline.opened(open()), deadline), sizeBytes);
  await using cursor = new ByteCursor(await deadline.opened(open()), deadline);
  for (const entry of entries.toSorted((a, b) => a.startsAt - b.startsAt)) {
    tally.entry();
    // Entries overlap: no packer makes this.
    if (entry.startsAt < cursor.at) throw new Unreadable("Its entries overlap.");
    await cursor.skipTo(entry.startsAt);
    const local = localHeader(await cursor.take(localHeaderBytes));
    if (local === null || local.method !== entry.method) {
      throw new Unreadable("Its directory does not fit it.");
    }
    await cursor.skipTo(cursor.at + local.nameBytes + local.extraBytes);
    const end = cursor.at + entry.packedBytes;
    if (entry.sizeBytes > 0) yield* entryMedia(entry, cursor, tally, deadline);
    await cursor.skipTo(end);
  }
}

async function* entryMedia(
  entry: CentralHeader,
  cursor: ByteCursor,
  tally: Tally,
  deadline: Deadline,
): AsyncGenerator<Media> {
  if (entry.encrypted) throw new Unreadable("An entry is encrypted.");
  if (entry.zip64 || (entry.method !== 0 && entry.method !== 8)) {
    throw new Unreadable("An entry is packed in a way that is not known here.");
  }
  const packed = cursor.stream(entry.packedBytes);
  const bytes = entry.method === 0 ? packed : unpacked(packed, "deflate-raw", tally);
  await using content = new ByteCursor(bytes, deadline);
  for await (const media of mediaIn(content, entry.sizeBytes, tally)) {
    yield media;
    if ((await content.peek(1)).length > 0) throw new Unreadable("An entry is longer than it claims.");
  }
}

async function tailOf(stream: ReadableStream<Bytes>, deadline: Deadline): Promise<Bytes> {
  const chunks: Bytes[] = [];
  let length = 0;
  const reader = stream.getReader();
  try {
    while (true) {
      const { value: chunk, done } = await deadline.race(reader.read());
      if (done) return await new Blob(chunks).bytes();
      chunks.push(chunk);
      length += chunk.length;
      while (length - chunks[0]!.length >= tailBytes) length -= chunks.shift()!.length;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function directoryOf(tail: Bytes, sizeBytes: number): CentralHeader[] {
  const tailAt = sizeBytes - tail.length;
  for (let at = tail.length - endRecordBytes; at >= 0; at--) {
    const record = tail[at] === 0x50 ? endRecord(tail.subarray(at)) : null;
    if (record === null || at + endRecordBytes + record.commentBytes !== tail.length) continue;
    if (record.split) throw new Unreadable("Only a part of it is here.");
    if (record.entries > budget.entries) throw new BudgetSpent("too many files inside");
    const start = record.directoryAt - tailAt;
    if (start < 0) throw new BudgetSpent("too long a list of files inside");
    return headersOf(tail.subarray(start, at), record.entries);
  }
  throw new Unreadable("It has no directory.");
}

function headersOf(directory: Bytes, count: number): CentralHeader[] {
  const headers: CentralHeader[] = [];
  for (let at = 0; at < directory.length;) {
    const header = centralHeader(directory.subarray(at));
    if (header === null) break;
    headers.push(header);
    at += header.recordBytes;
  }
  if (headers.length !== count) throw new Unreadable("Its directory does not fit it.");
  return headers;
}
