import { crc32 } from "../checksum.ts";

/**
 * Small files that show clamd's configuration. They are harmless. They are made here, so that no virus scanner flags this
 * source.
 */

const encoder = new TextEncoder();

/** Levels of the nested archive: more than the maximum of `MaxRecursion` (100). */
const nestedLevels = 110;

/** The EICAR test file, written in two parts so that no scanner flags this source file. */
export function eicarFile(): Uint8Array<ArrayBuffer> {
  return encoder.encode("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");
}

/** A zip with an entry marked as encrypted. */
export function encryptedZip(): Uint8Array<ArrayBuffer> {
  return joined(zipParts("encrypted", encoder.encode("0123456789abcdef"), { encrypted: true }));
}

/** A PDF marked as needing a password. */
export function encryptedPdf(): Uint8Array<ArrayBuffer> {
  const key = "00".repeat(32);
  return encoder.encode([
    "%PDF-1.4",
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
    "2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj",
    `3 0 obj<</Filter/Standard/V 1/R 2/O<${key}>/U<${key}>/P -44>>endobj`,
    "xref",
    "0 4",
    ...[[0, 65535, "f"], [9, 0, "n"], [52, 0, "n"], [97, 0, "n"]].map(([at, generation, kind]) =>
      `${String(at).padStart(10, "0")} ${String(generation).padStart(5, "0")} ${kind} `
    ),
    `trailer<</Size 4/Root 1 0 R/Encrypt 3 0 R/ID[<${key.slice(32)}><${key.slice(32)}>]>>`,
    "startxref",
    "266",
    "%%EOF",
    "",
  ].join("\n"));
}

/** A RAR archive (version 4) with encrypted headers: only a clamd that unpacks RAR reports it. */
export function encryptedRar(): Uint8Array<ArrayBuffer> {
  // HEAD_TYPE 0x73 (archive header), HEAD_FLAGS 0x0080 (headers are encrypted), HEAD_SIZE 13, reserved.
  const header = Uint8Array.of(0x73, 0x80, 0, 13, 0, 0, 0, 0, 0, 0, 0);
  const crc = crc32(header);
  const marker = Uint8Array.of(0x52, 0x61, 0x72, 0x21, 0x1a, 0x07, 0);
  return joined([marker, Uint8Array.of(crc & 0xff, crc >>> 8 & 0xff), header, new Uint8Array(64)]);
}

/** Nested archives, deeper than any clamd opens. */
export function nestedZip(): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer> = encoder.encode("nothing");
  for (let level = 0; level < nestedLevels; level++) bytes = joined(zipParts("a", bytes, {}));
  return bytes;
}

/**
 * A small zip with a member of `zeroBytes` zeros and an encrypted zip entry after them. clamd finds the entry only when it did
 * not cut the member off.
 */
export async function bigMemberZip(zeroBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const [zeros] = zipParts("zeros", new Uint8Array(0), { sizeBytes: zeroBytes });
  const tail = joined(zipParts("encrypted", encoder.encode("0123456789abcdef"), {
    encrypted: true,
    startsAt: zeros!.length + zeroBytes,
  }));
  const chunk = new Uint8Array(64 * 1024);
  const member = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(zeros!),
    pull(controller) {
      if (left > 0) controller.enqueue(chunk.subarray(0, Math.min(left, chunk.length)));
      else {
        controller.enqueue(tail);
        controller.close();
      }
      left -= chunk.length;
    },
  });
  let left = zeroBytes;
  const packed = await new Response(member.pipeThrough(new CompressionStream("deflate-raw"))).bytes();
  const sizeBytes = zeros!.length + zeroBytes + tail.length;
  return joined(zipParts("member", packed, { method: 8, sizeBytes }));
}

interface EntryOptions {
  encrypted?: true;
  /** Deflate is 8, stored is 0. */
  method?: number;
  /** Unpacked size; the size of the content by default. */
  sizeBytes?: number;
  /** Bytes of the archive before this entry. */
  startsAt?: number;
}

/** Local header, content, and the end of a zip with one entry. Without a checksum: clamd ignores it. */
function zipParts(
  name: string,
  packed: Uint8Array<ArrayBuffer>,
  { encrypted, method = 0, sizeBytes = packed.length, startsAt = 0 }: EntryOptions,
): Uint8Array<ArrayBuffer>[] {
  const packedBytes = method === 0 ? sizeBytes : packed.length;
  // Fields of both headers: version, flags, method, time, date, checksum, sizes, lengths of name and extra field.
  const common = new DataView(new ArrayBuffer(26));
  common.setUint16(0, 20, true);
  common.setUint16(2, encrypted ? 1 : 0, true);
  common.setUint16(4, method, true);
  common.setUint32(14, packedBytes, true);
  common.setUint32(18, sizeBytes, true);
  common.setUint16(22, name.length, true);
  const nameBytes = encoder.encode(name);
  const local = joined([Uint8Array.of(0x50, 0x4b, 3, 4), new Uint8Array(common.buffer), nameBytes]);
  const rest = new DataView(new ArrayBuffer(14));
  rest.setUint32(10, startsAt, true);
  const central = joined([
    Uint8Array.of(0x50, 0x4b, 1, 2, 20, 0),
    new Uint8Array(common.buffer),
    new Uint8Array(rest.buffer),
    nameBytes,
  ]);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, 1, true);
  end.setUint16(10, 1, true);
  end.setUint32(12, central.length, true);
  end.setUint32(16, startsAt + local.length + packedBytes, true);
  return [local, packed, joined([central, new Uint8Array(end.buffer)])];
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
