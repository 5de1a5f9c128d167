import type { ConnectionOpening } from "../../lib/realtime/mod.ts";

export interface Handed {
  cursor: string;
  state: string;
  command: {
    id: string;
    sealed?: true;
    body?: string | null;
    kind?: string;
    from: { username: string };
    categories: string[];
  };
}

/** A chat message as it leaves for a device. */
export interface HandedMessage {
  id: string;
  from: { username: string };
  to: string;
  thread: string | null;
  body: string;
  retractedAt: string | null;
  sealed?: true | undefined;
}

export interface Frame {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: { data?: { kind?: string } };
}

/** What happens on a device that the world has to judge. */
export interface DeviceHost {
  handed(device: Device, handed: Handed): void;
  changed(device: Device, params: Record<string, unknown>): void;
  said(device: Device, message: HandedMessage): void;
  talkChanged(device: Device, params: Record<string, unknown>): void;
  acknowledged(device: Device, ids: string[]): void;
  faulty(device: Device, what: string): void;
}

/** The server's end of a line in memory. What the server hands over while nobody listens any more is lost. */
class Line {
  binaryType = "blob";
  readyState: number = WebSocket.OPEN;
  readonly bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  onclose: (() => void) | null = null;
  /** Nothing arrives any more, and the server does not know yet. */
  dark = false;
  readonly send: (text: string) => void;
  readonly #ended: () => void;

  constructor(send: (line: Line, text: string) => void, ended: (line: Line) => void) {
    this.send = (text) => send(this, text);
    this.#ended = () => ended(this);
  }

  close(): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.#ended();
    queueMicrotask(() => this.onclose?.());
  }
}

/** One device of a person, over all its lines. */
export class Device {
  readonly name: string;
  readonly person: string;
  readonly accept: ReadonlySet<string> | null;
  readonly window: number;
  /** Ids that arrived here. */
  readonly got = new Set<string>();
  /** When what was acknowledged here was. */
  readonly ackedAt = new Map<string, number>();
  /** States as this line told them. */
  states = new Map<string, string>();
  unacked: { id: string; cursor: string }[] = [];
  /** Chat messages that arrived here, as they were the last time. */
  readonly messages = new Map<string, HandedMessage>();
  /** Messages that this line handed over. */
  said = new Set<string>();
  /** The last command of each sender, and the last message of each and in each talk, on this line. */
  lastFrom = new Map<string, string>();
  readonly #host: DeviceHost;
  #line: Line | null = null;
  #lost: Line[] = [];
  #cursor = "";
  #calls = 0;
  readonly #acks = new Map<number, string[]>();

  constructor(
    host: DeviceHost,
    name: string,
    person: string,
    window: number,
    accept: ReadonlySet<string> | null,
  ) {
    this.#host = host;
    this.name = name;
    this.person = person;
    this.window = window;
    this.accept = accept;
  }

  /** Whether it hears the server. */
  get live(): boolean {
    return this.#line !== null && !this.#line.dark;
  }

  connect(
    open: (socket: WebSocket, opening: ConnectionOpening) => void,
    caller: ConnectionOpening["caller"],
  ): void {
    this.#reset();
    const line = new Line((from, text) => this.#take(from, text), (ended) => this.#ended(ended));
    this.#line = line;
    const { name: device, window, accept } = this;
    // What the runtime hands over after an upgrade; the parts that the server uses.
    open(line as unknown as WebSocket, { caller, device, window, accept });
  }

  /** The line breaks: at once, or without the server's knowledge until `notice`. */
  drop(silently: boolean): void {
    const line = this.#line;
    if (line === null) return;
    this.#reset();
    line.dark = true;
    if (silently) this.#lost.push(line);
    else line.close();
  }

  /** The server learns of the lines that broke silently. */
  notice(): void {
    for (const line of this.#lost.splice(0)) line.close();
  }

  /** The server's process is gone. */
  crashed(): void {
    this.#reset();
    this.#lost = [];
  }

  beat(): void {
    this.#line?.onmessage?.({ data: '{"jsonrpc":"2.0","method":"heartbeat","params":{}}' });
    for (const line of this.#lost) {
      line.onmessage?.({ data: '{"jsonrpc":"2.0","method":"heartbeat","params":{}}' });
    }
  }

  /** Acknowledges the first `count` of what is not acknowledged. */
  acknowledge(count: number): boolean {
    if (!this.live || this.unacked.length === 0) return false;
    const taken = this.unacked.splice(0, count);
    const id = ++this.#calls;
    this.#acks.set(id, taken.map((one) => one.id));
    const params = { cursor: taken.at(-1)!.cursor };
    this.#line!.onmessage?.({ data: JSON.stringify({ jsonrpc: "2.0", id, method: "inbox.ack", params }) });
    return true;
  }

  #take(line: Line, text: string): void {
    const frame = JSON.parse(text) as Frame;
    if (frame.method === "command.deliver") {
      for (const handed of (frame.params as { deliveries: Handed[] }).deliveries) {
        this.#host.handed(this, handed);
        if (line !== this.#line || line.dark) continue;
        if (handed.cursor <= this.#cursor) {
          this.#host.faulty(this, `handed ${handed.command.id} twice or out of order`);
        }
        this.#cursor = handed.cursor;
        this.got.add(handed.command.id);
        this.states.set(handed.command.id, handed.state);
        this.unacked.push({ id: handed.command.id, cursor: handed.cursor });
        if (this.unacked.length > this.window) this.#host.faulty(this, "handed more than its window");
      }
      return;
    }
    if (frame.method === "chat.message") {
      const { cursor, message } = frame.params as { cursor: string; message: HandedMessage };
      this.#host.said(this, message);
      if (line !== this.#line || line.dark) return;
      if (cursor <= this.#cursor) this.#host.faulty(this, `was told ${message.id} out of order`);
      this.#cursor = cursor;
      this.messages.set(message.id, message);
      this.said.add(message.id);
      this.unacked.push({ id: message.id, cursor });
      if (this.unacked.length > this.window) this.#host.faulty(this, "handed more than its window");
      return;
    }
    if (frame.method === "chat.changed") return this.#host.talkChanged(this, frame.params!);
    if (frame.method === "command.changed") {
      this.#host.changed(this, frame.params!);
      const { id, state, recipient } = frame.params as { id: string; state?: string; recipient?: string };
      if (
        line === this.#line && !line.dark && state !== undefined && recipient === undefined &&
        this.states.has(id)
      ) {
        this.states.set(id, state);
      }
      return;
    }
    if (frame.error !== undefined) this.#host.faulty(this, `refused: ${text}`);
    const acked = frame.id === undefined ? undefined : this.#acks.get(frame.id);
    if (acked !== undefined) this.#host.acknowledged(this, acked);
  }

  #ended(line: Line): void {
    if (line === this.#line) this.#reset();
  }

  #reset(): void {
    this.#line = null;
    this.#cursor = "";
    this.unacked = [];
    this.#acks.clear();
    this.states = new Map();
    this.lastFrom = new Map();
    this.said = new Set();
  }
}
