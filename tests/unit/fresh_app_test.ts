import assert from "node:assert/strict";
import { App, type Context, HttpError } from "fresh";
import { h } from "preact";
import { get, hushed } from "../fixtures/fresh/site_app.ts";

interface State {
  trail?: string[];
}

const mark = (name: string) => (ctx: Context<State>) => {
  (ctx.state.trail ??= []).push(name);
  return ctx.next();
};

const trail = (ctx: Context<State>) => ctx.json(ctx.state.trail ?? []);

async function bodyOf(app: App<State>, path: string, init?: RequestInit): Promise<string> {
  return await (await app.handler()(get(path, init))).text();
}

Deno.test("Fresh: middlewares run in the order of registration and not for routes before them", async () => {
  const app = new App<State>()
    .use(mark("a"), mark("b"))
    .get("/early", trail)
    .use(mark("c"))
    .get("/late", mark("own"), trail);
  assert.equal(await bodyOf(app, "/early"), '["a","b"]');
  assert.equal(await bodyOf(app, "/late"), '["a","b","c","own"]');
});

Deno.test("Fresh: a middleware with a path covers that path and all below it", async () => {
  const app = new App<State>().use("/admin", mark("admin")).get("/admin", trail).get(
    "/admin/users/:id",
    trail,
  )
    .get("/administrator", trail);
  assert.equal(await bodyOf(app, "/admin"), '["admin"]');
  assert.equal(await bodyOf(app, "/admin/users/1"), '["admin"]');
  assert.equal(await bodyOf(app, "/administrator"), "[]");
});

Deno.test("Fresh: every method has its registration, and all() answers every one", async () => {
  const name = (ctx: Context<State>) => ctx.text(ctx.req.method);
  const app = new App<State>().get("/x", name).post("/x", name).patch("/x", name).put("/x", name).delete(
    "/x",
    name,
  )
    .all("/all", name);
  for (const method of ["GET", "POST", "PATCH", "PUT", "DELETE"]) {
    assert.equal(await bodyOf(app, "/x", { method }), method);
    assert.equal(await bodyOf(app, "/all", { method }), method);
  }
  assert.equal(await bodyOf(app, "/all", { method: "OPTIONS" }), "OPTIONS");
});

Deno.test("Fresh: HEAD is answered from GET without its body, which nobody reads or cancels, or by its own handler", async () => {
  const touched: string[] = [];
  const body = new ReadableStream({
    pull: () => void touched.push("read"),
    cancel: () => void touched.push("cancelled"),
  }, { highWaterMark: 0 });
  const app = new App<State>()
    .get("/x", () => new Response(body, { headers: { "x-mark": "get" } }))
    .get("/y", (ctx) => ctx.text("body"))
    .head("/y", () => new Response(null, { headers: { "x-mark": "head" } }));
  const fromGet = await app.handler()(get("/x", { method: "HEAD" }));
  assert.equal(fromGet.headers.get("x-mark"), "get");
  assert.deepEqual([fromGet.body, touched], [null, []]);
  assert.equal((await app.handler()(get("/y", { method: "HEAD" }))).headers.get("x-mark"), "head");
});

Deno.test("Fresh: a path that matches with another method is 405, OPTIONS is 204 with Allow", async () => {
  const app = new App<State>().get("/x", trail).post("/x", trail).get("/y/:id", trail);
  const handler = app.handler();
  assert.equal((await handler(get("/x", { method: "DELETE" }))).status, 405);
  assert.equal((await handler(get("/y/1", { method: "POST" }))).status, 405);
  const options = await handler(get("/x", { method: "OPTIONS" }));
  assert.equal(options.status, 204);
  assert.equal(options.headers.get("allow"), "GET, POST");
});

Deno.test("Fresh: an unknown path is 404 and passes the root's middlewares", async () => {
  let seen = 0;
  const app = new App<State>().use((ctx) => {
    seen++;
    return ctx.next();
  }).use("/a", mark("a")).get("/a/b", trail);
  const response = await app.handler()(get("/a/c"));
  assert.equal(response.status, 404);
  assert.equal(await response.text(), "Not Found");
  assert.equal(seen, 1);
});

Deno.test("Fresh: repeated slashes of the path are folded, and ctx.url is a fresh URL", async () => {
  const app = new App<State>().get("/a/b", (ctx) => {
    const text = ctx.url.href;
    ctx.url.pathname = "/changed";
    return ctx.text(text);
  });
  assert.equal(await bodyOf(app, "//a///b?c=//d"), "http://localhost/a/b?c=//d");
  assert.equal(await bodyOf(app, "/a/b"), "http://localhost/a/b");
});

Deno.test("Fresh: a literal path is served with a slash at its end and without, one with parameters only as it is", async () => {
  const path = (ctx: Context<State>) => ctx.text(`${ctx.url.pathname} by ${ctx.route}`);
  const app = new App<State>().get("/a", path).get("/c/", path).get("/b/:id", path);
  assert.equal(await bodyOf(app, "/a/"), "/a/ by /a");
  assert.equal(await bodyOf(app, "/c"), "/c by /c/");
  assert.equal((await app.handler()(get("/b/1/"))).status, 404);
});

Deno.test("Fresh: of a path that is registered twice the first one counts, for each method", async () => {
  const says = (text: string) => () => new Response(text);
  const app = new App<State>().get("/a", says("first")).get("/a", says("second")).post("/a", says("posted"))
    .all("/u/:id", says("any")).get("/u/:id", says("late"));
  assert.equal(await bodyOf(app, "/a"), "first");
  assert.equal(await bodyOf(app, "/a", { method: "POST" }), "posted");
  assert.equal(await bodyOf(app, "/u/1"), "any");
});

Deno.test("Fresh: parameters are decoded, and a literal path wins over a pattern before it", async () => {
  const app = new App<State>()
    .get("/u/:id", (ctx) => ctx.json([ctx.params.id ?? null, ctx.route]))
    .get("/u/me", (ctx) => ctx.text("me"));
  assert.equal(await bodyOf(app, "/u/a%20b"), '["a b","/u/:id"]');
  assert.equal(await bodyOf(app, "/u/me"), "me");
});

Deno.test("Fresh: what the router cannot read is thrown outside of every middleware and error page", async () => {
  const handler = new App<State>().use(() => new Response("seen")).onError("*", () => new Response("error"))
    .get("/u/:id", trail).handler();
  await assert.rejects(handler(get("/u/%E0%A4%A")), URIError);
  await assert.rejects(handler(get("/u/1", { method: "BREW" })), TypeError);
  const unread = new Request("http://localhost/u/1");
  Object.defineProperty(unread, "url", { value: "http://a b/u/1" });
  await assert.rejects(handler(unread), TypeError);
});

Deno.test("Fresh: ctx.state starts empty for every request", async () => {
  const app = new App<State>().use(mark("x")).get("/", trail);
  const handler = app.handler();
  await (await handler(get("/"))).text();
  assert.equal(await (await handler(get("/"))).text(), '["x"]');
});

Deno.test("Fresh: a base path stands before every route", async () => {
  const app = new App<State>({ basePath: "/app" }).use("/a", mark("a")).get("/", trail).get("/a", trail);
  assert.equal(await bodyOf(app, "/app"), "[]");
  assert.equal(await bodyOf(app, "/app/a"), '["a"]');
  assert.equal((await app.handler()(get("/a"))).status, 404);
  assert.throws(() => new App({ basePath: "app" }), TypeError);
  assert.throws(() => new App({ basePath: "/app/" }), TypeError);
});

Deno.test("Fresh: trustProxy takes the URL's protocol and host from the proxy, never from a list", async () => {
  const headers = {
    "x-forwarded-proto": "https",
    "x-forwarded-host": "behest.example:8443",
  };
  const route = (ctx: Context<State>) => ctx.text(ctx.url.origin);
  assert.equal(
    await bodyOf(new App<State>({ trustProxy: true }).get("/", route), "/", { headers }),
    "https://behest.example:8443",
  );
  assert.equal(await bodyOf(new App<State>().get("/", route), "/", { headers }), "http://localhost");
  const lists = { "x-forwarded-proto": "http, https", "x-forwarded-host": "a.example, b.example" };
  assert.equal(
    await bodyOf(new App<State>({ trustProxy: true }).get("/", route), "/", { headers: lists }),
    "http://localhost",
  );
  const bad = { "x-forwarded-proto": "javascript", "x-forwarded-host": "a/b@c" };
  assert.equal(
    await bodyOf(new App<State>({ trustProxy: true }).get("/", route), "/", { headers: bad }),
    "http://localhost",
  );
});

Deno.test("Fresh: mountApp() puts another app below a path", async () => {
  const inner = new App<State>().use(mark("inner")).get("/", trail).get("/x/:id", trail);
  const app = new App<State>().use(mark("outer")).mountApp("/in", inner).get("/out", trail);
  assert.equal(await bodyOf(app, "/in"), '["outer","inner"]');
  assert.equal(await bodyOf(app, "/in/x/1"), '["outer","inner"]');
  assert.equal(await bodyOf(app, "/out"), '["outer"]');
  const based = new App<State>({ basePath: "/in" }).get("/x", trail);
  assert.equal(await bodyOf(new App<State>().mountApp("/in", based), "/in/x"), "[]");
});

Deno.test("Fresh: redirect() is 302, folds slashes and keeps query and hash", async () => {
  const to = async (path: string, status?: number) => {
    const response = await new App<State>().get("/", (ctx) => ctx.redirect(path, status)).handler()(get("/"));
    return [response.status, response.headers.get("location")];
  };
  assert.deepEqual(await to("/a"), [302, "/a"]);
  assert.deepEqual(await to("//evil.example/x"), [302, "/evil.example/x"]);
  assert.deepEqual(await to("/a//b?to=//c#//d", 303), [303, "/a/b?to=//c#//d"]);
  assert.deepEqual(await to("https://example.org//x"), [302, "https://example.org//x"]);
});

Deno.test("Fresh: text(), html(), json() and stream() answer with their types", async () => {
  const app = new App<State>()
    .get("/text", (ctx) => ctx.text("t", { status: 201 }))
    .get("/html", (ctx) => ctx.html("<p>", { headers: { "x-mark": "1" } }))
    .get("/json", (ctx) => ctx.json({ a: 1 }))
    .get("/stream", (ctx) =>
      ctx.stream(function* () {
        yield "ä";
        yield new Uint8Array([33]);
        yield 42 as unknown as string;
      }))
    .get("/later", (ctx) =>
      ctx.stream(async function* () {
        yield await Promise.resolve("one ");
        yield "two";
      }()));
  const handler = app.handler();
  const [text, html, json] = await Promise.all(["/text", "/html", "/json"].map((path) => handler(get(path))));
  assert.deepEqual([text?.status, text?.headers.get("content-type")], [201, "text/plain;charset=UTF-8"]);
  assert.deepEqual([html?.headers.get("x-mark"), html?.headers.get("content-type")], [
    "1",
    "text/html; charset=utf-8",
  ]);
  assert.equal(json?.headers.get("content-type"), "application/json");
  assert.equal(await bodyOf(app, "/stream"), "ä!42");
  assert.equal(await bodyOf(app, "/later"), "one two");
});

Deno.test("Fresh: render() makes a whole document and refuses what is no element", async () => {
  const app = new App<State>()
    .get("/", (ctx) => ctx.render(h("p", null, "<hi>"), { status: 202, headers: { "x-mark": "1" } }))
    .get("/null", (ctx) => ctx.render(null))
    .get("/bad", (ctx) => ctx.render("text" as never));
  const response = await app.handler()(get("/"));
  assert.deepEqual([response.status, response.headers.get("x-mark")], [202, "1"]);
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(
    await response.text(),
    '<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body><p>&lt;hi></p></body></html>',
  );
  assert.match(await bodyOf(app, "/null"), /<body><\/body>/);
  const { result: refused, said } = await hushed(() => app.handler()(get("/bad")));
  assert.equal(refused.status, 500);
  assert.match(String(said[0]), /takes a JSX element/);
});

Deno.test("Fresh: layouts nest, the app wrapper is outermost, and both can be skipped", async () => {
  const app = new App<State>()
    .appWrapper(({ Component }) => h("html", null, h("body", null, h(Component, null))))
    .layout("*", ({ Component }) => h("i", null, h(Component, null)))
    .layout("/in", ({ Component }) => h("b", null, h(Component, null)))
    .layout("/alone", ({ Component }) => h("u", null, h(Component, null)), { skipInheritedLayouts: true })
    .get("/in", (ctx) => ctx.render(h("p", null)))
    .get("/alone", (ctx) => ctx.render(h("p", null)))
    .get(
      "/bare",
      (ctx) => ctx.render(h("p", null), {}, { skipInheritedLayouts: true, skipAppWrapper: true }),
    );
  assert.equal(await bodyOf(app, "/in"), "<!DOCTYPE html><html><body><i><b><p></p></b></i></body></html>");
  assert.equal(await bodyOf(app, "/alone"), "<!DOCTYPE html><html><body><u><p></p></u></body></html>");
  assert.match(await bodyOf(app, "/bare"), /<body><p><\/p><\/body>/);
});

Deno.test("Fresh: an HttpError without an error page is its status and message", async () => {
  const app = new App<State>().get("/", () => {
    throw new HttpError(409, "Taken");
  }).get("/bare", () => Promise.reject(new HttpError(403)));
  const response = await app.handler()(get("/"));
  assert.deepEqual([response.status, await response.text()], [409, "Taken"]);
  const bare = await app.handler()(get("/bare"));
  assert.deepEqual([bare.status, await bare.text()], [403, "Forbidden"]);
});

Deno.test("Fresh: what nobody handled is 500 with no details, also an answer that is none", async () => {
  const app = new App<State>().get("/throw", () => {
    throw new Error("secret");
  }).get("/nothing", () => undefined as never);
  for (const path of ["/throw", "/nothing"]) {
    const { result: response } = await hushed(() => app.handler()(get(path)));
    assert.deepEqual([response.status, await response.text()], [500, "Internal server error"]);
  }
});

Deno.test("Fresh: the nearest onError() gets ctx.error, notFound() gets every 404", async () => {
  const say = (name: string) => (ctx: Context<State>) =>
    ctx.text(`${name}: ${ctx.error instanceof Error ? ctx.error.message : ctx.error}`, { status: 418 });
  const app = new App<State>()
    .onError("*", say("root"))
    .onError("/in", say("in"))
    .notFound(say("missing"))
    .get("/in/x", () => {
      throw new Error("deep");
    })
    .get("/out", () => {
      throw new Error("flat");
    })
    .get("/gone", () => {
      throw new HttpError(404, "gone");
    });
  assert.equal(await bodyOf(app, "/in/x"), "in: deep");
  assert.equal(await bodyOf(app, "/out"), "root: flat");
  assert.equal(await bodyOf(app, "/gone"), "missing: gone");
  assert.match(await bodyOf(app, "/nowhere"), /^missing: /);
});

Deno.test("Fresh: an error page is rendered with the error's status unless it sets its own", async () => {
  const app = new App<State>()
    .onError("*", { component: ({ error }) => h("p", null, error instanceof HttpError ? error.status : "?") })
    .get("/", () => {
      throw new HttpError(410);
    });
  const response = await app.handler()(get("/"));
  assert.equal(response.status, 410);
  assert.match(await response.text(), /<p>410<\/p>/);
});

Deno.test("Fresh: upgrade() of a plain request is an HttpError 400", async () => {
  const app = new App<State>().get("/a", (ctx) => ctx.upgrade().response).ws("/b", { message() {} });
  for (const path of ["/a", "/b"]) assert.equal((await app.handler()(get(path))).status, 400);
});

Deno.test("Fresh: upgrade() gives socket and response, or takes handlers; the sub-protocol passes through", async () => {
  const app = new App<State>()
    .get("/bare", (ctx) => {
      const { socket, response } = ctx.upgrade({ protocol: "x.v1", idleTimeout: 30 });
      socket.onmessage = (event) => socket.send(`bare ${event.data}`);
      return response;
    })
    .ws("/wired", { message: (socket, event) => socket.send(`wired ${event.data}`) }, { protocol: "x.v1" });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.handler());
  for (const path of ["bare", "wired"]) {
    const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/${path}`, "x.v1");
    const closed = new Promise((resolve) => socket.onclose = resolve);
    const answer = new Promise((resolve) => socket.onmessage = (event) => resolve(event.data));
    socket.onopen = () => socket.send("hello");
    assert.equal(await answer, `${path} hello`);
    assert.equal(socket.protocol, "x.v1");
    socket.close();
    await closed;
  }
});
