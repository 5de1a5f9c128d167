import assert from "node:assert/strict";
import { limits, Refusal } from "../../lib/protocol/mod.ts";
import type { UploadedFrom } from "../../lib/files/mod.ts";
import {
  boundary,
  chunked,
  fieldPart,
  filePart,
  formOf,
  formType,
  type WrittenPart,
} from "../fakes/form_bodies.ts";
import { annsFiles } from "../fakes/anns_files.ts";
import { base, form as pageForm } from "../fakes/page_forms.ts";
import { RawHttp } from "../fakes/raw_http.ts";
import { served } from "../fakes/served.ts";
import { told } from "../fakes/told.ts";
import { answerNext, callsOf } from "../fakes/replaced_calls.ts";

type Anns = Awaited<ReturnType<typeof annsFiles>>;

/** A form with these parts. */
const postForm = ({ post }: Anns, parts: readonly WrittenPart[], end?: string) =>
  post("/api/v1/files", formOf(parts, end), { "content-type": formType });

async function refused(response: Response, status: number, detail: RegExp): Promise<void> {
  const body = await response.json();
  assert.equal(response.status, status, JSON.stringify(body));
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.match(body.detail, detail);
}

Deno.test("FI-1, FI-4: raw bytes under ?name= are a file", async () => {
  await using anns = await annsFiles();
  const { post, text } = anns;
  const uploads = callsOf(anns.app.services.files, "upload");
  const response = await post("/api/v1/files?name=na%C3%AFve%20%F0%9F%90%9F.txt", "hello", {
    "content-type": "text/html",
    "content-length": "5",
  });
  assert.equal(response.status, 201);
  const { file } = await response.json();
  assert.equal(file.name, "naïve 🐟.txt");
  assert.equal(file.size, 5);
  assert.equal(file.state, "scanning");
  assert.equal(file.sha256, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  assert.equal(await text("naïve 🐟.txt"), "hello");
  const { requestId, ...from } = uploads[0]![1] as UploadedFrom;
  assert.match(requestId, /^[0-9A-Z]{26}$/);
  assert.deepEqual(from, { address: "127.0.0.1", device: "web", port: 50_000 });
});

Deno.test("SC-5: behind a proxy the port of the connection is not the person's", async () => {
  await using anns = await annsFiles({ env: { BEHEST_TRUST_PROXY: "1" } });
  const uploads = callsOf(anns.app.services.files, "upload");
  assert.equal((await anns.post("/api/v1/files?name=a", "x")).status, 201);
  assert.equal((uploads[0]![1] as UploadedFrom).port, null);
});

Deno.test("FI-1: a form with the field file is a file, whatever else it holds", async () => {
  await using anns = await annsFiles();
  const { text } = anns;
  const response = await postForm(anns, [
    fieldPart("note", "hi"),
    filePart("<b>hello</b>", "a %22b%22.html"),
    fieldPart("x"),
  ]);
  assert.equal(response.status, 201);
  assert.equal((await response.json()).file.name, 'a "b".html');
  assert.equal(await text('a "b".html'), "<b>hello</b>");
});

Deno.test("FI-1: a form as the runtime's FormData writes it", async () => {
  await using anns = await annsFiles();
  const { post, text } = anns;
  const form = new FormData();
  form.append("note", "hello");
  form.append("file", new File(["a\r\n--b"], 'üb"er.txt'));
  assert.equal((await post("/api/v1/files", form)).status, 201);
  assert.equal(await text('üb"er.txt'), "a\r\n--b");
});

Deno.test("FI-1: what is no upload is refused with what to do, and nothing is left behind", async () => {
  await using anns = await annsFiles();
  const { post } = anns;
  const cases: [string, string, BodyInit | null, Record<string, string>, RegExp][] = [
    ["raw without a name", "", "x", {}, /\?name=/],
    ["a form of the other kind", "", new URLSearchParams({ file: "x" }), {}, /multipart\/form-data/],
    ["JSON", "", "{}", { "content-type": "application/json" }, /\?name=/],
    ["a form without a boundary", "", "x", { "content-type": "multipart/form-data" }, /boundary/],
    ["a form that is none", "", "x", { "content-type": formType }, /incomplete/],
    ["a form without a body", "", null, { "content-type": formType }, /Choose a file\./],
    [
      "a form with a name beside",
      "?name=a",
      formOf([filePart("x")]),
      { "content-type": formType },
      /Omit \?name=/,
    ],
    ["packed bytes", "?name=a", "x", { "content-encoding": "gzip" }, /Content-Encoding/],
    ["a length that is none", "?name=a", "x", { "content-length": "-1" }, /Content-Length/],
    ["fewer bytes than said", "?name=a", "x", { "content-length": "2" }, /Expected 2 bytes/],
    ["more bytes than said", "?name=a", "xyz", { "content-length": "2" }, /Expected 2 bytes/],
  ];
  for (const [what, query, body, headers, detail] of cases) {
    const response = await post(`/api/v1/files${query}`, body, headers);
    await refused(response, 400, detail).catch((error) => {
      throw new Error(`${what}: ${error.message}`);
    });
  }
  assert.deepEqual(await anns.files(), []);
});

Deno.test("FI-1: forms without a file, with two, or with too much beside it are refused whole", async () => {
  await using anns = await annsFiles();
  const big = "x".repeat(limits.formFieldBytes + 1);
  const many = (count: number) => Array.from({ length: count }, (_, place) => fieldPart(`field${place}`));
  const cases: [WrittenPart[], RegExp][] = [
    [[], /Choose a file\./],
    [[fieldPart("file", "only text")], /Choose a file\./],
    [[filePart("", "")], /Choose a file\./],
    [[filePart("x"), filePart("y")], /one file/],
    [[{ ...filePart("x"), disposition: 'form-data; name="other"; filename="a"' }], /field file/],
    [[filePart("x"), { ...filePart("y"), disposition: 'form-data; name="other"; filename="a"' }], /one file/],
    [many(limits.formFields + 1), /The limit is 16 fields/],
    [[...many(limits.formFields), filePart("x"), fieldPart("last")], /The limit is 16 fields/],
    [[filePart("x"), ...many(10_000)], /The limit is 16 fields/],
    [[...many(10_000), filePart("x")], /The limit is 16 fields/],
    [[fieldPart("a", big), filePart("x")], /The limit is 16 KiB/],
    [[filePart("x"), fieldPart("a", big)], /The limit is 16 KiB/],
  ];
  for (const [parts, detail] of cases) await refused(await postForm(anns, parts), 400, detail);
  assert.deepEqual(await anns.files(), []);
  assert.equal((await postForm(anns, [...many(limits.formFields), filePart("x")])).status, 201);
});

Deno.test("FI-1: a body that stops leaves nothing behind, as a form and raw", async () => {
  await using anns = await annsFiles();
  const { send } = anns;
  await refused(await postForm(anns, [filePart("x")], ""), 400, /incomplete/);
  await refused(await postForm(anns, [filePart("x")], `--${boundary}`), 400, /incomplete/);
  const bodies: [string, string, ReadableStream<Uint8Array>][] = [
    ["", formType, chunked(formOf([filePart("x".repeat(1000))], ""), [100], { fails: true })],
    ["?name=a", "text/plain", chunked(new Uint8Array(1000), [100], { fails: true })],
  ];
  for (const [query, type, body] of bodies) {
    const response = await send(`/api/v1/files${query}`, {
      method: "POST",
      body,
      headers: { ...anns.bearer, "content-type": type },
    });
    await refused(response, 400, /incomplete/);
  }
  assert.deepEqual(await anns.files(), []);
});

Deno.test("FI-1: over the limit or the quota it is 413, by what it says and by what comes", async () => {
  await using anns = await annsFiles({
    env: { BEHEST_UPLOAD_MAX_BYTES: "1000", BEHEST_QUOTA_BYTES: "1500" },
  });
  const { post } = anns;
  const raw = (size: number, headers = {}) => post("/api/v1/files?name=a", new Uint8Array(size), headers);
  await refused(await raw(1001), 413, /1000 bytes/);
  await refused(await raw(1, { "content-length": "1001" }), 413, /limit is 1000 bytes/);
  await refused(await postForm(anns, [filePart("x".repeat(1001))]), 413, /1000 bytes/);
  await refused(
    await post("/api/v1/files", formOf([filePart("x")]), {
      "content-type": formType,
      "content-length": "9999999",
    }),
    413,
    /limit is 1000 bytes/,
  );
  assert.deepEqual(await anns.files(), []);
  assert.equal((await raw(1000)).status, 201);
  await refused(await raw(501), 413, /500 are left/);
  assert.equal((await anns.files()).length, 1);
});

Deno.test("FI-1: the client reads the 413 although its body is still on the way", async () => {
  await using anns = await annsFiles({ env: { BEHEST_UPLOAD_MAX_BYTES: "1000" } });
  await using app = await served(anns.app.services);
  for (const query of ["?name=a", ""]) {
    using client = await RawHttp.open(app.port);
    await client.head("POST", `/api/v1/files${query}`, {
      ...anns.bearer,
      "content-type": query === "" ? formType : "text/plain",
      "content-length": String(3 * 1024 ** 3),
    });
    // All of it before anything is read, as many clients do.
    for (let chunk = 0; chunk < 64; chunk++) await client.send(new Uint8Array(256 * 1024));
    const answer = await client.answer();
    assert.equal(answer.status, 413);
    assert.equal(JSON.parse(answer.body).kind, "too_large");
  }
});

Deno.test("FI-1: a slow service slows the form down: nothing is read that nobody asked for", async () => {
  await using anns = await annsFiles({ env: { BEHEST_UPLOAD_MAX_BYTES: String(16 * 1024 * 1024) } });
  let taken = 0;
  let given = 0;
  let worst = 0;
  anns.app.services.files.upload = async (_caller, _from, _named, body) => {
    for await (const chunk of body) {
      given += chunk.length;
      await new Promise((resolve) => setImmediate(resolve));
      worst = Math.max(worst, taken - given);
    }
    return new Refusal("conflict", told("That was all."));
  };
  const { send } = anns;
  const content = new Uint8Array(4 * 1024 * 1024).fill(0x0d);
  const body = chunked(formOf([filePart(content)]), [64 * 1024], { took: (length) => taken += length });
  const response = await send("/api/v1/files", {
    method: "POST",
    body,
    headers: { ...anns.bearer, "content-type": formType },
  });
  await refused(response, 409, /That was all/);
  assert.equal(given, content.length);
  assert.ok(worst < limits.uploadMemoryBytes / 4, `${worst} bytes were read ahead`);
});

Deno.test("FI-1: a body that the service does not want is let go", async () => {
  await using anns = await annsFiles();
  const { send } = anns;
  for (const [query, type] of [["?name=a", "text/plain"], ["", formType]] as const) {
    const cancelled = Promise.withResolvers<void>();
    answerNext(anns.app.services.files, "upload", new Refusal("too_large", told("Your files are full.")));
    const response = await send(`/api/v1/files${query}`, {
      method: "POST",
      body: new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(formOf([filePart("x".repeat(1000))], "")),
        cancel: () => cancelled.resolve(),
      }),
      headers: { ...anns.bearer, "content-type": type },
    });
    await refused(response, 413, /full/);
    await cancelled.promise;
  }
});

Deno.test("FI-1: a bug of the service is no fault of the body", async () => {
  await using anns = await annsFiles();
  answerNext(anns.app.services.files, "upload", new Error("a bug"));
  await refused(await anns.post("/api/v1/files?name=a", "x"), 500, /Server error/);
});

Deno.test("FI-1, AU-5: nobody uploads without a login, and no token is taken from the address", async () => {
  await using anns = await annsFiles();
  const { send } = anns;
  for (const path of ["/api/v1/files?name=a", `/api/v1/files?name=a&token=${anns.app.tokenOf("ann")}`]) {
    await refused(await send(path, { method: "POST", body: "x" }), 401, /Log in/);
  }
  assert.deepEqual(await anns.files(), []);
});

Deno.test("FI-1, AU-5: another site's page uploads and deletes nothing with this site's cookie", async () => {
  await using anns = await annsFiles();
  const { send } = anns;
  const cookie = anns.app.cookieOf("ann");
  const file = await anns.app.file();
  const foreign: Record<string, string>[] = [
    { "sec-fetch-site": "cross-site", "origin": "https://evil.example" },
    { "sec-fetch-site": "same-site", "origin": "http://other.127.0.0.1:8000" },
    { "origin": "https://evil.example" },
    { "origin": "null" },
  ];
  for (const headers of foreign) {
    const all = { ...headers, cookie, "content-type": formType };
    const posted = await send("/api/v1/files", {
      method: "POST",
      body: formOf([filePart("x")]),
      headers: all,
    });
    await refused(posted, 403, /another site/);
    await refused(
      await send(`/api/v1/files/${file.id}`, { method: "DELETE", headers: all }),
      403,
      /another site/,
    );
  }
  assert.deepEqual(await anns.files(), [file]);
  const own = await send("/api/v1/files", {
    ...pageForm({}),
    body: formOf([filePart("x")]),
    headers: { cookie, "sec-fetch-site": "same-origin", "origin": base, "content-type": formType },
  });
  assert.equal(own.status, 201);
});

Deno.test("FI-5: the list is one's own, newest first, page by page", async () => {
  await using anns = await annsFiles();
  const { send } = anns;
  const ids: string[] = [];
  for (let at = 0; at < 3; at++) ids.push((await anns.app.file()).id);
  await anns.app.file("bob");
  const get = async (query: string) => {
    const response = await send(`/api/v1/files${query}`, { headers: { ...anns.bearer } });
    return { status: response.status, body: await response.json() };
  };
  const first = await get("?limit=2");
  assert.deepEqual(first.body.files.map(({ id }: { id: string }) => id), [ids[2], ids[1]]);
  assert.equal(first.body.next, ids[1]);
  const second = await get(`?limit=2&before=${first.body.next}`);
  assert.deepEqual(second.body.files.map(({ id }: { id: string }) => id), [ids[0]]);
  assert.equal(second.body.next, null);
  for (const query of ["?limit=0", "?limit=x", "?before=x", "?other=1"]) {
    assert.equal((await get(query)).status, 400);
  }
});

Deno.test("FI-5, FI-7: a file is got and deleted by its owner only; other ids look as if they were not there", async () => {
  await using anns = await annsFiles();
  const { send } = anns;
  const [mine, used] = [await anns.app.file(), await anns.app.file()];
  const bobs = await anns.app.file("bob");
  await anns.app.command("ann", "bob", { attachments: [used.id] });
  const headers = anns.bearer;
  const got = await send(`/api/v1/files/${mine.id}`, { headers });
  assert.deepEqual(await got.json(), { file: mine });
  const unknown = "01JGFJJZ00000000000000000X";
  const missing = await send(`/api/v1/files/${unknown}`, { headers });
  const expected = await missing.clone().text();
  for (const id of [unknown, bobs.id, mine.sha256, "..%2f..%2fetc", "x".repeat(4096)]) {
    for (const method of ["GET", "DELETE"]) {
      const response = await send(`/api/v1/files/${id}`, { method, headers });
      assert.equal(response.status, 404, `${method} ${id}`);
      assert.equal(await response.text(), expected);
    }
  }
  assert.equal((await send(`/api/v1/files/${mine.id}`, { method: "DELETE", headers })).status, 204);
  assert.deepEqual([(await anns.files()).length, await anns.bobsFiles()], [1, [bobs]]);
  await refused(await send(`/api/v1/files/${used.id}`, { method: "DELETE", headers }), 409, /use/);
});
