import type { ChatDelivery } from "../protocol/chat.ts";
import type { CommandChanged, Delivery } from "../protocol/commands.ts";
import type { Method, Notification, NotificationParams } from "../protocol/methods.ts";
import type { Log } from "../platform/log.ts";
import type { ConnectionState } from "./connection_state.ts";
import type { SessionReady } from "./frames.ts";
import type { RequestError } from "./requests.ts";
import type { StopState } from "./stop_report.ts";

type Passed = Exclude<
  Notification,
  "session.ready" | "session.closing" | "command.deliver" | "command.changed" | "chat.message"
>;

/** Notifications that the library passes on unchanged: all but those that it handles itself. */
export type OtherNotification = { [N in Passed]: { method: N; params: NotificationParams<N> } }[Passed];

export interface ClientEvents {
  connection: ConnectionState;
  ready: SessionReady;
  /** A command for the person, each once. Acknowledged after every handler of this event is done. */
  deliver: Delivery;
  /**
   * A chat message of the person or to them, in its order among the commands; again when it was taken back or checked. Acknowledged
   * with the commands, also where nothing listens: a device without chat says so with `accept` (WS-10).
   */
  message: ChatDelivery;
  changed: CommandChanged;
  notification: OtherNotification;
  stopped: StopState;
  /** The number of waiting requests changed. */
  outbox: { waiting: number };
  /** A handler of `deliver` failed: the command is not acknowledged, and the server delivers it again. */
  failed: { delivery: Delivery; error: unknown };
  /** The server refused a request that an earlier page left in the store. No caller waits for its answer. */
  unsent: { method: Method; params: Record<string, unknown>; error: RequestError };
}

/** Events whose handlers can be asynchronous. */
type Waited = "deliver" | "message";
export type ClientHandler<E extends keyof ClientEvents> = (
  value: ClientEvents[E],
) => E extends Waited ? void | Promise<void> : void;

type Handlers = { [E in keyof ClientEvents]: Set<ClientHandler<E>> };

/** The handlers of one client. Logs errors of handlers and goes on, except for `deliver`. */
export class Listeners {
  readonly #log: Log;
  readonly #handlers: Handlers = {
    connection: new Set(),
    ready: new Set(),
    deliver: new Set(),
    message: new Set(),
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

  emit<E extends Exclude<keyof ClientEvents, Waited>>(event: E, value: ClientEvents[E]): void {
    for (const handler of [...this.#handlers[event]]) {
      try {
        handler(value);
      } catch (error) {
        this.#log.error("client.handler_threw", { event, error: asError(error) });
      }
    }
  }

  /** Runs the handlers one after another; rejects with the error of the first that fails. */
  async deliver(delivery: Delivery): Promise<void> {
    for (const handler of [...this.#handlers.deliver]) await handler(delivery);
  }

  /** The same for a chat message. */
  async message(delivery: ChatDelivery): Promise<void> {
    for (const handler of [...this.#handlers.message]) await handler(delivery);
  }
}

export function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
