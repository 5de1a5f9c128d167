/**
 * What the platform does for a durable file without us: `Deno.serve` that takes a body, hashes it, writes and syncs it, gives it
 * its hash as its name, syncs that name, and records it in the store. The same syncs as ours, and nothing else.
 */
import { createHash } from "node:crypto";
import { answerCommands } from "./child_side.ts";
import type { FilesServerReady } from "./files_server.ts";

if (import.meta.main) {
  const [dataDir] = Deno.args;
  if (dataDir === undefined) throw new Error("raw_files_server.ts DATA_DIR");
  const kv = await Deno.openKv(`${dataDir}/kv.sqlite3`);
  const folders = new Set<string>();
  const syncFolder = async (path: string) => {
    using folder = await Deno.open(path, { read: true });
    await folder.sync();
  };
  let number = 0;
  const keep = async (bytes: Uint8Array) => {
    const staged = `${dataDir}/staged-${number++}`;
    using file = await Deno.open(staged, { write: true, createNew: true });
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.syncData();
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const folder = `${dataDir}/${sha256.slice(0, 2)}`;
    if (!folders.has(folder)) {
      folders.add(folder);
      await Deno.mkdir(folder);
      await syncFolder(dataDir);
    }
    await Deno.rename(staged, `${folder}/${sha256}`);
    await syncFolder(folder);
    await kv.set(["file", sha256], bytes.length);
    return sha256;
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (req) => new Response(await keep(new Uint8Array(await req.arrayBuffer()))),
  );
  const ready: FilesServerReady = { url: `http://127.0.0.1:${server.addr.port}`, token: "" };
  await answerCommands(ready);
}
