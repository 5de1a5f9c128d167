import { jsonRpcCodes, type RefusalKind, type RpcErrorObject } from "../protocol/errors.ts";
import type { Method, ParamsInput } from "../protocol/methods.ts";

/**
 * What the library may do with a request.
 * `stop`: sent before anything else, kept until it is answered. `write`: safe to repeat, kept in order while the connection
 * is down. `read`: safe to repeat, kept in memory. `once`: only on a connection that stands, never repeated.
 */
export type RequestClass = "stop" | "write" | "read" | "once";

export const requestClasses = {
  "heartbeat": "once",
  "inbox.ack": "once",
  "inbox.list": "read",
  // Safe to repeat by its key (CM-1).
  "command.send": "write",
  "command.preview": "read",
  "command.list": "read",
  "command.get": "read",
  // A repeat of the current state is fine (CM-4).
  "command.update": "write",
  "command.review": "once",
  "command.cancel": "write",
  "preferences.get": "read",
  "preferences.set": "write",
  "category.list": "read",
  "contact.request": "write",
  "contact.accept": "write",
  "contact.decline": "write",
  "contact.remove": "write",
  "contact.list": "read",
  "group.list": "read",
  "group.accept": "write",
  "group.leave": "write",
  "safety.stop": "stop",
  // Never from a queue: who resumes means now (CO-6).
  "safety.resume": "once",
} as const satisfies Record<Method, RequestClass>;

/** What a caller gives: `command.send` and `command.preview` may leave the key out, the library makes one. */
export type RequestParams<M extends Method> = M extends "command.send" | "command.preview"
  ? Omit<ParamsInput<M>, "key"> & { key?: string }
  : ParamsInput<M>;

/**
 * The server's kinds, and what happens on the way: `offline` was never sent; with `broken` and `timed_out` nobody knows
 * whether the server did it; `closed` is the client's own end.
 */
export type RequestErrorKind = RefusalKind | "offline" | "broken" | "timed_out" | "closed";

/** Why a request failed. `message` is safe to show. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly kind: RequestErrorKind;
  /** The JSON-RPC error code, or undefined when the server said nothing. */
  readonly code: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** Which fields are wrong, with `invalid_params`. */
  readonly fields: Record<string, string> | undefined;

  constructor(kind: RequestErrorKind, message: string, answer?: RpcErrorObject) {
    super(message);
    this.kind = kind;
    this.code = answer?.code;
    this.retryAfterMs = finite(answer?.data?.retryAfterMs);
    this.fields = answer?.data?.fields;
  }

  /** The error of an answer. */
  static from(answer: RpcErrorObject): RequestError {
    return new RequestError(kindOf(answer), answer.message, answer);
  }
}

function kindOf(answer: RpcErrorObject): RequestErrorKind {
  if (typeof answer.data?.kind === "string") return answer.data.kind;
  return answer.code === jsonRpcCodes.invalidParams ? "invalid_params" : "internal";
}

function finite(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? Math.max(0, value) : undefined;
}
