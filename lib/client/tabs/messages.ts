import type { RpcErrorObject } from "../../protocol/errors.ts";
import type { Method, Result } from "../../protocol/methods.ts";
import type { ConnectionState } from "../connection_state.ts";
import type { ClientEvents } from "../events.ts";
import type { SessionReady } from "../frames.ts";
import type { PendingRequest } from "../outgoing.ts";
import { RequestError } from "../requests.ts";
import type { StopState } from "../stop_report.ts";

/** The part of `BroadcastChannel` that tabs need. */
export interface TabChannel {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  close(): void;
}

/** The part of `navigator.locks` that tabs need. Rejects when the lock was stolen, or when the signal ended the wait. */
export interface TabLocks {
  request(
    name: string,
    options: { steal?: boolean; signal?: AbortSignal },
    held: () => Promise<void>,
  ): Promise<unknown>;
}

/** State of the shared connection. `ready`: what the server said when the connection opened. */
export type SharedState =
  | Exclude<ConnectionState, { kind: "online" }>
  | Extract<ConnectionState, { kind: "online" }> & { ready: SessionReady };

/** What the leader tells the other tabs of its client. */
export interface LeaderView {
  state: SharedState;
  stop: StopState;
  /** Answers to commands and chat messages that wait for a connection. Other texts are left out: they can be long. */
  pending: readonly PendingRequest[];
}

/** Events that the leader passes on as they happen; the others follow from the view. */
export type RelayedEvent = "deliver" | "message" | "changed" | "notification" | "unsent";

export type Relayed = { [E in RelayedEvent]: { event: E; value: ClientEvents[E] } }[RelayedEvent];

/** A request of another tab, for the leader `to`. */
export interface TabRequest {
  kind: "request";
  from: string;
  to: string;
  id: string;
  method: Method;
  params: Record<string, unknown>;
  timeoutMs: number | undefined;
}

/** From one tab of a person to all the others of this browser. */
export type TabMessage =
  /** Asks the leader to send its view. */
  | { kind: "hello" }
  /** The leader's view. `hiddenMs`: how long its tab has been hidden; 0 while visible. */
  | { kind: "view"; from: string; hiddenMs: number; view: LeaderView }
  | { kind: "relayed"; from: string; relayed: Relayed }
  | TabRequest
  | { kind: "answer"; to: string; id: string; answer: { result: Result<Method> } | { error: PlainError } }
  /** Asks the leader to try now; with `connect` also after an end. */
  | { kind: "wake"; connect: boolean };

/** A `RequestError` without its class, which a message cannot carry. */
export interface PlainError {
  kind: RequestError["kind"];
  message: string;
  code: number | undefined;
  retryAfterMs: number | undefined;
  fields: Record<string, string> | undefined;
}

export function plainError({ kind, message, code, retryAfterMs, fields }: RequestError): PlainError {
  return { kind, message, code, retryAfterMs, fields };
}

export function requestError({ kind, message, code, retryAfterMs, fields }: PlainError): RequestError {
  // The constructor reads only the code and these fields of `data`.
  return new RequestError(kind, message, { code, message, data: { retryAfterMs, fields } } as RpcErrorObject);
}

/** Undefined for a message of another build, whose messages may differ. */
export function readTabMessage(data: unknown): TabMessage | undefined {
  const known = data !== null && typeof data === "object" && "kind" in data && "build" in data &&
    data.build === tabProtocol;
  return known ? data as unknown as TabMessage : undefined;
}

/** Raised with each change of the messages. */
export const tabProtocol = 3;
