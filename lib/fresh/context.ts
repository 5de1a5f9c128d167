import {
  type AnyComponent,
  type ComponentChildren,
  Fragment,
  type FunctionComponent,
  h,
  isValidElement,
  type JSX,
} from "preact";
import type { Build } from "./build_types.ts";
import { renderDocument } from "./document.ts";
import { HttpError } from "./error.ts";
import { NONCE } from "./nonce.ts";
import type { LayoutConfig, ResolvedFreshConfig } from "./types.ts";
import { upgradeRequest, type WebSocketHandlers, type WebSocketUpgradeOptions } from "./upgrade.ts";

/** What is wrapped around the page; changes while the request goes down through the folders. */
export interface Wrapping {
  app: RouteComponent<never> | null;
  layouts: RouteComponent<never>[];
}

interface Inside {
  wrapping: Wrapping;
  readonly build: Build | null;
}

/** The parts of a context that only the framework may touch. */
export let insideOf: (ctx: Context<never>) => Inside;

/** Query parameter of a request for parts of a page. */
const PARTIAL = "fresh-partial";

/** One request, as every middleware, handler and page sees it. */
export class Context<State> {
  readonly config: ResolvedFreshConfig;
  /** Parsed anew for this request, with repeated slashes folded. */
  readonly url: URL;
  readonly req: Request;
  /** The path of the route as it was registered; null where none matched. */
  readonly route: string | null;
  readonly params: Record<string, string>;
  /** Starts empty for every request. */
  readonly state: State = {} as State;
  data: unknown = undefined;
  /** What was thrown further down. */
  error: unknown = null;
  readonly info: Deno.ServeHandlerInfo;
  readonly isPartial: boolean;
  /** Hands on to the next middleware, at the end to the route. */
  next: () => Promise<Response>;
  /** In layouts and the app wrapper: what goes inside. */
  Component: FunctionComponent = () => null;

  #inside: Inside;

  static {
    insideOf = (ctx) => ctx.#inside;
  }

  constructor(from: {
    req: Request;
    url: URL;
    info: Deno.ServeHandlerInfo;
    route: string | null;
    params: Record<string, string>;
    config: ResolvedFreshConfig;
    build: Build | null;
  }) {
    this.req = from.req;
    this.url = from.url;
    this.info = from.info;
    this.route = from.route;
    this.params = from.params;
    this.config = from.config;
    this.isPartial = from.url.searchParams.has(PARTIAL);
    this.next = () => Promise.reject(new HttpError(404));
    this.#inside = { wrapping: { app: null, layouts: [] }, build: from.build };
  }

  /** To a path of this site or a full URL. Slashes are folded, so `//host` stays on this site. */
  redirect(pathOrUrl: string, status = 302): Response {
    let location = pathOrUrl;
    if (location.startsWith("/")) {
      const [path = "/"] = location.split(/[?#]/, 1);
      location = path.replace(/\/+/g, "/") + location.slice(path.length);
    }
    return new Response(null, { status, headers: { location } });
  }

  /** Text, as `text/plain`. */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  html(content: string, init: ResponseInit = {}): Response {
    const headers = new Headers(init.headers);
    headers.set("Content-Type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  json(content: unknown, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  /** Sends what an iterable gives, text as UTF-8. */
  stream<T extends string | Uint8Array>(
    source: Iterable<T> | AsyncIterable<T> | (() => Iterable<T> | AsyncIterable<T>),
    init?: ResponseInit,
  ): Response {
    const chunks = typeof source === "function" ? source() : source;
    const encoder = new TextEncoder();
    const bytes = ReadableStream.from<string | Uint8Array>(chunks).pipeThrough(
      new TransformStream<string | Uint8Array, Uint8Array<ArrayBuffer>>({
        transform(chunk, controller) {
          controller.enqueue(
            chunk instanceof Uint8Array ? new Uint8Array(chunk) : encoder.encode(String(chunk)),
          );
        },
      }),
    );
    return new Response(bytes, init);
  }

  /** Renders an element inside the layouts and the app wrapper that hold here. */
  async render(
    vnode: JSX.Element | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) {
      throw new TypeError("ctx.render() takes a JSX element or null");
    }
    const { wrapping, build } = this.#inside;
    let content: ComponentChildren = vnode;
    for (const layout of config.skipInheritedLayouts ? [] : wrapping.layouts.toReversed()) {
      const child = content;
      const rendered = await this.#instantiate(layout, null, () => child);
      if (rendered instanceof Response) return rendered;
      content = rendered;
    }

    // The app wrapper is rendered after what goes inside it, so that `Head` in a page can reach its `head`.
    let inner: ComponentChildren = content;
    let wrapper: ComponentChildren = null;
    const app = config.skipAppWrapper ? null : wrapping.app;
    if (app !== null) {
      const rendered = await this.#instantiate(app, null, () => h(Fragment, null, inner));
      if (rendered instanceof Response) return rendered;
      wrapper = rendered;
    }

    const { html, nonce, preload } = renderDocument({
      content,
      wrap: app === null ? null : (rendered) => {
        inner = rendered;
        return wrapper;
      },
      build,
      basePath: this.config.basePath === "/" ? "" : this.config.basePath,
      pathname: this.url.pathname,
    });
    const headers = new Headers(init.headers);
    headers.set("Content-Type", "text/html; charset=utf-8");
    if (preload.length > 0) {
      headers.append(
        "Link",
        preload.map((url) => `<${encodeURI(url)}>; rel="modulepreload"; as="script"`).join(", "),
      );
    }
    const response = new Response(html, { ...init, headers });
    return Object.defineProperty(response, NONCE, { value: nonce });
  }

  /** Opens a WebSocket. With handlers: wired up, and only the response comes back. */
  upgrade(options?: WebSocketUpgradeOptions): { socket: WebSocket; response: Response };
  upgrade(handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): Response;
  upgrade(
    first?: WebSocketHandlers | WebSocketUpgradeOptions,
    second?: WebSocketUpgradeOptions,
  ): { socket: WebSocket; response: Response } | Response {
    return upgradeRequest(this.req, first, second);
  }

  /** Calls an async component, makes an element of any other. */
  async #instantiate(
    component: RouteComponent<never>,
    data: unknown,
    child: FunctionComponent,
  ): Promise<ComponentChildren | Response> {
    return await instantiate(this as unknown as Context<never>, component, data, child);
  }
}

export type FreshContext<State = unknown> = Context<State>;

/** What pages, layouts and the app wrapper get. */
export type PageProps<Data = unknown, T = unknown> =
  & Pick<
    Context<T>,
    "config" | "url" | "req" | "params" | "info" | "state" | "isPartial" | "Component" | "error" | "route"
  >
  & { data: Data };

/** May be an async function, which may also give a Response. */
export type RouteComponent<State> = AnyComponent<PageProps<unknown, State>>;

/** Calls an async component (it may answer by itself), makes an element of any other. */
export async function instantiate(
  ctx: Context<never>,
  component: RouteComponent<never>,
  data: unknown,
  child: FunctionComponent,
): Promise<ComponentChildren | Response> {
  const props: PageProps<unknown, never> = {
    config: ctx.config,
    url: ctx.url,
    req: ctx.req,
    params: ctx.params,
    info: ctx.info,
    state: ctx.state,
    isPartial: ctx.isPartial,
    error: ctx.error,
    route: ctx.route,
    Component: child,
    data,
  };
  if (component.constructor.name === "AsyncFunction") {
    const call = component as unknown as (
      props: PageProps<unknown, never>,
    ) => Promise<ComponentChildren | Response>;
    return await call(props);
  }
  return h(component as FunctionComponent<PageProps<unknown, never>>, props);
}
