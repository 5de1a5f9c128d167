import { DiskBlobs } from "../../lib/adapters/blobs/mod.ts";
import { Child } from "./child.ts";
import type { FilesServerReady } from "./files_server.ts";
import { uploadBytes } from "./files_upload.ts";

const uploadId = "01BENCH0000000000000000000";

/** MiB a second of each way. */
export interface DownloadRates {
  /** `Deno.open(…).readable.pipeTo(…)` in this process, and the blob store's stream in its place. */
  plain: number;
  store: number;
  /** A `Response` over a plain file, and the content of a file of ours, each read by curl. */
  httpPlain: number;
  http: number;
}

export async function measureDownload(dir: string, file: string, rounds: number): Promise<DownloadRates[]> {
  const dataDir = await Deno.makeTempDir({ dir, prefix: "download-" });
  const { child, ready } = await Child.start<FilesServerReady>("files_server.ts", [dataDir, file]);
  await using server = child;
  const fileId = await upload(ready, file);
  await server.ask("clean");
  const root = await Deno.makeTempDir({ dir, prefix: "store-" });
  await using blobs = await DiskBlobs.open(root);
  const sha256 = await keepFile(blobs, file);
  const measured: DownloadRates[] = [];
  for (let round = 0; round < rounds; round++) {
    measured.push({
      plain: await rateOf(async () => await drain((await Deno.open(file)).readable)),
      store: await rateOf(async () => await drain((await blobs.open(sha256))!)),
      httpPlain: await rateOf(() => curl(ready, "/plain")),
      http: await rateOf(() => curl(ready, `/api/v1/files/${fileId}/content`)),
    });
  }
  await Deno.remove(root, { recursive: true });
  return measured;
}

/** With its length said: a body without one costs the runtime several times as much. */
async function upload({ url, token }: FilesServerReady, path: string): Promise<string> {
  const { success, stdout } = await new Deno.Command("curl", {
    args: [
      ...["--silent", "--fail", "--request", "POST", "--upload-file", path],
      ...["--header", `Authorization: Bearer ${token}`, `${url}/api/v1/files?name=bench.bin`],
    ],
  }).output();
  if (!success) throw new Error("The upload failed.");
  return (JSON.parse(new TextDecoder().decode(stdout)) as { file: { id: string } }).file.id;
}

async function keepFile(blobs: DiskBlobs, path: string): Promise<string> {
  await using staged = await blobs.stage(uploadId);
  for await (const chunk of (await Deno.open(path)).readable) await staged.write(chunk);
  const { sha256 } = await staged.finish();
  await blobs.keep(uploadId, sha256);
  return sha256;
}

async function drain(stream: ReadableStream<Uint8Array>): Promise<void> {
  let bytes = 0;
  await stream.pipeTo(new WritableStream({ write: (chunk) => void (bytes += chunk.length) }));
  if (bytes !== uploadBytes) throw new Error(`${bytes} bytes came instead of ${uploadBytes}.`);
}

async function curl({ url, token }: FilesServerReady, path: string): Promise<void> {
  const { success, stdout } = await new Deno.Command("curl", {
    args: [
      ...["--silent", "--fail", "--output", "/dev/null", "--write-out", "%{size_download}"],
      ...["--header", `Authorization: Bearer ${token}`, `${url}${path}`],
    ],
  }).output();
  const bytes = Number(new TextDecoder().decode(stdout));
  if (!success || bytes !== uploadBytes) throw new Error(`curl got ${bytes} bytes of ${path}.`);
}

async function rateOf(work: () => Promise<unknown>): Promise<number> {
  const begunAt = performance.now();
  await work();
  return uploadBytes / 2 ** 20 / (performance.now() - begunAt) * 1000;
}
