import { type Context, insideOf, instantiate } from "./context.ts";
import { HttpError } from "./error.ts";
import type { RouteComponent } from "./context.ts";
import type { HandlerByMethod, HandlerFn, Middleware, Route } from "./handlers.ts";
import type { LayoutConfig, Method } from "./types.ts";
import { METHODS } from "./router.ts";

/** A node of the tree along which middlewares, layouts and error pages are inherited. */
export interface Folder {
  parent: Folder | null;
  children: Map<string, Folder>;
  middlewares: Middleware<never>[];
  app: RouteComponent<never> | null;
  layout: { component: RouteComponent<never>; config: LayoutConfig } | null;
  errorPage: Route<never> | null;
  /** Only the root's counts. */
  notFound: Route<never> | null;
}

export function newFolder(parent: Folder | null = null): Folder {
  return {
    parent,
    children: new Map(),
    middlewares: [],
    app: null,
    layout: null,
    errorPage: null,
    notFound: null,
  };
}

/** The folder at a path, made when there is none. `*` and `/` are the root itself. */
export function folderAt(root: Folder, segments: readonly string[]): Folder {
  let folder = root;
  for (const segment of segments) {
    let child = folder.children.get(segment);
    if (child === undefined) {
      child = newFolder(folder);
      folder.children.set(segment, child);
    }
    folder = child;
  }
  return folder;
}

export function segmentsOf(path: string): string[] {
  return path === "*" || path === "/*" ? [] : path.split("/").filter((segment) => segment !== "");
}

/** What a request to a route in this folder passes, as it stands now: later registrations do not apply. */
export function chainOf(folder: Folder): Middleware<never>[] {
  const lineage: Folder[] = [];
  for (let at: Folder | null = folder; at !== null; at = at.parent) lineage.unshift(at);
  const root = lineage[0] ?? folder;
  return lineage.flatMap((at) => [enterFolder(at, root), ...at.middlewares]);
}

/** Puts the folder's layout around what is below, and its error page under it. */
function enterFolder(folder: Folder, root: Folder): Middleware<never> {
  const { app, layout, errorPage } = folder;
  return async (ctx) => {
    const inside = insideOf(ctx);
    const outer = inside.wrapping;
    const inner = { app: app ?? outer.app, layouts: outer.layouts };
    if (layout !== null) {
      if (layout.config.skipAppWrapper) inner.app = null;
      inner.layouts = [...layout.config.skipInheritedLayouts ? [] : outer.layouts, layout.component];
    }
    inside.wrapping = inner;
    try {
      return await ctx.next();
    } catch (error) {
      const status = error instanceof HttpError ? error.status : 500;
      const page = status === 404 && root.notFound !== null ? root.notFound : errorPage;
      if (page === null) throw error;
      ctx.error = error;
      inside.wrapping = inner;
      // A 404 page sets its own status, in Fresh too.
      return await answerWithRoute(ctx, page, page === root.notFound ? 200 : status);
    } finally {
      inside.wrapping = outer;
    }
  };
}

export function isByMethod<State>(
  handler: Route<State>["handler"],
): handler is HandlerByMethod<unknown, State> {
  return typeof handler === "object" && handler !== null;
}

const renderAlone: HandlerFn<unknown, never> = () => ({ data: {} });

/** Methods of what `app.route()` registers. A page without a handler renders for every method, as Fresh has it. */
export function methodsOf(route: Route<never>): Method[] {
  if (!isByMethod(route.handler)) return [...METHODS];
  const own = METHODS.filter((method) =>
    (route.handler as HandlerByMethod<unknown, never>)[method] !== undefined
  );
  return route.component !== undefined && !own.includes("GET") ? ["GET", ...own] : own;
}

function handlerFor(route: Route<never>, method: Method): HandlerFn<unknown, never> | null {
  const { component, handler } = route;
  if (typeof handler === "function") return handler;
  const get = handler?.GET ?? (component === undefined ? undefined : renderAlone);
  if (handler === undefined) return get ?? null;
  return handler[method] ?? (method === "GET" || method === "HEAD" ? get : undefined) ?? null;
}

/** Calls a route's handler and renders its component with what comes back. */
export async function answerWithRoute(
  ctx: Context<never>,
  route: Route<never>,
  status = 200,
): Promise<Response> {
  const inside = insideOf(ctx);
  if (route.config?.skipAppWrapper) inside.wrapping = { ...inside.wrapping, app: null };
  if (route.config?.skipInheritedLayouts) inside.wrapping = { ...inside.wrapping, layouts: [] };

  const handle = handlerFor(route, ctx.req.method as Method);
  if (handle === null) return await ctx.next();
  const result = await handle(ctx);
  if (result instanceof Response) return result;
  if (typeof result !== "object" || result === null) {
    throw new TypeError("A handler must return a Response or page(data)");
  }
  const headers = new Headers();
  // One by one, as Fresh does: of two cookies the last one stays.
  for (const [name, value] of new Headers(result.headers)) headers.set(name, value);
  const init = { status: result.status ?? status, headers };
  if (route.component === undefined) return await ctx.render(null, init);
  const vnode = await instantiate(ctx, route.component, result.data, () => null);
  if (vnode instanceof Response) return vnode;
  return await ctx.render(vnode as Parameters<typeof ctx.render>[0], init);
}

/** Runs a chain; `last` stands at its end. */
export async function runChain(
  chain: readonly Middleware<never>[],
  ctx: Context<never>,
  last: () => Promise<Response>,
): Promise<Response> {
  const run = async (index: number): Promise<Response> => {
    const step = chain[index];
    if (step === undefined) return await last();
    ctx.next = () => run(index + 1);
    try {
      return await step(ctx);
    } catch (error) {
      ctx.error = error;
      throw error;
    }
  };
  return await run(0);
}
