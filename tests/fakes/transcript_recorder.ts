import { iso } from "../../lib/platform/clock.ts";
import { limits } from "../../lib/protocol/limits.ts";
import type { ConnectionOpening } from "../../lib/realtime/mod.ts";
import { AppRig } from "./app_rig.ts";
import { settle } from "./clock.ts";
import { TranscriptClient } from "./transcript_client.ts";
import { type Action, type Step, type Transcript, type TranscriptFrame } from "./transcript.ts";
import { until } from "./until.ts";

/** The server's end of a connection in memory. What the server sends waits until the recorder takes it. */
class ServerEnd {
  binaryType = "blob";
  readyState: number = WebSocket.OPEN;
  readonly bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  onclose: (() => void) | null = null;
  readonly frames: TranscriptFrame[] = [];
  closedWith: { code: number; reason: string } | null = null;

  send(text: string): void {
    this.frames.push(JSON.parse(text) as TranscriptFrame);
  }

  close(code: number, reason: string): void {
    this.closedWith ??= { code, reason };
    this.readyState = WebSocket.CLOSED;
  }

  /** The client or the network ended it. */
  lost(): void {
    this.readyState = WebSocket.CLOSED;
    this.onclose?.();
  }
}

/** Records a transcript: the real server and the library of TypeScript, one frame at a time, on one clock. */
export class TranscriptRecorder implements AsyncDisposable {
  readonly rig: AppRig;
  /** What the client sends is lost on its way. */
  loses = false;
  readonly #head: Omit<Transcript, "steps" | "recorded">;
  readonly #client: TranscriptClient;
  readonly #steps: Step[] = [];
  #end: ServerEnd | null = null;

  private constructor(rig: AppRig, head: Omit<Transcript, "steps" | "recorded">) {
    this.rig = rig;
    this.#head = head;
    this.#client = new TranscriptClient({ ...head, recorded: true, steps: [] }, rig.clock);
  }

  static async start(head: Omit<Transcript, "steps" | "recorded">): Promise<TranscriptRecorder> {
    const rig = await AppRig.start();
    await rig.befriend("ann", "bob");
    return new TranscriptRecorder(rig, head);
  }

  /** Ann's client does this; what it sends reaches the server. */
  async act(action: Action): Promise<void> {
    const effects = await this.#client.act(action);
    this.#steps.push(action, ...effects);
    for (const effect of effects) {
      if ("open" in effect) await this.#open(effect.open);
      else if ("out" in effect && !this.loses) this.#end?.onmessage?.({ data: JSON.stringify(effect.out) });
      else if ("closed" in effect) this.#end?.lost();
    }
  }

  /** Hands over the next frame of the server with this method, or `answer`. */
  async take(what: string): Promise<void> {
    const end = this.#end!;
    const isIt = (frame: TranscriptFrame) => (frame.method ?? "answer") === what;
    const waitsUntil = performance.now() + 20_000;
    await until(() => {
      if (performance.now() > waitsUntil) {
        throw new Error(
          `No ${what} in ${this.#head.name}: ${JSON.stringify(end.frames)} after ${
            JSON.stringify(this.#steps.slice(-6))
          }`,
        );
      }
      return end.frames.some(isIt);
    });
    const [frame] = end.frames.splice(end.frames.findIndex(isIt), 1);
    await this.act({ in: frame! });
  }

  /** Connects and takes the greeting. */
  async online(): Promise<void> {
    await this.act({ connect: true });
    await this.take("session.ready");
  }

  /** The server ends the connection. */
  async ended(): Promise<void> {
    const end = this.#end!;
    await until(() => {
      // The server waits for a short pause of its client.
      this.rig.clock.advance(1);
      return end.closedWith !== null;
    }, `the close in ${this.#head.name}`);
    this.#end = null;
    end.lost();
    await this.act({ end: end.closedWith! });
  }

  /** The network breaks. */
  async cut(): Promise<void> {
    this.loses = false;
    this.#end?.lost();
    this.#end = null;
    await this.act({ end: { code: 1006, reason: "" } });
  }

  /** Another client of ann's takes the device over; the function that is returned ends it. */
  async rival(): Promise<() => void> {
    const end = new ServerEnd();
    const caller = await this.#caller();
    const { device = "default" } = this.#head.client;
    this.rig.services.realtime.open(end as unknown as WebSocket, {
      device,
      window: 64,
      accept: null,
      caller,
    });
    return () => end.lost();
  }

  /** Lets the server do what it is about to do. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await settle();
  }

  get transcript(): Transcript {
    const { name, about, rules, client } = this.#head;
    const steps = JSON.parse(sameNames(JSON.stringify(this.#steps))) as Step[];
    return { name, about, rules, recorded: true, client, steps };
  }

  async #caller(): Promise<ConnectionOpening["caller"]> {
    const sessionExpiresAt = iso(this.rig.clock.now() + limits.sessionMs);
    return { ...await this.rig.caller("ann"), sessionExpiresAt };
  }

  async #open(
    { device = "default", window = "64", accept }: Record<string, string | undefined>,
  ): Promise<void> {
    const end = this.#end = new ServerEnd();
    const caller = await this.#caller();
    this.rig.services.realtime.open(end as unknown as WebSocket, {
      device,
      window: Number(window),
      accept: accept === undefined ? null : new Set(accept.split(",")),
      caller,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.act({ close: true });
    this.#end?.lost();
    await this.rig[Symbol.asyncDispose]();
  }
}

/** Ids, places and names of connections, numbered in the order in which they appear: every recording has the same. */
function sameNames(text: string): string {
  const found = new Map<string, string>();
  const renamed = (pattern: RegExp, name: (number: number) => string) => {
    let number = 0;
    text = text.replace(pattern, (old) => {
      if (!found.has(old)) found.set(old, name(++number));
      return found.get(old)!;
    });
  };
  renamed(
    /(?<=")[0-9A-HJKMNP-TV-Z]{26}(?=")/g,
    (number) => `01ARZ3NDEKTSV4RR${String(number).padStart(10, "0")}`,
  );
  renamed(/(?<=")[0-9a-f]{20}(?=")/g, (number) => number.toString(16).padStart(20, "0"));
  renamed(/(?<="connection":")[^"]+(?=")/g, (number) => `c${number}`);
  return text;
}
