import { type Caller, type Clock, type Ids, type Log, type SampledLog, sampledLog } from "../platform/mod.ts";
import { type Answer, limits, Refusal } from "../protocol/mod.ts";
import { Connection } from "./connection.ts";
import { Dispatcher, type Handlers } from "./dispatcher.ts";
import type { Hub } from "./hub.ts";
import type { ConnectionOpening, ConnectionPorts, Greeting, Inbox, RealtimeSettings } from "./ports.ts";
import { StreamTransport, writtenIdOf } from "./stream_transport.ts";
import { WebSocketTransport } from "./websocket_transport.ts";

/** OP-3: lines of which there are thousands when everybody comes back at once. */
const noisyEvents: ReadonlySet<string> = new Set(["socket.opened", "socket.left"]);

/** The hub is made before the other parts, because services ring it. */
export interface RealtimeParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly hub: Hub;
  readonly inbox: Inbox;
  readonly greeting: Greeting;
  readonly handlers: Handlers;
  readonly settings: RealtimeSettings;
  readonly mayWrite?: (() => boolean) | undefined;
  /** The caller as the account is now. */
  asNow(caller: Caller): Caller;
}

/** All sockets of this process. The route of `/api/ws` opens them here, and a shutdown closes them. */
export class Realtime {
  readonly #ids: Ids;
  readonly #hub: Hub;
  readonly #ports: ConnectionPorts;
  readonly #log: SampledLog;
  readonly #dispatcher: Dispatcher;
  /** Sockets that are not closed yet; a shutdown waits for them. */
  readonly #transports = new Set<WebSocketTransport | StreamTransport>();
  /** WS-12: the newest stream of each person's device. */
  readonly #streams = new Map<string, StreamTransport>();
  #onSocketGone: (() => void) | null = null;

  constructor(parts: RealtimeParts) {
    this.#ids = parts.ids;
    this.#hub = parts.hub;
    this.#log = sampledLog(parts.log, parts.clock, noisyEvents);
    this.#ports = { ...parts, log: this.#log.log };
    this.#dispatcher = new Dispatcher(parts.handlers, (caller) => parts.asNow(caller));
  }

  /** Takes a socket right after its upgrade. The caller is authenticated and the query checked. */
  open(socket: WebSocket, opening: ConnectionOpening): void {
    const transport = new WebSocketTransport(
      socket,
      this.#ports.clock,
      this.#ports.log,
      () => this.#gone(transport),
    );
    this.#connect(transport, opening);
  }

  /** WS-12: the same connection as server-sent events, for where WebSockets are blocked. Gives the body of the answer. */
  openStream(opening: ConnectionOpening): ReadableStream<Uint8Array<ArrayBuffer>> {
    const key = streamKey(opening.caller, opening.device);
    const transport = new StreamTransport(() => {
      if (this.#streams.get(key) === transport) this.#streams.delete(key);
      this.#gone(transport);
    });
    this.#streams.set(key, transport);
    this.#connect(transport, opening);
    return transport.body;
  }

  /** WS-12: a frame of a client whose stream is open with this session. Gives its answer; null for a frame that gets none. */
  async frame(caller: Caller, device: string, text: string): Answer<string | null> {
    const stream = this.#streams.get(streamKey(caller, device));
    const connection = stream?.connection;
    const isOpen = connection && !connection.closed && connection.sessionId === caller.sessionId;
    if (!isOpen) return new Refusal("conflict", "stream.none");
    const id = writtenIdOf(text);
    const answer = await stream!.call(text, id);
    if (answer === "taken") return new Refusal("conflict", "stream.sameId");
    if (answer === null && id !== null) return new Refusal("unavailable", "stream.ended");
    return answer;
  }

  #connect(transport: WebSocketTransport | StreamTransport, opening: ConnectionOpening): void {
    const frozen = this.#hub.isFrozen(opening.caller.userId);
    const connection = new Connection(
      this.#ids.next(),
      transport,
      opening,
      this.#ports,
      this.#dispatcher,
      this.#hub,
      frozen,
    );
    this.#transports.add(transport);
    transport.attach(connection);
    this.#hub.add(connection);
  }

  #gone(transport: WebSocketTransport | StreamTransport): void {
    this.#transports.delete(transport);
    this.#onSocketGone?.();
  }

  connections(): number {
    return this.#hub.connections;
  }

  /** WS-8: closes all sockets. Resolves when they are closed, or `limits.shutdownCloseMs` later. */
  async shutdown(): Promise<void> {
    await this.#hub.shutdown();
    await new Promise<void>((resolve) => {
      const timer = this.#ports.clock.after(limits.shutdownCloseMs, resolve);
      this.#onSocketGone = () => {
        if (this.#transports.size > 0) return;
        timer.cancel();
        resolve();
      };
      this.#onSocketGone();
    });
    this.#onSocketGone = null;
    this.#log[Symbol.dispose]();
  }
}

function streamKey({ userId }: Pick<Caller, "userId">, device: string): string {
  return `${userId} ${device}`;
}
