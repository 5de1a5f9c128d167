import assert from "node:assert/strict";
import type { FileObject } from "../../lib/protocol/mod.ts";
import { smallFileSystem } from "../fakes/blob_stores.ts";
import { FakeClock } from "../fakes/clock.ts";
import { person } from "../fakes/open_services.ts";
import { until } from "../fakes/until.ts";
import { type WholePerson, WholeServer } from "../fakes/whole_server.ts";

const mib = 2 ** 20;
/** 64 MiB of it are what uploads leave free. */
const diskBytes = 112 * mib;

/** So many bytes, as they are asked for. */
function zeros(sizeBytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let leftBytes = sizeBytes;
  return new ReadableStream({
    pull(controller) {
      const bytes = Math.min(leftBytes, 256 * 1024);
      leftBytes -= bytes;
      if (bytes > 0) controller.enqueue(new Uint8Array(bytes));
      else controller.close();
    },
  });
}

Deno.test("FI-1, FI-2, FI-7: on a full disk uploads are refused and leave nothing, all else goes on, and room helps", async () => {
  await using disk = await smallFileSystem(diskBytes);
  const env = { BEHEST_KV: `${disk.root}/kv.sqlite3` };
  await using server = await WholeServer.start(env, {}, disk.root);
  const [ann, bob] = [await server.person("demo-ann"), await server.person("demo-bob")];
  const send = (who: WholePerson, sizeBytes: number) =>
    server.ask(who, "/files?name=large.bin", { method: "POST", body: zeros(sizeBytes) });
  const assertRefused = ({ status, body }: { status: number; body: Record<string, unknown> }) => {
    assert.deepEqual([status, body["kind"]], [503, "unavailable"], JSON.stringify(body));
    assert.match(String(body["detail"]), /out of space\. Try again later/);
  };
  const goesOn = async (which: string) => {
    // A login writes too.
    const { caller } = await person(server.open, "demo-ann");
    const sent = await server.open.services.commands.send(caller, {
      key: which,
      audience: { kind: "user", to: ["demo-bob"] },
      kind: "message",
      title: which,
    });
    assert.ok("command" in sent, which);
  };

  // One that is too large for what is left, alone and beside others.
  assertRefused(await send(ann, 60 * mib));
  assert.deepEqual(await server.stored(), []);
  for (const answer of await Promise.all([send(ann, 60 * mib), send(bob, 60 * mib), send(bob, 60 * mib)])) {
    assertRefused(answer);
  }
  assert.deepEqual(await server.stored(), []);

  // One that waits to be gone on with takes the room.
  const tus = { "tus-resumable": "1.0.0" };
  const begun = await server.ask(ann, "/uploads", {
    method: "POST",
    headers: { ...tus, "upload-length": String(90 * mib), "upload-metadata": "filename eA==" },
  });
  assert.equal(begun.status, 201);
  const place = begun.headers.get("location")!.slice("/api/v1".length);
  const part = (offset: number, sizeBytes: number) =>
    server.ask(ann, place, {
      method: "PATCH",
      headers: { ...tus, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
      body: zeros(sizeBytes),
    });
  assert.equal((await part(0, 40 * mib)).headers.get("upload-offset"), String(40 * mib));
  assertRefused(await part(40 * mib, 40 * mib));
  await goesOn("with a full disk");
  assertRefused(await send(bob, 20 * mib));
  const head = await server.fetch(ann, place, { method: "HEAD", headers: tus });
  const offset = Number(head.headers.get("upload-offset"));
  assert.ok(offset >= 40 * mib && offset < 60 * mib, `what was safe is safe: ${offset}`);
  assert.equal((await server.stored()).length, 1);

  // With room again it works again.
  assert.equal((await server.fetch(ann, place, { method: "DELETE", headers: tus })).status, 204);
  const { status, body } = await send(bob, 20 * mib);
  assert.equal(status, 201, JSON.stringify(body));
  const { file } = body as unknown as { file: FileObject };
  await until(async () => await server.state(bob, file.id) === "clean", "its scan");
  await goesOn("with room again");
});

Deno.test("FI-1, FI-2: over the quota every way in is refused in the same words, with nothing left; removing makes room", async () => {
  const clock = new FakeClock();
  await using server = await WholeServer.start({ BEHEST_QUOTA_BYTES: String(mib) }, { clock });
  const [ann, bob] = [await server.person("ann"), await server.person("bob")];
  const first = await server.upload(ann, "most.bin", new Uint8Array(mib - 100));
  const before = await server.stored();
  const tus = {
    "tus-resumable": "1.0.0",
    "upload-length": "101",
    "upload-metadata": "filename eA==",
  };
  const form = new FormData();
  form.append("file", new File([new Uint8Array(101)], "a.bin"));
  const more: Record<string, [string, RequestInit]> = {
    "raw": ["/files?name=a.bin", { method: "POST", body: new Uint8Array(101) }],
    "raw, of no said length": ["/files?name=a.bin", { method: "POST", body: zeros(101) }],
    "the same bytes again": ["/files?name=a.bin", { method: "POST", body: new Uint8Array(mib - 100) }],
    "a form": ["/files", { method: "POST", body: form }],
    "begun": ["/uploads", { method: "POST", headers: tus }],
  };
  for (const [what, [path, init]] of Object.entries(more)) {
    const { status, body } = await server.ask(ann, path, init);
    assert.deepEqual([status, body["kind"]], [413, "too_large"], what);
    assert.match(String(body["detail"]), /100 are left\. Delete files/, what);
  }
  assert.deepEqual(await server.stored(), before);
  // Another's quota is another's.
  await server.upload(bob, "his.bin", new Uint8Array(1000));
  assert.equal((await server.fetch(ann, `/files/${first.id}`, { method: "DELETE" })).status, 204);
  await server.upload(ann, "now.bin", new Uint8Array(101));
});
