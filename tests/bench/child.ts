import { TextLineStream } from "../fakes/text_lines.ts";

/** What a bench server tells of itself on demand. */
export interface Usage {
  /** CPU time of the whole process since it began. */
  cpuMs: number;
  rssBytes: number;
}

/** A bench server in a process of its own: one line in, one line of JSON out. */
export class Child {
  readonly pid: number;
  readonly #process: Deno.ChildProcess;
  readonly #commands: WritableStreamDefaultWriter<string>;
  readonly #answers: ReadableStreamDefaultReader<string>;

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.pid = process.pid;
    const encoder = new TextEncoderStream();
    void encoder.readable.pipeTo(process.stdin).catch(() => undefined);
    this.#commands = encoder.writable.getWriter();
    this.#answers = process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
      .getReader();
  }

  /** Starts a script beside this one and waits for its first line. */
  static async start<T>(
    script: string,
    args: string[] = [],
  ): Promise<{ child: Child; ready: T }> {
    const process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--v8-flags=--expose-gc",
        new URL(script, import.meta.url).pathname,
        ...args,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const child = new Child(process);
    try {
      return { child, ready: await child.#answer<T>() };
    } catch (error) {
      await child[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** One command and its answer; not to be called again before that. */
  async ask<T>(command: string): Promise<T> {
    await this.#commands.write(command + "\n");
    return await this.#answer<T>();
  }

  usage(): Promise<Usage> {
    return this.ask("usage");
  }

  async #answer<T>(): Promise<T> {
    const { value, done } = await this.#answers.read();
    if (done) throw new Error("A bench server ended early.");
    return JSON.parse(value) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#process.status;
  }
}
