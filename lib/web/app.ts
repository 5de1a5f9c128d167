import { App, type Context, csp, csrf, HttpError, type Middleware, staticFiles } from "fresh";
import type { Config } from "../config/mod.ts";
import type { State } from "./define.ts";
import { Refusal } from "../protocol/mod.ts";
import { problem } from "./rest.ts";
import type { Services } from "./services.ts";
import { acceptedLanguage } from "../words/mod.ts";

/** The app: what every request passes, then the file routes. Composes nothing and opens nothing. */
export function buildApp(services: Services): App<State> {
  const { config } = services;
  return new App<State>({ trustProxy: config.trustProxy })
    .use(describeRequest(services))
    .use(secureHeaders)
    .use(staticFiles())
    .use(pagePolicy)
    .use(boundary)
    .use(
      csrf<State>({ origin: (origin, ctx) => origin === ctx.url.origin || config.origins.includes(origin) }),
    )
    .fsRoutes();
}

/**
 * What is served: the app, with the headers also on the answers that error pages give, which stand outside of the
 * app's middlewares.
 */
export function serving(app: App<State>, { trustProxy }: Config): Deno.ServeHandler<Deno.NetAddr> {
  const handler = app.handler();
  return async (req, info) => {
    const url = new URL(req.url);
    const secure = isSecure(url, req, trustProxy);
    const response = await handler(req, info);
    return addHeaders(response, secure, url.pathname);
  };
}

function describeRequest(services: Services): Middleware<State> {
  return async (ctx) => {
    ctx.state.services = services;
    ctx.state.requestId = services.requestId();
    ctx.state.address = peerAddress(ctx, services.config.trustProxy);
    ctx.state.language = acceptedLanguage(ctx.req.headers.get("accept-language"));
    const { method } = ctx.req;
    const startedAt = services.clock.now();
    const response = await ctx.next();
    services.log.debug("http.request", {
      requestId: ctx.state.requestId,
      method,
      path: ctx.url.pathname,
      status: response.status,
      ms: services.clock.now() - startedAt,
    });
    return response;
  };
}

/** The peer's address. Of a trusted proxy's list only the last counts: what stands before it, the peer wrote. */
function peerAddress(ctx: Context<State>, trustProxy: boolean): string {
  const { remoteAddr } = ctx.info;
  const peer = "hostname" in remoteAddr ? remoteAddr.hostname : "local";
  const named = trustProxy ? ctx.req.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
  const address = named !== undefined && /^[0-9A-Fa-f.:]{2,45}$/.test(named) ? named : peer;
  return address.replace(/^::ffff:(?=[0-9.]+$)/i, "");
}

function isSecure(url: URL, req: Request, trustProxy: boolean): boolean {
  return url.protocol === "https:" ||
    (trustProxy && req.headers.get("x-forwarded-proto")?.split(",").at(-1)?.trim() === "https");
}

const secureHeaders: Middleware<State> = async (ctx) => {
  const secure = ctx.url.protocol === "https:";
  return addHeaders(await ctx.next(), secure, ctx.url.pathname);
};

/** No text becomes code, in browsers that have Trusted Types; `lib/browser/worker.ts` makes the one policy there is. */
const nonceCsp = csp<State>({
  useNonce: true,
  csp: [
    "worker-src 'self'",
    "manifest-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types behest-worker",
  ],
});

/**
 * The policy of rendered pages. Headers cannot be set on an upgrade's response, and it renders nothing; neither does the API,
 * and what it answers may have a policy of its own (FI-5).
 */
const pagePolicy: Middleware<State> = (ctx) =>
  ctx.req.headers.has("upgrade") || isCall(ctx.url.pathname) ? ctx.next() : nonceCsp(ctx);

/** Whether a path is for programs: what goes wrong there is told as problem+json, and nothing there is a page. */
function isCall(pathname: string): boolean {
  return /^\/(api|healthz|readyz|metrics)(\/|$)/.test(pathname);
}

/** For answers that are no page of the app: no script at all; style and pictures for error pages. */
const scriptlessPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** For the service worker: it fetches from here, and shows nothing. */
const workerPolicy = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";

/** Adding them twice changes nothing. */
function addHeaders(response: Response, secure: boolean, pathname: string): Response {
  if (response.status === 101) return response;
  const { headers } = response;
  const policy = headers.get("content-security-policy");
  if (policy === null || !(policy.includes("'nonce-") || policy.includes("sandbox"))) {
    headers.set("content-security-policy", pathname === "/sw.js" ? workerPolicy : scriptlessPolicy);
  } else if (!secure) {
    // Over plain http it would send the browser to an https that nobody serves.
    headers.set("content-security-policy", policy.replace(/; upgrade-insecure-requests/, ""));
  }
  headers.set("x-content-type-options", "nosniff");
  // Not `no-referrer`: that makes browsers send `Origin: null` with our own forms.
  headers.set("referrer-policy", "same-origin");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  if (secure) headers.set("strict-transport-security", "max-age=31536000");
  return response;
}

/**
 * The boundary for what is thrown: a bug is logged with the request's id and leaves as `internal`. What asks for no
 * page gets problem+json; pages go on to the error page.
 */
const boundary: Middleware<State> = async (ctx) => {
  const { method } = ctx.req;
  const wantsPage = !isCall(ctx.url.pathname);
  try {
    return await ctx.next();
  } catch (error) {
    const status = error instanceof HttpError ? error.status : 500;
    if (status >= 500) {
      ctx.state.services.log.error("http.failed", {
        requestId: ctx.state.requestId,
        method,
        path: ctx.url.pathname,
        error: error instanceof Error ? error : new Error(String(error)),
      });
    }
    if (wantsPage) throw error;
    return thrownProblem(status, ctx.state.requestId);
  }
};

/** What a client learns of a request that ended in a throw. */
function thrownProblem(status: number, requestId: string): Response {
  switch (status) {
    case 403:
      return problem(new Refusal("forbidden", "This request came from another site's page."));
    case 404:
      return problem(new Refusal("not_found", "There is nothing at this address."));
    case 405:
      return problem(new Refusal("method_not_allowed", "This address does not take that method."));
  }
  return status < 500
    ? problem(new Refusal("invalid_params", "This request cannot be answered as it is."))
    : problem(new Refusal("internal", `Something broke here; the server's log has it under ${requestId}.`));
}
