import { createHash } from "node:crypto";
import { EvidenceProblem } from "../../scanning/evidence_ports.ts";
import {
  frameBytes,
  Frames,
  framesOf,
  headerBytes,
  keyIdOf,
  readHeader,
  sealedBytes,
  type SealedHeader,
  tagBytes,
  writeHeader,
} from "./sealed_format.ts";

/** The header and the plain frames of a sealed file, readable once. A caller that does not read all frames must close it. */
export interface PlainSource {
  header: SealedHeader;
  /** Throws `EvidenceProblem` for a changed frame, and at the end when the bytes do not match the header. */
  frames(): AsyncGenerator<Uint8Array<ArrayBuffer>, void>;
  close(): void;
}

/** Encrypts a stream into a new file and syncs it. Throws when the bytes do not match the header. */
export async function writeSealed(
  path: string,
  { key, id, header }: { key: Uint8Array<ArrayBuffer>; id: string; header: SealedHeader },
  plain: ReadableStream<Uint8Array>,
): Promise<void> {
  const frames = await Frames.of(key, id, header);
  const last = framesOf(header.sizeBytes) - 1;
  const hash = createHash("sha256");
  const frame = new Uint8Array(Math.min(frameBytes, header.sizeBytes));
  let [number, filled, taken] = [0, 0, 0];
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  await writeAll(file, writeHeader(header));
  for await (const chunk of plain) {
    taken += chunk.length;
    if (taken > header.sizeBytes) throw wrongPlain();
    hash.update(chunk);
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + frame.length - filled);
      frame.set(part, filled);
      filled += part.length;
      at += part.length;
      // The last frame, full or not, is written at the end.
      if (filled === frame.length && number < last) {
        await writeAll(file, await frames.encrypt(number++, frame));
        filled = 0;
      }
    }
  }
  if (taken !== header.sizeBytes || hash.digest("hex") !== header.sha256.toHex()) throw wrongPlain();
  await writeAll(file, await frames.encrypt(last, frame.subarray(0, filled)));
  await file.sync();
}

/** Opens a sealed file with a key. Throws `EvidenceProblem` for a wrong key, a wrong length, or another kind of file. */
export async function plainOf(
  path: string,
  key: Uint8Array<ArrayBuffer>,
  id: string,
): Promise<PlainSource> {
  const file = await Deno.open(path, { read: true });
  const opened = new DisposableStack();
  opened.use(file);
  try {
    const header = readHeader(await readUpTo(file, headerBytes));
    if (header.keyId.toHex() !== (await keyIdOf(key)).toHex()) {
      throw new EvidenceProblem(`was sealed with another key (${header.keyId.toHex()})`);
    }
    const { size } = await file.stat();
    const expected = sealedBytes(header.sizeBytes);
    if (size !== expected) {
      throw new EvidenceProblem(`is ${size < expected ? "cut off" : "longer than it was"}`);
    }
    const frames = await Frames.of(key, id, header);
    return {
      header,
      async *frames() {
        using _closed = opened;
        yield* decrypted(file, path, header, frames);
      },
      close: () => opened.dispose(),
    };
  } catch (error) {
    opened.dispose();
    throw named(path, error);
  }
}

async function* decrypted(
  file: Deno.FsFile,
  path: string,
  header: SealedHeader,
  frames: Frames,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const hash = createHash("sha256");
  try {
    for (let left = header.sizeBytes, number = 0; number < framesOf(header.sizeBytes); number++) {
      const plainBytes = Math.min(frameBytes, left);
      const plain = await frames.decrypt(number, await readUpTo(file, plainBytes + tagBytes));
      left -= plain.length;
      hash.update(plain);
      if (plain.length > 0) yield plain;
    }
    if (hash.digest("hex") !== header.sha256.toHex()) {
      throw new EvidenceProblem("does not have the hash that its header names");
    }
  } catch (error) {
    throw named(path, error);
  }
}

async function readUpTo(file: Deno.FsFile, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await file.write(bytes.subarray(written));
}

function named(path: string, error: unknown): unknown {
  return error instanceof EvidenceProblem ? new EvidenceProblem(`${path} ${error.message}.`) : error;
}

function wrongPlain(): Error {
  return new Error("The bytes to be sealed are not those of the incident: hash or size differ.");
}
