/**
 * The server's way of files for the bench: the routes, the files' room, the store on a file and the blobs on a disk. Nothing is
 * scanned: `clean` stands in for that. Beside it what the runtime does alone: taking a body and dropping it, and answering with
 * a file.
 */
import { App } from "fresh";
import { DiskBlobs } from "../../lib/adapters/blobs/mod.ts";
import { blobWrites } from "../../lib/adapters/kv/blob_writes.ts";
import { kvFileStore } from "../../lib/adapters/kv/files_store.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import type { PersonState } from "../../lib/web/define.ts";
import { Files } from "../../lib/files/mod.ts";
import { Ids, silentLog, systemClock, systemRandom } from "../../lib/platform/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import admitted from "../../routes/api/v1/_middleware.ts";
import { handler as content } from "../../routes/api/v1/files/[id]/content/index.ts";
import { handler as files } from "../../routes/api/v1/files/index.ts";
import { openTestServices, person, testConfig } from "../fakes/open_services.ts";
import { answerCommands } from "./child_side.ts";
import { startProfile, stopProfile } from "./profiler.ts";

/** What the first line of this process says. */
export interface FilesServerReady {
  /** Origin of the server. */
  url: string;
  token: string;
}

if (import.meta.main) {
  const [dataDir, plainFile] = Deno.args;
  if (dataDir === undefined || plainFile === undefined) {
    throw new Error("files_server.ts DATA_DIR PLAIN_FILE");
  }
  await using store = await openStore(`${dataDir}/kv.sqlite3`);
  const config = testConfig({ BEHEST_UPLOAD_MAX_BYTES: String(2 ** 40) });
  await using others = await openTestServices({ config });
  const { token } = await person(others, "ann");
  const blobs = await DiskBlobs.open(`${dataDir}/storage`);
  const fileStore = kvFileStore(store, systemClock);
  const room = new Files({
    store: fileStore,
    blobs,
    bell: { notify() {} },
    notices: { add: () => Promise.resolve() },
    readers: { mayRead: () => Promise.resolve(false), neededUntil: () => Promise.resolve(0) },
    watchers: { changed: () => Promise.resolve() },
    scans: { wake() {} },
    clock: systemClock,
    ids: new Ids(systemClock, systemRandom),
    log: silentLog,
    settings: { uploadMaxBytes: 2 ** 40, quotaBytes: 2 ** 50 },
    mayAdd: () => Promise.resolve(true),
    onRefused: () => Promise.resolve(),
  });
  const services: Services = { ...others.services, files: room };
  const app = new App<PersonState>().use((ctx) => {
    ctx.state.services = services;
    ctx.state.requestId = services.requestId();
    ctx.state.address = "127.0.0.1";
    return ctx.next();
  })
    .use("/api/v1", admitted)
    .post("/api/v1/files", files.POST)
    .get("/api/v1/files/:id/content", content.GET)
    .post("/discard", async ({ req }) => {
      for await (const _ of req.body ?? []);
      return new Response();
    })
    .get("/plain", async () => {
      const file = await Deno.open(plainFile);
      const { size } = await file.stat();
      return new Response(file.readable, { headers: { "content-length": String(size) } });
    });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.handler());
  const ready: FilesServerReady = {
    url: `http://127.0.0.1:${server.addr.port}`,
    token,
  };
  await answerCommands(ready, {
    profile: startProfile,
    profiled: stopProfile,
    /** What a scanner's verdict does, without the scanner. */
    clean: async () => {
      for await (const blob of fileStore.allBlobs()) {
        const clean = { ...blob, state: "clean" as const, scanMs: 0 };
        await store.committer.commit(blobWrites(blob, clean));
      }
    },
    /** Makes room on the disk for the next round. */
    wipe: async () => {
      for await (const { sha256 } of blobs.list()) await blobs.remove(sha256);
    },
  });
}
