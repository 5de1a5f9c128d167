import assert from "node:assert/strict";
import { App, type Context, page } from "fresh";
import { Head } from "fresh/runtime";
import { Fragment, type FunctionComponent, h, type JSX } from "preact";
import { applyBuild } from "../../lib/fresh/app.ts";
import type { Build, Island } from "../../lib/fresh/build_types.ts";
import { get, hushed } from "../fixtures/fresh/site_app.ts";

/** Like an island's component, whose properties are its own. */
type Live = FunctionComponent<Record<string, unknown>>;

/** What a page answers whose component renders `body` inside of an app wrapper with a head. */
async function rendered(
  body: () => JSX.Element,
  head: JSX.Element[] = [],
  islands: [Live, string][] = [],
  path = "/here/now",
): Promise<string> {
  const app = new App<unknown>()
    .appWrapper(({ Component }) =>
      h("html", null, h("head", null, ...head), h("body", null, h(Component, null)))
    )
    .route("/here/now", { component: () => body() });
  applyBuild(app as App<never>, {
    id: "test",
    mode: "production",
    root: "/nowhere",
    client: { url: "/client.js", imports: [] },
    islands: new Map(
      islands.map(([component, name]): [Live, Island] => [
        component,
        { name, exportName: "default", url: `/${name}.js`, imports: [] },
      ]),
    ) as Build["islands"],
    routes: [],
    staticFile: () => null,
  });
  return await (await app.handler()(get(path))).text();
}

const link = (href: string, key?: string) =>
  h("link", key === undefined ? { rel: "stylesheet", href } : { key, rel: "stylesheet", href });

Deno.test("Fresh: a link in Head takes the place of one of its kind, whatever its href, unless it has a key", async () => {
  const inHead = (child: JSX.Element) => () => h(Fragment, null, h(Head, null, child), "text");
  const replaced = await rendered(inHead(link("/page.css")), [link("/site.css")]);
  assert.deepEqual(replaced.match(/href="[^"]*"/g), ['href="/page.css"']);
  const kept = await rendered(inHead(link("/page.css", "page")), [link("/site.css")]);
  assert.deepEqual(kept.match(/href="[^"]*"/g), ['href="/site.css"', 'href="/page.css"']);
  assert.match(kept, /<link [^>]*data-key="page"/);
});

Deno.test("Fresh: in Head the last one of a key stays, and a name counts like a property of the same value", async () => {
  const html = await rendered(
    () =>
      h(
        Head,
        null,
        h("title", null, "first"),
        h("title", null, "second"),
        h("meta", { name: "og", content: "a" }),
        h("meta", { property: "og", content: "b" }),
        h("meta", { key: "x", name: "k", content: "c" }),
        h("meta", { key: "x", name: "k", content: "d" }),
      ),
    [h("title", null, "site"), h("meta", { name: "og", content: "site" })],
  );
  assert.deepEqual(html.match(/<title>.*?<\/title>/g), ["<title>second</title>"]);
  assert.deepEqual(html.match(/content="\w+"/g), ['content="b"', 'content="d"']);
});

Deno.test("Fresh: links to the page and above it are marked; an author's own aria-current stays", async () => {
  const html = await rendered(() =>
    h(
      "nav",
      null,
      h("a", { href: "/here/now?x=1#y" }, "page"),
      h("a", { href: "/here" }, "above"),
      h("a", { href: "/he" }, "other"),
      h("a", { href: "/here/now", "aria-current": "step" }, "own"),
    )
  );
  assert.deepEqual(html.match(/<a [^>]*>/g), [
    '<a href="/here/now?x=1#y" data-current="true" aria-current="page">',
    '<a href="/here" data-ancestor="true" aria-current="true">',
    '<a href="/he">',
    '<a href="/here/now" aria-current="step" data-current="true">',
  ]);
});

Deno.test("Fresh: page({headers}) sets one value for each name, so of two cookies the last one stays", async () => {
  const route = (headers: HeadersInit) =>
    new App<unknown>().route("/", {
      handler: () => page(null, { headers }),
      component: () => h("p", null, "x"),
    })
      .handler()(get("/"));
  const cookies: [string, string][] = [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"], ["X-One", "1"]];
  for (const headers of [cookies, new Headers(cookies)]) {
    const response = await route(headers);
    assert.deepEqual(response.headers.getSetCookie(), ["b=2"]);
    assert.equal(response.headers.get("x-one"), "1");
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  }
});

Deno.test("Fresh: page(null) gives the component undefined, and ctx.data is never set", async () => {
  const app = new App<unknown>()
    .use(async (ctx: Context<unknown>) => {
      const response = await ctx.next();
      response.headers.set("x-data", String(ctx.data));
      return response;
    })
    .route("/", {
      handler: () => page(null),
      component: ({ data }) => h("p", null, String(data)),
    });
  const response = await app.handler()(get("/"));
  assert.match(await response.text(), /<p>undefined<\/p>/);
  assert.equal(response.headers.get("x-data"), "undefined");
});

Deno.test("Fresh: an island's children are JSX for it, text too; other JSX is a property of its own", async () => {
  const kinds: string[] = [];
  const Box: Live = ({ children, icon, label }) => {
    kinds.push([children, icon, label].map((value) => typeof value).join());
    return h("div", null, icon as JSX.Element, label as string, children as JSX.Element);
  };
  const html = await rendered(
    () => h(Box, { icon: h("i", null, "icon"), label: "label" }, "some text"),
    [],
    [[Box, "Box"]],
  );
  assert.deepEqual(kinds, ["object,object,string"]);
  assert.match(html, /<!--frsh:slot:\d-->some text<!--\/frsh:slot-->/);
  const list = () => h(Box, { icon: [h("i", null, "a"), h("i", null, "b")] });
  const { result, said } = await hushed(() => rendered(list, [], [[Box, "Box"]]));
  assert.equal(result, "Internal server error");
  assert.match(String(said[0]), /JSX for an island must be a property of its own/);
});

Deno.test("Fresh: an error page without a handler for the method leaves it to what comes next", async () => {
  const app = new App<unknown>()
    .onError("*", { handler: { GET: () => page() }, component: () => h("p", null, "shown") })
    .all("/", () => {
      throw new Error("broken");
    });
  assert.match(await (await app.handler()(get("/"))).text(), /<p>shown<\/p>/);
  const posted = await app.handler()(get("/", { method: "POST" }));
  assert.deepEqual([posted.status, await posted.text()], [404, "Not Found"]);
});

Deno.test("Fresh: an async app wrapper or layout may answer by itself", async () => {
  const leave = () => Promise.resolve(new Response("left", { status: 303 }));
  const wrapper = Object.assign(async () => await leave(), {});
  const app = new App<unknown>().appWrapper(wrapper as never).get("/", (ctx) => ctx.render(h("p", null)));
  assert.equal((await app.handler()(get("/"))).status, 303);
  const layout = new App<unknown>().layout("*", wrapper as never).get("/", (ctx) => ctx.render(h("p", null)));
  assert.equal((await layout.handler()(get("/"))).status, 303);
});
