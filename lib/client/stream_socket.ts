import { closeCodes } from "../protocol/close_codes.ts";
import { StreamEvents } from "./stream_events.ts";
import { Rest, type RestOptions } from "./rest.ts";
import type { SocketEvent, WebSocketLike } from "./socket.ts";

type EventType = SocketEvent["type"];
type Listener = (event: SocketEvent) => void;

/** WS-12: `GET /api/stream` and `POST /api/v1/rpc` with the face of a WebSocket. */
export class StreamSocket implements WebSocketLike {
  readonly transport = "stream";
  readonly #rest: Rest;
  readonly #query: string;
  readonly #listeners = new Map<EventType, Listener[]>();
  readonly #leaving = new AbortController();
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** Frames leave one after another, as on a WebSocket. */
  #sending: Promise<void> = Promise.resolve();
  #over = false;

  /** `url`: as for the WebSocket, `/api/ws` with its query. A token in it is sent as a header. */
  constructor(url: string, options: Omit<RestOptions, "origin">) {
    const { origin, pathname, searchParams } = httpAddress(url);
    const token = searchParams.get("token");
    for (const name of ["token", "ticket"]) searchParams.delete(name);
    this.#query = searchParams.toString();
    const own = token === null ? options.token : () => Promise.resolve(token);
    // With the sub-path of the server, if it has one.
    const server = origin + pathname.replace(/\/api\/ws$/, "");
    this.#rest = new Rest({ origin: server, token: own, fetch: options.fetch });
    void this.#open();
  }

  addEventListener(type: EventType, listener: Listener): void {
    this.#listeners.set(type, [...this.#listeners.get(type) ?? [], listener]);
  }

  send(data: string): void {
    if (this.#over) return;
    const { method } = JSON.parse(data) as { method?: unknown };
    // These wait for no answer of others.
    if (method === "safety.stop" || method === "heartbeat") void this.#post(data);
    else this.#sending = this.#sending.then(() => this.#post(data));
  }

  close(code: number = 1000, reason: string = ""): void {
    this.#end(code, reason);
  }

  async #open(): Promise<void> {
    try {
      const response = await this.#rest.send(`/api/stream?${this.#query}`, { signal: this.#leaving.signal });
      if (!response.ok || response.body === null) {
        await response.body?.cancel();
        return this.#end(closeOf(response.status), `HTTP ${response.status}`);
      }
      this.#emit({ type: "open" });
      await this.#read(this.#reader = response.body.getReader());
    } catch {
      // The network broke, or the client left.
    }
    this.#end(1006, "");
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const events = new StreamEvents();
    const decoder = new TextDecoder();
    for (let part = await reader.read(); !part.done && !this.#over; part = await reader.read()) {
      for (const { event, data } of events.take(decoder.decode(part.value, { stream: true }))) {
        if (event === "close") {
          const { code, reason } = JSON.parse(data) as { code: number; reason: string };
          return this.#end(code, reason);
        }
        this.#emit({ type: "message", data });
      }
    }
  }

  async #post(body: string): Promise<void> {
    if (this.#over) return;
    try {
      const response = await this.#rest.send(`/api/v1/rpc?${this.#query}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: this.#leaving.signal,
      });
      const text = await response.text();
      if (!response.ok) return this.#end(closeOf(response.status), `HTTP ${response.status}`);
      // Frames that get no answer have an empty one.
      if (text !== "") this.#emit({ type: "message", data: text });
    } catch {
      this.#end(1006, "");
    }
  }

  #end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#leaving.abort();
    // An abort alone does not end every read.
    this.#reader?.cancel().catch(() => undefined);
    queueMicrotask(() => this.#emit({ type: "close", code, reason }, true));
  }

  #emit(event: SocketEvent, last = false): void {
    if (this.#over && !last) return;
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event);
  }
}

function httpAddress(url: string): URL {
  const address = new URL(url, globalThis.location?.href);
  address.protocol = address.protocol.replace(/^ws/, "http");
  return address;
}

/** What a WebSocket would have been closed with. */
function closeOf(status: number): number {
  if (status === 401) return closeCodes.sessionOver.code;
  return status === 403 ? closeCodes.suspended.code : 1006;
}
