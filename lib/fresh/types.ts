import type { AnyComponent } from "preact";
import type { Context } from "./context.ts";

/** Request methods that a route can answer. */
export type Method = "HEAD" | "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS";

/** Options of `new App()`. */
export interface FreshConfig {
  /** Path under which the whole app is served, without a slash at the end. */
  basePath?: string;
  mode?: "development" | "production";
  /** Build `ctx.url` from `X-Forwarded-Proto` and `X-Forwarded-Host`. Only behind a proxy that sets them. */
  trustProxy?: boolean;
}

/** The same with everything filled in, as `ctx.config`. */
export interface ResolvedFreshConfig {
  root: string;
  basePath: string;
  mode: "development" | "production";
  trustProxy: boolean;
}

/** One step on a request's way; answers, or hands on with `ctx.next()`. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;
export type MiddlewareFn<State> = Middleware<State>;

/** What a handler returns to have the route's component rendered with `data`. */
export interface PageResponse<T> {
  data: T;
  headers?: HeadersInit | undefined;
  status?: number | undefined;
}

export interface HandlerFn<Data, State> {
  (ctx: Context<State>): Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;
}

export type HandlerByMethod<Data, State> = { [M in Method]?: HandlerFn<Data, State> };

export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

export type RouteData<Handler extends RouteHandler<unknown, unknown>> = Handler extends
  RouteHandler<infer Data, unknown> ? Data : never;

export interface LayoutConfig {
  skipInheritedLayouts?: boolean;
  skipAppWrapper?: boolean;
}

export interface RouteConfig extends LayoutConfig {
  /** URLPattern path to serve the route at, in place of the one its file name gives. */
  routeOverride?: string;
}

/** What pages, layouts and the app wrapper get. */
export type PageProps<Data = unknown, T = unknown> =
  & Pick<
    Context<T>,
    "config" | "url" | "req" | "params" | "info" | "state" | "isPartial" | "Component" | "error" | "route"
  >
  & { data: Data };

/** May be an async function, which may also give a Response. */
export type RouteComponent<State> = AnyComponent<PageProps<unknown, State>>;

/** A page: a handler, a component, or both. */
export interface Route<State> {
  component?: RouteComponent<State> | undefined;
  config?: RouteConfig | undefined;
  handler?: RouteHandler<unknown, State> | undefined;
}
