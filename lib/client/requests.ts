import { jsonRpcCodes, type RefusalKind, type RpcErrorObject } from "../protocol/errors.ts";
import type { Method, ParamsInput } from "../protocol/methods.ts";

/**
 * How the library treats a request.
 * `stop`: sent first, and kept until it is answered. `write`: safe to repeat, kept in order while offline. `read`: safe to
 * repeat, kept only in memory. `once`: sent only while online, and not repeated.
 */
export type RequestClass = "stop" | "write" | "read" | "once";

export const requestClasses = {
  "heartbeat": "once",
  "inbox.ack": "once",
  "inbox.list": "read",
  "inbox.counts": "read",
  // Like `command.update`.
  "inbox.update": "write",
  // From a queue it would come too late.
  "inbox.undo": "once",
  // Its key makes it safe to repeat (CM-1).
  "command.send": "write",
  "command.preview": "read",
  "command.list": "read",
  "command.get": "read",
  // The server accepts the current state again (CM-4).
  "command.update": "write",
  "command.review": "once",
  "command.cancel": "write",
  // The same change again gets the same answer (CM-11).
  "command.edit": "write",
  "command.undo": "once",
  "chat.send": "write",
  "chat.list": "read",
  "chat.counts": "read",
  "chat.notify": "write",
  "chat.search": "read",
  "chat.talks": "read",
  "chat.read": "write",
  // A message that was taken back gets the same answer again (CH-3).
  "chat.retract": "write",
  "chat.writing": "once",
  "preferences.get": "read",
  "preferences.set": "write",
  "grant.list": "read",
  "grant.set": "write",
  "grant.end": "write",
  "category.list": "read",
  "contact.request": "write",
  "contact.accept": "write",
  "contact.decline": "write",
  "contact.remove": "write",
  "contact.list": "read",
  "group.list": "read",
  "group.accept": "write",
  "group.leave": "write",
  "notice.list": "read",
  "notice.read": "write",
  // The server answers the same report again.
  "report.create": "write",
  "report.list": "read",
  "sanction.list": "read",
  // The server accepts a warning that was read before.
  "sanction.read": "write",
  "sanction.appeal": "once",
  "safety.stop": "stop",
  // Not from a queue: a person who resumes means now (CO-6).
  "safety.resume": "once",
} as const satisfies Record<Method, RequestClass>;

/** Whose parameters have a key; the library makes it where it is left out (CM-1). */
const keyed = ["command.send", "command.preview", "chat.send"] as const satisfies readonly Method[];

export function isKeyed(method: Method): boolean {
  return (keyed as readonly Method[]).includes(method);
}

/** A caller's parameters. */
export type RequestParams<M extends Method> = M extends (typeof keyed)[number]
  ? Omit<ParamsInput<M>, "key"> & { key?: string }
  : ParamsInput<M>;

/**
 * The server's kinds, and the library's own: `offline` was not sent; after `broken` and `timed_out` it is unknown whether the server
 * did it; `closed`: the client has ended.
 */
export type RequestErrorKind = RefusalKind | "offline" | "broken" | "timed_out" | "closed";

/** Why a request failed. `message` is safe to show. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly kind: RequestErrorKind;
  /** JSON-RPC error code; undefined without an answer of the server. */
  readonly code: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** Reasons by field, with `invalid_params`. */
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
