/** Request methods that a route can answer. */
export type Method = "HEAD" | "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS";

export type Mode = "development" | "production";

/** Options of `new App()`. */
export interface FreshConfig {
  /** Path under which the whole app is served, without a slash at the end. */
  basePath?: string;
  mode?: Mode;
  /** Build `ctx.url` from `X-Forwarded-Proto` and `X-Forwarded-Host`. Only behind a proxy that sets them. */
  trustProxy?: boolean;
}

/** The same with everything filled in, as `ctx.config`. */
export interface ResolvedFreshConfig {
  root: string;
  basePath: string;
  mode: Mode;
  trustProxy: boolean;
}

export interface LayoutConfig {
  skipInheritedLayouts?: boolean;
  skipAppWrapper?: boolean;
}

export interface RouteConfig extends LayoutConfig {
  /** URLPattern path to serve the route at, in place of the one its file name gives. */
  routeOverride?: string;
}
