import { HttpError } from "fresh";
import { define } from "../../lib/define.ts";
import { seeOther } from "../../lib/forms.ts";
import { origin, overTls } from "../../lib/page_session.ts";
import { Refusal } from "../../lib/protocol/mod.ts";
import { clearSessionCookie, sessionToken } from "../../lib/rest.ts";

/** Every page behind this knows its person; nobody else gets past it. */
export default define.middleware(async (ctx) => {
  const token = sessionToken(ctx.req);
  if (token === null) return seeOther(loginPath(ctx.req, ctx.url));
  const caller = await ctx.state.services.accounts.authenticate(token, origin(ctx));
  if (caller instanceof Refusal) {
    if (caller.kind === "unauthorized") {
      return seeOther(loginPath(ctx.req, ctx.url), { "set-cookie": clearSessionCookie(overTls(ctx)) });
    }
    throw new HttpError(caller.kind === "forbidden" ? 403 : 503, caller.message);
  }
  ctx.state.caller = caller;
  ctx.state.stoppedSince = await ctx.state.services.safety.stoppedSince(caller.userId);
  const response = await ctx.next();
  // What a person sees is theirs: no cache keeps it, not even their own after they logged out.
  response.headers.set("cache-control", "no-store");
  return response;
});

/** The way back after the login; a posted form is not repeated, so only pages are remembered. */
function loginPath(request: Request, url: URL): string {
  const here = url.pathname + url.search;
  if (here === "/" || (request.method !== "GET" && request.method !== "HEAD")) return "/login";
  return `/login?next=${encodeURIComponent(here)}`;
}
