import assert from "node:assert/strict";
import { type FileObject, limits } from "../../lib/protocol/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { boundary, filePart, formOf, formType } from "../fakes/form_bodies.ts";
import { person } from "../fakes/open_services.ts";
import { RawHttp } from "../fakes/raw_http.ts";
import { until } from "../fakes/until.ts";
import { type WholePerson, WholeServer } from "../fakes/whole_server.ts";

const mib = 2 ** 20;
const tus = { "tus-resumable": "1.0.0" };
const partType = { "content-type": "application/offset+octet-stream" };

async function begin(server: WholeServer, who: WholePerson, sizeBytes: number): Promise<string> {
  const headers = { ...tus, "upload-length": String(sizeBytes), "upload-metadata": "filename eA==" };
  const { status, headers: answered } = await server.ask(who, "/uploads", { method: "POST", headers });
  assert.equal(status, 201);
  return answered.get("location")!;
}

/** An upload on the wire that has begun and waits for its second half. */
async function half(server: WholeServer, who: WholePerson, how: "raw" | "resumable"): Promise<RawHttp> {
  const [method, path, headers] = how === "raw"
    ? ["POST", "/api/v1/files?name=half.txt", {}]
    : ["PATCH", await begin(server, who, 10), { ...tus, ...partType, "upload-offset": "0" }];
  const wire = await RawHttp.open(server.port);
  await wire.head(method, path, { ...who.headers, ...headers, "content-length": "10" });
  await wire.send(new TextEncoder().encode("01234"));
  await until(async () => (await server.stored()).length > 0, "the upload to begin");
  return wire;
}

Deno.test("FI-2, FI-5: somebody else's upload is not there, whatever is asked of it", async () => {
  await using server = await WholeServer.start();
  const [ann, bob] = [await server.person("ann"), await server.person("bob")];
  const place = (await begin(server, ann, 10)).slice("/api/v1".length);
  const answers = new Set<string>();
  for (const path of [place, "/uploads/01JGFJJZ00000000000000000X", "/uploads/..%2F..%2Fkv.sqlite3"]) {
    const asked: RequestInit[] = [
      { method: "HEAD", headers: tus },
      { method: "PATCH", headers: { ...tus, ...partType, "upload-offset": "0" }, body: "0123456789" },
      { method: "DELETE", headers: tus },
      { method: "POST", headers: { ...tus, "x-http-method-override": "DELETE" } },
    ];
    for (const init of asked) {
      const response = await server.fetch(bob, path, init);
      assert.equal(response.status, 404, `${init.method} ${path}`);
      if (init.method !== "HEAD") answers.add(await response.text());
      assert.equal(response.headers.get("upload-offset"), null);
    }
  }
  assert.equal(answers.size, 1);
  const head = await server.fetch(ann, place, { method: "HEAD", headers: tus });
  assert.deepEqual([head.status, head.headers.get("upload-offset")], [200, "0"]);
});

Deno.test("SC-5, AU-3, AU-9: whose account ends or is suspended adds nothing with an upload that was under way", async () => {
  await using server = await WholeServer.start();
  const ada = await server.admin();
  for (const how of ["raw", "resumable"] as const) {
    const who = await server.person(`member-${how}`);
    using wire = await half(server, who, how);
    const suspended = await server.post(ada, `/admin/users/${who.name}/sanctions`, {
      kind: "suspend",
      reason: "a look at it",
    });
    assert.equal(suspended.status, 201, JSON.stringify(suspended.body));
    await wire.send(new TextEncoder().encode("56789"));
    const { status, body } = await wire.answer();
    assert.deepEqual([status, JSON.parse(body).kind], [403, "forbidden"], how);
    assert.deepEqual(await server.stored(), []);
    assert.ok([401, 403].includes((await server.ask(who, "/files")).status));
  }
});

Deno.test("FI-7: what is deleted while somebody reads it comes whole to them, and to nobody after", async () => {
  await using server = await WholeServer.start();
  const ann = await server.person("ann");
  const bytes = new Uint8Array(24 * mib).map((_, at) => at % 251);
  const file = await server.upload(ann, "large.bin", bytes);
  await until(async () => await server.state(ann, file.id) === "clean", "its scan");
  const response = await server.fetch(ann, `/files/${file.id}/content`);
  const reader = response.body!.getReader();
  const chunks = [(await reader.read()).value!];
  assert.equal((await server.fetch(ann, `/files/${file.id}`, { method: "DELETE" })).status, 204);
  await server.open.runDueJobs();
  assert.deepEqual(await server.stored(), []);
  assert.equal((await server.fetch(ann, `/files/${file.id}/content`)).status, 404);
  for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
  assert.deepEqual(await new Blob(chunks).bytes(), bytes);
});

Deno.test("FI-5, CM-6: a cancelled command gives its files to nobody any more", async () => {
  await using server = await WholeServer.start();
  const [ann, bob] = [await server.person("demo-ann"), await server.person("demo-bob")];
  const { caller } = await person(server.open, "demo-ann");
  const file = await server.upload(ann, "plan.txt", "the plan");
  await until(async () => await server.state(ann, file.id) === "clean", "its scan");
  const sent = await server.open.services.commands.send(caller, {
    key: "k",
    audience: { kind: "user", to: ["demo-bob"] },
    kind: "media",
    title: "look",
    attachments: [file.id],
  });
  assert.ok("command" in sent);
  assert.equal(await (await server.fetch(bob, `/files/${file.id}/content`)).text(), "the plan");
  await server.open.services.commands.cancel(caller, { id: sent.command.id });
  const after = await server.ask(bob, `/files/${file.id}/content`);
  assert.deepEqual([after.status, after.body["kind"]], [404, "not_found"]);
  assert.equal((await server.ask(bob, `/files/${file.id}`)).status, 404);
});

Deno.test("FI-1: whoever sends nothing is let go after a minute, in a form too, and keeps nobody's place", async () => {
  const clock = new FakeClock();
  await using server = await WholeServer.start({}, { clock });
  const ann = await server.person("ann");
  const form = new TextDecoder("latin1").decode(formOf([filePart("x".repeat(1000))]));
  const starts: Record<string, [headers: Record<string, string>, path: string, body: string]> = {
    "a form of which nothing comes": [{ "content-type": formType }, "/api/v1/files", ""],
    "a form that stops in its head": [
      { "content-type": formType },
      "/api/v1/files",
      `--${boundary}\r\nContent`,
    ],
    "a form that stops in its file": [{ "content-type": formType }, "/api/v1/files", form.slice(0, 500)],
    "bytes that stop": [{}, "/api/v1/files?name=a.txt", "abc"],
  };
  for (const [what, [headers, path, body]] of Object.entries(starts)) {
    using wire = await RawHttp.open(server.port);
    await wire.head("POST", path, { ...ann.headers, ...headers, "content-length": "2000" });
    await wire.send(new TextEncoder().encode(body));
    let answered = false;
    const answer = wire.answer().finally(() => answered = true);
    const begunMs = clock.now();
    await until(() => (clock.advance(500), answered), `an answer to ${what}`);
    const { status, body: said } = await answer;
    assert.equal(status, 400, what);
    assert.match(said, /60 seconds/, what);
    assert.ok(clock.now() - begunMs >= limits.uploadStallMs, what);
  }
  assert.deepEqual(await server.stored(), []);
});

Deno.test("FI-1, FI-2: one person's many slow uploads are bounded, and take nobody else's place", async () => {
  await using server = await WholeServer.start();
  const [ann, bob] = [await server.person("ann"), await server.person("bob")];
  const places = await Promise.all(
    Array.from({ length: limits.uploadsOpen - 2 }, () => begin(server, ann, 1000)),
  );
  using _first = await half(server, ann, "raw");
  using _second = await half(server, ann, "raw");
  await until(async () => (await server.stored()).length === limits.uploadsOpen, "all of them");
  const over = [
    await server.ask(ann, "/files?name=a.txt", { method: "POST", body: "one more" }),
    await server.ask(ann, "/uploads", {
      method: "POST",
      headers: { ...tus, "upload-length": "1", "upload-metadata": "filename eA==" },
    }),
  ];
  for (const { status, body } of over) assert.deepEqual([status, body["kind"]], [429, "rate_limited"]);
  await server.upload(bob, "his.txt", "not in anybody's way");
  const first = places[0]!.slice("/api/v1".length);
  assert.equal((await server.fetch(ann, first, { method: "DELETE", headers: tus })).status, 204);
  const { file } = (await server.ask<{ file: FileObject }>(ann, "/files?name=b.txt", {
    method: "POST",
    body: "there is a place again",
  })).body;
  assert.equal(file.name, "b.txt");
});
