import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Upload } from "tus-js-client";
import type { FileObject } from "../../lib/protocol/mod.ts";
import { boundary, filePart, formOf, formType, joined } from "../fakes/form_bodies.ts";
import { openTestServices, person, testConfig } from "../fakes/open_services.ts";
import { RawHttp } from "../fakes/raw_http.ts";
import { served } from "../fakes/served.ts";
import { until } from "../fakes/until.ts";

interface Person {
  headers: Record<string, string>;
  token: string;
}

/** The whole server over a real directory, with ann and bob; checked by what evaluation mode has (SC-7). */
async function whole(env: Record<string, string> = {}) {
  const stack = new AsyncDisposableStack();
  const dir = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(dir, { recursive: true }));
  // Nobody listens there: no clamd of this machine has a say.
  const config = testConfig({ BEHEST_DATA_DIR: dir, BEHEST_CLAMD: "127.0.0.1:1", ...env });
  const open = stack.use(await openTestServices({ config }));
  const app = stack.use(await served(open.services));
  const people = await Promise.all(["ann", "bob"].map(async (name): Promise<Person> => {
    const { token } = await person(open, name);
    return { token, headers: { authorization: `Bearer ${token}` } };
  }));
  const [ann, bob] = people as [Person, Person];
  const ask = (path: string, init: RequestInit = {}, who = ann) =>
    fetch(`${app.origin}/api/v1${path}`, {
      ...init,
      headers: { ...who.headers, ...init.headers as Record<string, string> },
    });
  const json = async (response: Response) => ({ status: response.status, body: await response.json() });
  const stateOf = async (id: string) => (await json(await ask(`/files/${id}`))).body.file?.state;
  return {
    app,
    ann,
    bob,
    ask,
    json,
    /** Uploads as raw bytes. */
    async upload(name: string, bytes: BodyInit, who = ann): Promise<FileObject> {
      const { status, body } = await json(
        await ask(`/files?name=${encodeURIComponent(name)}`, { method: "POST", body: bytes }, who),
      );
      assert.equal(status, 201, JSON.stringify(body));
      return body.file;
    },
    /** Waits until a file's check came to this. */
    checked: (id: string, state: FileObject["state"]) =>
      until(async () => await stateOf(id) === state, `${state} of ${id}`),
    names: async () => {
      const { body } = await json(await ask("/files"));
      return body.files.map(({ name }: FileObject) => name).sort();
    },
    /** Every file below the storage directory, and what lies beside the data directory's own. */
    async stored(folder = "storage") {
      const found: string[] = [];
      for await (const entry of walk(`${dir}/${folder}`)) found.push(entry.slice(dir.length + 1));
      return found.sort();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function* walk(path: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory) yield* walk(`${path}/${name}`);
    else yield `${path}/${name}`;
  }
}

const blobPath = (sha256: string) => `storage/files/${sha256.slice(0, 2)}/${sha256}`;

Deno.test("FI-1, FI-3, FI-4, FI-5: a file goes in as a form and raw, lies there once, is checked, and comes back", async () => {
  await using server = await whole();
  const { ask, ann, upload, checked, stored } = server;
  const raw = await upload("naïve 🐟.txt", "hello");
  const form = new FormData();
  form.append("file", new File(["hello"], 'say "hi".txt'));
  const sent = await server.json(await ask("/files", { method: "POST", body: form }));
  assert.equal(sent.status, 201);
  const { file } = sent.body;
  assert.deepEqual([raw.name, file.name], ["naïve 🐟.txt", 'say "hi".txt']);
  assert.deepEqual([raw.state, file.state], ["scanning", "scanning"]);
  assert.equal(raw.sha256, file.sha256);
  assert.deepEqual(await stored(), [blobPath(file.sha256)]);

  await checked(raw.id, "clean");
  await checked(file.id, "clean");
  const content = await ask(`/files/${file.id}/content`, { headers: { range: "bytes=1-3" } });
  assert.equal(content.status, 206);
  assert.equal(await content.text(), "ell");
  assert.equal(content.headers.get("etag"), `"${file.sha256}"`);
  assert.equal(
    content.headers.get("content-disposition"),
    `attachment; filename="say _hi_.txt"; filename*=UTF-8''say%20%22hi%22.txt`,
  );
  const same = await ask(`/files/${file.id}/content`, { headers: { "if-none-match": `"${file.sha256}"` } });
  assert.equal(same.status, 304);

  using wire = await RawHttp.open(server.app.port);
  await wire.head("HEAD", `/api/v1/files/${raw.id}/content`, ann.headers);
  assert.equal((await wire.answer({ bodiless: true })).headers.get("content-length"), "5");
});

Deno.test("FI-5: another's file, a guessed id and a guessed hash are the same to whoever asks", async () => {
  await using server = await whole();
  const { ask, bob, upload, checked } = server;
  const file = await upload("mine.txt", "only mine");
  await checked(file.id, "clean");
  const answers = new Set<string>();
  for (const id of [file.id, "01JGFJJZ00000000000000000X", file.sha256]) {
    for (
      const [method, path] of [["GET", ""], ["DELETE", ""], ["GET", "/content"], ["GET", "/content/mine.txt"]]
    ) {
      const response = await ask(`/files/${id}${path}`, { method: method! }, bob);
      assert.equal(response.status, 404, `${method} ${id}${path}`);
      answers.add(await response.text());
    }
  }
  assert.equal(answers.size, 1);
  // FI-3: bob's own upload of the same bytes looks like any other.
  const bobs = await upload("his.txt", "only mine", bob);
  assert.equal(bobs.state, "scanning");
  assert.equal((await ask(`/files/${bobs.id}`)).status, 404);
});

Deno.test("FI-8: names that are paths, devices, too long or full of marks form no path and break no header", async () => {
  await using server = await whole();
  const { ask, json, upload, names, stored, checked } = server;
  const kept: [string, string][] = [
    ["../../etc/passwd", "passwd"],
    ["..\\..\\windows\\win.ini", "win.ini"],
    ["/etc/shadow", "shadow"],
    ["C:\\NUL", "NUL"],
    ["CON", "CON"],
    ["two\r\nX-Evil: yes", "twoX-Evil: yes"],
    ['quote".txt', 'quote".txt'],
    ["كتاب\u200f.txt", "كتاب\u200f.txt"],
    [".htaccess", ".htaccess"],
    ["🐟".repeat(63), "🐟".repeat(63)],
  ];
  for (const [sent, name] of kept) {
    const file = await upload(sent, sent);
    assert.equal(file.name, name);
    await checked(file.id, "clean");
    const response = await ask(`/files/${file.id}/content/${encodeURIComponent(sent)}`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("x-evil"), null);
    assert.equal(await response.text(), sent);
  }
  for (const name of ["a".repeat(4096), "🐟".repeat(64), "", "..", "../..", "\r\n", "a/"]) {
    const answer = await ask(`/files?name=${encodeURIComponent(name)}`, { method: "POST", body: "x" });
    if (name === "a/") {
      assert.equal((await json(answer)).body.file.name, "a");
      continue;
    }
    const { status, body } = await json(answer);
    assert.equal(status, 400, name);
    assert.equal(body.kind, "invalid_params");
    assert.ok(body.fields.name.length > 0);
  }
  assert.equal((await names()).length, kept.length + 1);
  for (const path of await stored()) assert.match(path, /^storage\/files\/[0-9a-f]{2}\/[0-9a-f]{64}$/);
});

Deno.test("FI-1: what breaks off, is too long or is no file leaves nothing behind", async () => {
  await using server = await whole({ BEHEST_UPLOAD_MAX_BYTES: "1000000", BEHEST_QUOTA_BYTES: "1500000" });
  const { ask, json, app, ann, names, stored, upload } = server;
  const breaking: [string, Record<string, string>, Uint8Array][] = [
    ["?name=a", { "content-length": "1000" }, new Uint8Array(500)],
    ["", { "content-length": "1000", "content-type": formType }, formOf([filePart("x".repeat(500))], "")],
    ["?name=a", { "transfer-encoding": "chunked" }, joined(["3\r\nabc\r\n"])],
  ];
  for (const [query, headers, bytes] of breaking) {
    const client = await RawHttp.open(app.port);
    await client.head("POST", `/api/v1/files${query}`, { ...ann.headers, ...headers });
    await client.send(bytes);
    await until(async () => (await stored()).length === 1, "the upload to begin");
    client[Symbol.dispose]();
    await until(async () => (await stored()).length === 0, "the upload to be given up");
  }

  const long = joined(Array.from({ length: 20 }, () => new Uint8Array(60_000).fill(1)));
  const endless = () =>
    new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(50_000)) });
  const tooLarge: [string, RequestInit][] = [
    ["?name=a", { body: long }],
    ["?name=a", { body: endless() }],
    ["", { body: formOf([filePart(long)]), headers: { "content-type": formType } }],
    ["", {
      body: formOf([filePart(long.slice(0, 999_999)), filePart("y")]),
      headers: { "content-type": formType },
    }],
  ];
  for (const [place, [query, init]] of tooLarge.entries()) {
    const { status, body } = await json(await ask(`/files${query}`, { method: "POST", ...init }));
    assert.deepEqual(
      [status, body.kind],
      place === 3 ? [400, "invalid_params"] : [413, "too_large"],
      String(place),
    );
  }
  const noFile = formOf([], `--${boundary}--\r\n`);
  const empty = await json(
    await ask("/files", { method: "POST", body: noFile, headers: { "content-type": formType } }),
  );
  assert.equal(empty.status, 400);
  assert.deepEqual(await stored(), []);
  assert.deepEqual(await names(), []);

  await upload("first", long.slice(0, 1_000_000));
  const full = await json(await ask("/files?name=b", { method: "POST", body: long.slice(0, 600_000) }));
  assert.deepEqual([full.status, full.body.kind], [413, "too_large"]);
  assert.equal((await stored()).length, 1);
  await upload("small enough", long.slice(0, 400_000));
});

Deno.test("FI-4, FI-5: markup and pictures that are markup too run nowhere", async () => {
  await using server = await whole();
  const { ask, upload, checked } = server;
  const script = "<script>alert(document.cookie)</script>";
  const gif = joined(["GIF89a", new Uint8Array([1, 0, 1, 0, 0, 0, 0]), `/*${script}*/`]);
  const files: [string, BodyInit, string, "inline" | "attachment"][] = [
    [
      "a.png",
      `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`,
      "application/octet-stream",
      "attachment",
    ],
    ["b.jpg", `<!doctype html>${script}`, "application/octet-stream", "attachment"],
    ["c.html", gif, "image/gif", "inline"],
    ["d.gif", "%PDF-1.7\n1 0 obj\n<< /JS (app.alert(1)) >>", "application/octet-stream", "attachment"],
    [
      "e.xml",
      `<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><x/>`,
      "application/octet-stream",
      "attachment",
    ],
    ["empty.html", "", "application/octet-stream", "attachment"],
  ];
  for (const [name, bytes, type, how] of files) {
    const file = await upload(name, bytes);
    await checked(file.id, "clean");
    const { headers, status } = await ask(`/files/${file.id}/content/${name}`).then(async (response) => {
      await response.body?.cancel();
      return response;
    });
    assert.equal(status, 200);
    assert.equal(headers.get("content-type"), type, name);
    assert.match(headers.get("content-disposition") ?? "", new RegExp(`^${how};`), name);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(headers.get("content-security-policy") ?? "", /^sandbox; default-src 'none'/);
  }
});

/** In two parts, so that no scanner takes this source for it. */
const eicar = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}` + "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

Deno.test("FI-5, SC-4: a rejected file gives no byte, and the same bytes are refused at once from then on", async () => {
  await using server = await whole();
  const { ask, json, bob, upload, checked } = server;
  const file = await upload("good.txt", eicar);
  await checked(file.id, "rejected");
  const content = await json(await ask(`/files/${file.id}/content`));
  assert.deepEqual([content.status, content.body.kind], [409, "not_clean"]);
  for (const who of [server.ann, bob]) {
    const again = await json(await ask("/files?name=other.txt", { method: "POST", body: eicar }, who));
    assert.deepEqual([again.status, again.body.kind], [409, "not_clean"]);
    const begun = await json(
      await ask("/uploads", {
        method: "POST",
        body: eicar,
        headers: {
          "tus-resumable": "1.0.0",
          "upload-length": String(eicar.length),
          "upload-metadata": "filename eA==",
          "content-type": "application/offset+octet-stream",
        },
      }, who),
    );
    assert.deepEqual([begun.status, begun.body.kind], [409, "not_clean"]);
  }
});

Deno.test("FI-2: the npm client's upload survives a line that breaks in the middle of a part", async () => {
  await using server = await whole();
  const { app, ann, ask, checked, stored } = server;
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, place) => (place * 31) % 251);
  const tus = { ...ann.headers, "tus-resumable": "1.0.0" };
  const begun = await ask("/uploads", {
    method: "POST",
    headers: {
      ...tus,
      "upload-length": String(bytes.length),
      "upload-metadata": `filename ${btoa("film.bin")}`,
    },
  });
  assert.equal(begun.status, 201);
  const path = begun.headers.get("location")!;

  const broken = await RawHttp.open(app.port);
  await broken.head("PATCH", path, {
    ...tus,
    "content-type": "application/offset+octet-stream",
    "upload-offset": "0",
    "content-length": String(bytes.length),
  });
  await broken.send(bytes.slice(0, 1_000_000));
  const head = async () => {
    const response = await fetch(app.origin + path, { method: "HEAD", headers: tus });
    return Number(response.headers.get("upload-offset"));
  };
  await until(async () => await head() === 1_000_000, "the part to be safe");
  broken[Symbol.dispose]();

  const methods: string[] = [];
  const fileId = await new Promise<string | undefined>((resolve, reject) =>
    new Upload(Buffer.from(bytes), {
      uploadUrl: app.origin + path,
      headers: ann.headers,
      chunkSize: 700_000,
      retryDelays: [0, 10, 50, 200],
      onBeforeRequest: (request) => void methods.push(request.getMethod()),
      onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader("behest-file-id")),
      onError: reject,
    }).start()
  );
  assert.deepEqual(methods, ["HEAD", "PATCH", "PATCH", "PATCH"]);
  await checked(fileId!, "clean");
  const content = await ask(`/files/${fileId}/content`);
  assert.deepEqual(new Uint8Array(await content.arrayBuffer()), bytes);
  assert.equal((await stored()).length, 1);
});

Deno.test("FI-2: a part with the wrong checksum leaves the upload where it was; one that is ended leaves nothing", async () => {
  await using server = await whole();
  const { ask, stored } = server;
  const tus = { "tus-resumable": "1.0.0", "content-type": "application/offset+octet-stream" };
  const begun = await ask("/uploads", {
    method: "POST",
    headers: { ...tus, "upload-length": "6", "upload-metadata": "filename eA==" },
    body: "abc",
  });
  assert.equal(begun.headers.get("upload-offset"), "3");
  const path = begun.headers.get("location")!.slice("/api/v1".length);
  const wrong = await ask(path, {
    method: "PATCH",
    headers: { ...tus, "upload-offset": "3", "upload-checksum": `sha1 ${btoa("x".repeat(20))}` },
    body: "def",
  });
  assert.equal(wrong.status, 460);
  await wrong.body?.cancel();
  assert.equal((await ask(path, { method: "HEAD", headers: tus })).headers.get("upload-offset"), "3");
  assert.equal((await stored()).length, 1);
  assert.equal((await ask(path, { method: "DELETE", headers: tus })).status, 204);
  assert.equal((await ask(path, { method: "HEAD", headers: tus })).status, 404);
  assert.deepEqual(await stored(), []);
});
