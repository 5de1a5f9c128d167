import { complain } from "../../lib/platform/console.ts";

/** A broker that is compared with, running. */
export interface Peer extends AsyncDisposable {
  readonly addr: string;
  readonly pid: number;
  /** Name and version. */
  readonly name: string;
}

/** Why a broker cannot be compared with. */
export class NoPeer {
  constructor(readonly why: string) {}
}

/** As many unacknowledged messages as one of our devices may have in flight. */
export const peerWindow = 256;
const natsModule = "github.com/nats-io/nats-server/v2@v2.10.29";
const tusdModule = "github.com/tus/tusd/v2/cmd/tusd@v2.9.1";
const built = "tests/.out/peers";

/** mosquitto, which keeps sessions and messages; its own persistence is written now and then, never synced. */
export async function openMosquitto(dir: string): Promise<Peer | NoPeer> {
  const program = await installed(
    "mosquitto",
    ["mosquitto", "/usr/sbin/mosquitto"],
    ["-h"],
    () => apt("mosquitto"),
  );
  if (program instanceof NoPeer) return program;
  const port = freePort();
  const dataDir = await Deno.makeTempDir({ dir, prefix: "mosquitto-" });
  // It may run as another user.
  await Deno.chmod(dataDir, 0o777);
  const file = `${dataDir}/mosquitto.conf`;
  const config = [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    "persistence true",
    `persistence_location ${dataDir}/`,
    `max_inflight_messages ${peerWindow}`,
    "max_queued_messages 0",
    "log_dest none",
  ];
  await Deno.writeTextFile(file, config.join("\n") + "\n");
  return await running(program, ["-c", file], port);
}

/** NATS with JetStream on a file, which is synced after every message if asked for. */
export async function openNats(
  dir: string,
  options: { synced: boolean; data?: string },
): Promise<Peer | NoPeer> {
  const program = await installed(
    "nats-server",
    ["nats-server", `${built}/nats-server`],
    ["--version"],
    () => build(natsModule),
    {
      // Before this one, it cannot sync always.
      least: [2, 10],
    },
  );
  if (program instanceof NoPeer) return program;
  const port = freePort();
  const dataDir = options.data ?? await Deno.makeTempDir({ dir, prefix: "nats-" });
  const file = `${dataDir}/nats.conf`;
  const sync = options.synced ? ", sync_interval: always" : "";
  await Deno.writeTextFile(
    file,
    `host: 127.0.0.1\nport: ${port}\nmax_payload: 1MB\njetstream { store_dir: "${dataDir}"${sync} }\n`,
  );
  return await running(program, ["-c", file], port);
}

/** tusd, which keeps uploads in a directory and syncs none. */
export async function openTusd(dir: string): Promise<Peer | NoPeer> {
  const path = `${built}/tusd`;
  const isBuilt = await Deno.stat(path).then(() => true, () => false);
  if (!isBuilt) complain("tusd is not here: it is built now");
  const failed = isBuilt ? null : await build(tusdModule);
  if (failed !== null) return new NoPeer(`tusd is not installed: ${failed}`);
  const port = freePort();
  const dataDir = await Deno.makeTempDir({ dir, prefix: "tusd-" });
  const program = { path, name: "tusd 2.9.1, not synced" };
  const args = ["-host", "127.0.0.1", "-port", String(port), "-upload-dir", dataDir, "-verbose=false"];
  return await running(program, args, port);
}

interface Program {
  path: string;
  name: string;
}

/** The program, installed when it is missing. */
async function installed(
  name: string,
  paths: readonly string[],
  ask: string[],
  install: () => Promise<string | null>,
  { least = [0, 0] }: { least?: [number, number] } = {},
): Promise<Program | NoPeer> {
  let why = `${name} is not installed`;
  for (let tries = 0; tries < 2; tries++) {
    for (const path of paths) {
      const version = await versionOf(path, ask);
      if (version === null) continue;
      const [major = 0, minor = 0] = version.split(".").map(Number);
      if (major > least[0] || (major === least[0] && minor >= least[1])) {
        return { path, name: `${name} ${version}` };
      }
      why = `${name} ${version} is older than ${least.join(".")}`;
    }
    if (tries === 1) break;
    complain(`${name} is not here: it is installed now`);
    const failed = await install();
    if (failed !== null) return new NoPeer(`${why}: ${failed}`);
  }
  return new NoPeer(why);
}

async function versionOf(path: string, ask: string[]): Promise<string | null> {
  try {
    const { stdout } = await new Deno.Command(path, { args: ask, stdout: "piped", stderr: "null" }).output();
    return new TextDecoder().decode(stdout).match(/\d+\.\d+\.\d+/)?.[0] ?? null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function apt(name: string): Promise<string | null> {
  return await runs("apt-get", ["install", "-y", "-qq", "--no-install-recommends", name], {
    DEBIAN_FRONTEND: "noninteractive",
  });
}

async function build(module: string): Promise<string | null> {
  return await runs("go", ["install", module], { GOBIN: `${Deno.cwd()}/${built}` });
}

/** Null when it went well, otherwise why not. */
async function runs(program: string, args: string[], env: Record<string, string>): Promise<string | null> {
  try {
    const { success, stderr } = await new Deno.Command(program, {
      args,
      env,
      stdout: "null",
      stderr: "piped",
    })
      .output();
    return success ? null : new TextDecoder().decode(stderr).trim().split("\n").at(-1)!;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? `${program} is missing too` : String(error);
  }
}

async function running({ path, name }: Program, args: string[], port: number): Promise<Peer | NoPeer> {
  const process = new Deno.Command(path, { args, stdout: "null", stderr: "null" }).spawn();
  let ended = false;
  const status = process.status.then(() => ended = true);
  const stop = async () => {
    if (!ended) process.kill("SIGTERM");
    await status;
  };
  for (let tries = 0; tries < 200 && !ended; tries++) {
    if (await listens(port)) {
      return { addr: `127.0.0.1:${port}`, pid: process.pid, name, [Symbol.asyncDispose]: stop };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop();
  return new NoPeer(`${name} does not start`);
}

async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
