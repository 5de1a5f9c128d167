import assert from "node:assert/strict";
import type { FileObject } from "../../lib/protocol/mod.ts";
import { must } from "../fakes/accounts_rig.ts";
import { annsFiles } from "../fakes/anns_files.ts";
import { type AppRig } from "../fakes/app_rig.ts";
import { RawHttp } from "../fakes/raw_http.ts";
import { served } from "../fakes/served.ts";
import { answerNext, callsOf } from "../fakes/replaced_calls.ts";

const letters = "abcdefghijklmnopqrstuvwxyz";

/** Has the next download say this of the file, which an upload would not let it have. */
async function asIf(app: AppRig, id: string, over: Partial<FileObject>): Promise<void> {
  const { files } = app.services;
  const content = must(await files.content(await app.caller("ann"), id));
  answerNext(files, "content", { ...content, file: { ...content.file, ...over } });
}

Deno.test("FI-5: a clean file comes whole, with its hash as ETag, and in no cache", async () => {
  await using anns = await annsFiles();
  const { app, get } = anns;
  const file = await app.file("ann", { name: "letters.txt", content: letters });
  for (const behind of ["", "/letters.txt", "/anything%20else", "/..%2f..%2fetc", "/%E2%80%AE"]) {
    const response = await get(file.id, {}, "GET", behind);
    assert.equal(response.status, 200, behind);
    assert.equal(await response.text(), letters);
    assert.equal(response.headers.get("etag"), `"${file.sha256}"`);
    assert.equal(response.headers.get("accept-ranges"), "bytes");
    assert.equal(response.headers.get("content-length"), "26");
    assert.equal(response.headers.get("content-type"), "application/octet-stream");
    assert.equal(response.headers.get("content-disposition"), 'attachment; filename="letters.txt"');
    assert.match(response.headers.get("cache-control") ?? "", /private, no-store/);
  }
});

Deno.test("FI-5: what comes with the bytes lets a browser run nothing of them, also beside the app's own headers", async () => {
  await using anns = await annsFiles();
  const { app, get } = anns;
  const { id } = await app.file("ann", { content: "<script>alert(1)</script>" });
  for (const type of ["image/png", "text/html", "image/svg+xml", "application/octet-stream"]) {
    await asIf(app, id, { type });
    const { headers } = await get(id);
    const policy = headers.get("content-security-policy") ?? "";
    const directives = policy.split("; ");
    assert.ok(directives.includes("sandbox"), policy);
    assert.ok(directives.includes("default-src 'none'"), policy);
    assert.doesNotMatch(policy, /script|allow-|nonce|unsafe-eval/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
  }
});

Deno.test("FI-5: only pictures without scripts, sound and film are shown inline", async () => {
  await using anns = await annsFiles();
  const { app, get } = anns;
  const shown = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "audio/mpeg",
    "video/mp4",
  ];
  const saved = [
    "image/svg+xml",
    "text/html",
    "application/xhtml+xml",
    "application/xml",
    "text/xml",
    "application/pdf",
    "text/plain",
    "text/javascript",
    "application/json",
    "multipart/related",
    "image/tiff",
    "image/PNG",
    "image/png; charset=x",
    "",
  ];
  const { id } = await app.file();
  for (const type of shown) {
    await asIf(app, id, { type, name: "x" });
    const { headers } = await get(id);
    assert.equal(headers.get("content-type"), type);
    assert.equal(headers.get("content-disposition"), 'inline; filename="x"', type);
  }
  for (const type of saved) {
    await asIf(app, id, { type, name: "x" });
    const { headers } = await get(id);
    assert.equal(headers.get("content-type"), "application/octet-stream");
    assert.equal(headers.get("content-disposition"), 'attachment; filename="x"', type);
  }
});

Deno.test("FI-8: names with quotes, lines and directions break no header, on the wire either", async () => {
  await using anns = await annsFiles();
  const { id } = await anns.app.file("ann", { content: letters });
  await using app = await served(anns.app.services);
  const names = [
    'quote".txt',
    "two\r\nX-Evil: yes\r\n\r\n<script>",
    "right\u202eto\u200fleft",
    "🐟".repeat(63),
    "a".repeat(4096),
    "CON",
    "../../etc/passwd",
    "/etc/passwd",
  ];
  for (const name of names) {
    using client = await RawHttp.open(app.port);
    await asIf(anns.app, id, { name });
    await client.head("GET", `/api/v1/files/${id}/content`, anns.bearer);
    const { status, headers, body } = await client.answer();
    assert.equal(status, 200);
    assert.equal(body, letters);
    assert.equal(headers.get("x-evil"), null);
    const disposition = headers.get("content-disposition") ?? "";
    const [, plain, extended] =
      /^attachment; filename="([^"]*)"(?:; filename\*=UTF-8''(.*))?$/.exec(disposition) ?? [];
    assert.equal(extended === undefined ? plain : decodeURIComponent(extended), name);
  }
});

Deno.test("FI-5: one range of the bytes", async () => {
  await using anns = await annsFiles();
  const { app, get } = anns;
  const { id } = await app.file("ann", { content: letters });
  const ranges: [string, string, string][] = [
    ["bytes=0-0", "a", "0-0"],
    ["bytes=0-", letters, "0-25"],
    ["bytes=3-5", "def", "3-5"],
    ["bytes=20-999999999999999999999", "uvwxyz", "20-25"],
    ["bytes=-3", "xyz", "23-25"],
    ["bytes=-1000", letters, "0-25"],
    ["Bytes = 25-", "z", "25-25"],
  ];
  for (const [range, expected, said] of ranges) {
    const response = await get(id, { range });
    assert.equal(response.status, 206, range);
    assert.equal(await response.text(), expected, range);
    assert.equal(response.headers.get("content-range"), `bytes ${said}/26`);
    assert.equal(response.headers.get("content-length"), String(expected.length));
    assert.match(response.headers.get("content-security-policy") ?? "", /sandbox/);
  }
});

Deno.test("FI-5: several ranges and senseless ones are 416; units that nobody knows are ignored", async () => {
  await using anns = await annsFiles();
  const { app, get } = anns;
  const { id } = await app.file("ann", { content: letters });
  const senseless = [
    "bytes=26-",
    "bytes=26-30",
    "bytes=5-2",
    "bytes=-0",
    "bytes=-",
    "bytes=",
    "bytes=a-b",
    "bytes=1",
    "bytes=--1",
    "bytes=0x1-2",
    "bytes=0-1,3-4",
    "bytes=0-1,",
    `bytes=${Array.from({ length: 100 }, () => "0-").join(",")}`,
  ];
  for (const range of senseless) {
    const response = await get(id, { range });
    assert.equal(response.status, 416, range);
    assert.equal(response.headers.get("content-range"), "bytes */26");
    assert.equal((await response.json()).status, 416);
  }
  for (const range of ["lines=1-2", "nonsense", "=0-1"]) {
    const response = await get(id, { range });
    assert.equal(response.status, 200, range);
    assert.equal(await response.text(), letters);
  }
  const empty = await app.file("ann", { content: "" });
  assert.equal((await get(empty.id, { range: "bytes=0-" })).status, 416);
  assert.equal((await get(empty.id, { range: "bytes=-1" })).status, 416);
  assert.equal((await get(empty.id)).status, 200);
});

Deno.test("FI-5: conditions by ETag", async () => {
  await using anns = await annsFiles();
  const { app, get } = anns;
  const file = await app.file("ann", { content: letters });
  const etag = `"${file.sha256}"`;
  const cases: [Record<string, string>, number][] = [
    [{ "if-none-match": etag }, 304],
    [{ "if-none-match": `W/${etag}` }, 304],
    [{ "if-none-match": `"a,b" , ${etag}` }, 304],
    [{ "if-none-match": "*" }, 304],
    [{ "if-none-match": '"other"' }, 200],
    [{ "if-none-match": file.sha256 }, 200],
    [{ "if-none-match": etag, "range": "bytes=0-1" }, 304],
    [{ "if-match": etag }, 200],
    [{ "if-match": "*" }, 200],
    [{ "if-match": `W/${etag}` }, 412],
    [{ "if-match": '"other"' }, 412],
    [{ "range": "bytes=0-1", "if-range": etag }, 206],
    [{ "range": "bytes=0-1", "if-range": `W/${etag}` }, 200],
    [{ "range": "bytes=0-1", "if-range": '"other"' }, 200],
    [{ "range": "bytes=0-1", "if-range": "Thu, 01 Jan 2026 00:00:00 GMT" }, 200],
    [{ "range": "bytes=99-", "if-range": '"other"' }, 200],
  ];
  for (const [headers, status] of cases) {
    const response = await get(file.id, headers);
    assert.equal(response.status, status, JSON.stringify(headers));
    if (status === 304) {
      assert.equal(await response.text(), "");
      assert.equal(response.headers.get("etag"), etag);
      assert.match(response.headers.get("cache-control") ?? "", /no-store/);
    } else await response.body?.cancel();
  }
});

Deno.test("FI-5: HEAD says what GET would, opens nothing and knows no ranges", async () => {
  await using anns = await annsFiles();
  const file = await anns.app.file("ann", { content: letters });
  const opened = callsOf(anns.app.blobs, "open");
  await using app = await served(anns.app.services);
  using client = await RawHttp.open(app.port);
  for (const headers of [{}, { range: "bytes=0-1" }]) {
    await client.head("HEAD", `/api/v1/files/${file.id}/content`, { ...anns.bearer, ...headers });
    const answer = await client.answer({ bodiless: true });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-length"), "26");
    assert.equal(answer.headers.get("etag"), `"${file.sha256}"`);
    // Of a page nothing is said: its length depends on how it would be sent.
    await client.head("HEAD", "/login", {});
    const page = await client.answer({ bodiless: true });
    assert.deepEqual([page.status, page.headers.get("content-length")], [200, null]);
  }
  assert.deepEqual(opened, []);
});

Deno.test("FI-5: on the wire a range has its length, and a client that goes away ends the reading", async () => {
  await using anns = await annsFiles();
  const file = await anns.app.file();
  const cancelled = Promise.withResolvers<void>();
  answerNext(anns.app.services.files, "content", {
    file: { ...file, size: 10_000_000_000 },
    open: () =>
      Promise.resolve(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
          cancel: () => cancelled.resolve(),
        }),
      ),
  });
  await using app = await served(anns.app.services);
  {
    using client = await RawHttp.open(app.port);
    await client.head("GET", `/api/v1/files/${file.id}/content`, {
      ...anns.bearer,
      "accept-encoding": "gzip, br",
      "range": "bytes=5-199999999",
    });
    const { status, headers } = await client.answer({ bodiless: true });
    assert.equal(status, 206);
    assert.equal(headers.get("content-length"), "199999995");
    assert.equal(headers.get("content-encoding"), null);
  }
  await cancelled.promise;
});

Deno.test("FI-5: what is not clean, another's or unknown is not given, whatever the request says", async () => {
  await using anns = await annsFiles();
  const { app, get } = anns;
  for (const state of ["scanning", "held", "rejected"] as const) {
    const file = await app.file("ann", { state });
    for (const headers of [{}, { range: "bytes=0-1" }, { "if-none-match": "*" }]) {
      const response = await get(file.id, headers);
      assert.equal(response.status, 409);
      assert.equal((await response.json()).kind, "not_clean");
      assert.equal(response.headers.get("etag"), null);
    }
  }
  const bobs = await app.file("bob");
  const mine = await app.file();
  const unknown = await get("01JGFJJZ00000000000000000X");
  const expected = await unknown.text();
  assert.equal(unknown.status, 404);
  for (const id of [bobs.id, bobs.sha256, mine.sha256]) {
    const response = await get(id, { "if-none-match": "*", "range": "bytes=0-1" });
    assert.equal(response.status, 404);
    assert.equal(await response.text(), expected);
  }
});

Deno.test("FI-5, AU-5: no content without a login, nor with a token in the address", async () => {
  await using anns = await annsFiles();
  const { app, send } = anns;
  const path = `/api/v1/files/${(await app.file()).id}/content`;
  const { ticket } = must(await app.services.accounts.issueTicket(await app.caller("ann")));
  for (const query of ["", `?token=${app.tokenOf("ann")}`, `?ticket=${ticket}`]) {
    assert.equal((await send(path + query)).status, 401);
    assert.equal((await send(`${path}/x${query}`)).status, 401);
  }
  assert.equal((await send(path, { headers: { cookie: app.cookieOf("ann") } })).status, 200);
});
