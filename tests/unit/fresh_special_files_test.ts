import assert from "node:assert/strict";
import { App, type Context, HttpError, page } from "fresh";
import { h } from "preact";
import { applyBuild } from "../../lib/fresh/app.ts";
import { get, hushed } from "../fixtures/fresh/site_app.ts";

type Routes = Record<string, Record<string, unknown>>;
type Ctx = Context<Record<string, unknown>>;

/** An app whose file routes are what the test says, with nothing bundled. */
function appOf(
  routes: Routes,
  app: App<Record<string, unknown>> = new App<Record<string, unknown>>().fsRoutes(),
) {
  applyBuild(app as unknown as App<never>, {
    id: "test",
    mode: "production",
    root: "/nowhere",
    client: { url: "/client.js", imports: [] },
    islands: new Map(),
    routes: Object.entries(routes).map(([id, module]) => ({ id, module })),
    staticFile: () => null,
  });
  return app.handler();
}

const says = (text: string) => () => h("p", null, text);
const fails = (error: unknown) => () => {
  throw error;
};

async function ask(handler: ReturnType<typeof appOf>, path: string, init?: RequestInit) {
  const response = await handler(get(path, init));
  return `${response.status} ${
    /<p>(.*?)<\/p>/.exec(await response.clone().text())?.[1] ?? await response.text()
  }`;
}

Deno.test("Fresh: _404 takes unknown paths and thrown 404s before any _error, with 200 unless it sets its own status", async () => {
  const handler = appOf({
    _404: { default: says("missing") },
    _error: { default: says("error") },
    gone: { handler: fails(new HttpError(404)) },
    "deep/_error": { default: says("deep error") },
    "deep/gone": { handler: fails(new HttpError(404)) },
    "deep/odd": { handler: fails(new HttpError(409)) },
  });
  assert.equal(await ask(handler, "/nowhere"), "200 missing");
  assert.equal(await ask(handler, "/gone"), "200 missing");
  assert.equal(await ask(handler, "/deep/gone"), "200 missing");
  assert.equal(await ask(handler, "/deep/odd"), "409 deep error");
});

Deno.test("Fresh: a _404 or _error may have a handler that sets its own status", async () => {
  const handler = appOf({
    _404: { handler: () => page(undefined, { status: 410 }), default: says("missing") },
    _error: { handler: (ctx: Ctx) => ctx.text((ctx.error as Error).message, { status: 503 }) },
    broken: { handler: fails(new Error("why")) },
  });
  assert.equal(await ask(handler, "/nowhere"), "410 missing");
  assert.equal(await ask(handler, "/broken"), "503 why");
});

Deno.test("Fresh: _500 is the root's error page; the nearest one up the tree is taken", async () => {
  const handler = appOf({
    _500: { default: says("root") },
    "a/_error": { default: says("a") },
    "a/b/c": { handler: fails(new Error("x")) },
    d: { handler: fails(new Error("x")) },
  });
  assert.equal(await ask(handler, "/a/b/c"), "500 a");
  assert.equal(await ask(handler, "/d"), "500 root");
});

Deno.test("Fresh: an error page that fails leaves it to the one above, at last to 500 without details", async () => {
  const above = appOf({
    _error: { default: says("root") },
    "a/_error": { default: fails(new Error("secret")) },
    "a/b": { handler: fails(new Error("x")) },
  });
  assert.equal(await ask(above, "/a/b"), "500 root");
  const alone = appOf({
    _error: { default: fails(new Error("secret")) },
    b: { handler: fails(new Error("x")) },
  });
  const { result } = await hushed(() => ask(alone, "/b"));
  assert.equal(result, "500 Internal server error");
});

Deno.test("Fresh: middlewares, layouts and error pages of a group hold in the group only", async () => {
  const add = (name: string) => (ctx: Ctx) => {
    ctx.state.seen = `${ctx.state.seen ?? ""}${name}`;
    return ctx.next();
  };
  const show = { handler: (ctx: Ctx) => ctx.text(String(ctx.state.seen)) };
  const handler = appOf({
    _middleware: { handler: [add("r"), add("s")] },
    "(g)/_middleware": { default: add("g") },
    "(g)/_error": { default: says("of the group") },
    "(g)/in": show,
    "(g)/broken": { handler: fails(new Error("x")) },
    "(g)/deep/_middleware": { handler: add("d") },
    "(g)/deep/index": show,
    out: show,
  });
  assert.equal(await ask(handler, "/in"), "200 rsg");
  assert.equal(await ask(handler, "/deep"), "200 rsgd");
  assert.equal(await ask(handler, "/out"), "200 rs");
  assert.equal(await ask(handler, "/broken"), "500 of the group");
});

Deno.test("Fresh: a layout may leave out the ones above it and the app wrapper", async () => {
  const wrap = (name: string) => ({ Component }: { Component: () => null }) =>
    h(name, null, h(Component, null));
  const handler = appOf({
    _app: { default: wrap("html") },
    _layout: { default: wrap("b") },
    "a/_layout": { default: wrap("i"), config: { skipInheritedLayouts: true } },
    "a/index": { default: says("page") },
    "c/_layout": { default: wrap("u"), config: { skipAppWrapper: true } },
    "c/index": { default: says("page") },
  });
  const html = async (path: string) => await (await handler(get(path))).text();
  assert.equal(await html("/a"), "<!DOCTYPE html><html><i><p>page</p></i></html>");
  assert.match(await html("/c"), /<body><b><u><p>page<\/p><\/u><\/b><\/body>/);
});

Deno.test("Fresh: a page answers every method alone, and only its own beside a handler", async () => {
  const handler = appOf({
    alone: { default: says("alone") },
    posts: { default: says("shown"), handler: { POST: (ctx: Ctx) => ctx.text("posted") } },
    bare: { handlers: { PUT: (ctx: Ctx) => ctx.text("put") } },
  });
  assert.equal(await ask(handler, "/alone", { method: "POST" }), "200 alone");
  assert.equal(await ask(handler, "/posts"), "200 shown");
  assert.equal(await ask(handler, "/posts", { method: "POST" }), "200 posted");
  assert.equal(await ask(handler, "/posts", { method: "PUT" }), "404 Not Found");
  assert.equal(await ask(handler, "/bare"), "404 Not Found");
  assert.equal(await ask(handler, "/posts", { method: "OPTIONS" }), "404 Not Found");
});

Deno.test("Fresh: file routes stand where fsRoutes() is called, also below a path", async () => {
  const mark = (name: string) => (ctx: Ctx) => {
    ctx.state.seen = `${ctx.state.seen ?? ""}${name}`;
    return ctx.next();
  };
  const show = { handler: (ctx: Ctx) => ctx.text(String(ctx.state.seen)) };
  const app = new App<Record<string, unknown>>().use(mark("before")).fsRoutes("/at").use(mark("after"));
  const handler = appOf({ x: show, index: show }, app);
  assert.equal(await ask(handler, "/at/x"), "200 before");
  assert.equal(await ask(handler, "/at"), "200 before");
  assert.equal(await ask(handler, "/x"), "404 Not Found");
});

Deno.test("Fresh: below a path, the middlewares of file routes hold for the app, and those of the path not for them", async () => {
  const mark = (name: string) => (ctx: Ctx) => {
    ctx.state.seen = `${ctx.state.seen ?? ""}${name}`;
    return ctx.next();
  };
  const show = (ctx: Ctx) => ctx.text(String(ctx.state.seen));
  const app = new App<Record<string, unknown>>().use("/at", mark("path")).fsRoutes("/at").get("/late", show);
  const handler = appOf({ _middleware: { handler: mark("file") }, x: { handler: show } }, app);
  assert.equal(await ask(handler, "/at/x"), "200 file");
  assert.equal(await ask(handler, "/late"), "200 file");
});

Deno.test("Fresh: files that export nothing usable are refused when the handler is made", () => {
  assert.throws(() => appOf({ x: { other: 1 } }), /routes\/x exports no page/);
  assert.throws(() => appOf({ x: { handler: (_req: Request, _ctx: Ctx) => null } }), /one argument/);
  assert.throws(() => appOf({ _middleware: { handler: { GET: () => null } } }), /one middleware or a list/);
});

Deno.test("Fresh: a handler that returns neither Response nor data is a 500", async () => {
  const handler = appOf({ x: { handler: () => undefined } });
  const { result, said } = await hushed(() => ask(handler, "/x"));
  assert.equal(result, "500 Internal server error");
  assert.match(String(said[0]), /must return a Response or page/);
});
