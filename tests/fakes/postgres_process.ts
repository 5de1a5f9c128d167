import type { PostgresPlace } from "../../lib/adapters/postgres/mod.ts";
import { freePort } from "./clamd_process.ts";
import { until } from "./until.ts";

/** Where Debian and others put the programs. */
export const postgresFolders: readonly string[] = [
  ...[18, 17, 16, 15, 14].map((version) => `/usr/lib/postgresql/${version}/bin`),
  "/usr/local/pgsql/bin",
];

/** What makes a cluster for tests quick: what it holds need not outlive the machine. */
const quick = [
  "fsync=off",
  "synchronous_commit=off",
  "full_page_writes=off",
  "autovacuum=off",
  "wal_level=minimal",
  "max_wal_senders=0",
];

/** A PostgreSQL cluster in a directory of its own, on this computer only. */
export class PostgresProcess implements AsyncDisposable {
  readonly port: number;
  readonly dir: string;
  readonly #settings: readonly string[];
  #child!: Deno.ChildProcess;
  #output!: Promise<string>;
  #ended = false;

  private constructor(dir: string, port: number, settings: readonly string[]) {
    this.dir = dir;
    this.port = port;
    this.#settings = settings;
  }

  /** `settings`: lines of postgresql.conf. `prepare` may put files beside the data before the start. */
  static async start(
    settings: readonly string[] = quick,
    prepare: (dir: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<PostgresProcess> {
    const dir = await Deno.makeTempDir({ prefix: "behest-postgres-" });
    const process = new PostgresProcess(dir, freePort(), settings);
    await Deno.chmod(dir, 0o777);
    const made = await commandOf("initdb", [
      "--pgdata",
      `${dir}/data`,
      "--username=behest",
      "--auth=trust",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync",
      "--no-instructions",
    ]).output();
    if (!made.success) {
      await Deno.remove(dir, { recursive: true });
      throw new Error(`initdb: ${new TextDecoder().decode(made.stderr)}`);
    }
    await prepare(dir);
    await process.run();
    return process;
  }

  /** A standby of another server, which has to name it in `synchronous_standby_names`. */
  static async standbyOf(primary: PostgresProcess, settings: readonly string[]): Promise<PostgresProcess> {
    const dir = await Deno.makeTempDir({ prefix: "behest-postgres-" });
    const process = new PostgresProcess(dir, freePort(), settings);
    await Deno.chmod(dir, 0o777);
    const copied = await commandOf("pg_basebackup", [
      ...["-h", "127.0.0.1", "-p", String(primary.port), "-U", "behest", "-D", `${dir}/data`],
      // With what it needs to follow the other one.
      ...["--checkpoint=fast", "--no-sync", "--write-recovery-conf", "-X", "stream"],
    ]).output();
    if (!copied.success) throw new Error(`pg_basebackup: ${new TextDecoder().decode(copied.stderr)}`);
    await process.run();
    return process;
  }

  /** It takes writes from now on. */
  async promote(): Promise<void> {
    const { success, stderr } = await commandOf("pg_ctl", ["promote", "-w", "-D", `${this.dir}/data`])
      .output();
    if (!success) throw new Error(`pg_ctl promote: ${new TextDecoder().decode(stderr)}`);
  }

  /** Starts the server, also again. */
  async run(): Promise<void> {
    this.#child = commandOf("postgres", [
      "-D",
      `${this.dir}/data`,
      ...["listen_addresses=127.0.0.1", "unix_socket_directories=", `port=${this.port}`, ...this.#settings]
        .flatMap((setting) => ["-c", setting]),
    ], "null").spawn();
    this.#output = new Response(this.#child.stderr).text();
    this.#ended = false;
    void this.#child.status.then(() => this.#ended = true);
    await until(async () => {
      if (this.#ended) throw new Error(`postgres ended: ${await this.#output}`);
      const { success } = await commandOf("pg_isready", ["-q", "-h", "127.0.0.1", "-p", String(this.port)])
        .output();
      return success;
    }, "PostgreSQL to answer");
  }

  /** Its processes end as if the machine had. */
  async kill(): Promise<void> {
    // The first one takes all others with it. One that was killed before has no file any more, or an old one.
    if (!this.#ended) await commandOf("pg_ctl", ["kill", "QUIT", await this.#pid()]).output();
    await this.#child.status;
    await this.#output;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.dir, { recursive: true });
  }

  /** The same at once, for the end of a process of tests. */
  removeNow(): void {
    const pid = Deno.readTextFileSync(`${this.dir}/data/postmaster.pid`).split("\n")[0]!;
    commandOf("pg_ctl", ["kill", "QUIT", pid]).outputSync();
    Deno.removeSync(this.dir, { recursive: true });
  }

  async #pid(): Promise<string> {
    return (await Deno.readTextFile(`${this.dir}/data/postmaster.pid`)).split("\n")[0]!;
  }
}

export function placeAt(port: number, schema = "behest"): PostgresPlace {
  return {
    hosts: [`127.0.0.1:${port}`],
    database: "postgres",
    user: "behest",
    password: null,
    tls: "off",
    caFile: null,
    schema,
  };
}

/** Runs a statement as an operator would. */
export async function operatorSql({ hosts }: PostgresPlace, text: string): Promise<string> {
  const [, port] = /:([0-9]+)$/.exec(hosts[0]!)!;
  const { success, stdout, stderr } = await commandOf("psql", [
    ...["-h", "127.0.0.1", "-p", port!, "-U", "behest", "-d", "postgres"],
    ...["-v", "ON_ERROR_STOP=1", "-qAtX", "-c", text],
  ]).output();
  if (!success) throw new Error(`psql: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

let started: Promise<PostgresProcess> | undefined;
let schemas = 0;

/** Whether `deno task test` runs one for all. */
export const sharedPort: string | undefined = Deno.env.get("TEST_POSTGRES");

/**
 * A place for a store of its own, in the cluster that all tests use: that of `deno task test`, or one that a file that is run alone
 * starts at its first need.
 */
export async function emptyPlace(): Promise<PostgresPlace> {
  const schema = `test_${crypto.randomUUID().slice(0, 8)}_${++schemas}`;
  if (sharedPort !== undefined) return placeAt(Number(sharedPort), schema);
  if (started === undefined) {
    started = PostgresProcess.start();
    const process = await started;
    globalThis.addEventListener("unload", () => process.removeNow());
  }
  return placeAt((await started).port, schema);
}

/** The server refuses to run as root: then it and its files are its own user's. */
function commandOf(
  program: string,
  args: readonly string[],
  stdout: "piped" | "null" = "piped",
): Deno.Command {
  const folder = postgresFolders.find((one) => isFile(`${one}/${program}`));
  if (folder === undefined) throw new Error("PostgreSQL is not installed (Debian package postgresql).");
  const own = Deno.uid() !== 0;
  const path = `${folder}/${program}`;
  return new Deno.Command(own ? path : "/usr/sbin/runuser", {
    args: own ? [...args] : ["-u", "postgres", "--", path, ...args],
    stdin: "null",
    stdout,
    stderr: "piped",
    cwd: "/",
  });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
