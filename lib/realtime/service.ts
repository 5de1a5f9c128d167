import type { Caller, Clock, Ids, Log } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import { Connection } from "./connection.ts";
import { Dispatcher, type Handlers } from "./dispatcher.ts";
import type { Hub } from "./hub.ts";
import type { ConnectionOpening, ConnectionPorts, Greeting, Inbox, RealtimeSettings } from "./ports.ts";
import { WebSocketTransport } from "./websocket_transport.ts";

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
  /** The caller as the account is now. */
  asNow(caller: Caller): Caller;
}

/** All sockets of this process. The route of `/api/ws` opens them here, and a shutdown closes them. */
export class Realtime {
  readonly #ids: Ids;
  readonly #hub: Hub;
  readonly #ports: ConnectionPorts;
  readonly #dispatcher: Dispatcher;
  /** Sockets that are not closed yet; a shutdown waits for them. */
  readonly #transports = new Set<WebSocketTransport>();
  #onSocketGone: (() => void) | null = null;

  constructor(parts: RealtimeParts) {
    this.#ids = parts.ids;
    this.#hub = parts.hub;
    this.#ports = parts;
    this.#dispatcher = new Dispatcher(parts.handlers, (caller) => parts.asNow(caller));
  }

  /** Takes a socket right after its upgrade. The caller is authenticated and the query checked. */
  open(socket: WebSocket, opening: ConnectionOpening): void {
    const transport = new WebSocketTransport(socket, this.#ports.clock, this.#ports.log, () => {
      this.#transports.delete(transport);
      this.#onSocketGone?.();
    });
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
  }
}
