import assert from "node:assert/strict";
import type { SocketEvent, WebSocketLike } from "../../lib/client/mod.ts";
import { BehestClient, type ClientOptions, type ConnectionState } from "../../lib/client/mod.ts";
import type { Delivery } from "../../lib/protocol/mod.ts";
import { FakeClock, settle } from "./clock.ts";
import { seededRandom } from "./random.ts";

export interface SentFrame {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  error?: { code: number };
}

type EventType = "open" | "message" | "close" | "error";

/** The client's end of a socket; the test plays the server. */
export class FakeSocket implements WebSocketLike {
  readonly url: URL;
  readonly protocols: string[];
  /** Frames of the client, oldest first. */
  readonly sent: SentFrame[] = [];
  /** How the client closed it. */
  closedWith: { code: number | undefined; reason: string | undefined } | undefined;
  /** Set to have `send` throw. */
  sendFails = false;
  /** Set to hear each frame of the client. */
  onSent: ((frame: SentFrame) => void) | undefined;
  readonly #listeners = new Map<EventType, ((event: SocketEvent) => void)[]>();
  #over = false;

  constructor(url: string, protocols: string[]) {
    this.url = new URL(url);
    this.protocols = protocols;
  }

  addEventListener(type: EventType, listener: (event: SocketEvent) => void): void {
    this.#listeners.set(type, [...this.#listeners.get(type) ?? [], listener]);
  }

  send(data: string): void {
    if (this.sendFails) throw new Error("InvalidStateError");
    if (this.#over || this.closedWith !== undefined) return;
    const frame = JSON.parse(data) as SentFrame;
    this.sent.push(frame);
    this.onSent?.(frame);
  }

  close(code?: number, reason?: string): void {
    this.closedWith ??= { code, reason };
  }

  /** One frame of the server; text as it is, anything else as JSON. */
  receive(frame: unknown): void {
    if (this.#over) return;
    this.#emit({ type: "message", data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  }

  receiveBinary(data: Uint8Array): void {
    this.#emit({ type: "message", data });
  }

  notify(method: string, params: unknown): void {
    this.receive({ jsonrpc: "2.0", method, params });
  }

  answer(request: SentFrame, result: unknown): void {
    this.receive({ jsonrpc: "2.0", id: request.id, result });
  }

  refuse(request: SentFrame, error: unknown): void {
    this.receive({ jsonrpc: "2.0", id: request.id, error });
  }

  /** The connection ends from the other side; 1006 is a broken network. */
  end(code = 1006, reason = ""): void {
    if (this.#over) return;
    this.#over = true;
    if (code === 1006) this.#emit({ type: "error" });
    this.#emit({ type: "close", code, reason });
  }

  /** Requests of one method. */
  calls(method: string): SentFrame[] {
    return this.sent.filter((frame) => frame.method === method);
  }

  /** Names of what the client called, heartbeats left out. */
  get methods(): string[] {
    return this.sent.map((frame) => frame.method ?? "answer").filter((method) => method !== "heartbeat");
  }

  #emit(event: SocketEvent & { type: EventType }): void {
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event);
  }
}

export const intervalMs = 20_000;
export const userId = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

export function readyParams(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    protocol: 1,
    user: {
      id: userId,
      username: "ann",
      displayName: "Ann",
      role: "member",
      rights: { broadcast: false },
      createdAt: "2026-01-01T00:00:00.000Z",
    },
    device: "phone",
    connection: "c1",
    heartbeat: { intervalMs, misses: 3 },
    serverTime: "2026-01-01T00:00:00.000Z",
    sessionExpiresAt: "2026-01-02T00:00:00.000Z",
    cursor: null,
    pending: 0,
    stopped: false,
    limits: {},
    ...change,
  };
}

/** The delivery number `place` of a log. */
export function deliveryAt(place: number, state: Delivery["state"] = "queued"): Delivery {
  return {
    cursor: place.toString(16).padStart(20, "0"),
    state,
    command: {
      id: commandId(place),
      kind: "message",
      title: `number ${place}`,
      body: null,
      data: null,
      categories: ["general"],
      attachments: [],
      from: { id: userId, username: "bob", displayName: "Bob" },
      audience: { kind: "user" },
      createdAt: "2026-01-01T00:00:00.000Z",
      deliverAt: null,
      dueAt: null,
      expiresAt: "2026-01-15T00:00:00.000Z",
      requires: "none",
    },
  };
}

export function commandId(place: number): string {
  return `01ARZ3NDEKTSV4RR${String(place).padStart(10, "0")}`;
}

/** A client on fake sockets and a fake clock. */
export class ClientRig implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly sockets: FakeSocket[] = [];
  readonly states: ConnectionState[] = [];
  readonly client: BehestClient;

  constructor(options: Partial<ClientOptions> & { seed?: number } = {}) {
    const { seed = 1, ...rest } = options;
    this.client = new BehestClient({
      url: "wss://behest.example/api/ws",
      clock: this.clock,
      random: seededRandom(seed),
      socket: (url, protocols) => {
        const socket = new FakeSocket(url, protocols);
        this.sockets.push(socket);
        return socket;
      },
      ...rest,
    });
    this.client.on("connection", (state) => void this.states.push(state));
  }

  /** The newest socket. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    assert.ok(socket, "no socket was opened");
    return socket;
  }

  get kind(): ConnectionState["kind"] {
    return this.client.connection.kind;
  }

  /** Milliseconds until the next try. */
  get retryInMs(): number {
    const state = this.client.connection;
    assert.equal(state.kind, "offline");
    return state.kind === "offline" ? state.retryAt - this.clock.now() : NaN;
  }

  /** Connects, if need be waits for the next try, and lets the server be ready. */
  async online(ready: Record<string, unknown> = {}): Promise<FakeSocket> {
    this.client.connect();
    if (this.kind === "offline") await this.clock.advanceAsync(this.retryInMs);
    assert.equal(this.kind, "connecting");
    await settle();
    this.socket.notify("session.ready", readyParams(ready));
    await settle();
    assert.equal(this.kind, "online");
    return this.socket;
  }

  async deliver(...deliveries: Delivery[]): Promise<void> {
    this.socket.notify("command.deliver", { deliveries });
    await settle();
  }

  /** Time passes while the server answers heartbeats. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1000) {
      this.socket.receive({ jsonrpc: "2.0", id: 1_000_000, result: {} });
      await this.clock.advanceAsync(Math.min(left, 1000));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.client.close();
    this.sockets.at(-1)?.end(1000);
    await closed;
    assert.equal(this.clock.pending, 0, "a timer was left behind");
  }
}
