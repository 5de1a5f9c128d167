import { Buffer } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import type { Command } from "../typescript/mod.ts";
import { UsageError } from "./arguments.ts";

/** A program that the person mapped to a kind: its words, with places for values. */
export interface Mapping {
  kind: string;
  words: readonly string[];
}

/** How a program ended. `output`: the first bytes of what it printed. */
export interface Ran {
  outcome: "done" | "failed" | "missing" | "timed_out" | "stopped";
  exitCode: number | null;
  output: string;
  truncated: boolean;
}

/** Bytes of a program's output that are kept. */
const outputBytes = 64 * 1024;
/** A program that does not end when it is asked to is killed after this. */
const killAfterMs = 5000;

/**
 * `KIND PROGRAM`: words separated by spaces, where quotes hold words together. There is no shell: nothing in a word has a
 * meaning but `{id}`, `{kind}`, `{title}`, `{body}`, `{from}` and `{href}`.
 */
export function mappingOf(kind: string, program: string): Mapping {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(kind)) throw new UsageError(`"${kind}" is no kind of command.`);
  const words: string[] = [];
  for (const [, double, single, plain] of program.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g)) {
    words.push(double ?? single ?? plain ?? "");
  }
  if (words.length === 0 || words[0]!.includes("{")) throw new UsageError(`--on ${kind}: name a program.`);
  return { kind, words };
}

/** Runs programs for commands, one at a time. `stop` ends the one that runs. */
export class Runner {
  readonly #timeoutMs: number;
  #running: { child: ChildProcess; end: (outcome: "timed_out" | "stopped") => void } | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Never rejects. The command is on the program's standard input as JSON, and in its environment as `BEHEST_…`. */
  run({ words }: Mapping, command: Command): Promise<Ran> {
    const values = valuesOf(command);
    const [program, ...args] = filled(words, values);
    const { promise, resolve } = Promise.withResolvers<Ran>();
    let output = Buffer.alloc(0);
    let truncated = false;
    let ended: "timed_out" | "stopped" | undefined;
    const child = spawn(program!, args, {
      env: { ...withoutSecrets(process.env), ...environmentOf(values) },
      stdio: ["pipe", "pipe", "pipe"],
      // A group of its own, so that what the program starts ends with it.
      detached: true,
      shell: false,
    });
    const kill = () => {
      signal(child, "SIGKILL");
      // What has left the group, as `setsid` does, may hold the output open for ever.
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const end = (why: "timed_out" | "stopped") => {
      // A stop waits for nothing.
      if (why === "stopped") kill();
      if (ended !== undefined) return;
      ended = why;
      if (why === "stopped") return;
      signal(child, "SIGTERM");
      killing = setTimeout(kill, killAfterMs);
    };
    let killing: ReturnType<typeof setTimeout> | undefined;
    const timer = setTimeout(() => end("timed_out"), this.#timeoutMs);
    this.#running = { child, end };
    const settle = (ran: Ran) => {
      clearTimeout(timer);
      clearTimeout(killing);
      if (this.#running?.child === child) this.#running = undefined;
      resolve(ran);
    };
    const keep = (part: Buffer) => {
      const room = outputBytes - output.length;
      truncated ||= part.length > room;
      output = Buffer.concat([output, part.subarray(0, room)]);
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.on("error", () => settle({ outcome: "missing", exitCode: null, output: "", truncated: false }));
    child.on("close", (code) => {
      // What it started and left behind.
      signal(child, "SIGKILL");
      const outcome = ended ?? (code === 0 ? "done" : "failed");
      settle({ outcome, exitCode: code, output: output.toString("utf8"), truncated });
    });
    child.stdin?.on("error", () => {
      // It reads nothing.
    });
    child.stdin?.end(JSON.stringify(command));
    return promise;
  }

  /** CO-6: ends what runs, at once. */
  stop(): void {
    this.#running?.end("stopped");
  }
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // It has ended.
  }
}

function valuesOf(command: Command): Record<string, string> {
  const href = command.kind === "link" && typeof command.data?.href === "string" ? command.data.href : "";
  return {
    id: command.id,
    kind: command.kind,
    title: command.title ?? "",
    body: command.body ?? "",
    from: command.from.username,
    href,
  };
}

/** The words with their values. A value can become no option: before `--` one that begins with `-` gets a space in front. */
function filled(words: readonly string[], values: Record<string, string>): string[] {
  let options = true;
  return words.map((word) => {
    if (word === "--") options = false;
    const whole = word.replace(
      /\{(id|kind|title|body|from|href)\}/g,
      (_, name: string) => values[name] ?? "",
    );
    const plain = whole.replaceAll("\0", "");
    return options && word.startsWith("{") && plain.startsWith("-") ? ` ${plain}` : plain;
  });
}

function environmentOf(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map((
      [name, value],
    ) => [`BEHEST_COMMAND_${name.toUpperCase()}`, value.replaceAll("\0", "")]),
  );
}

/** A mapped program gets no login. */
function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { BEHEST_TOKEN: _, ...rest } = env;
  return rest;
}
