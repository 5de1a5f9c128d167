import { closeCodes } from "../protocol/close_codes.ts";

/** State of a client's connection. Times are milliseconds since 1970 on the client's clock. */
export type ConnectionState =
  /** `connect()` was not called yet. */
  | { kind: "idle" }
  | { kind: "connecting"; attempt: number }
  /** `transport`: there where it is no WebSocket (WS-12). */
  | { kind: "online"; since: number; transport?: "stream" }
  /** The client tries again at `retryAt`; `wake()` makes it try now. */
  | { kind: "offline"; reason: string; retryAt: number }
  /** The session is over: log in, then `connect()`. */
  | { kind: "login"; reason: string }
  /** Nothing happens until `connect()`. `code`: the close code that ended it, of the server or of `clientCodes`. */
  | { kind: "stopped"; code: number; reason: string };

/** States that only the person or the page can end. */
export type FinalState = Extract<ConnectionState, { kind: "login" | "stopped" }>;

export function isFinal(state: ConnectionState): state is FinalState {
  return state.kind === "login" || state.kind === "stopped";
}

/** Whether another client replaced the connection under this device's name (WS-5). */
export function isReplaced(state: ConnectionState): boolean {
  return state.kind === "stopped" && state.code === closeCodes.replaced.code;
}

/** Close codes for ends that the server did not choose. 1000 and 1006 are those of RFC 6455. */
export const clientCodes = {
  /** The person or the page is done with the connection. */
  closed: 1000,
  /** The network broke the connection. */
  lost: 1006,
  /** The library gave up a connection that did not work. */
  dropped: 4000,
  /** Another person logged in; this client's requests are not theirs. */
  otherPerson: 4001,
} as const;
