import type { PostgresPlace } from "../../lib/adapters/postgres/mod.ts";
import { TextLineStream } from "./text_lines.ts";
import { until } from "./until.ts";

export type InstanceCall =
  | { call: "login" | "stop" | "resume" | "endOthers"; who: string }
  | { call: "contact"; who: string; to: string }
  | { call: "listen"; who: string; device: string }
  | { call: "send"; who: string; to: string; title: string };

export type InstanceEvent =
  | { event: "ready" }
  | { event: "lost"; reason: string }
  | { event: "delivered"; device: string; title: string }
  | { event: "closed"; device: string }
  | { event: "answer"; id: number; refused: unknown };

/** One of several instances on a PostgreSQL, in a process of its own. */
export class InstanceProcess implements AsyncDisposable {
  /** Titles that each device was handed, in their order, repeats included; `at` is when it was heard here. */
  readonly delivered: { device: string; title: string; at: number }[] = [];
  readonly closed = new Set<string>();
  lost: string | null = null;
  ended = false;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #answers = new Map<number, (refused: unknown) => void>();
  #ready = false;
  #calls = 0;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    void this.#read();
    void child.status.then(() => this.ended = true);
  }

  static async start(place: PostgresPlace): Promise<InstanceProcess> {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "tests/fakes/instance_program.ts", JSON.stringify(place)],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const process = new InstanceProcess(child);
    await until(() => process.#ready || process.ended, "the instance");
    if (process.ended) throw new Error("The instance ended early.");
    return process;
  }

  /** Resolves with the answer; never, if the process ends before. */
  async call(call: InstanceCall): Promise<"taken" | "refused"> {
    const id = ++this.#calls;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#answers.set(id, resolve);
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify({ ...call, id })}\n`))
      .catch(() => undefined);
    return await promise === null ? "taken" : "refused";
  }

  signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(signal);
  }

  titles(device: string): string[] {
    return this.delivered.filter((one) => one.device === device).map(({ title }) => title);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.ended) this.signal("SIGKILL");
    await this.#child.status;
    await this.#writer.abort().catch(() => undefined);
  }

  async #read(): Promise<void> {
    for await (
      const line of this.#child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
    ) this.#heard(JSON.parse(line) as InstanceEvent);
  }

  #heard(event: InstanceEvent): void {
    switch (event.event) {
      case "ready":
        this.#ready = true;
        break;
      case "lost":
        this.lost = event.reason;
        break;
      case "delivered":
        this.delivered.push({ device: event.device, title: event.title, at: performance.now() });
        break;
      case "closed":
        this.closed.add(event.device);
        break;
      case "answer":
        this.#answers.get(event.id)?.(event.refused);
        break;
      default:
        event satisfies never;
    }
  }
}
