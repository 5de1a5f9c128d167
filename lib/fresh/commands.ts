import type { Build, RouteFile } from "./build_types.ts";
import { compareSpecificity, readFileName } from "./file_names.ts";
import { answerWithRoute, chainOf, type Folder, folderAt, methodsOf, segmentsOf } from "./folders.ts";
import { joinPaths, METHODS, type Router } from "./router.ts";
import type { RouteComponent } from "./context.ts";
import type { Middleware, Route } from "./handlers.ts";
import type { LayoutConfig, Method } from "./types.ts";

/** Inside, the type of the state plays no part. */
export type AnyMiddleware = Middleware<never>;

/** What was registered, in order; played back when the handler is made. */
export type Command =
  | { kind: "use"; path: string; middlewares: AnyMiddleware[] }
  | { kind: "handle"; path: string; methods: readonly Method[]; middlewares: AnyMiddleware[] }
  | { kind: "route"; path: string; route: Route<never> }
  | { kind: "layout"; path: string; component: RouteComponent<never>; config: LayoutConfig }
  | { kind: "app"; component: RouteComponent<never> }
  | { kind: "notFound"; route: Route<never> }
  | { kind: "error"; path: string; route: Route<never> }
  | { kind: "files"; path: string };

/** Where commands are played back. */
export interface Target {
  root: Folder;
  router: Router<AnyMiddleware>;
  basePath: string;
  build: Build | null;
}

/** Registers one command; the order of the calls is the order of the app. */
export function applyCommand(command: Command, target: Target): void {
  const { root, router, basePath } = target;
  switch (command.kind) {
    case "use":
      folderAt(root, segmentsOf(command.path)).middlewares.push(...command.middlewares);
      break;
    case "handle": {
      const chain = chainOf(folderAt(root, segmentsOf(command.path)));
      router.add(command.methods, joinPaths(basePath, command.path), [...chain, ...command.middlewares]);
      break;
    }
    case "route": {
      const path = command.route.config?.routeOverride ?? command.path;
      addRoute(
        target,
        folderAt(root, segmentsOf(command.path)),
        path,
        command.route,
        methodsOf(command.route),
      );
      break;
    }
    case "layout":
      folderAt(root, segmentsOf(command.path)).layout = command;
      break;
    case "app":
      root.app = command.component;
      break;
    case "notFound":
      root.notFound = command.route;
      break;
    case "error":
      folderAt(root, segmentsOf(command.path)).errorPage = command.route;
      break;
    case "files":
      applyFiles(target, command.path);
      break;
    default:
      command satisfies never;
  }
}

function addRoute(
  { router, basePath }: Target,
  folder: Folder,
  path: string,
  route: Route<never>,
  methods: readonly Method[],
): void {
  const answer: AnyMiddleware = (ctx) => answerWithRoute(ctx, route);
  router.add(methods, joinPaths(basePath, path), [...chainOf(folder), answer]);
}

/** Special files first, so that every page finds all that stands above it; then the pages, most literal first. */
function applyFiles(target: Target, mountPath: string): void {
  const base = segmentsOf(mountPath);
  const pages: { path: string; folder: Folder; route: Route<never> }[] = [];
  for (const file of target.build?.routes ?? []) {
    const name = readFileName(file.id);
    // Without the path: also below one, a middleware of the root folder holds for the whole app, as in Fresh.
    const folder = folderAt(target.root, name.folders);
    const { component, config, handler } = readModule(file);
    const route: Route<never> = { component, config, handler: handler as Route<never>["handler"] };
    switch (name.kind) {
      case "app":
        target.root.app = component ?? null;
        break;
      case "layout":
        if (component !== undefined) folder.layout = { component, config };
        break;
      case "middleware":
        folder.middlewares.push(...middlewaresOf(file, handler ?? component));
        break;
      case "error":
        folder.errorPage = route;
        break;
      case "notFound":
        target.root.notFound = route;
        break;
      case "page":
        pages.push({
          path: joinPaths(`/${base.join("/")}`, config.routeOverride ?? name.path),
          folder,
          route,
        });
        break;
      default:
        name.kind satisfies never;
    }
  }
  pages.sort((a, b) => compareSpecificity(a.path, b.path));
  // For every method, as Fresh does: one that a route has no handler for ends at the 404 page.
  for (const { path, folder, route } of pages) addRoute(target, folder, path, route, METHODS);
}

function readModule({ id, module }: RouteFile): {
  component: RouteComponent<never> | undefined;
  config: NonNullable<Route<never>["config"]>;
  handler: unknown;
} {
  const handler = module["handlers"] ?? module["handler"];
  const component = module["default"] as RouteComponent<never> | undefined;
  const config = module["config"] as Route<never>["config"] | undefined;
  if (handler === undefined && component === undefined && config === undefined) {
    throw new TypeError(`routes/${id} exports no page, handler or config`);
  }
  if (typeof handler === "function" && handler.length > 1) {
    throw new TypeError(`The handler of routes/${id} must take one argument`);
  }
  return { component, config: config ?? {}, handler };
}

function middlewaresOf({ id }: RouteFile, exported: unknown): AnyMiddleware[] {
  const list = Array.isArray(exported) ? exported : [exported];
  if (list.some((item) => typeof item !== "function")) {
    throw new TypeError(`routes/${id} must export one middleware or a list of them`);
  }
  return list as AnyMiddleware[];
}
