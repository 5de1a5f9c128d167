import { TextLineStream } from "../fakes/text_lines.ts";

/** What a bench server tells of itself on demand. */
export interface Usage {
  /** CPU time of the whole process since it began. */
  cpuMs: number;
  rssBytes: number;
}

/** A process that answers lines: one line in, one line of JSON out. */
export class Answering {
  readonly pid: number;
  readonly #process: Deno.ChildProcess;
  readonly #commands: WritableStreamDefaultWriter<string>;
  readonly #answers: ReadableStreamDefaultReader<string>;

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.pid = process.pid;
    const encoder = new TextEncoderStream();
    void encoder.readable.pipeTo(process.stdin).catch(() => undefined);
    this.#commands = encoder.writable.getWriter();
    this.#answers = process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
      .getReader();
  }

  /** One command and its answer; not to be called again before that. */
  async ask<T>(command: string): Promise<T> {
    await this.#commands.write(command + "\n");
    return await this.answer<T>();
  }

  async answer<T>(): Promise<T> {
    const { value, done } = await this.#answers.read();
    if (done) throw new Error("A process of the bench ended early.");
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

/** Starts a program and waits for its first line. */
export async function startAnswering<T>(
  program: string,
  args: string[],
): Promise<{ child: Answering; ready: T }> {
  const child = new Answering(
    new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "inherit" }).spawn(),
  );
  try {
    return { child, ready: await child.answer<T>() };
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
}

/** A bench server in a process of its own. */
export class Child {
  readonly #child: Answering;

  private constructor(child: Answering) {
    this.#child = child;
  }

  /** Starts a script beside this one and waits for its first line. */
  static async start<T>(
    script: string,
    args: string[] = [],
  ): Promise<{ child: Child; ready: T }> {
    const path = new URL(script, import.meta.url).pathname;
    const { child, ready } = await startAnswering<T>(Deno.execPath(), [
      "run",
      "-A",
      "--v8-flags=--expose-gc",
      path,
      ...args,
    ]);
    return { child: new Child(child), ready };
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** One command and its answer; not to be called again before that. */
  ask<T>(command: string): Promise<T> {
    return this.#child.ask<T>(command);
  }

  usage(): Promise<Usage> {
    return this.ask("usage");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}
