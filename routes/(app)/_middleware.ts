import { HttpError } from "fresh";
import { define } from "../../lib/web/define.ts";
import { carriedParam } from "../../lib/web/forms/carried.ts";
import { proofHeader, seeOther } from "../../lib/web/pages.ts";
import { takenCookie } from "../../lib/web/taken_forms.ts";
import { rulesPath } from "../../lib/web/prefetch.ts";
import { origin, overTls } from "../../lib/web/session.ts";
import { repeatAt, toRenewalOrLogin } from "../../lib/web/to_login.ts";
import { english, Refusal } from "../../lib/protocol/mod.ts";
import { clearSessionCookies, isReplaced, sessionToken } from "../../lib/web/authentication.ts";
import type { Restriction } from "../../lib/web/services.ts";
import { languageOf } from "../../lib/words/mod.ts";

/** Where somebody may be whose role needs a second factor that they do not have (AU-7): nothing is in the way of a stop. */
const withoutFactor: readonly string[] = ["/two-factor", "/prove", "/sanctions", "/logout", "/stop"];
/** Where somebody may be who is suspended (AU-9). */
const whileSuspended: readonly string[] = ["/account", "/prove", "/sanctions", "/logout"];

/** Every page behind this knows its person; nobody else gets past it. */
export default define.middleware(async (ctx) => {
  const token = sessionToken(ctx.req);
  if (token === null) return toRenewalOrLogin(ctx.req, ctx.url);
  const { accounts, profiles, safety } = ctx.state.services;
  const caller = await accounts.authenticate(token, origin(ctx), ["suspended", "two_factor"]);
  if (caller instanceof Refusal) {
    if (caller.kind === "unauthorized") {
      const forgets = isReplaced(caller) ? [] : clearSessionCookies(overTls(ctx));
      return toRenewalOrLogin(ctx.req, ctx.url, forgets);
    }
    throw new HttpError(caller.kind === "forbidden" ? 403 : 503, english(caller.message));
  }
  const elsewhere = elsewhereFor(caller.restriction, ctx.url.pathname);
  if (elsewhere !== null) return seeOther(elsewhere);
  ctx.state.caller = { ...caller, by: "cookie" };
  const [chosen, stoppedSince] = await Promise.all([
    profiles.language(caller),
    safety.stoppedSince(caller.userId),
  ]);
  ctx.state.language = languageOf(chosen ?? "") ?? ctx.state.language;
  ctx.state.stoppedSince = stoppedSince;
  const response = await ctx.next();
  if (response.headers.has(proofHeader)) {
    await response.body?.cancel();
    return toProof(ctx.req, ctx.url);
  }
  // What a person sees is theirs: no cache keeps it, not even their own after they logged out.
  response.headers.set("cache-control", "no-store");
  const taken = takenCookie(ctx.req, response, overTls(ctx));
  if (taken !== null) response.headers.append("set-cookie", taken);
  response.headers.set("speculation-rules", `"${rulesPath}"`);
  return response;
});

/** AU-13: to the page where the person shows who they are, with the way back; their form goes along. */
function toProof({ method }: Request, { pathname, search }: URL): Response {
  const path = `/prove?next=${encodeURIComponent(pathname + search)}`;
  return method === "POST" ? repeatAt(`${path}&${carriedParam}=1`) : seeOther(path);
}

/** Where a restricted person is led from a page that is not for them; null where they may be. */
function elsewhereFor(restriction: Restriction | undefined, path: string): string | null {
  switch (restriction) {
    case undefined:
      return null;
    case "two_factor":
      return withoutFactor.includes(path) ? null : "/two-factor";
    case "suspended":
      return whileSuspended.includes(path) ? null : "/account";
    default:
      return restriction satisfies never;
  }
}
