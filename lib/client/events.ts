import type { CommandChanged, Delivery } from "../protocol/commands.ts";
import type { Method, Notification, NotificationParams } from "../protocol/methods.ts";
import type { Log } from "../platform/log.ts";
import type { SessionReady } from "./frames.ts";
import type { RequestError } from "./requests.ts";

/** Where the line stands. Times are milliseconds since 1970 on the client's clock. */
export type LineState =
  | { kind: "connecting"; attempt: number }
  | { kind: "online"; since: number }
  /** The next try comes by itself at `retryAt`; `wake()` tries at once. */
  | { kind: "offline"; reason: string; retryAt: number }
  /** The session is over: log in, then `connect()`. */
  | { kind: "login"; reason: string }
  /** Nothing happens until `connect()`. */
  | { kind: "stopped"; reason: string };

/** The safety stop (CO-6). `pending`: the person pressed Stop and the server has not answered yet. */
export interface StopState {
  stopped: boolean;
  pending: boolean;
}

/** A notification as it came, without those that the library handles itself. */
export type OtherNotification = {
  [N in Exclude<Notification, "session.ready" | "session.closing" | "command.deliver" | "command.changed">]: {
    method: N;
    params: NotificationParams<N>;
  };
}[Exclude<Notification, "session.ready" | "session.closing" | "command.deliver" | "command.changed">];

export interface ClientEvents {
  line: LineState;
  ready: SessionReady;
  /** A command for the person, each once. It is acknowledged after every handler of this event is done. */
  deliver: Delivery;
  changed: CommandChanged;
  notification: OtherNotification;
  stopped: StopState;
  /** How many requests wait for the line. */
  outbox: { waiting: number };
  /** A handler of `deliver` failed; the command is not acknowledged and comes again. */
  failed: { delivery: Delivery; error: unknown };
  /** A request of an earlier page, kept by the store, was refused: nobody else is there to hear it. */
  unsent: { method: Method; params: Record<string, unknown>; error: RequestError };
}

/** Only handlers of `deliver` may take their time. */
export type ClientHandler<E extends keyof ClientEvents> = (
  value: ClientEvents[E],
) => E extends "deliver" ? void | Promise<void> : void;

type Handlers = { [E in keyof ClientEvents]: Set<ClientHandler<E>> };

/** The handlers of one client. What a handler throws is logged and stays here, save for `deliver`. */
export class Listeners {
  readonly #log: Log;
  readonly #handlers: Handlers = {
    line: new Set(),
    ready: new Set(),
    deliver: new Set(),
    changed: new Set(),
    notification: new Set(),
    stopped: new Set(),
    outbox: new Set(),
    failed: new Set(),
    unsent: new Set(),
  };

  constructor(log: Log) {
    this.#log = log;
  }

  get takesDeliveries(): boolean {
    return this.#handlers.deliver.size > 0;
  }

  add<E extends keyof ClientEvents>(event: E, handler: ClientHandler<E>): () => void {
    this.#handlers[event].add(handler);
    return () => void this.#handlers[event].delete(handler);
  }

  emit<E extends Exclude<keyof ClientEvents, "deliver">>(event: E, value: ClientEvents[E]): void {
    for (const handler of [...this.#handlers[event]]) {
      try {
        handler(value);
      } catch (error) {
        this.#log.error("client.handler_threw", { event, error: asError(error) });
      }
    }
  }

  /** One handler after the other; rejects with what the first failing one threw. */
  async deliver(delivery: Delivery): Promise<void> {
    for (const handler of [...this.#handlers.deliver]) await handler(delivery);
  }
}

export function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
