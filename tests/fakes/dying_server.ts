/**
 * With the arguments `POINT TIMES`, the server as `main.ts` composes it, which kills itself (SIGKILL) when it comes to a point
 * for that many times. What dies is a whole process in the middle of its work, with whatever else it does at that moment.
 * So that many starts take little time it has no pages and cheap passwords.
 */
import { DiskBlobs } from "../../lib/adapters/blobs/mod.ts";
import type { Write } from "../../lib/adapters/kv/committer.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import { buildApp, serving } from "../../lib/web/app.ts";
import { openServices } from "../../lib/compose/mod.ts";
import { ConfigProblem, loadConfig } from "../../lib/config/mod.ts";
import type { BlobStore, Staged } from "../../lib/files/ports.ts";
import { type App, applyBuild } from "../../lib/fresh/app.ts";
import type { RouteFile } from "../../lib/fresh/build_types.ts";
import { say } from "../../lib/platform/console.ts";
import { openLog } from "../../lib/platform/logging.ts";
import { systemClock } from "../../lib/platform/mod.ts";
import type { DyingPoint } from "./dying_points.ts";
import { cheapPasswords } from "./open_services.ts";

type Pass = (point: DyingPoint) => void;

/** Not before `arm` was called. */
function dying(point: string | undefined, times: number): { pass: Pass; arm(): void } {
  let left = times;
  let armed = false;
  return {
    pass(passed) {
      if (armed && passed === point && --left <= 0) Deno.kill(Deno.pid, "SIGKILL");
    },
    arm: () => void (armed = true),
  };
}

function dyingStaged(staged: Staged, pass: Pass): Staged {
  return {
    id: staged.id,
    get sizeBytes() {
      return staged.sizeBytes;
    },
    async write(chunk) {
      await staged.write(chunk);
      pass("written");
    },
    async sync() {
      await staged.sync();
      pass("synced");
    },
    async finish() {
      const whole = await staged.finish();
      pass("finished");
      return whole;
    },
    discard: () => staged.discard(),
    [Symbol.asyncDispose]: () => staged[Symbol.asyncDispose](),
  };
}

function dyingBlobs(blobs: DiskBlobs, pass: Pass): BlobStore {
  return {
    async stage(id) {
      const staged = await blobs.stage(id);
      pass("staged");
      return dyingStaged(staged, pass);
    },
    async reopen(id, sizeBytes) {
      const staged = await blobs.reopen(id, sizeBytes);
      return staged && dyingStaged(staged, pass);
    },
    staged: () => blobs.staged(),
    async unstage(id) {
      pass("before unstaging");
      await blobs.unstage(id);
    },
    async keep(id, sha256) {
      pass("before keeping");
      await blobs.keep(id, sha256);
      pass("kept");
    },
    async open(sha256, range) {
      const bytes = await blobs.open(sha256, range);
      pass("opened");
      return bytes && bytes.pipeThrough(
        new TransformStream({
          transform(chunk, controller) {
            pass("read");
            controller.enqueue(chunk);
          },
        }),
      );
    },
    sizeOf: (sha256) => blobs.sizeOf(sha256),
    async remove(sha256) {
      pass("before removing");
      await blobs.remove(sha256);
      pass("removed");
    },
    list: () => blobs.list(),
    quarantine: blobs.quarantine,
  };
}

/** What a write to the store is about; null for what is none of files and scanning. */
function aboutOf({ sets = [] }: Write): "file" | "upload" | "verdict" | "incident" | "sealed" | null {
  const incident = sets.find(({ key }) => key[0] === "incident");
  if (incident !== undefined) {
    return (incident.value as { evidence: string }).evidence === "sealed" ? "sealed" : "incident";
  }
  for (const about of ["file", "upload", "verdict"] as const) {
    if (sets.some(({ key }) => key[0] === about)) return about;
  }
  return null;
}

function dyingStore(store: Store, pass: Pass): Store {
  const committer = new Proxy(store.committer, {
    get(of, name) {
      const found: unknown = Reflect.get(of, name, of);
      if (typeof found !== "function") return found;
      if (name !== "commit") return found.bind(of);
      return async (write: Write) => {
        const about = aboutOf(write);
        if (about !== null) pass(`before ${about}`);
        const committed = await of.commit(write);
        if (about !== null) pass(`after ${about}`);
        return committed;
      };
    },
  });
  return { ...store, committer, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

/** These routes are all that it has. */
export async function serveDying(routes: readonly RouteFile[]): Promise<void> {
  const read = loadConfig();
  if (read instanceof ConfigProblem) throw new Error(read.line);
  const { config } = read;
  await Deno.mkdir(`${config.dataDir}/logs`, { recursive: true });
  const log = openLog({
    path: `${config.dataDir}/logs/behest.log`,
    level: config.logLevel,
    now: () => systemClock.now(),
    console: null,
  });
  const { pass, arm } = dying(Deno.args[0], Number(Deno.args[1]));
  const store = dyingStore(await openStore(config.kv), pass);
  const blobs = dyingBlobs(await DiskBlobs.open(`${config.dataDir}/storage`, systemClock), pass);
  const open = await openServices({ config, log, store, blobs, passwords: cheapPasswords() });
  const app = buildApp(() => open.services);
  applyBuild(app as App<never>, {
    id: "without-pages",
    mode: "production",
    root: Deno.cwd(),
    client: { url: "", imports: [] },
    islands: new Map(),
    routes,
    staticFile: () => null,
  });
  const { addr } = Deno.serve(
    { hostname: config.host, port: config.port, onListen: () => {} },
    serving(app, config),
  );
  arm();
  say(`Behest is serving on http://${config.host}:${addr.port}`);
  const { demo } = open.services;
  if (demo !== null) say(`with the password ${demo.password}`);
}
