import assert from "node:assert/strict";
import type { FileObject } from "../../lib/protocol/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { ScriptedCsamMatcher, ScriptedVirusScanner } from "../fakes/scanners.ts";
import { until } from "../fakes/until.ts";
import { blobPath, type WholePerson, WholeServer } from "../fakes/whole_server.ts";

/** Scans take this long by the clock of the server. */
const scanMs = 700;

async function rigOf(verdict: "clean" | "incomplete" = "clean") {
  const clock = new FakeClock();
  const virus = new ScriptedVirusScanner(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    clock.after(scanMs, resolve);
    await promise;
    return verdict;
  });
  const csam = new ScriptedCsamMatcher();
  const server = await WholeServer.start({}, { clock, scanners: { virus, csam } });
  return { clock, virus, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** The ways in, each with the id of the file that came of it. */
const ways: readonly ((
  server: WholeServer,
  who: WholePerson,
  name: string,
  text: string,
) => Promise<string>)[] = [
  async (server, who, name, text) => (await server.upload(who, name, text)).id,
  async (server, who, name, text) => {
    const body = new FormData();
    body.append("file", new File([text], name));
    const sent = await server.ask<{ file: FileObject }>(who, "/files", { method: "POST", body });
    assert.equal(sent.status, 201);
    return sent.body.file.id;
  },
  async (server, who, name, text) => {
    const headers = {
      "tus-resumable": "1.0.0",
      "upload-length": String(text.length),
      "upload-metadata": `filename ${btoa(name)}`,
      "content-type": "application/offset+octet-stream",
    };
    const sent = await server.ask(who, "/uploads", { method: "POST", headers, body: text });
    assert.equal(sent.status, 201);
    return sent.headers.get("behest-file-id") ?? "";
  },
];

Deno.test("FI-3, SC-1: a hundred uploads of the same bytes at once, in every way, are one blob, a hundred names and one scan", async () => {
  await using rig = await rigOf();
  const { server, clock, virus } = rig;
  const people = await Promise.all(Array.from({ length: 10 }, (_, at) => server.person(`person-${at}`)));
  const uploads = people.flatMap((who, person) =>
    Array.from({ length: 10 }, (_, at) => ({ who, name: `${person}-${at}.txt`, way: ways[at % 3]! }))
  );
  const ids = await Promise.all(
    uploads.map(({ who, name, way }) => way(server, who, name, "the same for all")),
  );
  assert.equal(new Set(ids).size, 100);
  await until(() => virus.looking.size === 1, "the scan");
  clock.advance(scanMs);
  for (const [at, id] of ids.entries()) {
    const { who } = uploads[at]!;
    await until(async () => await server.state(who, id) === "clean", "a clean file");
  }
  assert.equal(virus.asked.length, 1);
  const names: string[] = [];
  for (const [at, who] of people.entries()) {
    const { files } = (await server.ask<{ files: FileObject[] }>(who, "/files")).body;
    assert.deepEqual(files.map(({ name }) => name.split("-")[0]), Array(10).fill(String(at)));
    names.push(...files.map(({ name }) => name));
    assert.equal(new Set(files.map(({ sha256 }) => sha256)).size, 1);
  }
  assert.equal(new Set(names).size, 100);
  const { sha256 } = (await server.ask<{ file: FileObject }>(people[0]!, `/files/${ids[0]}`)).body.file;
  assert.deepEqual(await server.stored(), [blobPath(sha256)]);
  // All but one go; that one is still there.
  for (const [at, id] of ids.entries()) {
    if (at > 0) await server.fetch(uploads[at]!.who, `/files/${id}`, { method: "DELETE" });
  }
  await server.open.runDueJobs();
  assert.equal(await (await server.fetch(people[0]!, `/files/${ids[0]}/content`)).text(), "the same for all");
});

/** All that somebody sees of an upload, and when, without what is theirs alone. */
async function transcript(
  { server, clock, virus }: Awaited<ReturnType<typeof rigOf>>,
  who: WholePerson,
  way: number,
  settled: FileObject["state"],
): Promise<unknown[]> {
  const seen: unknown[] = [];
  const told: unknown[] = [];
  const socket = new WebSocket(`${server.origin.replace("http", "ws")}/api/ws?token=${who.token}`);
  const ready = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => {
    const { method, params } = JSON.parse(data);
    if (method === "session.ready") ready.resolve();
    if (method === "file.changed") told.push(without(params.file ?? params));
  };
  await ready.promise;
  const fileId = await ways[way]!(server, who, "mine.txt", "is it there already?");
  if (virus.asked.length === 0 || virus.looking.size > 0) {
    await until(() => virus.looking.size === 1, "the scan");
  }
  for (const ms of [0, 300, scanMs - 301]) {
    clock.advance(ms);
    seen.push(await look(server, who, fileId));
  }
  clock.advance(1);
  await until(async () => await server.state(who, fileId) === settled, settled);
  seen.push(await look(server, who, fileId));
  // The jobs that tell of it are looked for twice a second.
  await until(() => (clock.advance(500), told.length > 0), "the owner to be told");
  clock.advance(5000);
  await server.open.runDueJobs();
  seen.push(await look(server, who, fileId), told);
  socket.close();
  await until(
    () => (clock.advance(100), socket.readyState === WebSocket.CLOSED),
    "the socket to close",
  );
  return seen;
}

async function look(server: WholeServer, who: WholePerson, id: string): Promise<unknown> {
  const looks: unknown[] = [];
  for (const path of [`/files/${id}`, "/files", `/files/${id}/content`]) {
    const response = await server.fetch(who, path);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    const names = [...response.headers.keys()].filter((name) => name !== "content-length").sort();
    looks.push([path.replace(id, "…"), response.status, names, isJson ? without(JSON.parse(text)) : text]);
  }
  return looks;
}

/** Times and ids are each person's own. */
function without(seen: unknown): unknown {
  return JSON.parse(
    JSON.stringify(
      seen,
      (name, value) => ["id", "createdAt", "expiresAt", "instance"].includes(name) ? "…" : value,
    ),
  );
}

for (const [way, name] of ["raw", "as a form", "resumable"].entries()) {
  for (const verdict of ["clean", "incomplete"] as const) {
    Deno.test(`FI-3: sent ${name} and found ${verdict}, whoever comes second sees what the first saw, at the same times`, async () => {
      await using rig = await rigOf(verdict);
      const { server, virus } = rig;
      const [first, second] = [await server.person("first"), await server.person("second")];
      const settled = verdict === "clean" ? "clean" : "held";
      const firsts = await transcript(rig, first, way, settled);
      assert.equal(virus.asked.length, 1);
      const seconds = await transcript(rig, second, way, settled);
      assert.equal(virus.asked.length, 1, "the bytes were known");
      assert.deepEqual(seconds, firsts);
      assert.match(JSON.stringify(firsts), /"state":"scanning".*"state":"(clean|held)"/);
    });
  }
}
