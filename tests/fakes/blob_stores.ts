import { createHash } from "node:crypto";
import { DiskBlobs } from "../../lib/adapters/blobs/mod.ts";
import type { BlobStore, Staged } from "../../lib/files/ports.ts";
import { FakeClock } from "./clock.ts";
import { MemoryBlobs } from "./memory_blobs.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

export const idOf = (number: number) => `01BBB${String(number).padStart(21, "0")}`;
export const [one, other] = [idOf(1), idOf(2)];
export const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);
export const mebibyte = 1024 * 1024;

/** Bytes that differ everywhere and are cheap to make. */
export function pattern(length: number, seed: number): Bytes {
  const bytes = new Uint8Array(length);
  let state = seed | 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 0x41c64e6d) + 12345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

export async function writeAll(staged: Staged, bytes: Uint8Array, chunkBytes: number): Promise<void> {
  const chunk = new Uint8Array(chunkBytes);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const part = bytes.subarray(at, at + chunkBytes);
    chunk.set(part);
    // The same buffer each time: it may be changed again once the write resolved.
    await staged.write(chunk.subarray(0, part.length));
  }
}

export async function keepAll(blobs: BlobStore, id: string, bytes: Uint8Array): Promise<string> {
  await using staged = await blobs.stage(id);
  await writeAll(staged, bytes, 50_000);
  const { sha256 } = await staged.finish();
  await blobs.keep(id, sha256);
  await blobs.unstage(id);
  return sha256;
}

export async function read(
  blobs: BlobStore,
  sha256: string,
  first?: number,
  last?: number,
): Promise<Bytes | null> {
  const range = first === undefined || last === undefined ? undefined : { first, last };
  const stream = await blobs.open(sha256, range);
  return stream === null ? null : await new Response(stream).bytes();
}

export const listed = async <T>(all: AsyncIterable<T>): Promise<T[]> => await Array.fromAsync(all);
export const asideOf = async (blobs: BlobStore) =>
  (await listed(blobs.staged())).map(({ id, sizeBytes }) => ({ id, sizeBytes }));
export const keptOf = async (blobs: BlobStore) =>
  (await listed(blobs.list())).map(({ sha256, sizeBytes }) => ({ sha256, sizeBytes }));

/** A blob store for a test. */
export interface BlobRig {
  blobs: BlobStore;
  clock: FakeClock;
  /** The same bytes as a process sees them that starts now, and knows nothing of what this one did. */
  again(): Promise<BlobStore>;
}

/** Registers a test twice: on the store in memory and on the one on a disk. */
export function onEachBlobStore(name: string, run: (rig: BlobRig) => Promise<void>): void {
  Deno.test(`${name} (memory)`, async () => {
    const clock = new FakeClock();
    const blobs = new MemoryBlobs(clock);
    await run({ blobs, clock, again: () => Promise.resolve(blobs) });
    if (blobs.reading !== 0) throw new Error(`${blobs.reading} streams are still open.`);
  });
  Deno.test(`${name} (disk)`, async () => {
    const root = await Deno.makeTempDir({ prefix: "behest-test-" });
    try {
      const clock = new FakeClock();
      await using opened = new AsyncDisposableStack();
      const again = async () => opened.use(await DiskBlobs.open(root, clock));
      await run({ blobs: await again(), clock, again });
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
}

/** A store of the same kind that has room for so many bytes; a real file system of that size for the one on a disk. */
export async function smallDisk(
  rig: BlobRig,
  sizeBytes: number,
): Promise<AsyncDisposable & { blobs: BlobStore }> {
  if (rig.blobs instanceof MemoryBlobs) {
    const blobs = new MemoryBlobs(rig.clock);
    blobs.roomBytes = sizeBytes;
    return { blobs, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  await using disk = new AsyncDisposableStack();
  const { root } = disk.use(await smallFileSystem(sizeBytes));
  const blobs = disk.use(await DiskBlobs.open(root, rig.clock));
  const opened = disk.move();
  return { blobs, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** A file system of that size, empty. */
export async function smallFileSystem(sizeBytes: number): Promise<AsyncDisposable & { root: string }> {
  const root = await Deno.makeTempDir({ prefix: "behest-small-" });
  try {
    await runOrThrow("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "tmpfs", root]);
  } catch (error) {
    await Deno.remove(root);
    throw error;
  }
  return {
    root,
    async [Symbol.asyncDispose]() {
      await runOrThrow("umount", [root]);
      await Deno.remove(root);
    },
  };
}

async function runOrThrow(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, stdout: "null", stderr: "piped" })
    .output();
  if (success) return;
  throw new Error(
    `A full disk can only be tested on a small file system, and ${program} failed: ` +
      `${new TextDecoder().decode(stderr).trim()}. Run the tests as root, with the right to mount.`,
  );
}
