import { isIP } from "node:net";
import type { Config } from "../config/mod.ts";

type Trust = Pick<Config, "trustProxy">;

/** Whether the peer of a connection is a trusted proxy. */
export function isProxy(peer: Deno.Addr, { trustProxy }: Trust): boolean {
  return trustProxy.trusts(directOf(peer), 0);
}

/**
 * OP-10: the address that a request comes from: the first one before the trusted proxies. Each proxy appends the address of its
 * peer to `X-Forwarded-For`, so the list is read from its end. Null where a trusted proxy names no address: then everyone behind
 * it would count as one.
 */
export function peerOf(req: Request, peer: Deno.Addr, trust: Trust): string | null {
  return wayOf(req, peer, trust)?.address ?? null;
}

/** What the outermost trusted proxy says: the value that it appended to a list, or the only one. */
export function forwarded(
  req: Request,
  peer: Deno.Addr,
  trust: Trust,
  name: "host" | "proto",
): string | undefined {
  if (!isProxy(peer, trust)) return undefined;
  const values = listOf(req, name);
  const hops = wayOf(req, peer, trust)?.hops ?? 0;
  return values.at(-Math.max(1, hops)) ?? values[0];
}

/** The sender before the trusted proxies, and how many of those named one. */
function wayOf(
  req: Request,
  peer: Deno.Addr,
  { trustProxy }: Trust,
): { address: string; hops: number } | null {
  let address = directOf(peer);
  let hops = 0;
  for (const text of listOf(req, "for").toReversed()) {
    if (!trustProxy.trusts(address, hops)) break;
    const named = readAddress(text);
    if (named === null) return null;
    address = named;
    hops++;
  }
  return { address, hops };
}

function directOf(peer: Deno.Addr): string {
  return "hostname" in peer ? readAddress(peer.hostname) ?? peer.hostname : "local";
}

function listOf(req: Request, name: "for" | "host" | "proto"): string[] {
  const values = req.headers.get(`x-forwarded-${name}`)?.split(",") ?? [];
  return values.map((value) => value.trim()).filter((value) => value !== "");
}

/** Reads `192.0.2.7`, `192.0.2.7:5123`, `2001:db8::7`, `[2001:db8::7]` or `[2001:db8::7]:5123`; without port and zone. */
export function readAddress(text: string): string | null {
  const [, bracketed, withPort] = /^(?:\[([^\]]*)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5})$/.exec(text) ?? [];
  const address = (bracketed ?? withPort ?? text).replace(/%[\w.-]+$/, "");
  const version = isIP(address);
  if (version === 4) return bracketed === undefined ? address : null;
  return version === 6 ? canonical(address) : null;
}

/** One way of writing for each IPv6 address; an IPv4 address inside of one in its own way. */
function canonical(address: string): string | null {
  const written = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1);
  if (written === undefined) return null;
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(written) ?? [];
  if (high === undefined || low === undefined) return written;
  return [high, low].flatMap((part) => [parseInt(part, 16) >> 8, parseInt(part, 16) & 255]).join(".");
}
