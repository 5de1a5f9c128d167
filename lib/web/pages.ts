import { type Context, HttpError } from "fresh";
import type { PersonState } from "./define.ts";
import { Refusal } from "../protocol/mod.ts";

/** The time zone of the person's profile: how times are meant that a form without scripts sends. */
export async function zoneOf(ctx: Context<PersonState>): Promise<string> {
  const profile = await ctx.state.services.profiles.get(ctx.state.caller);
  return profile instanceof Refusal ? "UTC" : profile.timeZone;
}

/** A page about one thing that cannot be had: there is no such page, or not now. What is forbidden is not there. */
export function noPage(refusal: Refusal): HttpError {
  switch (refusal.kind) {
    case "not_found":
    case "forbidden":
    case "expired":
    case "invalid_params":
      return new HttpError(404);
    case "rate_limited":
      return new HttpError(429);
    default:
      return new HttpError(503);
  }
}

/** A page answer's status and headers for a refusal; waits come as whole seconds (RFC 9110, Retry-After). */
export function refusedPage(refusal: Refusal): { status: number; headers: Record<string, string> } {
  const { retryAfterMs: waitMs, proof } = refusal.detail;
  return {
    status: refusal.status,
    headers: {
      ...(waitMs === undefined ? {} : { "retry-after": String(Math.ceil(waitMs / 1000)) }),
      ...(proof === undefined ? {} : { [proofHeader]: "needed" }),
    },
  };
}

/** On a page's answer: its form needs a fresh proof (AU-13). The middleware of pages leads to where it is given. */
export const proofHeader = "behest-proof";

/** A path of this site that a redirect may go to; anything else is `/`. Keeps `next=` from leading elsewhere. */
export function localPath(path: string | null | undefined): string {
  // deno-lint-ignore no-control-regex -- control characters are what this looks for: browsers drop them from addresses
  if (!path?.startsWith("/") || /^\/[/\\]|[\u0000-\u0020\\]/.test(path)) return "/";
  const url = URL.parse(path, "http://here.invalid");
  if (url === null || url.origin !== "http://here.invalid") return "/";
  // What dots fold to must stay local too: `/.//host` resolves to `//host`.
  return url.pathname.startsWith("//") ? "/" : url.pathname + url.search;
}

/** See other: the answer to a form that was taken, so that a reload does not send it again. */
export function seeOther(path: string, headers: HeadersInit = {}): Response {
  const response = new Response(null, { status: 303, headers });
  response.headers.set("location", path);
  return response;
}
