import { ConfigProblem, readConfig } from "../../lib/config/mod.ts";
import { permissionFlags } from "../../tools/permissions.ts";
import { freshBuild } from "./fresh_build.ts";
import { TextLineStream } from "./text_lines.ts";
import { until } from "./until.ts";

/** A real server in a process of its own, on a data directory that outlives it. */
export class ServerProcess {
  readonly origin: string;
  readonly lines: readonly string[];
  readonly #child: Deno.ChildProcess;

  private constructor(origin: string, lines: readonly string[], child: Deno.ChildProcess) {
    this.origin = origin;
    this.lines = lines;
    this.#child = child;
  }

  /**
   * Starts `main.ts` with the permissions that `deno task start` gives it, `program` with all, or what `args` says. Throws with
   * its output when it ends early. `quiet`: what it logs is not shown, but when that happens. `under`: what runs the command
   * that is put behind it.
   */
  static async start(
    env: Record<string, string>,
    { program, args, quiet = false, under = [] }: {
      program?: readonly string[] | undefined;
      args?: (permissions: readonly string[]) => readonly string[];
      quiet?: boolean;
      under?: readonly string[];
    } = {},
  ): Promise<ServerProcess> {
    await freshBuild();
    const whole = { BEHEST_PORT: "0", BEHEST_LOG_LEVEL: "warn", ...env };
    const [first, ...rest] = [
      ...under,
      Deno.execPath(),
      ...program === undefined ? (args ?? mainArgs)(permissions(whole)) : ["run", "-A", ...program],
    ];
    const child = new Deno.Command(first!, {
      args: rest,
      env: whole,
      stdin: "null",
      stdout: "piped",
      stderr: quiet ? "piped" : "inherit",
    }).spawn();
    const told = quiet ? new Response(child.stderr).text() : Promise.resolve("");
    const lines: string[] = [];
    const serving = Promise.withResolvers<string>();
    void (async () => {
      for await (
        const line of child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
      ) {
        lines.push(line);
        const found = /serving on (https?:\/\/\S+)/.exec(line);
        if (found !== null) serving.resolve(found[1]!);
      }
      serving.reject(new Error(`The server ended early: ${lines.join("\n")}${(await told).slice(-4000)}`));
    })();
    serving.promise.catch(() => undefined);
    return new ServerProcess(await serving.promise, lines, child);
  }

  /** When it has ended, by itself or not. */
  get ended(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get port(): string {
    return new URL(this.origin).port;
  }

  /** The demo people's shared password, as the console shows it. */
  demoPassword(): Promise<string> {
    return this.#shown(/with the password (\S+)/, "the demo password on the console");
  }

  /** Path and query of the one-time setup link. */
  setupLink(): Promise<string> {
    return this.#shown(/(\/setup\?token=\S+)/, "the setup link on the console");
  }

  #shown(pattern: RegExp, what: string): Promise<string> {
    return until(
      () => this.lines.map((line) => pattern.exec(line)?.[1]).find((text) => text !== undefined),
      what,
    );
  }

  async signal(name: Deno.Signal): Promise<Deno.CommandStatus> {
    this.#child.kill(name);
    return await this.#child.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#child.status;
  }
}

const mainArgs = (permissions: readonly string[]) => ["run", ...permissions, "main.ts"];

/** As `tools/permissions.ts` prints them, without a process of its own. */
function permissions(env: Record<string, string>): string[] {
  const read = readConfig({ ...Deno.env.toObject(), ...env });
  if (read instanceof ConfigProblem) throw new Error(read.line);
  return permissionFlags(read.config);
}

/** Logs somebody in over REST. */
export async function logIn(origin: string, username: string, password: string): Promise<string> {
  const answer = await fetch(`${origin}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  const body = await answer.json();
  if (answer.status !== 200) throw new Error(`Login failed: ${JSON.stringify(body)}`);
  return body.token;
}
