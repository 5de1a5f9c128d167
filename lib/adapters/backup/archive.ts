import { createHash } from "node:crypto";
import { configure, type Entry, Reader, ZipReader, ZipWriter } from "@zip.js/zip.js";
import { type BackupEntry, BackupProblem, type Manifest, manifestName, parseManifest } from "./manifest.ts";

// Threads would need permissions, and stored bytes are not packed.
configure({ useWebWorkers: false });

const fileMode = 0o600;
/** A manifest takes about 200 bytes for each file. */
const manifestMaxBytes = 2 ** 30;

/** A file for an archive, and where its bytes are now. */
export interface Source extends BackupEntry {
  from: string;
}

/**
 * Writes an archive to a new file that only its owner can read, and syncs it. The archive is a ZIP64 file. Only the store is
 * compressed: most of what people upload is compressed already. Passes on the disk's errors.
 */
export async function writeArchive(
  path: string,
  manifest: Manifest,
  sources: readonly Source[],
  seal: (plain: ReadableStream<Uint8Array>) => Promise<ReadableStream<Uint8Array>>,
): Promise<void> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const sealed = seal(readable);
  using file = await Deno.open(path, { write: true, createNew: true, mode: fileMode });
  const written = sealed.then((bytes) => bytes.pipeTo(writerTo(file)));
  const zip = new ZipWriter(writable, { zip64: true, dataDescriptor: true, keepOrder: true });
  const filled = (async () => {
    await zip.add(manifestName, new Blob([JSON.stringify(manifest)]).stream());
    for (const { path: name, from } of sources) {
      using source = await Deno.open(from, { read: true });
      await zip.add(name, source.readable, { level: name.endsWith(".sqlite3") ? 6 : 0 });
    }
    await zip.close();
  })();
  // The first failure is the cause; the other side then fails too.
  filled.catch((error) => writable.abort(error).catch(() => {}));
  await Promise.all([filled, written]);
  await file.sync();
}

/** An archive that is open for reading. */
export class Archive implements AsyncDisposable {
  readonly manifest: Manifest;
  readonly #file: Deno.FsFile;
  readonly #zip: ZipReader<unknown>;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(
    file: Deno.FsFile,
    zip: ZipReader<unknown>,
    manifest: Manifest,
    entries: ReadonlyMap<string, Entry>,
  ) {
    this.#file = file;
    this.#zip = zip;
    this.manifest = manifest;
    this.#entries = entries;
  }

  /** Throws a `BackupProblem` for a file that is no backup, not whole, or of a newer Behest. */
  static async open(path: string): Promise<Archive> {
    await using opening = new AsyncDisposableStack();
    const file = opening.adopt(await Deno.open(path, { read: true }), (open) => open.close());
    const zip = opening.adopt(new ZipReader(new FileReader(file)), (open) => open.close());
    let entries: Entry[];
    try {
      entries = await zip.getEntries();
    } catch {
      throw new BackupProblem(`${path} is no backup, or its end is missing. Take another backup.`);
    }
    const byName = new Map(entries.map((entry) => [entry.filename, entry]));
    const listed = byName.get(manifestName);
    if (listed === undefined || listed.uncompressedSize > manifestMaxBytes) {
      throw new BackupProblem(`${path} is no backup of Behest: it has no ${manifestName}.`);
    }
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    await bytesOf(listed, (chunk) => void chunks.push(chunk));
    const manifest = parseManifest(await new Blob(chunks).text());
    opening.move();
    return new Archive(file, zip, manifest, byName);
  }

  /**
   * Gives a file's bytes to `take`, and compares them with the manifest. Throws a `BackupProblem` when they differ; what
   * was taken by then is worthless.
   */
  async read({ path, sha256, sizeBytes }: BackupEntry, take: (chunk: Uint8Array) => unknown): Promise<void> {
    const entry = this.#entries.get(path);
    if (entry === undefined) throw new BackupProblem(`${path} is missing in this backup. Take another one.`);
    const hash = createHash("sha256");
    let size = 0;
    await bytesOf(entry, async (chunk) => {
      hash.update(chunk);
      size += chunk.length;
      if (size > sizeBytes) throw differs(path);
      await take(chunk);
    });
    if (size !== sizeBytes || hash.digest("hex") !== sha256) throw differs(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#zip.close();
    this.#file.close();
  }
}

function differs(path: string): BackupProblem {
  return new BackupProblem(`${path} in this backup is damaged. Take another one.`);
}

async function bytesOf(entry: Entry, take: (chunk: Uint8Array<ArrayBuffer>) => unknown): Promise<void> {
  if (entry.directory || entry.encrypted) throw differs(entry.filename);
  try {
    await entry.getData(
      new WritableStream<Uint8Array<ArrayBuffer>>({
        async write(chunk) {
          await take(chunk);
        },
      }),
      { checkSignature: true },
    );
  } catch (error) {
    // A full disk is no damage of the archive.
    if (error instanceof BackupProblem || (error as { code?: unknown }).code !== undefined) throw error;
    throw differs(entry.filename);
  }
}

/** Reads parts of a file, for the ZIP reader. */
class FileReader extends Reader<Deno.FsFile> {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    super(file);
    this.#file = file;
  }

  override async init(): Promise<void> {
    await super.init?.();
    this.size = (await this.#file.stat()).size;
  }

  override async readUint8Array(at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    await this.#file.seek(at, Deno.SeekMode.Start);
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - at)));
    let read = 0;
    while (read < bytes.length) {
      const count = await this.#file.read(bytes.subarray(read));
      if (count === null) break;
      read += count;
    }
    return bytes.subarray(0, read);
  }
}

/** Writes to a file that stays open. */
export function writerTo(file: Deno.FsFile): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (chunk) => writeAll(file, chunk),
  });
}

export async function writeAll(file: Deno.FsFile, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.length) written += await file.write(chunk.subarray(written));
}
