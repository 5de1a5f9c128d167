import assert from "node:assert/strict";
import { TextLineStream } from "./text_lines.ts";
import { until } from "./until.ts";

export interface Ended {
  code: number;
  out: string;
  errors: string;
}

/** The packed command line of one person, as a program of Node or Deno, with a configuration of its own. */
export class CommandLine implements AsyncDisposable {
  readonly home: string;
  readonly #program: readonly string[];
  readonly #env: Record<string, string>;

  private constructor(program: readonly string[], home: string, env: Record<string, string>) {
    this.#program = program;
    this.home = home;
    this.#env = env;
  }

  static async open(program: readonly string[], server: string): Promise<CommandLine> {
    const home = await Deno.makeTempDir({ prefix: "behest-cli-" });
    // No keychain of the machine that runs the tests.
    const env = { BEHEST_HOME: home, BEHEST_SERVER: server, BEHEST_KEYCHAIN: "no", NODE_NO_WARNINGS: "1" };
    return new CommandLine(program, home, env);
  }

  /** Runs to the end. `input`: its standard input. */
  async run(args: readonly string[], { input = "", env = {} } = {}): Promise<Ended> {
    const child = this.#spawn(args, env);
    const writer = child.stdin.getWriter();
    // It may end before it has read everything.
    await writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => undefined);
    const [out, errors, { code }] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.status,
    ]);
    return { code, out, errors };
  }

  /** Runs, and has to succeed; gives its lines of JSON. */
  async json(args: readonly string[], options: { input?: string } = {}): Promise<Record<string, unknown>[]> {
    const { code, out, errors } = await this.run([args[0]!, "--json", ...args.slice(1)], options);
    assert.equal(code, 0, `${args.join(" ")}\n${out}${errors}`);
    return linesOf(out);
  }

  /** Runs on, until it is disposed of. */
  start(args: readonly string[], env = {}): RunningLine {
    return new RunningLine(this.#spawn(args, env));
  }

  #spawn(args: readonly string[], env: Record<string, string>): Deno.ChildProcess {
    const [program, ...first] = this.#program;
    return new Deno.Command(program!, {
      args: [...first, ...args],
      env: { ...this.#env, ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.home, { recursive: true });
  }
}

/** A command line that runs on, and the lines of JSON that it printed. */
export class RunningLine implements AsyncDisposable {
  readonly lines: Record<string, unknown>[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>;
  #errors = "";

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    const read = async () => {
      const text = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
      for await (const line of text) this.lines.push(JSON.parse(line) as Record<string, unknown>);
    };
    const errors = new Response(child.stderr).text().then((text) => this.#errors = text);
    this.#reading = Promise.all([read(), errors]);
  }

  async write(value: unknown): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${JSON.stringify(value)}\n`));
    writer.releaseLock();
  }

  /** The first line that fits. */
  async line(
    what: string,
    fits: (line: Record<string, unknown>) => boolean,
  ): Promise<Record<string, unknown>> {
    return await until(() => this.lines.find(fits), `${what}; it said ${this.#errors}`);
  }

  async end(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    this.#child.kill(signal);
    const { code } = await this.#child.status;
    await this.#reading;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close().catch(() => undefined);
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#child.status;
    await this.#reading;
  }
}

export function linesOf(out: string): Record<string, unknown>[] {
  return out.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);
}
