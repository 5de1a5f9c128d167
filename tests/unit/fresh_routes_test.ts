import assert from "node:assert/strict";
import { compareSpecificity, readFileName } from "../../lib/fresh/file_names.ts";
import { builtSite, get, siteHandler } from "../fixtures/fresh/site_app.ts";

// Building starts esbuild, which ends by itself after the first test's last turn.
const siteTest = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });

async function ask(
  path: string,
  init?: RequestInit,
): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await (await siteHandler())(get(path, init));
  return { status: response.status, text: await response.text(), headers: response.headers };
}

Deno.test("Fresh: file names give paths: index, [id], [...rest], [[optional]], (group)", () => {
  const path = (id: string) => readFileName(id).path;
  assert.equal(path("index"), "/");
  assert.equal(path("(group)/index"), "/");
  assert.equal(path("a/index"), "/a");
  assert.equal(path("a/(g)/b"), "/a/b");
  assert.equal(path("[id]"), "/:id");
  assert.equal(path("files/[name].json"), "/files/:name.json");
  assert.equal(path("[a]-[b]"), "/:a-:b");
  assert.equal(path("x/[[page]]"), "/x{/:page}?");
  assert.equal(path("x/[...all]"), "/x/:all*");
  assert.equal(path("[[page]]"), "/{:page}?");
  assert.equal(path("(g)/[[a]]/[[b]]"), "/{:a}?{/:b}?");
  for (const bad of ["[a][b]", "x-[[a]]", "[a", "[...]", "a/_500"]) {
    assert.throws(() => path(bad), SyntaxError);
  }
});

Deno.test("Fresh: names with an underscore are what they say, in their folder", () => {
  const kind = (id: string) => readFileName(id).kind;
  assert.deepEqual(["_app", "a/_layout", "_middleware", "_error", "_500", "_404", "a/_x", "app"].map(kind), [
    "app",
    "layout",
    "middleware",
    "error",
    "error",
    "notFound",
    "page",
    "page",
  ]);
  assert.deepEqual(readFileName("a/(g)/_layout").folders, ["a", "(g)"]);
});

Deno.test("Fresh: more literal routes are tried before dynamic ones", () => {
  const paths = ["/a/:rest*", "/:x", "/a{/:page}?", "/a/:id", "/a/:id/edit", "/a/b", "/a/x-:id", "/:rest*"];
  assert.deepEqual(paths.sort(compareSpecificity), [
    "/a/b",
    "/a/x-:id",
    "/a/:id",
    "/a/:id/edit",
    "/a{/:page}?",
    "/a/:rest*",
    "/:x",
    "/:rest*",
  ]);
});

siteTest("Fresh: a page without a handler renders alone, in layout and app", async () => {
  const { status, text } = await ask("/");
  assert.equal(status, 200);
  assert.match(
    text,
    /^<!DOCTYPE html><html lang="en"><head>.*<main><h1>home \/ 0<\/h1><\/main><\/body><\/html>$/,
  );
});

siteTest("Fresh: handlers return page(data, {status, headers}) or {data}", async () => {
  const gone = await ask("/users/gone");
  assert.deepEqual([gone.status, /<p id="user">gone<\/p>/.test(gone.text)], [410, true]);
  assert.equal((await ask("/islands")).headers.get("x-from"), "handler");
  const blog = await ask("/blog/2");
  assert.deepEqual([blog.status, blog.headers.get("x-page")], [200, "2"]);
});

siteTest("Fresh: literal, dynamic, optional and rest segments match", async () => {
  assert.match((await ask("/users/me")).text, /myself/);
  assert.match((await ask("/users/a%20b")).text, /<p id="user">a b<\/p>/);
  assert.equal((await ask("/files/a/b/c")).text, "GET a/b/c");
  assert.equal((await ask("/files", { method: "PUT" })).text, "PUT ");
  assert.equal((await ask("/blog")).headers.get("x-page"), "");
  assert.equal((await ask("/blog/1/2")).status, 404);
});

siteTest("Fresh: groups are no segment, and their layout stands inside the root's", async () => {
  assert.match((await ask("/about")).text, /<main><div class="group"><p>about 2<\/p><\/div><\/main>/);
  assert.equal((await ask("/(group)/about")).status, 404);
});

siteTest("Fresh: config skips layouts and app, and overrides the route", async () => {
  const bare = (await ask("/bare")).text;
  assert.match(bare, /<body><p>bare<\/p><\/body>/);
  assert.doesNotMatch(bare, /lang="en"/);
  assert.match((await ask("/elsewhere/b")).text, /over b/);
  assert.equal((await ask("/elsewhere/c")).status, 404);
  assert.equal((await ask("/override")).status, 404);
});

siteTest("Fresh: folders named (_x) hold no routes", async () => {
  assert.equal((await ask("/notes")).status, 404);
  assert.equal((await ask("/Local")).status, 404);
});

siteTest("Fresh: a _middleware may be a list, and guards its folder only", async () => {
  assert.match((await ask("/")).text, /data-trail="one,two"/);
  const refused = await ask("/admin");
  assert.deepEqual([refused.status, /admin only/.test(refused.text)], [403, true]);
  assert.match((await ask("/admin?key=1")).text, /<p>admin<\/p>/);
});

siteTest("Fresh: an async page may return a Response", async () => {
  const { status, headers } = await ask("/admin?key=leave");
  assert.deepEqual([status, headers.get("location")], [302, "/"]);
});

siteTest(
  "Fresh: _error takes what was thrown and unknown paths, with the status and no details",
  async () => {
    const missing = await ask("/nowhere");
    assert.deepEqual([missing.status, /status 404/.test(missing.text)], [404, true]);
    const nobody = await ask("/users/nobody");
    assert.deepEqual([nobody.status, /status 404/.test(nobody.text)], [404, true]);
    const broken = await ask("/users/broken");
    assert.deepEqual([broken.status, /failed/.test(broken.text)], [500, true]);
    assert.doesNotMatch(broken.text, /secret/);
  },
);

siteTest(
  "Fresh: a file route without a handler for a method ends at the 404 page, OPTIONS too; HEAD is from GET",
  async () => {
    const posted = await ask("/api/echo", { method: "POST", body: '{"a":1}' });
    assert.deepEqual([posted.status, posted.text], [201, '{"a":1}']);
    assert.equal((await ask("/api/echo", { method: "DELETE" })).status, 404);
    const options = await ask("/api/echo", { method: "OPTIONS" });
    assert.deepEqual([options.status, options.headers.get("allow")], [404, null]);
    const head = await ask("/users/me", { method: "HEAD" });
    assert.deepEqual([head.status, head.text, head.headers.get("content-type")], [
      200,
      "",
      "text/html; charset=utf-8",
    ]);
  },
);

siteTest("Fresh: Head of a page replaces what the app has of the same kind and adds the rest", async () => {
  const { text } = await ask("/islands");
  assert.deepEqual(text.match(/<title>.*?<\/title>/g), ["<title>Islands</title>"]);
  assert.deepEqual(text.match(/<meta name="description"[^>]*>/g), [
    '<meta name="description" content="of the page"/>',
  ]);
  assert.match(text, /<style nonce="[0-9a-f]{32}">\.framed\{color:green\}<\/style><\/head>/);
  assert.match((await ask("/")).text, /<title>Site<\/title>/);
});

siteTest("Fresh: sources of img are tied to the build, links to the page are marked", async () => {
  const { text } = await ask("/islands");
  const id = /__frsh_c=([0-9a-f]+)/.exec(text)?.[1] ?? "";
  assert.ok(text.includes(`<img src="/logo.svg?__frsh_c=${id}"`), text);
  assert.ok(text.includes('<a href="/islands" data-current="true" aria-current="page">'), text);
});

siteTest("Fresh: island data cannot end its script, and a page without islands has none", async () => {
  const { text, headers } = await ask("/islands");
  assert.equal(text.match(/<script/g)?.length, 1);
  assert.equal(text.match(/<\/script/g)?.length, 1);
  assert.match(text, /<script type="module" nonce="[0-9a-f]{32}">import \{?boot/);
  assert.match(headers.get("link") ?? "", /rel="modulepreload"/);
  const plain = await ask("/");
  assert.doesNotMatch(plain.text, /<script/);
  assert.equal(plain.headers.get("link"), null);
});

siteTest(
  "Fresh: every exported function of an island file is an island, routes' own folders too",
  async () => {
    const { text } = await ask("/islands");
    for (const name of ["Counter", "Frame", "Frame_Late", "Frame_Types", "Local"]) {
      assert.ok(text.includes(`<!--frsh:island:${name}:`), name);
    }
    assert.equal((await builtSite()).builder.bundles.length > 0, true);
  },
);
