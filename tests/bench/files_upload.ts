import { statfs } from "node:fs/promises";
import { createHash } from "node:crypto";
import { DiskBlobs } from "../../lib/adapters/blobs/mod.ts";
import { Child } from "./child.ts";
import type { FilesServerReady } from "./files_server.ts";
import type { Peer } from "./peers.ts";

export const uploadBytes = 2 ** 30;
/** What a body's chunks are at most, as the runtime hands them out. */
const chunkBytes = 64 * 1024;
/** What chunks are cut from: more than a processor's nearest caches hold, so that all bytes come from somewhere. */
const sourceBytes = 8 * 2 ** 20;
const uploadId = "01BENCH0000000000000000000";

/** MiB a second of each way over the same number of bytes. */
export interface UploadRates {
  /** The hash and nothing else. */
  hash: number;
  sha256sum: number;
  /** The blob store in this process: hashed, written, synced and kept. */
  store: number;
  /** The same through the server, sent by curl on the same machine. */
  http: number;
  /** Sent by curl to a handler that drops what comes. */
  httpDropped: number;
  /** Sent by curl to tusd, which neither hashes nor syncs; 0 without it. */
  tusd: number;
}

/** A file of random bytes for a whole bench. */
export async function randomFile(dir: string): Promise<string> {
  const path = `${dir}/random.bin`;
  using file = await Deno.open(path, { write: true, create: true });
  const source = randomBytes(sourceBytes);
  for (let at = 0; at < uploadBytes; at += sourceBytes) {
    // So that no two parts of it are alike.
    new DataView(source.buffer).setUint32(0, at);
    for (let written = 0; written < sourceBytes;) written += await file.write(source.subarray(written));
  }
  await file.sync();
  return path;
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

function* chunks(source: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < uploadBytes; at += chunkBytes) {
    const from = at % source.length;
    yield source.subarray(from, from + chunkBytes);
  }
}

async function rateOf(work: () => Promise<unknown>): Promise<number> {
  const begunAt = performance.now();
  await work();
  return uploadBytes / 2 ** 20 / (performance.now() - begunAt) * 1000;
}

/** One round: all ways one after the other, so that they see the same machine. */
export async function measureUpload(
  dir: string,
  file: string,
  rounds: number,
  tusd: Peer | null,
): Promise<UploadRates[]> {
  const dataDir = await Deno.makeTempDir({ dir, prefix: "upload-" });
  const { child, ready } = await Child.start<FilesServerReady>("files_server.ts", [dataDir, file]);
  await using server = child;
  const root = await Deno.makeTempDir({ dir, prefix: "store-" });
  await using blobs = await DiskBlobs.open(root);
  const source = randomBytes(sourceBytes);
  const measured: UploadRates[] = [];
  for (let round = 0; round < rounds; round++) {
    const hash = await rateOf(() => Promise.resolve(hashOf(source)));
    const store = await rateOf(() => storeOnce(blobs, source));
    for await (const { sha256 } of blobs.list()) await blobs.remove(sha256);
    const sha256sum = await rateOf(() => runs("sha256sum", [file]));
    const http = await rateOf(() => runs("curl", curlArgs(ready, file)));
    await server.ask("wipe");
    const httpDropped = await rateOf(() => runs("curl", curlArgs(ready, file, "/discard")));
    const toTusd = tusd === null ? 0 : await rateOf(() => runs("curl", tusArgs(tusd, file)));
    measured.push({ hash, sha256sum, store, http, httpDropped, tusd: toTusd });
  }
  await Deno.remove(root, { recursive: true });
  return measured;
}

function hashOf(source: Uint8Array<ArrayBuffer>): string {
  const hash = createHash("sha256");
  for (const chunk of chunks(source)) hash.update(chunk);
  return hash.digest("hex");
}

async function storeOnce(blobs: DiskBlobs, source: Uint8Array<ArrayBuffer>): Promise<void> {
  await using staged = await blobs.stage(uploadId);
  for (const chunk of chunks(source)) await staged.write(chunk);
  const { sha256 } = await staged.finish();
  await blobs.keep(uploadId, sha256);
}

function curlArgs(
  { url, token }: FilesServerReady,
  file: string,
  path = "/api/v1/files?name=bench.bin",
): string[] {
  return [
    ...["--silent", "--show-error", "--fail", "--output", "/dev/null", "--request", "POST"],
    ...["--header", `Authorization: Bearer ${token}`, "--header", "Expect:"],
    ...["--upload-file", file, `${url}${path}`],
  ];
}

/** The whole file in the request that begins it. */
function tusArgs({ addr }: Peer, file: string): string[] {
  return [
    ...["--silent", "--show-error", "--fail", "--output", "/dev/null", "--request", "POST"],
    ...["--header", "Tus-Resumable: 1.0.0", "--header", `Upload-Length: ${uploadBytes}`],
    ...["--header", "Content-Type: application/offset+octet-stream", "--header", "Expect:"],
    ...["--upload-file", file, `http://${addr}/files`],
  ];
}

async function runs(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, stdout: "null", stderr: "piped" })
    .output();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
}

/** What many uploads at once took of memory. */
export interface UploadMemory {
  uploads: number;
  /** Resident memory of the server before them, and the most above that while they ran and in each half of the time. */
  idleBytes: number;
  peakBytes: number;
  firstHalfBytes: number;
  secondHalfBytes: number;
  perSecond: number;
}

/** How often the server's memory is looked at. */
const sampleMs = 100;

/** As many uploads of 1 GiB at once as the disk has room for, at most `wanted`. */
export async function measureUploadMemory(dir: string, wanted: number): Promise<UploadMemory> {
  const { bavail, bsize } = await statfs(dir);
  const uploads = Math.min(wanted, Math.floor(bavail * bsize * 0.75 / uploadBytes));
  if (uploads < 1) throw new Error(`There is no room for an upload in ${dir}.`);
  const dataDir = await Deno.makeTempDir({ dir, prefix: "memory-" });
  const { child, ready } = await Child.start<FilesServerReady>("files_server.ts", [dataDir, "/dev/null"]);
  await using server = child;
  // What the first upload makes the runtime load is no memory of uploads.
  await runs("curl", curlArgs(ready, await holes(dir, 2 ** 20)));
  const { rssBytes: idleBytes } = await server.usage();
  const large = await holes(dir, uploadBytes);
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(rssOf(server.pid) - idleBytes), sampleMs);
  const begunAt = performance.now();
  try {
    await Promise.all(Array.from({ length: uploads }, () => runs("curl", curlArgs(ready, large))));
  } finally {
    clearInterval(sampling);
  }
  const seconds = (performance.now() - begunAt) / 1000;
  await server.ask("wipe");
  const middle = Math.floor(samples.length / 2);
  return {
    uploads,
    idleBytes,
    peakBytes: Math.max(...samples),
    firstHalfBytes: Math.max(...samples.slice(0, middle)),
    secondHalfBytes: Math.max(...samples.slice(middle)),
    perSecond: uploads * uploadBytes / 2 ** 20 / seconds,
  };
}

/** A file of zeros that takes no room: what the bytes are makes no difference, and reading them costs nothing. */
async function holes(dir: string, bytes: number): Promise<string> {
  const path = `${dir}/holes-${bytes}.bin`;
  await Deno.writeFile(path, new Uint8Array());
  await Deno.truncate(path, bytes);
  return path;
}

function rssOf(pid: number): number {
  const pages = Number(Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ")[1]);
  return pages * 4096;
}
