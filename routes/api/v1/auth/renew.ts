import type { Context } from "fresh";
import {
  clearSessionCookies,
  isReplaced,
  originOf,
  renewalCookieOf,
} from "../../../../lib/web/authentication.ts";
import { define, type State } from "../../../../lib/web/define.ts";
import { problem } from "../../../../lib/web/problems.ts";
import { localPath, seeOther } from "../../../../lib/web/pages.ts";
import { openCall } from "../../../../lib/web/rest.ts";
import { origin, overTls, tokensAnswer, withSessionCookies } from "../../../../lib/web/session.ts";
import { repeatAt, toLogin } from "../../../../lib/web/to_login.ts";
import { Refusal, renewBody } from "../../../../lib/protocol/mod.ts";

/**
 * AU-13: renews a session. Clients send their credential in the body. A browser's is a cookie of this address; its scripts call,
 * and its pages pass through on their way to `next`, forms included.
 */
export const handler = define.api({
  GET: (ctx) => ctx.url.searchParams.has("next") ? passedThrough(ctx) : missing(),
  POST(ctx) {
    if (ctx.url.searchParams.has("next")) return passedThrough(ctx);
    return renewalCookieOf(ctx.req) === null ? byBody(ctx) : byCookie(ctx);
  },
});

const byBody = openCall(
  { body: renewBody },
  ({ services, origin, body }) => services.accounts.renew(body.credential, origin),
);

async function byCookie(ctx: Context<State>): Promise<Response> {
  const renewed = await ctx.state.services.accounts.renew(renewalCookieOf(ctx.req) ?? "", originOf(ctx));
  if (!(renewed instanceof Refusal)) return tokensAnswer(ctx, renewed, true);
  const response = problem(renewed);
  if (renewed.kind !== "unauthorized") return response;
  for (const [name, text] of clearSessionCookies(overTls(ctx))) response.headers.append(name, text);
  return response;
}

/** Without a renewal the request goes on to the login, like every other without a session. */
async function passedThrough(ctx: Context<State>): Promise<Response> {
  const next = localPath(ctx.url.searchParams.get("next"));
  const renewed = await ctx.state.services.accounts.renew(renewalCookieOf(ctx.req) ?? "", origin(ctx));
  if (renewed instanceof Refusal) {
    const forgets = isReplaced(renewed) ? [] : clearSessionCookies(overTls(ctx));
    return toLogin(ctx.req, new URL(next, ctx.url), forgets);
  }
  const back = ctx.req.method === "POST" ? repeatAt(next) : seeOther(next);
  return withSessionCookies(ctx, back, renewed);
}

function missing(): Response {
  return problem(new Refusal("method_not_allowed", "request.method"), { allow: "POST" });
}
