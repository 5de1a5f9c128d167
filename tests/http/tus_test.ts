import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Refusal } from "../../lib/protocol/mod.ts";
import { chunked } from "../fakes/form_bodies.ts";
import { annsFiles } from "../fakes/anns_files.ts";
import { RawHttp } from "../fakes/raw_http.ts";
import { served } from "../fakes/served.ts";
import { told } from "../fakes/told.ts";
import { answerNext } from "../fakes/replaced_calls.ts";

const place = "/api/v1/uploads";
const partType = "application/offset+octet-stream";
const base64 = (text: string | Uint8Array) =>
  (typeof text === "string" ? new TextEncoder().encode(text) : text).toBase64();
const filename = (name: string) => `filename ${base64(name)}`;
const sum = (name: "sha1" | "sha256", text: string) =>
  `${name} ${createHash(name).update(text).digest("base64")}`;

async function annsTus(env: Record<string, string> = {}) {
  const anns = await annsFiles({ env });
  const { app, send } = anns;
  const tus = (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body: BodyInit | null = null,
  ) =>
    send(path, {
      method,
      body,
      headers: { ...anns.bearer, "tus-resumable": "1.0.0", ...headers },
    });
  return {
    ...anns,
    tus,
    /** Begins an upload and gives its address. */
    async begin(length: number, name = "a.txt"): Promise<string> {
      const response = await tus("POST", place, {
        "upload-length": String(length),
        "upload-metadata": filename(name),
      });
      assert.equal(response.status, 201, await response.text());
      return response.headers.get("location")!;
    },
    patch: (path: string, offset: number | string, body: BodyInit, headers: Record<string, string> = {}) =>
      tus("PATCH", path, { "content-type": partType, "upload-offset": String(offset), ...headers }, body),
    /** Ids of the uploads that hold bytes, or could. */
    uploads: async () => (await Array.fromAsync(app.blobs.staged())).map(({ id }) => id),
  };
}

async function refused(response: Response, status: number, kind: string, detail = /./): Promise<void> {
  const body = await response.json();
  assert.equal(response.status, status, JSON.stringify(body));
  assert.equal(body.status, status);
  assert.equal(body.kind, kind);
  assert.match(body.detail, detail);
  assert.equal(response.headers.get("tus-resumable"), "1.0.0");
}

Deno.test("FI-2: OPTIONS tells what the server can do, to anybody", async () => {
  await using anns = await annsTus({ BEHEST_UPLOAD_MAX_BYTES: "12345" });
  const { send } = anns;
  for (const path of [place, `${place}/01JGFJJZ00000000000000000A`]) {
    const { status, headers } = await send(path, { method: "OPTIONS" });
    assert.equal(status, 204);
    assert.equal(headers.get("tus-version"), "1.0.0");
    assert.equal(
      headers.get("tus-extension"),
      "creation,creation-with-upload,termination,expiration,checksum",
    );
    assert.equal(headers.get("tus-max-size"), "12345");
    assert.equal(headers.get("tus-checksum-algorithm"), "sha1,sha256");
    assert.match(headers.get("allow") ?? "", /OPTIONS/);
  }
});

Deno.test("FI-2: other versions of the protocol are 412, and nothing is done", async () => {
  await using anns = await annsTus();
  const { begin, send, tus } = anns;
  const path = await begin(3);
  const before = await anns.uploads();
  const others: Record<string, string>[] = [{}, { "tus-resumable": "0.2.2" }, { "tus-resumable": "2.0.0" }];
  for (const headers of others) {
    for (const method of ["POST", "HEAD", "PATCH", "DELETE"]) {
      const response = await send(method === "POST" ? place : path, {
        method,
        headers: {
          ...anns.bearer,
          "upload-length": "1",
          "upload-metadata": filename("x"),
          "upload-offset": "0",
          "content-type": partType,
          ...headers,
        },
        body: method === "PATCH" ? "abc" : null,
      });
      assert.equal(response.status, 412, method);
      assert.equal(response.headers.get("tus-version"), "1.0.0");
      if (method !== "HEAD") await refused(response, 412, "invalid_params", /Tus-Resumable/);
    }
  }
  assert.deepEqual(await anns.uploads(), before);
  assert.equal((await tus("HEAD", path)).headers.get("upload-offset"), "0");
});

Deno.test("FI-2: an upload in parts becomes a file, whose id comes with the last part and later", async () => {
  await using anns = await annsTus();
  const { tus, begin, patch } = anns;
  const path = await begin(11, "naïve 🐟.txt");
  assert.match(path, /^\/api\/v1\/uploads\/[0-9A-Z]{26}$/);

  const first = await patch(path, 0, "hello ");
  assert.equal(first.status, 204);
  assert.equal(first.headers.get("upload-offset"), "6");
  assert.equal(first.headers.get("behest-file-id"), null);
  assert.equal(first.headers.get("upload-expires"), "Fri, 02 Jan 2026 00:00:00 GMT");

  const half = await tus("HEAD", path);
  assert.equal(half.status, 200);
  assert.equal(half.headers.get("upload-offset"), "6");
  assert.equal(half.headers.get("upload-length"), "11");
  assert.equal(half.headers.get("upload-metadata"), filename("naïve 🐟.txt"));
  assert.equal(half.headers.get("cache-control"), "no-store");
  assert.equal(half.headers.get("behest-file-id"), null);
  assert.ok(half.headers.has("upload-expires"));

  const last = await patch(path, 6, "world");
  const fileId = (await anns.files())[0]!.id;
  assert.equal(last.status, 204);
  assert.equal(last.headers.get("behest-file-id"), fileId);
  assert.equal(last.headers.get("upload-offset"), "11");
  assert.equal(last.headers.get("upload-expires"), null);
  assert.equal((await tus("HEAD", path)).headers.get("behest-file-id"), fileId);
  assert.equal(await anns.text("naïve 🐟.txt"), "hello world");
  assert.equal((await anns.files())[0]!.name, "naïve 🐟.txt");
});

Deno.test("FI-2: an upload may begin with a part, or with all, of its bytes", async () => {
  await using anns = await annsTus();
  const { tus } = anns;
  const begin = (length: number, body: BodyInit, headers: Record<string, string> = {}) =>
    tus("POST", place, {
      "upload-length": String(length),
      "upload-metadata": `name ${base64("a.txt")},filetype ${base64("text/html")},flag`,
      "content-type": partType,
      ...headers,
    }, body);
  const part = await begin(6, "hel");
  assert.equal(part.status, 201);
  assert.equal(part.headers.get("upload-offset"), "3");
  assert.equal(part.headers.get("behest-file-id"), null);
  const whole = await begin(6, "hello!");
  assert.equal(whole.headers.get("behest-file-id"), (await anns.files())[0]!.id);
  assert.equal(await anns.text("a.txt"), "hello!");

  const uploads = await anns.uploads();
  await refused(await begin(3, "hello!"), 413, "too_large");
  await refused(await begin(3, "abc", { "upload-checksum": sum("sha1", "abd") }), 460, "invalid_params");
  await refused(
    await begin(3, "abc", { "content-type": "text/plain", "content-length": "3" }),
    415,
    "invalid_params",
  );
  assert.deepEqual(await anns.uploads(), uploads, "of what was refused nothing is left");
});

Deno.test("FI-2: a file of no bytes is there at once", async () => {
  await using anns = await annsTus();
  const { tus } = anns;
  for (const headers of [{}, { "content-type": partType }]) {
    const response = await tus("POST", place, {
      "upload-length": "0",
      "upload-metadata": filename("x"),
      ...headers,
    });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get("behest-file-id"), (await anns.files())[0]!.id);
  }
});

Deno.test("FI-2: what begins no upload is refused with what to do", async () => {
  await using anns = await annsTus({ BEHEST_UPLOAD_MAX_BYTES: "1000" });
  const { tus } = anns;
  const good = { "upload-length": "3", "upload-metadata": filename("a.txt") };
  const cases: [Record<string, string>, number, RegExp][] = [
    [{ "upload-length": "" }, 400, /Upload-Length/],
    [{ "upload-length": "-1" }, 400, /Upload-Length/],
    [{ "upload-length": "1.5" }, 400, /Upload-Length/],
    [{ "upload-length": "1e3" }, 400, /Upload-Length/],
    [{ "upload-length": "99999999999999999999" }, 400, /Upload-Length/],
    [{ "upload-length": "1001" }, 413, /1000/],
    [{ "upload-defer-length": "1" }, 400, /Upload-Length/],
    [{ "upload-metadata": "" }, 400, /filename/],
    [{ "upload-metadata": `filetype ${base64("x")}` }, 400, /filename/],
    [{ "upload-metadata": "filename ***" }, 400, /Base64/],
    [{ "upload-metadata": "filename YQ=" }, 400, /Base64/],
    [{ "upload-metadata": `filename ${base64(new Uint8Array([0xff]))}` }, 400, /UTF-8/],
    [{ "upload-metadata": `${filename("a")},${filename("b")}` }, 400, /Upload-Metadata/],
    [{ "upload-metadata": `filename ${base64("a")} b` }, 400, /Upload-Metadata/],
    [{ "content-length": "3" }, 415, /offset\+octet-stream/],
    [{ "content-type": partType, "content-encoding": "gzip" }, 400, /Content-Encoding/],
    [{ "content-type": partType, "upload-checksum": "md5 1B2M2Y8AsgTpgAmY7PhCfg==" }, 400, /Upload-Checksum/],
  ];
  for (const [headers, status, detail] of cases) {
    const kind = status === 413 ? "too_large" : "invalid_params";
    await refused(await tus("POST", place, { ...good, ...headers }), status, kind, detail);
  }
  const tooMany = new Refusal("rate_limited", told("Too many."), { retryAfterMs: 1000 });
  answerNext(anns.app.services.files, "begin", tooMany);
  const limited = await tus("POST", place, good);
  assert.equal(limited.headers.get("retry-after"), "1");
  await refused(limited, 429, "rate_limited");
  assert.deepEqual(await anns.uploads(), []);
});

Deno.test("FI-2: parts in the wrong place, of the wrong kind or too long change nothing", async () => {
  await using anns = await annsTus();
  const { tus, begin, patch } = anns;
  const path = await begin(6);
  assert.equal((await patch(path, 0, "abc")).status, 204);
  await refused(await patch(path, 0, "abc"), 409, "conflict", /3/);
  await refused(await patch(path, 4, "abc"), 409, "conflict");
  for (const offset of ["", "-3", "x", "3.0", "0x3"]) {
    await refused(await patch(path, offset, "def"), 400, "invalid_params", /Upload-Offset/);
  }
  for (const type of ["", "text/plain", "application/octet-stream", `${partType}; charset=x`]) {
    await refused(await patch(path, 3, "def", { "content-type": type }), 415, "invalid_params");
  }
  await refused(await patch(path, 3, "defg"), 413, "too_large");
  await refused(await patch(path, 3, "def", { "content-encoding": "br" }), 400, "invalid_params");
  assert.equal((await tus("HEAD", path)).headers.get("upload-offset"), "3");
  assert.equal((await patch(path, 3, "def")).status, 204);
});

Deno.test("FI-2: a part counts only when its checksum fits", async () => {
  await using anns = await annsTus();
  const { tus, begin, patch } = anns;
  const path = await begin(6);
  assert.equal((await patch(path, 0, "abc", { "upload-checksum": sum("sha1", "abc") })).status, 204);
  const wrong = await patch(path, 3, "def", { "upload-checksum": sum("sha256", "abc") });
  await refused(wrong, 460, "invalid_params", /checksum/);
  assert.equal((await tus("HEAD", path)).headers.get("upload-offset"), "3");
  const unreadable = [
    "sha256",
    "sha256 ",
    "sha256 ***",
    `sha256 ${base64("short")}`,
    sum("sha1", "def").replace("sha1", "sha256"),
    sum("sha256", "def").replace("sha256", "SHA256"),
    `md5 ${createHash("md5").update("def").digest("base64")}`,
    `constructor ${base64("x".repeat(20))}`,
  ];
  for (const said of unreadable) {
    const response = await patch(path, 3, "def", { "upload-checksum": said });
    await refused(response, 400, "invalid_params", /Upload-Checksum/);
  }
  assert.equal((await patch(path, 3, "def", { "upload-checksum": sum("sha256", "def") })).status, 204);
  assert.equal(await anns.text("a.txt"), "abcdef");
});

Deno.test("FI-2: an upload that is ended, over, unknown or another's is not there", async () => {
  await using anns = await annsTus();
  const { send, tus, begin, patch } = anns;
  const path = await begin(3);
  const bobs = (method: string) =>
    send(path, {
      method,
      headers: {
        ...anns.app.bearerOf("bob"),
        "tus-resumable": "1.0.0",
        "content-type": partType,
        "upload-offset": "0",
      },
      body: method === "PATCH" ? "abc" : null,
    });
  for (const method of ["HEAD", "PATCH", "DELETE"]) assert.equal((await bobs(method)).status, 404, method);
  assert.equal((await bobs("HEAD")).headers.get("upload-offset"), null);

  assert.equal((await tus("DELETE", path)).status, 204);
  for (const gone of [path, `${place}/01JGFJJZ00000000000000000X`, `${place}/x`, `${place}/..%2f..`]) {
    assert.equal((await tus("HEAD", gone)).status, 404);
    await refused(await patch(gone, 0, "abc"), 404, "not_found");
    await refused(await tus("DELETE", gone), 404, "not_found");
  }
  answerNext(anns.app.services.files, "uploadState", new Refusal("expired", told("This upload is over.")));
  assert.equal((await tus("HEAD", await begin(3))).status, 410);
});

Deno.test("FI-2: a refused file is told with its last part", async () => {
  await using anns = await annsTus();
  const { begin, patch } = anns;
  await anns.app.file("ann", { content: "abc", state: "rejected" });
  const path = await begin(3);
  const response = await patch(path, 0, "abc");
  assert.equal(response.headers.get("behest-file-id"), null);
  await refused(response, 409, "not_clean");
});

Deno.test("FI-2: a part whose body breaks off is told as such", async () => {
  await using anns = await annsTus();
  const { begin, patch } = anns;
  const response = await patch(await begin(6), 0, chunked(new Uint8Array(3), [1], { fails: true }));
  await refused(response, 400, "invalid_params", /incomplete/);
});

Deno.test("FI-2: a POST may name the method, any other request may not", async () => {
  await using anns = await annsTus();
  const { tus, begin, patch } = anns;
  const path = await begin(3);
  const named = (method: string, headers = {}, body: BodyInit | null = null) =>
    tus("POST", path, { "x-http-method-override": method, ...headers }, body);
  assert.equal((await named("HEAD")).headers.get("upload-offset"), "0");
  const part = { "content-type": partType, "upload-offset": "0" };
  assert.equal((await named("patch", part, "abc")).headers.get("upload-offset"), "3");
  assert.equal(await anns.text("a.txt"), "abc");
  await refused(await tus("POST", path), 405, "method_not_allowed", /PATCH/);
  await refused(await named("PUT"), 405, "method_not_allowed");

  const other = await begin(3);
  assert.equal((await patch(other, 0, "a", { "x-http-method-override": "DELETE" })).status, 204);
  const head = await tus("HEAD", other, { "x-http-method-override": "DELETE" });
  assert.equal(head.headers.get("upload-offset"), "1");
  assert.equal((await named("DELETE")).status, 204);
  assert.equal((await tus("HEAD", path)).status, 404);
});

Deno.test("FI-2, AU-5: no uploads without a login, nor with the cookie from another site's page", async () => {
  await using anns = await annsTus();
  const { send } = anns;
  const cookie = anns.app.cookieOf("ann");
  const begin = (headers: Record<string, string>) =>
    send(place, {
      method: "POST",
      headers: {
        "tus-resumable": "1.0.0",
        "upload-length": "1",
        "upload-metadata": filename("x"),
        ...headers,
      },
    });
  await refused(await begin({}), 401, "unauthorized");
  assert.equal(
    (await begin({ cookie, "sec-fetch-site": "cross-site", "origin": "https://evil.example" })).status,
    403,
  );
  assert.deepEqual(await anns.uploads(), []);
  const begun = await begin({ cookie, "sec-fetch-site": "same-origin" });
  assert.equal(begun.status, 201);
  for (const method of ["PATCH", "DELETE", "POST"]) {
    const response = await send(begun.headers.get("location")!, {
      method,
      headers: { cookie, "tus-resumable": "1.0.0", "origin": "https://evil.example" },
    });
    assert.equal(response.status, 403, method);
  }
});

Deno.test("FI-2: on the wire a creation without a body is one, however its length is said", async () => {
  await using anns = await annsFiles();
  await using app = await served(anns.app.services);
  using client = await RawHttp.open(app.port);
  const headers = {
    ...anns.bearer,
    "tus-resumable": "1.0.0",
    "upload-length": "3",
    "upload-metadata": filename("a.txt"),
  };
  await client.head("POST", place, { ...headers, "content-length": "0" });
  assert.equal((await client.answer()).status, 201);
  await client.head("POST", place, headers);
  const { status, headers: answered } = await client.answer();
  assert.equal(status, 201);
  await client.head("HEAD", answered.get("location")!, headers);
  assert.equal((await client.answer({ bodiless: true })).headers.get("upload-offset"), "0");
  await client.head("OPTIONS", place, {});
  assert.equal((await client.answer({ bodiless: true })).status, 204);
});
