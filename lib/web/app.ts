import { App, csp, csrf, HttpError, type Middleware, staticFiles } from "fresh";
import { enter, leave } from "./base_path.ts";
import { chosenLanguage } from "./browser_settings.ts";
import { isCall } from "./calls.ts";
import { Compression } from "./compression.ts";
import type { Config } from "../config/mod.ts";
import { addressOf, routed, unknownHost } from "./edge.ts";
import { peerOf } from "./forwarded.ts";
import type { State } from "./define.ts";
import { isDiskFull } from "../platform/mod.ts";
import { Refusal, say } from "../protocol/mod.ts";
import { isRefusedOrigin } from "./origins.ts";
import { pageChangeSource } from "./page_changes.ts";
import { problem } from "./problems.ts";
import type { Services } from "./services.ts";
import { shownPath } from "./shown_path.ts";
import { styleFirst } from "./style_first.ts";
import { acceptedLanguage } from "../words/mod.ts";

/** The app: what every request passes, then the file routes. Composes nothing and opens nothing: `services` is asked at each request. */
export function buildApp(services: () => Services): App<State> {
  // Not Fresh's own `trustProxy`, which does not read lists: `seenFrom` decides for everybody.
  return new App<State>()
    .use(seenFrom(services))
    .use(describeRequest(services))
    .use(secureHeaders)
    .use(withoutBodyOfHead)
    .use(withoutBuildMetadata)
    .use(staticFiles())
    .use(styleFirst)
    .use(pagePolicy)
    .use(boundary)
    .use(csrf<State>({ origin: (origin, ctx) => !isRefusedOrigin(ctx, origin) }))
    .fsRoutes();
}

/**
 * What is served: the app, with the headers also on the answers that error pages give, which stand outside of the
 * app's middlewares, and compressed.
 */
export function serving(
  app: Pick<App<State>, "handler">,
  config: Config,
  compression: Compression = new Compression(),
): Deno.ServeHandler<Deno.NetAddr> {
  const handler = app.handler();
  const { basePath } = config;
  return async (req, info) => {
    const outside = basePath === "" ? null : enter(req, basePath);
    if (outside !== null) return addHeaders(outside, false, "/api");
    const url = addressOf(req, info.remoteAddr, config);
    if (url === null) return addHeaders(unknownHost(), false, "/api");
    const { protocol, pathname } = url;
    const response = addHeaders(await routed(handler, req, url, info), protocol === "https:", pathname);
    const placed = basePath === "" ? response : await leave(response, basePath);
    return withoutFalseLength(req, await compression.answer(req, pathname, placed));
  };
}

/** The runtime says `Content-Length: 0` of a HEAD's answer without a body. An empty stream makes it say nothing. */
function withoutFalseLength({ method }: Request, response: Response): Response {
  // A look at the body of another answer would make a stream of it, sent in pieces and without its length.
  if (method !== "HEAD") return response;
  const { body, headers, status } = response;
  const isWithout = body === null && !headers.has("content-length");
  if (!isWithout || status === 101 || status === 204 || status === 304) return response;
  return new Response(new ReadableStream({ start: (stream) => stream.close() }), response);
}

function describeRequest(opened: () => Services): Middleware<State> {
  return async (ctx) => {
    const services = opened();
    ctx.state.services = services;
    ctx.state.requestId = services.requestId();
    const address = peerOf(ctx.req, ctx.info.remoteAddr, services.config);
    if (address === null) {
      services.log.warn("proxy.unreadable", { requestId: ctx.state.requestId, header: "X-Forwarded-For" });
      return problem(new Refusal("invalid_params", "request.forwarded"));
    }
    ctx.state.address = address;
    ctx.state.language = chosenLanguage(ctx.req) ?? acceptedLanguage(ctx.req.headers.get("accept-language"));
    const { method } = ctx.req;
    const startedAt = services.clock.now();
    const counted = services.metrics.request();
    const response = mayAnswer(services, await ctx.next());
    counted(ctx.route ?? "none", method, response.status);
    services.log.debug("http.request", {
      requestId: ctx.state.requestId,
      method,
      path: shownPath(ctx.url.pathname),
      status: response.status,
      ms: services.clock.now() - startedAt,
    });
    return response;
  };
}

/** OP-7: what a process answers that was halted may be over: others have gone on without it. */
function mayAnswer({ mayWrite }: Services, response: Response): Response {
  if (mayWrite === undefined || mayWrite()) return response;
  void response.body?.cancel();
  return problem(new Refusal("unavailable", "request.restarting"));
}

/** Makes `ctx.url` the address that the browser sees, but for the sub-path. */
function seenFrom(services: () => Services): Middleware<State> {
  return (ctx) => {
    const { config } = services();
    const seen = addressOf(ctx.req, ctx.info.remoteAddr, config);
    if (seen !== null && seen.origin !== ctx.url.origin) {
      ctx.url.protocol = seen.protocol;
      ctx.url.port = "";
      ctx.url.host = seen.host;
    }
    ctx.state.site = ctx.url.origin + config.basePath;
    return ctx.next();
  };
}

const secureHeaders: Middleware<State> = async (ctx) => {
  const secure = ctx.url.protocol === "https:";
  return addHeaders(await ctx.next(), secure, ctx.url.pathname);
};

/** Fresh drops the body of a HEAD's answer and never cancels it: what makes the body would be held until a restart. */
const withoutBodyOfHead: Middleware<State> = async (ctx) => {
  const response = await ctx.next();
  if (ctx.req.method !== "HEAD" || response.body === null) return response;
  await response.body.cancel();
  return new Response(null, response);
};

/** Fresh's build serves its metadata beside the scripts, with paths of the machine that built it. */
const withoutBuildMetadata: Middleware<State> = (ctx) => {
  if (/^\/_fresh\/.*\/metafile\.json$/.test(ctx.url.pathname)) throw new HttpError(404);
  return ctx.next();
};

/** No text becomes code, in browsers that have Trusted Types; `lib/browser/worker.ts` makes the one policy there is. */
const nonceCsp = csp<State>({
  useNonce: true,
  csp: [
    // The one style of every page comes again, with another nonce, when a script asks for a page (`browser/fetch_page.ts`).
    `style-src 'self' 'unsafe-inline' ${pageChangeSource}`,
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
  ctx.req.headers.get("upgrade") !== null || isCall(ctx.url.pathname) ? ctx.next() : nonceCsp(ctx);

/** For answers that are no page of the app: no script at all; style and pictures for error pages. */
const scriptlessPolicy =
  `default-src 'none'; style-src 'self' ${pageChangeSource}; img-src 'self' data:; font-src 'self'; ` +
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
  // Only Fresh's static files answer 405 without it.
  if (response.status === 405 && !headers.has("allow")) headers.set("allow", "GET, HEAD");
  // Not `no-referrer`: that makes browsers send `Origin: null` with our own forms.
  headers.set("referrer-policy", "same-origin");
  // 304 is about an answer that said itself whether it may be kept.
  if (response.status !== 304 && !headers.has("cache-control")) headers.set("cache-control", "no-store");
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
        path: shownPath(ctx.url.pathname),
        error: error instanceof Error ? error : new Error(String(error)),
      });
    }
    if (wantsPage) throw error;
    if (isDiskFull(error)) return problem(new Refusal("unavailable", "request.diskFull"));
    return thrownProblem(status, ctx.state.requestId);
  }
};

/** What a client learns of a request that ended in a throw. */
function thrownProblem(status: number, requestId: string): Response {
  switch (status) {
    case 403:
      return problem(new Refusal("forbidden", "request.otherSite"));
    case 404:
      return problem(new Refusal("not_found", "request.nothing"));
    case 405:
      return problem(new Refusal("method_not_allowed", "request.method"));
  }
  return status < 500
    ? problem(new Refusal("invalid_params", "request.invalid"))
    : problem(new Refusal("internal", say("request.fault", { id: requestId })));
}
