import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { frameBytes, headerBytes, tagBytes } from "../../lib/adapters/evidence/sealed_format.ts";
import { SealedFiles } from "../../lib/adapters/evidence/store.ts";
import { EvidenceProblem } from "../../lib/scanning/mod.ts";
import { seededRandom } from "../fakes/random.ts";

const id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const otherId = "01ARZ3NDEKTSV4RRFFQ69G5FAW";

/** A directory with an evidence store in it; gone when disposed. */
async function rig() {
  const root = await Deno.makeTempDir({ prefix: "behest-test-" });
  const dir = `${root}/evidence`;
  const keyFile = `${root}/keys/evidence.key`;
  return {
    root,
    dir,
    keyFile,
    store: new SealedFiles({ dir, keyFile }),
    path: (name: string) => `${dir}/${name}`,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

function generated(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  return seededRandom(seed).bytes(length);
}

function whatOf(bytes: Uint8Array): { sha256: string; sizeBytes: number } {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.length };
}

/** In pieces that fit no frame. */
function streamOf(bytes: Uint8Array<ArrayBuffer>, piece = 70_001): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at += piece));
    },
  });
}

async function readAll(stream: ReadableStream<Uint8Array<ArrayBuffer>> | null): Promise<Uint8Array> {
  assert.ok(stream !== null, "there is something to read");
  return await new Response(stream).bytes();
}

async function names(dir: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(dir)) found.push(name);
  return found.sort();
}

const sizes = [0, 1, frameBytes - 1, frameBytes, frameBytes + 1, 3 * frameBytes, 3 * frameBytes + 17];
for (const size of sizes) {
  Deno.test(`SC-5: ${size} bytes are sealed, verified and come back as they were`, async () => {
    await using at = await rig();
    const bytes = generated(size);
    await at.store.seal(id, streamOf(bytes), whatOf(bytes));
    assert.equal(await at.store.verify(id, whatOf(bytes)), true);
    assert.deepEqual(await readAll(await at.store.open(id)), new Uint8Array(bytes));
    assert.deepEqual(await names(at.dir), [id], "nothing is left aside");
  });
}

Deno.test("SC-5: what lies in the evidence store is encrypted, and only its owner can read file and key", async () => {
  await using at = await rig();
  const bytes = new TextEncoder().encode("generated and harmless, ".repeat(10_000));
  await at.store.seal(id, streamOf(bytes), whatOf(bytes));
  await at.store.seal(otherId, streamOf(bytes), whatOf(bytes));
  const [one, other] = [await Deno.readFile(at.path(id)), await Deno.readFile(at.path(otherId))];
  assert.ok(!new TextDecoder("latin1").decode(one).includes("harmless"));
  assert.notDeepEqual(
    one.slice(headerBytes),
    other.slice(headerBytes),
    "the same bytes are not seen to be the same",
  );
  for (const path of [at.path(id), at.keyFile]) {
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600, path);
  }
  assert.equal((await Deno.stat(at.dir)).mode! & 0o777, 0o700);
  assert.equal((await Deno.readFile(at.keyFile)).length, 32);
});

const tamperings: [what: string, change: (sealed: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>][] = [
  ["a bit of the first frame", (s) => flipped(s, headerBytes + 5)],
  ["a bit of the last tag", (s) => flipped(s, s.length - 1)],
  ["the salt", (s) => flipped(s, 20)],
  ["the hash in the header", (s) => flipped(s, 50)],
  ["the version", (s) => flipped(s, 7)],
  ["the size in the header", (s) => flipped(s, headerBytes - 1)],
  ["the last frame cut off", (s) => s.slice(0, -(17 + tagBytes))],
  ["the last byte cut off", (s) => s.slice(0, -1)],
  ["all but the header cut off", (s) => s.slice(0, headerBytes)],
  ["the header cut off", (s) => s.slice(0, 10)],
  ["nothing left", () => new Uint8Array()],
  ["a byte more", (s) => new Uint8Array([...s, 0])],
  ["two frames in each other's place", swapped],
  ["a frame twice", twice],
];
for (const [what, change] of tamperings) {
  Deno.test(`SC-5: evidence with ${what} changed is not taken for good`, async () => {
    await using at = await rig();
    const bytes = generated(2 * frameBytes + 17);
    await at.store.seal(id, streamOf(bytes), whatOf(bytes));
    await Deno.writeFile(at.path(id), change(await Deno.readFile(at.path(id))));
    await assert.rejects(at.store.verify(id, whatOf(bytes)), EvidenceProblem);
    await assert.rejects(async () => await readAll(await at.store.open(id)), EvidenceProblem);
  });
}

function flipped(bytes: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
  const changed = bytes.slice();
  changed[at] = changed[at]! ^ 1;
  return changed;
}

function framesOf(sealed: Uint8Array<ArrayBuffer>): [Uint8Array, Uint8Array, Uint8Array, Uint8Array] {
  const length = frameBytes + tagBytes;
  const frame = (number: number) =>
    sealed.slice(headerBytes + number * length, headerBytes + (number + 1) * length);
  return [sealed.slice(0, headerBytes), frame(0), frame(1), sealed.slice(headerBytes + 2 * length)];
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function swapped(sealed: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const [header, first, second, last] = framesOf(sealed);
  return joined(header, second, first, last);
}

function twice(sealed: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const [header, first, , last] = framesOf(sealed);
  return joined(header, first, first, last);
}

Deno.test("SC-5: evidence under another incident's id, or of other bytes, is not taken for good", async () => {
  await using at = await rig();
  const [bytes, others] = [generated(1000), generated(1000, 2)];
  await at.store.seal(id, streamOf(bytes), whatOf(bytes));
  await Deno.copyFile(at.path(id), at.path(otherId));
  await assert.rejects(at.store.verify(otherId, whatOf(bytes)), EvidenceProblem);
  await assert.rejects(at.store.verify(id, whatOf(others)), /other bytes/);
});

Deno.test("SC-5: another key, a lost key and a wrong key are told apart, and no new key hides a lost one", async () => {
  await using at = await rig();
  const bytes = generated(1000);
  await at.store.seal(id, streamOf(bytes), whatOf(bytes));
  const key = await Deno.readFile(at.keyFile);
  await Deno.writeFile(at.keyFile, new Uint8Array(32).fill(9));
  await assert.rejects(at.store.open(id), /sealed with another key/);
  await Deno.remove(at.keyFile);
  await assert.rejects(at.store.open(id), /no key at .*restore it/);
  await assert.rejects(at.store.seal(otherId, streamOf(bytes), whatOf(bytes)), /no key at .*restore it/);
  await assert.rejects(Deno.stat(at.keyFile), Deno.errors.NotFound);
  await Deno.writeFile(at.keyFile, new Uint8Array(5));
  await assert.rejects(at.store.open(id), /does not hold 32 bytes/);
  await Deno.writeFile(at.keyFile, key);
  assert.deepEqual(await readAll(await at.store.open(id)), new Uint8Array(bytes));
});

Deno.test("SC-5: what is sealed at once for the first time is sealed with one key", async () => {
  await using at = await rig();
  const others = new SealedFiles({ dir: at.dir, keyFile: at.keyFile });
  const bytes = generated(1000);
  const ids = Array.from({ length: 8 }, (_, number) => `01ARZ3NDEKTSV4RRFFQ69G5FA${number}`);
  await Promise.all(
    ids.map((each, number) =>
      (number % 2 === 0 ? at.store : others).seal(each, streamOf(bytes), whatOf(bytes))
    ),
  );
  for (const each of ids) assert.equal(await others.verify(each, whatOf(bytes)), true);
  assert.deepEqual(await names(at.keyFile.slice(0, at.keyFile.lastIndexOf("/"))), ["evidence.key"]);
});

Deno.test("SC-5: bytes that are not those of the incident are not sealed, and nothing stays aside", async () => {
  await using at = await rig();
  const bytes = generated(2 * frameBytes);
  const what = whatOf(bytes);
  const wrong: [string, Uint8Array<ArrayBuffer>][] = [
    ["others", generated(2 * frameBytes, 2)],
    ["too few", bytes.slice(0, -1)],
    ["too many", joined(bytes, new Uint8Array(1))],
    ["none", new Uint8Array()],
  ];
  for (const [name, plain] of wrong) {
    await assert.rejects(at.store.seal(id, streamOf(plain), what), /not those of the incident/, name);
    assert.deepEqual(await names(at.dir), [], name);
  }
  assert.equal(await at.store.verify(id, what), false);
  assert.equal(await at.store.open(id), null);
});

Deno.test("SC-5: a stream that breaks off leaves nothing, and what a dead process left aside is removed", async () => {
  await using at = await rig();
  const bytes = generated(3 * frameBytes);
  let pulled = 0;
  const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (pulled++ === 2) controller.error(new Error("the disk is gone"));
      else controller.enqueue(bytes.slice(0, frameBytes));
    },
  });
  await assert.rejects(at.store.seal(id, broken, whatOf(bytes)), /the disk is gone/);
  assert.deepEqual(await names(at.dir), []);
  await Deno.writeFile(at.path(`${id}.1234.part`), bytes.slice(0, 100));
  await Deno.writeFile(at.path(`${otherId}.1234.part`), bytes.slice(0, 100));
  await at.store.seal(id, streamOf(bytes), whatOf(bytes));
  assert.deepEqual(await names(at.dir), [id, `${otherId}.1234.part`]);
  await at.store.destroy(otherId);
  await at.store.destroy(id);
  await at.store.destroy(id);
  assert.deepEqual(await names(at.dir), []);
});

Deno.test("SC-5: an id that is none forms no path", async () => {
  await using at = await rig();
  for (const wrong of ["../../etc/passwd", "", "a/b", `${id}/..`, `${id}.part`]) {
    await assert.rejects(at.store.open(wrong), /26 letters and digits/, wrong);
    await assert.rejects(
      at.store.seal(wrong, streamOf(new Uint8Array()), whatOf(new Uint8Array())),
      /26 letters/,
    );
  }
});

Deno.test({
  name: "SC-5: a reader that goes away, evidence that is broken and a wrong key leave no file open",
  sanitizeResources: true,
  async fn() {
    await using at = await rig();
    const bytes = generated(3 * frameBytes);
    await at.store.seal(id, streamOf(bytes), whatOf(bytes));
    await (await at.store.open(id))!.cancel();
    const reader = (await at.store.open(id))!.getReader();
    await reader.read();
    await reader.cancel();
    await assert.rejects(at.store.verify(id, whatOf(generated(1))), EvidenceProblem);
    await Deno.writeFile(at.path(otherId), flipped(await Deno.readFile(at.path(id)), headerBytes + 5));
    await assert.rejects(at.store.verify(otherId, whatOf(bytes)), EvidenceProblem);
    await Deno.writeFile(at.keyFile, new Uint8Array(32));
    await assert.rejects(at.store.open(id), EvidenceProblem);
  },
});

Deno.test("SC-5: sealing and reading hold a few MiB in memory, whatever the size", async () => {
  await using at = await rig();
  const frame = generated(frameBytes);
  const frames = 96;
  const hash = createHash("sha256");
  for (let count = 0; count < frames; count++) hash.update(frame);
  const what = { sha256: hash.digest("hex"), sizeBytes: frames * frameBytes };
  let [left, ahead] = [frames, 0];
  const plain = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      ahead++;
      if (left-- === 0) controller.close();
      else controller.enqueue(frame);
    },
  }, { highWaterMark: 0 });
  await at.store.seal(id, plain, what);
  assert.equal(ahead, frames + 1);
  let largest = 0;
  for await (const chunk of (await at.store.open(id))!) largest = Math.max(largest, chunk.length);
  assert.equal(largest, frameBytes);
});
