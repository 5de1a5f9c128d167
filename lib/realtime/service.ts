import type { Caller, Clock, Ids, Log } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import { Connection } from "./connection.ts";
import { Dispatcher, type Handlers } from "./dispatcher.ts";
import type { Hub } from "./hub.ts";
import type { ConnectionOpening, ConnectionPorts, Greeting, Inbox, RealtimeSettings } from "./ports.ts";
import { WebSocketTransport } from "./websocket_transport.ts";

/** What the sockets are built from. The hub is made first, since services ring it. */
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

/** The sockets of this process: what the route of `/api/ws` hands over, and what a shutdown asks for. */
export class Realtime {
  readonly #ids: Ids;
  readonly #hub: Hub;
  readonly #ports: ConnectionPorts;
  readonly #dispatcher: Dispatcher;
  /** Sockets whose close was not confirmed yet; a shutdown waits for them. */
  readonly #lines = new Set<WebSocketTransport>();
  #onLineGone: (() => void) | null = null;

  constructor(parts: RealtimeParts) {
    this.#ids = parts.ids;
    this.#hub = parts.hub;
    this.#ports = parts;
    this.#dispatcher = new Dispatcher(parts.handlers, (caller) => parts.asNow(caller));
  }

  /** Takes a socket that was just upgraded. The caller was authenticated and the query checked. */
  open(socket: WebSocket, opening: ConnectionOpening): void {
    const line = new WebSocketTransport(socket, this.#ports.clock, this.#ports.log, () => {
      this.#lines.delete(line);
      this.#onLineGone?.();
    });
    const frozen = this.#hub.isFrozen(opening.caller.userId);
    const connection = new Connection(
      this.#ids.next(),
      line,
      opening,
      this.#ports,
      this.#dispatcher,
      this.#hub,
      frozen,
    );
    this.#lines.add(line);
    line.attach(connection);
    this.#hub.add(connection);
  }

  connections(): number {
    return this.#hub.connections;
  }

  /** WS-8: resolves when all sockets are closed, or did not answer for `limits.shutdownCloseMs`. */
  async shutdown(): Promise<void> {
    await this.#hub.shutdown();
    await new Promise<void>((resolve) => {
      const timer = this.#ports.clock.after(limits.shutdownCloseMs, resolve);
      this.#onLineGone = () => {
        if (this.#lines.size > 0) return;
        timer.cancel();
        resolve();
      };
      this.#onLineGone();
    });
    this.#onLineGone = null;
  }
}
