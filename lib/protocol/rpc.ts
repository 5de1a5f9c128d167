import { clientLimits as limits } from "./client_limits.ts";
import { jsonRpcCodes, type RpcErrorObject } from "./errors.ts";
import { jsonDepth } from "./json_depth.ts";

/** The only sub-protocol of the socket (WS-1). */
export const subProtocol = "behest.v1";

/**
 * WS-11: ids of requests are strings of up to 64 characters, or numbers that come back as they were sent (up to 2^53 either
 * way). Null is for errors without a request.
 */
export type RpcId = string | number;

export interface RpcRequest {
  jsonrpc: "2.0";
  id: RpcId;
  method: string;
  params: Record<string, unknown>;
}

export interface RpcNotification {
  jsonrpc: "2.0";
  method: string;
  params: Record<string, unknown>;
}

export interface RpcSuccess {
  jsonrpc: "2.0";
  id: RpcId;
  result: unknown;
}

export interface RpcFailure {
  jsonrpc: "2.0";
  id: RpcId | null;
  error: RpcErrorObject;
}

/** What one text frame turned out to be. `broken` ends the connection (WS-6). */
export type Frame =
  | { kind: "request"; request: RpcRequest }
  | { kind: "notification"; notification: RpcNotification }
  | { kind: "response"; response: RpcSuccess | RpcFailure }
  | { kind: "broken"; code: number; message: string; id: RpcId | null };

/** Reads one text frame. Never throws; the caller has checked the size. */
export function readFrame(text: string): Frame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return broken(jsonRpcCodes.parse, "The frame is not JSON.", null);
  }
  if (Array.isArray(value)) {
    return broken(jsonRpcCodes.invalidRequest, "Batches are not taken: send one object a frame.", null);
  }
  if (value === null || typeof value !== "object") {
    return broken(jsonRpcCodes.invalidRequest, "A frame is one JSON-RPC 2.0 object.", null);
  }
  if (jsonDepth(value, limits.jsonDepth) > limits.jsonDepth) {
    return broken(jsonRpcCodes.invalidRequest, `A frame is at most ${limits.jsonDepth} levels deep.`, null);
  }
  return readObject(value as Record<string, unknown>);
}

function readObject(value: Record<string, unknown>): Frame {
  const id = value.id;
  const knownId = isId(id) ? id : null;
  if (value.jsonrpc !== "2.0") {
    return broken(jsonRpcCodes.invalidRequest, 'A frame carries "jsonrpc": "2.0".', knownId);
  }
  if (typeof value.method === "string") return readCall(value, value.method, id);
  if (id === undefined || (id !== null && !isId(id))) {
    return broken(
      jsonRpcCodes.invalidRequest,
      "A frame without a method is a response and needs an id.",
      null,
    );
  }
  return readResponse(value, id);
}

function readCall(value: Record<string, unknown>, method: string, id: unknown): Frame {
  const known = isId(id) ? id : null;
  const extra = Object.keys(value).find((name) => !callFields.has(name));
  if (extra !== undefined) {
    return broken(jsonRpcCodes.invalidRequest, "A call has jsonrpc, id, method and params.", known);
  }
  if (method.length > 64) {
    return broken(jsonRpcCodes.invalidRequest, "A method is at most 64 characters.", known);
  }
  const params = value.params === undefined ? {} : value.params;
  if (params === null || typeof params !== "object" || Array.isArray(params)) {
    return broken(jsonRpcCodes.invalidRequest, "params is an object.", known);
  }
  const named = params as Record<string, unknown>;
  if (id === undefined) {
    return { kind: "notification", notification: { jsonrpc: "2.0", method, params: named } };
  }
  if (!isId(id)) {
    return broken(
      jsonRpcCodes.invalidRequest,
      "id is a text of up to 64 characters or a number up to 2^53.",
      null,
    );
  }
  return { kind: "request", request: { jsonrpc: "2.0", id, method, params: named } };
}

function readResponse(value: Record<string, unknown>, id: RpcId | null): Frame {
  const error = value.error;
  if (error !== null && typeof error === "object" && value.result === undefined) {
    const { code, message } = error as Record<string, unknown>;
    if (typeof code === "number" && typeof message === "string") {
      return { kind: "response", response: { jsonrpc: "2.0", id, error: error as RpcErrorObject } };
    }
  }
  if (id !== null && value.result !== undefined && error === undefined) {
    return { kind: "response", response: { jsonrpc: "2.0", id, result: value.result } };
  }
  return broken(jsonRpcCodes.invalidRequest, "A frame is a call or a response.", id);
}

const callFields = new Set(["jsonrpc", "id", "method", "params"]);

function isId(value: unknown): value is RpcId {
  return (typeof value === "string" && value.length <= 64 && value.isWellFormed()) ||
    (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
}

function broken(code: number, message: string, id: RpcId | null): Frame {
  return { kind: "broken", code, message, id };
}
