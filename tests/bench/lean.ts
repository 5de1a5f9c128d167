import { type Answering, startAnswering } from "./child.ts";

/** What `lean/` measured: times in ms. */
export interface Spent {
  ms: number;
  /** CPU time of the measured server, and of the load generator. */
  cpuMs: number;
  clientMs: number;
}

/** One message to many, from the call on, in ms. */
export interface Fanned {
  firstMs: number;
  lastMs: number;
  /** Until the sender has its answer, and until every acknowledgement is taken; 0 where there is none. */
  answerMs: number;
  allMs: number;
  cpuMs: number;
}

export type Kind = "behest" | "raw" | "mqtt" | "nats" | "tus";

/** A line of `lean/main.go`; that says what each field means. */
export interface LeanCommand {
  do: "open" | "close" | "fan" | "backlog" | "publish" | "sends" | "ask" | "beat" | "uploads";
  set: string;
  kind?: Kind;
  addr?: string;
  from?: string;
  names?: readonly string[];
  topics?: readonly string[];
  pid?: number;
  atOnce?: number;
  window?: number;
  device?: string;
  payload?: string;
  rounds?: number;
  reached?: number;
  acks?: boolean;
  each?: number;
  inFlight?: number;
  warmMs?: number;
  forMs?: number;
  bytes?: number;
}

/** Opened so many at once, so that a backlog of the listener never overflows. */
export const openingAtOnce = 50;
/** As long as a title, a body and what is around them. */
export const peerPayload = "x".repeat(560);
export const body = "a line of a message ".repeat(5);

const source = new URL("lean/", import.meta.url).pathname;
const program = "tests/.out/lean";

/** The load generator in a process of its own. */
export class Lean {
  readonly #child: Answering;

  private constructor(child: Answering) {
    this.#child = child;
  }

  static async start(): Promise<Lean> {
    await build();
    const { child } = await startAnswering<unknown>(program, []);
    return new Lean(child);
  }

  ask<T>(command: LeanCommand): Promise<T> {
    return this.#child.ask<T>(JSON.stringify(command));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}

/** The compiler itself sees whether anything has changed. */
async function build(): Promise<void> {
  const command = new Deno.Command("go", {
    args: ["build", "-o", `${Deno.cwd()}/${program}`, "."],
    cwd: source,
    env: { GOFLAGS: "-buildvcs=false" },
    stdout: "inherit",
    stderr: "inherit",
  });
  const { success } = await command.output().catch(() => {
    throw new Error("The load generator needs the Go compiler (Debian package golang-go, or go.dev).");
  });
  if (!success) throw new Error(`${source} was not built.`);
}
