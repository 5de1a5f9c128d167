import assert from "node:assert/strict";
import { DirectorySyncs } from "../../lib/adapters/blobs/directory_syncs.ts";
import { errorOf, saidError } from "../../lib/adapters/blobs/messages.ts";
import { DiskBlobs } from "../../lib/adapters/blobs/mod.ts";
import { startWorker, type Thread } from "../../lib/adapters/blobs/writing_thread.ts";
import { WritingEnded } from "../../lib/files/ports.ts";
import { systemClock } from "../../lib/platform/mod.ts";
import { asideOf, hashOf, keepAll, mebibyte, one, other, pattern, read, utf8 } from "../fakes/blob_stores.ts";

async function withThreads(run: (blobs: DiskBlobs, threads: Thread[]) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "behest-test-" });
  const threads: Thread[] = [];
  try {
    await using blobs = await DiskBlobs.open(root, systemClock, 0, (places) => {
      const thread = startWorker(places);
      threads.push(thread);
      return thread;
    });
    await run(blobs, threads);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const dies = (thread: Thread) =>
  thread.onerror!.call(thread as Worker, new ErrorEvent("error", { message: "it died", cancelable: true }));

Deno.test("FI-2: a writing thread that dies fails what it writes, loses nothing that was synced, and has a successor", async () => {
  await withThreads(async (blobs, threads) => {
    const bytes = pattern(3 * mebibyte, 3);
    const staged = await blobs.stage(one);
    await staged.write(bytes.subarray(0, 300_000));
    await staged.sync();
    const writing = assert.rejects(staged.write(bytes.subarray(300_000)), WritingEnded);
    dies(threads[0]!);
    await writing;
    for (const act of [() => staged.write(utf8("x")), () => staged.sync(), () => staged.finish()]) {
      await assert.rejects(act(), WritingEnded);
    }
    await staged[Symbol.asyncDispose]();
    assert.deepEqual(await read(blobs, await keepAll(blobs, other, utf8("meanwhile"))), utf8("meanwhile"));
    assert.equal(threads.length, 2);
    await using again = (await blobs.reopen(one, 300_000))!;
    await again.write(bytes.subarray(300_000));
    assert.equal((await again.finish()).sha256, hashOf(bytes));
  });
});

Deno.test("FI-2: a call that is under way when the thread dies fails too", async () => {
  await withThreads(async (blobs, threads) => {
    await using staged = await blobs.stage(one);
    await staged.write(utf8("some"));
    const finishing = assert.rejects(staged.finish(), WritingEnded);
    const staging = assert.rejects(blobs.stage(other), WritingEnded);
    dies(threads[0]!);
    await Promise.all([finishing, staging]);
    await assert.rejects(staged.write(utf8("more")), WritingEnded);
  });
});

Deno.test("OP-8: the writing thread starts with the first upload, not with the store", async () => {
  await withThreads(async (blobs, threads) => {
    assert.deepEqual(await asideOf(blobs), []);
    await blobs.unstage(one);
    assert.equal(threads.length, 0);
    await keepAll(blobs, one, utf8("first"));
    await keepAll(blobs, one, utf8("second"));
    assert.equal(threads.length, 1);
  });
});

Deno.test("OP-8: the writing thread has no permission but for the storage", async () => {
  await withThreads(async (blobs, threads) => {
    await keepAll(blobs, one, utf8("works"));
    const [thread] = threads;
    const elsewhere = await Deno.makeTempFile({ prefix: "behest-test-" });
    try {
      const answered = Promise.withResolvers<string>();
      thread!.onmessage = ({ data }) => answered.resolve(JSON.stringify(data));
      const call = { op: "keep", id: one, from: elsewhere, to: `${elsewhere}.new`, folder: "/tmp", nowMs: 0 };
      thread!.postMessage({ number: 1000, call });
      assert.match(await answered.promise, /NotCapable/);
    } finally {
      await Deno.remove(elsewhere);
    }
  });
});

Deno.test("FI-7: one sync of a directory is for all who asked before it began, and for none who asked later", async () => {
  const begun: PromiseWithResolvers<void>[] = [];
  const syncs = new DirectorySyncs(() => {
    const sync = Promise.withResolvers<void>();
    begun.push(sync);
    return sync.promise;
  });
  const begins = async (count: number) => {
    for (let turn = 0; begun.length < count && turn < 20; turn++) await Promise.resolve();
    assert.equal(begun.length, count);
    return begun[count - 1]!;
  };
  const done: string[] = [];
  const ask = (name: string) => syncs.sync("/a").then(() => void done.push(name));
  const first = ask("first");
  const later = [ask("second"), ask("third")];
  (await begins(1)).resolve();
  await first;
  assert.deepEqual(done, ["first"]);
  const second = await begins(2);
  const last = ask("fourth");
  second.resolve();
  await Promise.all(later);
  const failed = assert.rejects(last, /full/);
  (await begins(3)).reject(new Error("full"));
  await failed;
  const after = ask("after a failure");
  (await begins(4)).resolve();
  await after;
  assert.deepEqual(done, ["first", "second", "third", "after a failure"]);
});

Deno.test("FI-1: errors keep their class and their code between the threads", () => {
  const full = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
  for (
    const [error, like] of [
      [full, { message: full.message, code: "ENOSPC" }],
      [new Deno.errors.Busy("busy"), { name: "Busy", message: "busy" }],
      [new Deno.errors.NotFound("none"), { name: "NotFound" }],
      [new TypeError("wrong"), { name: "TypeError", message: "wrong" }],
      ["a text", { message: "a text" }],
    ] as const
  ) {
    const passed = errorOf(structuredClone(saidError(error)));
    for (const [name, value] of Object.entries(like)) assert.equal(passed[name as keyof Error], value);
    if (error instanceof Deno.errors.Busy) assert.ok(passed instanceof Deno.errors.Busy);
  }
});
