import { buildApp, serving } from "../../lib/app.ts";
import { Builder } from "../../lib/fresh/dev.ts";
import { fakePassword, type FakeServices, fakeServices } from "./services.ts";

/** One build for all tests of a file: pages do not change between them. */
let build: ReturnType<Builder["build"]> | undefined;

/** Where the pages seem to be served. */
export const base = "http://127.0.0.1:8000";

export type Send = (path: string, init?: RequestInit) => Promise<Response>;

/** The app over fake services, without a network. */
export async function site(fake: FakeServices): Promise<Send> {
  build ??= new Builder().build({ snapshot: "memory" });
  const app = buildApp(fake.services);
  (await build)(app);
  const handler = serving(app, fake.services.config);
  const remoteAddr = { transport: "tcp", hostname: "127.0.0.1", port: 50_000 } as const;
  return async (path, init) =>
    await handler(new Request(base + path, init), { remoteAddr, completed: Promise.resolve() });
}

export async function withPages(
  run: (send: Send, fake: FakeServices) => Promise<void>,
  fake: FakeServices = fakeServices(),
): Promise<void> {
  await run(await site(fake), fake);
}

/** A form as a browser posts it from a page of the same site. */
export function form(fields: Record<string, string> | [string, string][], cookie?: string): RequestInit {
  return {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "sec-fetch-site": "same-origin", ...(cookie === undefined ? {} : { cookie }) },
  };
}

/** A look at a page by the person of a cookie. */
export const as = (cookie: string): RequestInit => ({ headers: { cookie } });

export const annsLogin = { username: "ann", password: fakePassword };
