import { AsyncLocalStorage } from "node:async_hooks";
import type { App } from "fresh";
import { loadBuild } from "../../lib/fresh/build.ts";
import { buildApp, serving } from "../../lib/web/app.ts";
import type { Compression } from "../../lib/web/compression.ts";
import type { State } from "../../lib/web/define.ts";
import type { Services } from "../../lib/web/services.ts";
import { freshBuild } from "./fresh_build.ts";

const asked = new AsyncLocalStorage<Services>();
let loaded: ReturnType<typeof loadBuild> | undefined;
let built: Promise<ReturnType<App<State>["handler"]>> | undefined;

/** Gives an app the routes and scripts of `_fresh/`. */
export function builtRoutes(): ReturnType<typeof loadBuild> {
  return loaded ??= freshBuild().then(() => loadBuild());
}

/** What is served over these services. The app with its routes is made once for all tests of a file. */
export async function handlerOver(
  services: Services,
  compression?: Compression,
): Promise<Deno.ServeHandler<Deno.NetAddr>> {
  const shared = await (built ??= build());
  const handler = serving({ handler: () => shared }, services.config, compression);
  return (req, info) => asked.run(services, () => handler(req, info));
}

/** Asks it without a network, as somebody on this computer. */
export async function sendOver(
  services: Services,
  compression?: Compression,
): Promise<(request: Request) => Promise<Response>> {
  const handler = await handlerOver(services, compression);
  const remoteAddr = { transport: "tcp", hostname: "127.0.0.1", port: 50_000 } as const;
  return async (request) => await handler(request, { remoteAddr, completed: Promise.resolve() });
}

async function build(): Promise<ReturnType<App<State>["handler"]>> {
  const app = buildApp(() => asked.getStore()!);
  (await builtRoutes())(app);
  return app.handler();
}
