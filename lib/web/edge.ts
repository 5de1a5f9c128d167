import type { Config } from "../config/mod.ts";
import { isCall } from "./calls.ts";
import { forwarded } from "./forwarded.ts";
import { methods, wrongMethod } from "./methods.ts";
import { problem } from "./problems.ts";
import { Refusal } from "../protocol/mod.ts";

/**
 * The address that the browser sees: scheme and host from the proxy where one is trusted. Null where the request names no
 * host that can be read. Slashes in a host would become a part of the path.
 */
export function addressOf(req: Request, peer: Deno.Addr, trust: Pick<Config, "trustProxy">): URL | null {
  if (/[/?#@\\]/.test(req.headers.get("host") ?? "")) return null;
  const url = URL.parse(req.url);
  if (url === null) return url;
  const protocol = forwarded(req, peer, trust, "proto");
  if (protocol === "https" || protocol === "http") url.protocol = protocol;
  const host = forwarded(req, peer, trust, "host");
  if (host !== undefined && /^[\w.\-[\]:]+$/.test(host) && URL.canParse(`${url.protocol}//${host}`)) {
    url.port = "";
    url.host = host;
  }
  return url;
}

type Handler = (req: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>) => Promise<Response>;

/**
 * Answers what Fresh's router cannot read, and would throw on before any middleware runs: methods that it does not have, and
 * paths that are no UTF-8 once decoded. To those it says what it says of any address where nothing is.
 */
export async function routed(
  handler: Handler,
  req: Request,
  url: URL,
  info: Deno.ServeHandlerInfo<Deno.NetAddr>,
): Promise<Response> {
  if (!methods.some((method) => method === req.method)) return wrongMethod(methods.join(", "));
  if (isReadable(url.pathname)) return await handler(req, info);
  const { method, headers } = req;
  const nowhere = new URL(isCall(url.pathname) ? "/api/unreadable" : "/unreadable", url);
  return await handler(new Request(nowhere, { method, headers }), info);
}

/** For a request whose host cannot be read. */
export function unknownHost(): Response {
  return problem(new Refusal("invalid_params", "request.host"));
}

function isReadable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}
