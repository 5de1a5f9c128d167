import { beginsWith, KeptParts, sameBytes, textAt, viewOf, type WindowedFile } from "./bytes.ts";
import { exifOf, orientationIn } from "./orientation.ts";

/** The chunks that a picture is drawn with (RFC 9649, 2.7); readers leave out what they do not know. */
const needed: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP"]);
const inFrame: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "ALPH"]);

const riffBytes = 12;
const headBytes = 8;
/** What stands in a frame before its own chunks. */
const frameHeadBytes = 16;
const exifFlag = 0x08;
const xmpFlag = 0x04;
/** Longest Exif data that is looked into. */
const exifBytes = 64 * 1024;
/** Some writers put this before it, as in a JPEG. */
const jpegMark = "Exif\0\0";

interface Chunk {
  type: string;
  /** Of its data; `next` counts the byte that makes it even. */
  from: number;
  to: number;
  next: number;
}

/** The parts of a WebP that stay; null when it is none, or not whole. */
export async function webpParts(file: WindowedFile): Promise<KeptParts | null> {
  const riff = await file.read(0, riffBytes);
  if (riff === null) return null;
  const end = viewOf(riff).getUint32(4, true) + headBytes;
  const chunks = end > file.size ? null : await chunksIn(file, riffBytes, end);
  if (chunks === null || chunks.length === 0) return null;
  // The simple form has one chunk, and no place for anything else.
  const extended = chunks[0]!.type === "VP8X" && chunks[0]!.to - chunks[0]!.from >= 10;
  if (!extended && !inFrame.has(chunks[0]!.type)) return null;
  const kept = await keptChunks(file, chunks);
  if (kept === null) return null;
  const sizeBytes = kept.reduce(
    (sum, one) => sum + ("next" in one ? one.next - one.from + headBytes : one.length),
    0,
  );
  const parts = new KeptParts();
  putRiff(parts, riff, riffBytes - headBytes + sizeBytes);
  for (const one of kept) {
    if ("next" in one) parts.keep(one.from - headBytes, one.next);
    else parts.put(one);
  }
  return parts;
}

function putRiff(parts: KeptParts, riff: Uint8Array, length: number): void {
  const own = new Uint8Array(riff);
  viewOf(own).setUint32(4, length, true);
  if (sameBytes(own, riff)) parts.keep(0, riffBytes);
  else parts.put(own);
}

async function chunksIn(file: WindowedFile, from: number, end: number): Promise<Chunk[] | null> {
  const chunks: Chunk[] = [];
  for (let at = from; at < end;) {
    const head = await file.read(at, headBytes);
    if (head === null) return null;
    const length = viewOf(head).getUint32(4, true);
    const data = at + headBytes;
    const next = data + length + length % 2;
    if (next > end) return null;
    chunks.push({ type: textAt(head, 0, 4), from: data, to: data + length, next });
    at = next;
  }
  return chunks;
}

/** What stays of the chunks; null when something in them is not understood. */
async function keptChunks(
  file: WindowedFile,
  chunks: readonly Chunk[],
): Promise<(Chunk | Uint8Array<ArrayBuffer>)[] | null> {
  const kept: (Chunk | Uint8Array<ArrayBuffer>)[] = [];
  let turned: number | null = null;
  for (const chunk of chunks) {
    if (needed.has(chunk.type)) {
      if (chunk.type === "ANMF" && !await isPlainFrame(file, chunk)) return null;
      kept.push(chunk);
    } else if (chunk.type === "EXIF" && turned === null) {
      turned = await orientationOf(file, chunk);
      if (turned === null) continue;
      const own = chunkOf("EXIF", exifOf(turned));
      const old = await file.read(chunk.from - headBytes, chunk.next - chunk.from + headBytes);
      kept.push(old !== null && sameBytes(own, old) ? chunk : own);
    }
  }
  const [first] = chunks;
  if (first?.type !== "VP8X") return kept;
  const old = await file.read(first.from - headBytes, first.next - first.from + headBytes);
  if (old === null) return null;
  const own = new Uint8Array(old);
  own[headBytes] = (own[headBytes]! & ~(exifFlag | xmpFlag)) | (turned === null ? 0 : exifFlag);
  return [sameBytes(own, old) ? first : own, ...kept];
}

/** A frame of a moving picture may hold chunks that nobody knows. */
async function isPlainFrame(file: WindowedFile, frame: Chunk): Promise<boolean> {
  if (frame.to - frame.from < frameHeadBytes) return false;
  const inner = await chunksIn(file, frame.from + frameHeadBytes, frame.to);
  return inner !== null && inner.every(({ type }) => inFrame.has(type));
}

async function orientationOf(file: WindowedFile, { from, to }: Chunk): Promise<number | null> {
  const data = to - from > exifBytes ? null : await file.read(from, to - from);
  if (data === null) return null;
  return orientationIn(beginsWith(data, jpegMark) ? data.subarray(jpegMark.length) : data);
}

function chunkOf(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(headBytes + data.length + data.length % 2);
  chunk.set(new TextEncoder().encode(type));
  viewOf(chunk).setUint32(4, data.length, true);
  chunk.set(data, headBytes);
  return chunk;
}
