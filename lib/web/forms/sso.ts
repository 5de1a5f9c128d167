import type { Context } from "fresh";
import { type Caller, iso } from "../../platform/mod.ts";
import { type Answer, Refusal } from "../../protocol/mod.ts";
import { sessionToken, ssoBrowserOf, ssoCookie } from "../authentication.ts";
import type { PersonState, State } from "../define.ts";
import { localPath, seeOther } from "../pages.ts";
import { origin, overTls } from "../session.ts";

/** The redirect that an operator registers with the issuer, below the server's address (AU-12). */
export const ssoPath = "/login/sso";

const purposes = ["login", "link", "prove"] as const;

/** Who is logged in with this browser; null when nobody is. */
export async function callerOf(ctx: Context<State>): Promise<Caller | null> {
  const token = sessionToken(ctx.req);
  if (token === null) return null;
  const caller = await ctx.state.services.accounts.authenticate(token, origin(ctx), [
    "suspended",
    "two_factor",
  ]);
  return caller instanceof Refusal ? null : caller;
}

/** Sends the browser to the issuer: `?for=` says why, `?next=` where to go after it. */
export async function beginSso(ctx: Context<State>): Answer<Response> {
  const { searchParams } = ctx.url;
  const purpose = purposes.find((one) => one === searchParams.get("for")) ?? "login";
  const caller = purpose === "login" ? null : await callerOf(ctx);
  if (purpose !== "login" && caller === null) return seeOther("/login");
  const { sso, clock } = ctx.state.services;
  const begun = await sso.begin(origin(ctx), {
    purpose,
    caller,
    redirectUri: ctx.state.site + ssoPath,
    next: localPath(searchParams.get("next")),
  });
  if (begun instanceof Refusal) return begun;
  const response = seeOther(begun.address, { "cache-control": "no-store" });
  response.headers.append("set-cookie", ssoCookie(begun.browser, clock.now(), overTls(ctx)));
  return response;
}

/** The person's link with the issuer, for a page; null without an issuer. `state`: of a link that waits to be confirmed. */
export async function ssoLinkOf(
  ctx: Context<PersonState>,
  state: string | null,
) {
  const { services: { sso }, caller } = ctx.state;
  const issuer = sso.where();
  if (issuer === null) return null;
  const [link, name] = await Promise.all([
    sso.linkOf(caller),
    state === null ? null : sso.offered(caller, state, ssoBrowserOf(ctx.req)),
  ]);
  const offer = state === null || name === null ? null : { state, name };
  return { issuer, linkedAt: link === null ? null : iso(link.linkedAt), offer };
}
