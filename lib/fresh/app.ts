import { STATUS_CODES } from "node:http";
import type { Build } from "./build_types.ts";
import { type AnyMiddleware, applyCommand, type Command } from "./commands.ts";
import { Context, type RouteComponent } from "./context.ts";
import { type Answered, developing } from "./development.ts";
import { HttpError } from "./error.ts";
import { chainOf, newFolder, runChain } from "./folders.ts";
import { joinPaths, METHODS, Router } from "./router.ts";
import type { Middleware, Route } from "./handlers.ts";
import type { FreshConfig, LayoutConfig, Method, ResolvedFreshConfig } from "./types.ts";
import type { WebSocketHandlers, WebSocketUpgradeOptions } from "./upgrade.ts";
import { setBuildId } from "./build_id.ts";

const NO_CONNECTION = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 1234 },
  completed: Promise.resolve(),
} satisfies Deno.ServeHandlerInfo;

/** Gives an app what was built for it: routes, islands, static files. */
export let applyBuild: (app: App<never>, build: Build) => void;

/** Collects middlewares and routes; `handler()` makes of them what `Deno.serve` takes. */
export class App<State> {
  readonly config: ResolvedFreshConfig;
  #commands: Command[] = [];
  #build: Build | null = null;

  static {
    applyBuild = (app, build) => {
      app.#build = build;
      app.config.root = build.root;
      app.config.mode = build.mode;
      setBuildId(build.id);
    };
  }

  constructor(config: FreshConfig = {}) {
    const basePath = config.basePath ?? "";
    if (basePath !== "" && basePath !== "/" && !/^\/[\w\-./]*[\w\-.]$/.test(basePath)) {
      throw new TypeError(`basePath must start with a slash and not end with one: ${basePath}`);
    }
    this.config = {
      root: ".",
      basePath,
      mode: config.mode ?? "production",
      trustProxy: config.trustProxy ?? false,
    };
  }

  /** Middlewares for a path and all below it; without a path for all. */
  use(...middlewares: Middleware<State>[]): this;
  use(path: string, ...middlewares: Middleware<State>[]): this;
  use(first: string | Middleware<State>, ...rest: Middleware<State>[]): this {
    return typeof first === "string"
      ? this.#add({ kind: "use", path: first, middlewares: erased(rest) })
      : this.#add({ kind: "use", path: "*", middlewares: erased([first, ...rest]) });
  }

  get(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["GET"], path, middlewares);
  }

  post(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["POST"], path, middlewares);
  }

  patch(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["PATCH"], path, middlewares);
  }

  put(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["PUT"], path, middlewares);
  }

  delete(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["DELETE"], path, middlewares);
  }

  head(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["HEAD"], path, middlewares);
  }

  all(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(METHODS, path, middlewares);
  }

  /** A WebSocket endpoint. */
  ws(path: string, handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): this {
    return this.get(path, (ctx) => ctx.upgrade(handlers, options));
  }

  route(path: string, route: Route<State>): this {
    return this.#add({ kind: "route", path, route: route as Route<never> });
  }

  /** Wraps the pages at a path and below. */
  layout(path: string, component: RouteComponent<State>, config: LayoutConfig = {}): this {
    return this.#add({ kind: "layout", path, component: component as RouteComponent<never>, config });
  }

  /** The outermost component; renders the `html` element. */
  appWrapper(component: RouteComponent<State>): this {
    return this.#add({ kind: "app", component: component as RouteComponent<never> });
  }

  /** Answers what nothing else did, and every 404 that is thrown. */
  notFound(route: Route<State> | Middleware<State>): this {
    return this.#add({ kind: "notFound", route: asRoute(route) });
  }

  /** Answers what was thrown at a path and below, as `ctx.error`. */
  onError(path: string, route: Route<State> | Middleware<State>): this {
    return this.#add({ kind: "error", path, route: asRoute(route) });
  }

  /** The place of the file routes among what is registered. */
  fsRoutes(path = "*"): this {
    return this.#add({ kind: "files", path });
  }

  /** Registers all of another app below a path. */
  mountApp(path: string, app: App<State>): this {
    for (const command of app.#commands) {
      if (!("path" in command)) this.#add(command);
      else {
        const isWhole = command.path === "*";
        const base = path === app.config.basePath ? "" : app.config.basePath;
        const inner = joinPaths(base, isWhole ? "/" : command.path);
        this.#add({ ...command, path: joinPaths(path, inner) });
      }
    }
    return this;
  }

  /** Makes the request handler. What is registered or built later has no effect on it. */
  handler(): (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    const router = new Router<AnyMiddleware>();
    const root = newFolder();
    for (const command of this.#commands) {
      applyCommand(command, { root, router, basePath: this.config.basePath, build: this.#build });
    }
    const rootChain = chainOf(root);
    const build = this.#build;
    const config = this.config;

    const answer = async (req: Request, info: Deno.ServeHandlerInfo = NO_CONNECTION): Promise<Answered> => {
      const url = requestUrl(req, config.trustProxy);
      const method = req.method as Method;
      const { path, chain, params, allowed } = router.match(method, url.pathname);
      const ctx = new Context<never>({ req, url, info, route: path, params, config, build });
      const last = (): Promise<Response> => {
        if (path === null || chain !== null) return Promise.reject(new HttpError(404));
        if (method !== "OPTIONS") return Promise.reject(new HttpError(405));
        return Promise.resolve(new Response(null, { status: 204, headers: { Allow: allowed.join(", ") } }));
      };
      try {
        const response = await runChain(chain ?? rootChain, ctx, last);
        if (!(response instanceof Response)) throw new TypeError("A middleware did not return a Response");
        // The body of a HEAD is left where it is: nobody reads it and nobody cancels it.
        return { response: method === "HEAD" ? new Response(null, response) : response, error: ctx.error };
      } catch (error) {
        return { response: plainError(error), error };
      }
    };
    if (config.mode === "development") return developing(answer, config.root);
    return async (req, info) => (await answer(req, info)).response;
  }

  /** Serves the app. */
  async listen(options: Deno.ServeTcpOptions = {}): Promise<void> {
    await Deno.serve(options, this.handler()).finished;
  }

  #handle(methods: readonly Method[], path: string, middlewares: Middleware<State>[]): this {
    return this.#add({ kind: "handle", path, methods, middlewares: erased(middlewares) });
  }

  #add(command: Command): this {
    this.#commands.push(command);
    return this;
  }
}

/** Inside, the state's type plays no part: every middleware takes a context whose state is never looked at. */
function erased<State>(middlewares: Middleware<State>[]): AnyMiddleware[] {
  return middlewares as unknown as AnyMiddleware[];
}

function asRoute<State>(route: Route<State> | Middleware<State>): Route<never> {
  return (typeof route === "function" ? { handler: route } : route) as Route<never>;
}

/** The URL with repeated slashes folded, so that no path can be read as a host. */
function requestUrl(req: Request, trustProxy: boolean): URL {
  const url = new URL(req.url);
  url.pathname = url.pathname.replace(/\/{2,}/g, "/");
  if (!trustProxy) return url;
  // A list is ignored: only one proxy is expected.
  const protocol = req.headers.get("x-forwarded-proto");
  if (protocol === "https" || protocol === "http") url.protocol = protocol;
  const host = req.headers.get("x-forwarded-host");
  if (host !== null && /^[\w.\-[\]:]+$/.test(host)) {
    url.port = "";
    url.host = host;
  }
  return url;
}

/** For what no error page took: the status and its name, and nothing of what went wrong inside. */
function plainError(error: unknown): Response {
  if (error instanceof HttpError && error.status < 500) {
    return new Response(error.message || STATUS_CODES[error.status], { status: error.status });
  }
  // deno-lint-ignore no-console -- the last place that sees the error; the app's own middleware logs before this
  console.error(error);
  if (!(error instanceof HttpError)) return new Response("Internal server error", { status: 500 });
  return new Response(error.message || STATUS_CODES[error.status], { status: error.status });
}
