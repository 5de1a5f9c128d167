import assert from "node:assert/strict";
import { BehestClient, type RequestError } from "../../lib/client/mod.ts";
import type { Method } from "../../lib/protocol/methods.ts";
import { FakeSocket } from "./client_rig.ts";
import { FakeClock, settle } from "./clock.ts";
import {
  type Action,
  type Effect,
  inOrder,
  rounds,
  type Transcript,
  type TranscriptFrame,
} from "./transcript.ts";

/** The client library of TypeScript under a transcript: does its actions and notes what the client does then. */
export class TranscriptClient implements AsyncDisposable {
  readonly clock: FakeClock;
  #effects: Effect[] = [];
  #sockets: FakeSocket[] = [];
  /** Requests of the client that have no answer yet: names of transcripts, ids of frames. */
  readonly #ids = new Map<string, unknown>();
  #named = 0;
  #fails = false;
  #refused: number | undefined;
  readonly #client: BehestClient;

  constructor({ client: { fraction, ...options } }: Transcript, clock = new FakeClock()) {
    this.clock = clock;
    this.#client = new BehestClient({
      ...options,
      url: "wss://behest.example/api/ws",
      clock,
      random: { bytes: (length) => new Uint8Array(length), fraction: () => fraction },
      // A browser hears of a refused login from the ticket alone.
      ticket: () => {
        const status = this.#refused;
        this.#refused = undefined;
        if (status === undefined) return Promise.resolve("a-ticket");
        return Promise.resolve(status === 401 ? null : { refused: "refused" });
      },
      socket: (url, protocols) => this.#open(new FakeSocket(url, protocols)),
    });
    const told = (event: Record<string, unknown>) => void this.#effects.push({ event });
    const client = this.#client;
    client.on("connection", (state) => {
      if (state.kind === "offline") told({ state: state.kind, inMs: state.retryAt - clock.now() });
      else if (state.kind === "stopped") told({ state: state.kind, code: state.code });
      else if (state.kind !== "connecting") told({ state: state.kind });
    });
    client.on("deliver", ({ command }) => {
      if (this.#fails) throw new Error("The handler fails, as the transcript says.");
      told({ deliver: command.id });
    });
    client.on("message", ({ message }) => told({ message: message.id }));
    client.on(
      "changed",
      ({ id, state }) => told({ changed: id, ...(state === undefined ? {} : { to: state }) }),
    );
    client.on("notification", ({ method }) => told({ notification: method }));
    client.on("stopped", ({ stopped, pending }) => told({ stopped, pending }));
    client.on("failed", ({ delivery }) => told({ failed: delivery.command.id }));
  }

  /** Does the action, lets all settle, and gives what the client did. */
  async act(action: Action): Promise<Effect[]> {
    await this.#do(action);
    await settle();
    await settle();
    return inOrder(this.#effects.splice(0));
  }

  async #do(action: Action): Promise<void> {
    if ("connect" in action) this.#client.connect();
    else if ("request" in action) this.#request(action.request);
    else if ("handler" in action) this.#fails = action.handler === "fails";
    else if ("close" in action) void this.#client.close();
    else if ("clock" in action) await this.clock.advanceAsync(action.clock);
    else if ("in" in action) this.#socket.receive(this.#received(action.in));
    else if ("end" in action) this.#socket.end(action.end.code, action.end.reason);
    else if ("refused" in action) this.#refused = action.refused;
    else action satisfies never;
  }

  get #socket(): FakeSocket {
    const socket = this.#sockets.at(-1);
    assert.ok(socket, "the transcript goes on and no socket was opened");
    return socket;
  }

  #open(socket: FakeSocket): FakeSocket {
    const names = ["device", "window", "accept"];
    const query = [...socket.url.searchParams].filter(([name]) => names.includes(name));
    this.#effects.push({ open: Object.fromEntries(query) });
    this.#sockets.push(socket);
    socket.onSent = (frame) => {
      const { id, ...rest } = frame as TranscriptFrame;
      if (!("method" in rest)) return void this.#effects.push({ out: { id, ...rest } });
      const name = `$${++this.#named}`;
      this.#ids.set(name, id);
      this.#effects.push({ out: { jsonrpc: "2.0", id: name, method: rest.method, params: rest.params } });
    };
    const close = socket.close.bind(socket);
    socket.close = (code, reason) => {
      if (socket.closedWith === undefined) this.#effects.push({ closed: code ?? 1000 });
      close(code, reason);
    };
    return socket;
  }

  #received(frame: TranscriptFrame): TranscriptFrame | string {
    if (typeof frame.raw === "string") return frame.raw;
    const { id } = frame;
    return typeof id === "string" && this.#ids.has(id) ? { ...frame, id: this.#ids.get(id) } : frame;
  }

  #request(
    { name, method, params }: { name: string; method: string; params: Record<string, unknown> },
  ): void {
    this.#client.request(method as Method, params as never).then(
      () => void this.#effects.push({ event: { answered: name } }),
      (error: RequestError) => void this.#effects.push({ event: { failed: name, kind: error.kind } }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#client.close();
    this.#sockets.at(-1)?.end(1000);
    await closed;
    await settle();
    assert.equal(this.clock.pending, 0, "a timer was left behind");
  }
}

/** Plays a whole transcript; throws at the first difference. */
export async function play(transcript: Transcript): Promise<void> {
  await using client = new TranscriptClient(transcript);
  for (const [at, { action, effects }] of rounds(transcript.steps).entries()) {
    const done = await client.act(action);
    assert.deepEqual(done, effects, `${transcript.name}, action ${at + 1}: ${JSON.stringify(action)}`);
  }
}
