import { type OpenServices, openServices, openTracing, StorageProblem } from "./lib/compose/mod.ts";
import { type Config, ConfigProblem, kvName, loadConfig, logFileOf } from "./lib/config/mod.ts";
import { ConsoleLines } from "./lib/platform/console_lines.ts";
import { type Certificate, type CertificateFiles, readCertificate } from "./lib/platform/certificate.ts";
import { type Log, systemClock, systemRandom } from "./lib/platform/mod.ts";
import { type OpenLog, openLog } from "./lib/platform/logging.ts";
import { limits } from "./lib/protocol/mod.ts";
import { buildApp, Compression, PackedFiles, type Services, serving, TlsServing } from "./lib/web/mod.ts";

/** Those of this process's one server, once they are open. */
let opened: Services | undefined;

/** By this name Fresh's builds find it: `_fresh/server.js` gives it routes and scripts. It answers only while the server runs. */
export const app = buildApp(() => {
  if (opened === undefined) throw new Error("The server has not been started: run `deno task start`");
  return opened;
});

const output = new ConsoleLines(Deno.stdout);
const errors = new ConsoleLines(Deno.stderr);

/** The server cannot start. `message` is one line for the operator. */
class StartProblem extends Error {}

/** Part of the time from signal to exit (WS-8) that is kept for closing the store and the log. */
const closingMs = 1_500;
/** Two signals within this time are one: a terminal signals the process group, and `deno task` passes signals on. */
const sameSignalMs = 1_000;

async function run(): Promise<void> {
  const read = loadConfig();
  if (read instanceof ConfigProblem) throw new StartProblem(read.line);
  const { config } = read;
  await using log = await startLog(config);
  for (const warning of read.warnings) log.warn("config.warning", { warning });
  // The services' own log counts errors for the overview.
  surviveStrayErrors(() => opened?.log ?? log);
  await using open = await openStoreOrTell(config, log);
  opened = open.services;
  await loadBuildOrTell(log);
  const certificate = config.tls === null ? null : await certificateOrTell(config.tls);
  const { server, origin } = listen(config, opened.log, serving(app, config, compression()), certificate);
  if (config.tls !== null && server instanceof TlsServing) server.watch(config.tls, systemClock, opened.log);
  // Before the greeting, so that a signal right after it is heard.
  const signalled = firstSignal();
  greet(origin + config.basePath, open);
  open.services.metrics.start();
  open.rollups.start();
  open.backups.start();
  open.operatorWatch.start();
  log.info("server.started", { origin, mode: config.mode, dataDir: config.dataDir });
  // At once, as another process may have the store: nothing is left to be closed in order.
  void open.lost.then(async (error) => {
    log.error("store.lost", { error });
    errors.line(`The store ${kvName(config.kv)} is not this process's any more: ${reasonOf(error)}`);
    await errors.drained();
    Deno.exit(1);
  });
  const signal = await signalled;
  log.info("server.stopping", { signal, connections: open.services.realtime.connections() });
  const inTime = await finish(server, open.services);
  if (!inTime) log.warn("server.stopped_late");
  log.info("server.stopped");
}

async function startLog(config: Config): Promise<OpenLog> {
  const path = logFileOf(config);
  try {
    // Holds people's data, so only this account may read it.
    await Deno.mkdir(config.dataDir, { recursive: true, mode: 0o700 });
    await Deno.mkdir(`${config.dataDir}/logs`, { recursive: true, mode: 0o700 });
    const log = openLog({
      path,
      level: config.logLevel,
      maxBytes: config.logMaxBytes,
      now: () => systemClock.now(),
      console: errors.line,
    });
    return log;
  } catch (error) {
    throw new StartProblem(
      `BEHEST_DATA_DIR: the log file ${path} cannot be written (${reasonOf(error)}); ` +
        "for example BEHEST_DATA_DIR=./data, a directory that this account may write",
    );
  }
}

/** Logs errors that nothing caught, and keeps the process running for everyone else. */
function surviveStrayErrors(log: () => Log): void {
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    log().error("process.error", { error: asError(event.error ?? event.message) });
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log().error("process.rejection", { error: asError(event.reason) });
  });
}

async function openStoreOrTell(config: Config, log: OpenLog): Promise<OpenServices> {
  try {
    const tracing = await openTracing();
    return await openServices({
      config,
      log: tracing?.log(log) ?? log,
      clock: systemClock,
      random: systemRandom,
      tracing,
      logState: log,
    });
  } catch (error) {
    if (error instanceof StorageProblem) throw new StartProblem(error.message);
    log.error("store.failed", { error: asError(error) });
    const reason = reasonOf(error);
    if (/database is locked/i.test(reason)) {
      throw new StartProblem(
        `BEHEST_DATA_DIR: the store ${kvName(config.kv)} is open in another process; stop that one, ` +
          "or take another directory, for example BEHEST_DATA_DIR=./data2",
      );
    }
    throw new StartProblem(`The store ${kvName(config.kv)} cannot be used: ${reason}`);
  }
}

/** Gives `app` the build. What the build wrote imports `app` from here, so it is loaded when this file is there. */
async function loadBuildOrTell(log: Log): Promise<void> {
  const built = new URL("./_fresh/server.js", import.meta.url);
  if (!await isFile(built)) {
    throw new StartProblem("There is no build in _fresh/: run `deno task build` first");
  }
  try {
    await import(built.href);
  } catch (error) {
    log.error("build.failed", { error: asError(error) });
    throw new StartProblem(`The pages cannot be loaded: ${reasonOf(error)}`);
  }
}

function compression(): Compression {
  return new Compression(new PackedFiles(new URL("./_fresh/packed/", import.meta.url)));
}

async function isFile(url: URL): Promise<boolean> {
  try {
    return (await Deno.stat(url)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function certificateOrTell(files: CertificateFiles): Promise<Certificate> {
  try {
    return await readCertificate(files);
  } catch (error) {
    throw new StartProblem(
      `BEHEST_TLS_CERT, BEHEST_TLS_KEY: ${reasonOf(error)}; ` +
        "for example BEHEST_TLS_CERT=/etc/ssl/behest.pem BEHEST_TLS_KEY=/etc/ssl/behest.key",
    );
  }
}

/** What takes requests, over http or https. */
type Server = Pick<Deno.HttpServer, "shutdown">;

function listen(
  config: Config,
  log: Log,
  handler: Deno.ServeHandler<Deno.NetAddr>,
  certificate: Certificate | null,
): { server: Server; origin: string } {
  const { host: hostname, port } = config;
  const onError = (error: unknown) => {
    log.error("http.broken", { error: asError(error) });
    return new Response("Internal server error", { status: 500 });
  };
  try {
    const shown = hostname.includes(":") ? `[${hostname}]` : hostname;
    if (certificate !== null) {
      const server = new TlsServing({ hostname, port, onError, handler }, certificate);
      return { server, origin: `https://${shown}:${server.port}` };
    }
    const server = Deno.serve({ hostname, port, onError, onListen: () => {} }, handler);
    return { server, origin: `http://${shown}:${server.addr.port}` };
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new StartProblem(
        `BEHEST_PORT: port ${port} of ${hostname} is in use; stop what uses it, or take another, ` +
          `for example BEHEST_PORT=${port === 8001 ? 8002 : 8001}`,
      );
    }
    throw new StartProblem(
      `BEHEST_HOST, BEHEST_PORT: cannot listen on ${hostname} port ${port} (${reasonOf(error)}); ` +
        "for example BEHEST_HOST=127.0.0.1 BEHEST_PORT=8000",
    );
  }
}

function greet(site: string, { services: { demo }, setupLink }: OpenServices): void {
  const lines = [`Behest is serving on ${site}`];
  if (demo !== null) {
    lines.push(
      `Evaluation mode: for trying it out on this computer only.`,
      `Log in as ${demo.usernames.join(" or ")} with the password ${demo.password}`,
    );
  }
  if (setupLink !== null) {
    lines.push(`First administrator, one-time link: ${site}${setupLink}`);
  }
  output.line(lines.join("\n"));
}

/** Resolves with the first signal to stop. A second one ends the process immediately. */
function firstSignal(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let firstAt: number | undefined;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => {
      const now = performance.now();
      firstAt ??= now;
      if (now - firstAt > sameSignalMs) Deno.exit(1);
      resolve(signal);
    });
  }
  return promise;
}

/** WS-8: closes all sockets, also new ones, then ends the requests. False when that takes too long. */
async function finish(
  server: Server,
  { commands, realtime }: Pick<Services, "commands" | "realtime">,
): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  using _timer = systemClock.after(limits.shutdownMs - closingMs, () => resolve(false));
  commands.endWaits();
  // Sockets first: the server's own shutdown would close them with another code.
  const all = realtime.shutdown().then(() => server.shutdown()).then(() => true);
  return await Promise.race([all, late]);
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message || error.name : String(error)).split("\n")[0]!;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

async function main(): Promise<never> {
  let code = 0;
  try {
    await run();
  } catch (error) {
    // To the console, because the log may be what failed to open.
    errors.line(error instanceof StartProblem ? error.message : asError(error).stack ?? String(error));
    code = 1;
  }
  await Promise.all([output.drained(), errors.drained()]);
  // Everything is closed. A forgotten timer must not keep the process alive.
  return Deno.exit(code);
}

// Not awaited: what the build wrote waits for this file before it can take `app`.
if (import.meta.main) void main();
