import { z } from "zod";
import { because, checked, commandKind, device, limits, Refusal, subProtocol } from "../protocol/mod.ts";

/** The query of a socket's address. */
export interface SocketQuery {
  device: string;
  window: number;
  /** WS-10: kinds that the device shows; null for all. */
  accept: ReadonlySet<string> | null;
}

const query = z.object({
  device: device.default("default"),
  window: z.string().refine(isWindow, {
    error: because("field.between"),
    params: { from: limits.windowMin, to: limits.windowMax },
  }).transform(Number).default(limits.windowDefault),
  accept: z.string().transform((list) => list.split(",").map((kind) => kind.trim()).filter(Boolean)).pipe(
    z.array(z.union([commandKind, z.literal("chat")])).max(limits.acceptKinds),
  ).optional(),
});

function isWindow(text: string): boolean {
  return /^[0-9]{1,3}$/.test(text) && Number(text) >= limits.windowMin && Number(text) <= limits.windowMax;
}

/** WS-1, WS-10: reads the query of `/api/ws`. A missing value takes its default; the refusal names a wrong one. */
export function readSocketQuery(search: URLSearchParams): SocketQuery | Refusal {
  const given = (name: string) => search.get(name) ?? undefined;
  const parsed = checked(query, {
    device: given("device"),
    window: given("window"),
    accept: given("accept"),
  }, "query");
  if (parsed instanceof Refusal) return parsed;
  const { accept = [], ...rest } = parsed;
  return { ...rest, accept: accept.length === 0 ? null : new Set(accept) };
}

/**
 * Whether a request asks for a WebSocket with everything that the runtime needs (RFC 6455, 4.2.1). Each header by itself: `has`
 * makes the runtime read all of them.
 */
export function isUpgrade(method: string, headers: Headers): boolean {
  return method === "GET" &&
    headers.get("upgrade")?.toLowerCase() === "websocket" &&
    listOf(headers.get("connection")).some((token) => token.toLowerCase() === "upgrade") &&
    headers.get("sec-websocket-version") === "13" &&
    headers.get("sec-websocket-key") !== null;
}

/** Whether the client offers our sub-protocol. The runtime itself reads such a list only with a space after each comma. */
export function offersSubProtocol(headers: Headers): boolean {
  return listOf(headers.get("sec-websocket-protocol")).includes(subProtocol);
}

/** WS-1: whether a page of another site opens the socket; its cookie does not count. Other clients send no `Origin`. */
export function isForeign(origin: string | null, own: string, allowed: readonly string[]): boolean {
  return origin !== null && origin !== own && !allowed.includes(origin);
}

function listOf(header: string | null): string[] {
  return header?.split(",").map((item) => item.trim()) ?? [];
}
