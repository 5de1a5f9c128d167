import { type Message, type Said, said } from "./message.ts";

/**
 * The one table of refusals. A refusal is a value that a service returns; what is thrown is a bug.
 * JSON-RPC errors carry `data.kind`, HTTP errors are RFC 9457 problem+json with the same `kind`.
 */
export const jsonRpcCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  refused: -32000,
} as const;

/** Each kind's JSON-RPC code. Apart from the rest, which clients do not load. */
export const refusalCodes = {
  not_found: jsonRpcCodes.refused,
  forbidden: jsonRpcCodes.refused,
  conflict: jsonRpcCodes.refused,
  rate_limited: jsonRpcCodes.refused,
  queue_full: jsonRpcCodes.refused,
  not_clean: jsonRpcCodes.refused,
  expired: jsonRpcCodes.refused,
  stopped: jsonRpcCodes.refused,
  too_large: jsonRpcCodes.refused,
  unavailable: jsonRpcCodes.refused,
  unauthorized: jsonRpcCodes.refused,
  invalid_params: jsonRpcCodes.invalidParams,
  method_not_allowed: jsonRpcCodes.methodNotFound,
  upgrade_required: jsonRpcCodes.refused,
  internal: jsonRpcCodes.internal,
} as const satisfies Record<string, number>;

export type RefusalKind = keyof typeof refusalCodes;

/** Each kind's HTTP status and title. */
export const refusalTable: Readonly<Record<RefusalKind, { status: number; title: string }>> = {
  not_found: { status: 404, title: "Not found" },
  forbidden: { status: 403, title: "Not allowed" },
  conflict: { status: 409, title: "Conflict" },
  rate_limited: { status: 429, title: "Too many requests" },
  queue_full: { status: 503, title: "Queue full" },
  not_clean: { status: 409, title: "Not clean" },
  expired: { status: 410, title: "Expired" },
  stopped: { status: 409, title: "Stopped" },
  too_large: { status: 413, title: "Too large" },
  unavailable: { status: 503, title: "Not available now" },
  unauthorized: { status: 401, title: "Log in first" },
  invalid_params: { status: 400, title: "Invalid input" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  upgrade_required: { status: 426, title: "Upgrade required" },
  internal: { status: 500, title: "Internal error" },
};

/** What a refusal may carry beside its kind and message. Nothing here may name another person's preferences. */
export interface RefusalDetail {
  /** Whole milliseconds to wait, with `rate_limited`. */
  retryAfterMs?: number;
  /** The call needs a fresh proof of who the caller is (AU-13): `POST /api/v1/auth/proof`, then the same again. */
  proof?: true;
  /** Which input fields are wrong, as dotted paths, each with what to do about it. */
  fields?: Record<string, Message>;
}

/** The same as it leaves the process, with its reasons in English. */
export interface ToldDetail {
  retryAfterMs?: number;
  proof?: true;
  fields?: Record<string, string>;
}

/** A refused request. `message` says what to do next and is safe to show. It becomes text at the edge: `english.ts`, words. */
export class Refusal {
  readonly kind: RefusalKind;
  readonly message: Said;
  readonly detail: RefusalDetail;

  constructor(kind: RefusalKind, message: Message, detail: RefusalDetail = {}) {
    this.kind = kind;
    this.message = said(message);
    this.detail = detail;
  }

  get status(): number {
    return refusalTable[this.kind].status;
  }
}

export interface RpcErrorObject {
  code: number;
  message: string;
  data?: { kind: RefusalKind } & ToldDetail;
}

/** RFC 9457, with what a refusal tells. */
export interface Problem extends ToldDetail {
  type: string;
  title: string;
  status: number;
  detail: string;
  kind: RefusalKind;
}

/** What a service answers: the value, or why it is refused. */
export type Answer<T> = Promise<T | Refusal>;

/** MO-4: the answer to everyone without the role, and for what does not exist. */
export function nothingHere(): Refusal {
  return new Refusal("not_found", "request.nothing");
}
