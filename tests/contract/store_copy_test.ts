import assert from "node:assert/strict";
import { copyStore } from "../../lib/adapters/store_copy/mod.ts";
import { openExistingStore, openStore, type StorePlace } from "../../lib/adapters/kv/mod.ts";
import type { KvKey, KvPort } from "../../lib/adapters/kv/port.ts";
import { unfinishedCopy } from "../../lib/adapters/kv/migrate.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { encodeKey, openPostgres } from "../../lib/adapters/postgres/mod.ts";
import { FileFacts } from "../../lib/adapters/store_copy/file_facts.ts";
import { storeFile } from "../fakes/kv_stores.ts";
import { emptyPlace, sharedPort } from "../fakes/postgres_process.ts";

/** The server of all tests may be started by the first of them. */
function copyTest(name: string, fn: () => Promise<void>): void {
  const sanitize = sharedPort !== undefined;
  Deno.test({ name, sanitizeOps: sanitize, sanitizeResources: sanitize, fn });
}

type Seen = [key: KvKey, value: unknown, versionstamp: string][];

async function seen(place: StorePlace): Promise<Seen> {
  await using store = await openExistingStore(place);
  const all: Seen = [];
  for await (const { key, value, versionstamp } of store.kv.list({ prefix: [] })) {
    if (key[0] === keys.migration()[0]) continue;
    const count = (value as { value?: unknown }).value;
    all.push([key, typeof count === "bigint" ? count : value, versionstamp]);
  }
  return all;
}

async function fill(kv: KvPort): Promise<void> {
  for (let at = 0; at < 3; at++) await kv.set(["log", kv.commitVersionstamp()], { at });
  await kv.atomic().sum(["count"], 2n ** 63n).sum(["none"], 0n).set(["ends"], 1, { expireIn: 3600_000 })
    .commit();
  await kv.set(["bytes", new Uint8Array([0, 255])], {
    at: new Date(0),
    bytes: new Uint8Array([1]),
    un: undefined,
  });
  for (let from = 0; from < 900; from += 450) {
    const atomic = kv.atomic();
    for (let at = from; at < from + 450; at++) atomic.set(["many", at], `${at}`);
    await atomic.commit();
  }
  for (let at = 0; at < 12; at++) await kv.set(["large", at], "ü".repeat(30_000));
}

copyTest("OP-7: a store goes from a file to PostgreSQL and back, with its order and its ends", async () => {
  await using file = await storeFile();
  await using last = await storeFile();
  const [place, second] = [await emptyPlace(), await emptyPlace()];
  {
    await using store = await openStore(file.path);
    await fill(store.kv);
  }
  const before = await seen(file.path);
  const { records } = await copyStore(file.path, place);
  assert.equal(records, before.length + 1);
  assert.deepEqual(await seen(place), before);
  await copyStore(place, second);
  await copyStore(second, last.path);
  assert.deepEqual(await seen(last.path), before);
  const ends = [encodeKey(["ends"]).hex];
  const endsOf = async (path: string) => {
    const facts = new FileFacts(path);
    const found = await facts.ends(ends);
    facts.close();
    return found.get(ends[0]!);
  };
  assert.equal(await endsOf(last.path), await endsOf(file.path));
  // What is appended next lies behind everything that came along.
  for (const next of [place, last.path]) {
    await using store = await openStore(next);
    await store.kv.set(["log", store.kv.commitVersionstamp()], { at: 3 });
    const log: unknown[] = [];
    for await (const { value } of store.kv.list({ prefix: ["log"] })) log.push(value);
    assert.deepEqual(log, [{ at: 0 }, { at: 1 }, { at: 2 }, { at: 3 }]);
  }
});

copyTest("OP-7: a copy needs a place of its own, and half of one cannot be opened", async () => {
  await using file = await storeFile();
  await using other = await storeFile();
  const [place, half] = [await emptyPlace(), await emptyPlace()];
  await assert.rejects(copyStore(file.path, place), /There is no store at/);
  for (const path of [file.path, other.path]) {
    await using store = await openStore(path);
    await store.kv.set(["a"], 1);
  }
  await assert.rejects(copyStore(file.path, other.path), /There is something at/);
  await assert.rejects(copyStore(":memory:", place), /neither a file nor/);
  await copyStore(file.path, place);
  await assert.rejects(copyStore(file.path, place), /There is a store already/);
  {
    await using store = await openPostgres(half);
    await store.kv.set(keys.migration(), unfinishedCopy);
  }
  await assert.rejects(openStore(half), /a copy that was not finished/);
  await assert.rejects(copyStore(half, `${file.path}.new`), /a copy that was not finished/);
});
