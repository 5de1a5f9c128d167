import assert from "node:assert/strict";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { Compression } from "../../lib/web/compression.ts";
import { PackedFiles } from "../../lib/web/packed_files.ts";
import { AppRig } from "../fakes/app_rig.ts";
import { sendOver } from "../fakes/built_app.ts";
import { base } from "../fakes/page_forms.ts";

type Get = (path: string, headers?: Record<string, string>, method?: string) => Promise<Response>;

/** The app as `main.ts` serves it; without the files that the build packed when `packed` is false. */
async function site(packed = true) {
  const app = await AppRig.start();
  const folder = new URL("../../_fresh/packed/", import.meta.url);
  const send = await sendOver(app.services, new Compression(packed ? new PackedFiles(folder) : null));
  return {
    cookie: app.cookieOf("ann"),
    get: ((path, headers = {}, method = "GET") => send(new Request(base + path, { headers, method }))) as Get,
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

const varies = (response: Response) => response.headers.get("vary") ?? "";
const codingOf = (response: Response) => response.headers.get("content-encoding");
const all = { "accept-encoding": "gzip, deflate, br, zstd" };

Deno.test("UI-7: static files come as the build packed them, and as they are for who wants that", async () => {
  await using rig = await site();
  const { get } = rig;
  const plain = await (await get("/styles.css")).bytes();
  for (
    const [accept, coding, unpack] of [
      ["gzip, br", "br", brotliDecompressSync],
      ["gzip", "gzip", gunzipSync],
      ["br;q=0, gzip", "gzip", gunzipSync],
    ] as const
  ) {
    const response = await get("/styles.css", { "accept-encoding": accept });
    assert.equal(codingOf(response), coding);
    assert.match(varies(response), /Accept-Encoding/);
    assert.match(response.headers.get("content-type")!, /^text\/css/);
    const bytes = await response.bytes();
    assert.equal(response.headers.get("content-length"), String(bytes.length));
    assert.ok(bytes.length < plain.length / 2, `${bytes.length} of ${plain.length} bytes`);
    assert.deepEqual(new Uint8Array(unpack(bytes)), plain);
  }
  for (const accept of ["identity", "br;q=0, gzip;q=0", "identity, *;q=0", "zstd"]) {
    const response = await get("/styles.css", { "accept-encoding": accept });
    assert.equal(codingOf(response), null, accept);
    assert.match(varies(response), /Accept-Encoding/);
    assert.deepEqual(await response.bytes(), plain);
  }
});

Deno.test("UI-7: a packed file has the tag, the cache rules and the head of the plain one", async () => {
  await using rig = await site();
  const { get } = rig;
  const plain = await get("/styles.css");
  const packed = await get("/styles.css", all);
  for (const name of ["etag", "cache-control", "content-security-policy", "x-content-type-options"]) {
    assert.equal(packed.headers.get(name), plain.headers.get(name), name);
  }
  assert.match(packed.headers.get("etag")!, /^W\//, "weak: the bytes differ by coding");
  const head = await get("/styles.css", all, "HEAD");
  assert.equal(head.body, null);
  for (const name of ["content-encoding", "content-length", "etag", "vary", "content-type"]) {
    assert.equal(head.headers.get(name), packed.headers.get(name), name);
  }
  const known = await get("/styles.css", { ...all, "if-none-match": plain.headers.get("etag")! });
  assert.deepEqual([known.status, codingOf(known), known.body], [304, null, null]);
  assert.match(varies(known), /Accept-Encoding/);
  const range = await get("/styles.css", { ...all, range: "bytes=0-9" });
  assert.equal(range.status, 200, "no ranges of static files, so none of packed ones");
  for (const response of [plain, packed, range]) await response.body?.cancel();
});

Deno.test("UI-7: without packed files, as after a build for development, static files are gzipped once", async () => {
  await using rig = await site(false);
  const { get } = rig;
  const plain = await (await get("/styles.css")).bytes();
  for (let twice = 0; twice < 2; twice++) {
    const response = await get("/styles.css", all);
    assert.equal(codingOf(response), "gzip");
    assert.deepEqual(new Uint8Array(gunzipSync(await response.bytes())), plain);
  }
});

Deno.test("UI-7: pictures and what programs call are left as they are", async () => {
  await using rig = await site();
  const { cookie, get } = rig;
  for (const path of ["/icons/icon-192.png", "/healthz", "/api/openapi.json", "/api/v1/files"]) {
    const response = await get(path, { ...all, cookie });
    assert.equal(codingOf(response), null, path);
    await response.body?.cancel();
  }
});

Deno.test("UI-7 UI-8: a page of a person is compressed for our own pages and for the person alone", async () => {
  await using rig = await site();
  const { cookie, get } = rig;
  for (
    const [from, coding] of [
      ["same-origin", "gzip"],
      ["none", "gzip"],
      ["same-site", null],
      ["cross-site", null],
      ["", null],
    ] as const
  ) {
    const said: Record<string, string> = from === "" ? {} : { "sec-fetch-site": from };
    const response = await get("/", { ...all, ...said, cookie });
    assert.equal(response.status, 200);
    assert.equal(codingOf(response), coding, from);
    assert.match(varies(response), /Accept-Encoding, Sec-Fetch-Site/);
    assert.match(response.headers.get("content-security-policy")!, /'nonce-/);
    const bytes = await response.bytes();
    const html = new TextDecoder().decode(coding === null ? bytes : gunzipSync(bytes));
    assert.match(html, /<\/html>(<!--[\w=-]*-->)?$/);
    assert.equal(html.endsWith("-->"), coding !== null, "random text follows what is compressed");
  }
});

Deno.test("UI-8: the size of a compressed page changes from one request to the next", async () => {
  await using rig = await site();
  const { cookie, get } = rig;
  const headers = { ...all, "sec-fetch-site": "none", cookie };
  const sizes = new Set<number>();
  for (let at = 0; at < 40; at++) sizes.add((await (await get("/", headers)).bytes()).length);
  assert.ok(sizes.size > 10, `${sizes.size} sizes`);
  assert.ok(Math.max(...sizes) - Math.min(...sizes) < 300, [...sizes].join());
});

Deno.test("UI-7: nothing is compressed twice, and pages of strangers are compressed too", async () => {
  await using rig = await site();
  const { get } = rig;
  const login = await get("/login", all);
  assert.equal(codingOf(login), "gzip");
  assert.ok((await login.text()).length > 0);
  const compression = new Compression();
  const done = new Response("x".repeat(5000), {
    headers: { "content-type": "text/html", "content-encoding": "br" },
  });
  assert.equal(await compression.answer(new Request(base, { headers: all }), "/", done), done);
  const asIs = new Response("x".repeat(5000), {
    headers: { "content-type": "text/html", "cache-control": "no-store, no-transform" },
  });
  assert.equal(await compression.answer(new Request(base, { headers: all }), "/", asIs), asIs);
  const part = new Response("x".repeat(5000), { status: 206, headers: { "content-type": "text/html" } });
  assert.equal(await compression.answer(new Request(base, { headers: all }), "/", part), part);
  const events = new Response("x".repeat(5000), { headers: { "content-type": "text/event-stream" } });
  assert.equal(await compression.answer(new Request(base, { headers: all }), "/", events), events);
});

Deno.test("UI-7: the head of a page says what it varies by", async () => {
  await using rig = await site();
  const { get } = rig;
  const head = await get("/login", all, "HEAD");
  assert.equal(await head.text(), "");
  assert.match(varies(head), /Accept-Encoding/);
});
