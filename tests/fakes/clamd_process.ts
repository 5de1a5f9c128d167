import { eicar } from "../fixtures/scan/archives.ts";
import { until } from "./until.ts";

/** Where Debian and others put it. */
const places = ["/usr/sbin/clamd", "/usr/bin/clamd", "/usr/local/sbin/clamd"];

/** What a server should run with; a test overrides single lines. */
const settings: Readonly<Record<string, string>> = {
  TCPAddr: "127.0.0.1",
  Foreground: "yes",
  StreamMaxLength: "2000M",
  MaxFileSize: "2000M",
  MaxScanSize: "2000M",
  MaxScanTime: "120000",
  AlertExceedsMax: "yes",
  AlertEncrypted: "yes",
  MaxThreads: "4",
  MaxQueue: "64",
  ReadTimeout: "60",
  CommandReadTimeout: "10",
  IdleTimeout: "60",
  ConcurrentDatabaseReload: "yes",
};

export interface ClamdSetup {
  /** Lines of clamd.conf that are other than those above. */
  lines?: Readonly<Record<string, string>>;
  /** More signatures: file name and content. */
  signatures?: Readonly<Record<string, string>>;
}

/** Debian's clamd with a signature for the EICAR file, in a directory of its own. */
export class ClamdProcess implements AsyncDisposable {
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly #dir: string;
  #child: Deno.ChildProcess;
  #output: Promise<Uint8Array>;

  private constructor(dir: string, port: number, started: ReturnType<typeof spawn>) {
    this.#dir = dir;
    this.port = port;
    this.#child = started.child;
    this.#output = started.output;
  }

  static async start({ lines = {}, signatures = {} }: ClamdSetup = {}): Promise<ClamdProcess> {
    const dir = await Deno.makeTempDir({ prefix: "behest-clamd-" });
    // Started as root it would change to another user unless told otherwise; that one could not read this.
    await Deno.chmod(dir, 0o755);
    await Deno.mkdir(`${dir}/db`);
    await Deno.mkdir(`${dir}/tmp`);
    await Deno.writeTextFile(`${dir}/db/eicar.ndb`, `Test.Eicar:0:*:${eicar.toHex()}\n`);
    for (const [name, text] of Object.entries(signatures)) {
      await Deno.writeTextFile(`${dir}/db/${name}`, text);
    }
    const port = freePort();
    const all = {
      DatabaseDirectory: `${dir}/db`,
      TemporaryDirectory: `${dir}/tmp`,
      TCPSocket: String(port),
      ...settings,
      ...lines,
    };
    const text = Object.entries(all).map(([name, value]) => `${name} ${value}\n`).join("");
    await Deno.writeTextFile(`${dir}/clamd.conf`, text);
    const clamd = new ClamdProcess(dir, port, spawn(dir));
    await clamd.#answers();
    return clamd;
  }

  get address(): { host: string; port: number } {
    return { host: this.host, port: this.port };
  }

  /** The file for `clamdscan --config-file`. */
  get config(): string {
    return `${this.#dir}/clamd.conf`;
  }

  stop(): void {
    this.#child.kill("SIGSTOP");
  }

  continue(): void {
    this.#child.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#child.status;
    await this.#output;
  }

  /** On the same port, also with other lines of clamd.conf, whose old ones are replaced. */
  async restart(lines: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.kill();
    let text = await Deno.readTextFile(this.config);
    for (const [name, value] of Object.entries(lines)) {
      text = text.replace(new RegExp(`^${name} .*\n`, "m"), "") + `${name} ${value}\n`;
    }
    await Deno.writeTextFile(this.config, text);
    const started = spawn(this.#dir);
    this.#child = started.child;
    this.#output = started.output;
    await this.#answers();
  }

  async #answers(): Promise<void> {
    let ended: Deno.CommandStatus | null = null;
    void this.#child.status.then((status) => ended = status);
    await until(
      async () => {
        if (ended !== null) {
          const said = new TextDecoder().decode(await this.#output);
          await Deno.remove(this.#dir, { recursive: true });
          throw new Error(`clamd ended (${JSON.stringify(ended)}): ${said}`);
        }
        return await pings(this.port);
      },
      "clamd to answer",
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.#dir, { recursive: true });
  }
}

function spawn(dir: string): { child: Deno.ChildProcess; output: Promise<Uint8Array> } {
  const program = places.find((place) => {
    try {
      return Deno.statSync(place).isFile;
    } catch {
      return false;
    }
  });
  if (program === undefined) throw new Error("clamd is not installed (Debian package clamav-daemon).");
  const child = new Deno.Command(program, {
    args: ["-c", `${dir}/clamd.conf`],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  return { child, output: new Response(child.stderr).bytes() };
}

async function pings(port: number): Promise<boolean> {
  try {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.write(new TextEncoder().encode("zPING\0"));
    const buffer = new Uint8Array(16);
    const count = await conn.read(buffer);
    return new TextDecoder().decode(buffer.subarray(0, count ?? 0)) === "PONG\0";
  } catch {
    return false;
  }
}

/** A port that nobody uses just now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
