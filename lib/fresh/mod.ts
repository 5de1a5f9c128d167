/**
 * The part of Fresh 2.3 that the app uses; `fresh` in the import map.
 * Never does anything that Fresh itself would not do, and never imports another room.
 * Start with `app.ts` (routes), `context.ts` (one request) and `build.ts` (scripts).
 */
export { App } from "./app.ts";
export { createDefine, type Define, page } from "./define.ts";
export { HttpError } from "./error.ts";
export { staticFiles } from "./static_files.ts";
export { csp, type CSPOptions } from "./csp.ts";
export { csrf, type CsrfOptions } from "./csrf.ts";
export type { Context, FreshContext, PageProps } from "./context.ts";
export type {
  HandlerByMethod,
  HandlerFn,
  Middleware,
  MiddlewareFn,
  PageResponse,
  RouteData,
  RouteHandler,
} from "./handlers.ts";
export type { WebSocketHandlers, WebSocketUpgradeOptions } from "./upgrade.ts";
export type { FreshConfig, LayoutConfig, Method, ResolvedFreshConfig, RouteConfig } from "./types.ts";
