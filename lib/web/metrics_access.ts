import type { Config } from "../config/mod.ts";
import { isSameSecret } from "../platform/mod.ts";
import { Refusal } from "../protocol/mod.ts";
import { problem } from "./problems.ts";

/** Headers that a proxy adds: who sent the request is then not who connected. */
const proxyHeaders = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/**
 * OP-4: the answer to someone who may not read the numbers; null for this machine itself, and for `BEHEST_METRICS_TOKEN`. A
 * proxy on this machine that adds no header cannot be told from the machine: docs/operations.md has it hide the path.
 */
export function metricsRefusal(
  req: Request,
  peer: Deno.Addr,
  { metricsToken }: Pick<Config, "metricsToken">,
): Response | null {
  const given = /^Bearer (\S+)$/i.exec(req.headers.get("authorization") ?? "")?.[1];
  if (given !== undefined) {
    return metricsToken !== null && isSameSecret(given, metricsToken)
      ? null
      : problem(new Refusal("unauthorized", "request.metricsToken"));
  }
  const isHere = "hostname" in peer && isLoopback(peer.hostname) &&
    !proxyHeaders.some((name) => req.headers.has(name));
  if (isHere) return null;
  return metricsToken === null
    ? problem(new Refusal("not_found", "request.nothing"))
    : problem(new Refusal("unauthorized", "request.metricsToken"));
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^(?:::ffff:)?127\./.test(address);
}
