import { seedNumbers } from "./seed_numbers.ts";
import { Passwords } from "../lib/accounts/mod.ts";
import { openStore } from "../lib/adapters/kv/mod.ts";
import { openServices } from "../lib/compose/mod.ts";
import { ConfigProblem, readConfig } from "../lib/config/mod.ts";
import { Builder } from "fresh/dev";
import { systemRandom } from "../lib/platform/mod.ts";
import { seededHour, seededLog } from "./seed_log.ts";
import { buildApp, type Services, serving } from "../lib/web/mod.ts";
import { knownHashes, seedFiles } from "./screenshots_files.ts";
import { playedPushes, seedPush } from "./screenshots_push.ts";
import { adminLogin, seed } from "./screenshots_seed.ts";

/** The real services on a store in memory, with people and what they sent each other, served on a port of its own. */
export interface SeededSite extends AsyncDisposable {
  base: string;
  services: Services;
}

/** With next to no work: nobody's password is guessed here. */
const cheapPasswords = new Passwords(systemRandom, { log2N: 4, blockSize: 8, parallel: 1 });

type ApplyBuild = Awaited<ReturnType<Builder["build"]>>;

/** `build`: gives the app its routes and scripts; made here unless there is one. `env`: variables over the site's own. */
export async function openSeededSite(
  build: () => Promise<ApplyBuild> = () => new Builder().build({ snapshot: "memory" }),
  env: Readonly<Record<string, string>> = {},
): Promise<SeededSite> {
  await using opening = new AsyncDisposableStack();
  const dataDir = await Deno.makeTempDir({ prefix: "behest-seeded-" });
  opening.defer(() => Deno.remove(dataDir, { recursive: true }));
  const read = readConfig({
    BEHEST_KV: ":memory:",
    BEHEST_DATA_DIR: dataDir,
    BEHEST_RATE_REQUESTS: "0",
    BEHEST_RATE_SENDS: "0",
    // One that runs on the machine would make other pages.
    BEHEST_CLAMD: "127.0.0.1:9",
    BEHEST_CSAM_HASHES: await knownHashes(dataDir),
    // The most that pages of accounts and groups have to show.
    BEHEST_REGISTRATION: "invite",
    BEHEST_GROUPS: "members",
    BEHEST_ADMIN_USERNAME: adminLogin.username,
    BEHEST_ADMIN_PASSWORD: adminLogin.password,
    ...env,
  });
  if (read instanceof ConfigProblem) throw new Error(read.line);
  const played = playedPushes();
  const store = opening.use(await openStore(":memory:"));
  const log = opening.use(await seededLog(read.config));
  const { services, allTold } = opening.use(
    await openServices({
      store,
      pushes: played.sender,
      config: read.config,
      log,
      logState: { broken: log.broken, lost: log.lost, lastHour: () => seededHour(log) },
      passwords: cheapPasswords,
      secret: systemRandom.bytes(32),
    }),
  );
  await seed(services);
  await seedFiles(services);
  await seedNumbers(store, Date.now());
  await seedPush(services, played, allTold);
  const app = buildApp(() => services);
  (await build())(app);
  const ending = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: ending.signal, onListen: () => {} },
    serving(app, read.config),
  );
  opening.defer(async () => {
    await services.realtime.shutdown();
    ending.abort();
    await server.finished;
  });
  const open = opening.move();
  return {
    base: `http://127.0.0.1:${server.addr.port}${read.config.basePath}`,
    services,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
