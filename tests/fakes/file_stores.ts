import assert from "node:assert/strict";
import { Committer } from "../../lib/adapters/kv/committer.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";
import type { FileRecord, FileStore, UploadRecord } from "../../lib/files/ports.ts";
import { parseCarrier } from "../../lib/platform/mod.ts";
import { onEachStore } from "./kv_stores.ts";
import { MemoryKv } from "./memory_kv.ts";
import { seededRandom } from "./random.ts";
import { Schedule, scheduledKv } from "../sim/schedule.ts";

export const [one, other] = ["a".repeat(64), "b".repeat(64)];
export const [ofOne, ofTwo] = [parseCarrier("command:one"), parseCarrier("command:two")];
export const plenty = { quotaBytes: 1e9 };
const from = { address: "192.0.2.7", port: 1, device: "web", requestId: "r" };

export function fileOf(id: string, over: Partial<FileRecord> = {}): Omit<FileRecord, "settlesMs"> {
  return {
    id,
    ownerId: "ann",
    sha256: one,
    name: "a.txt",
    sizeBytes: 10,
    type: "text/plain",
    createdMs: 1000,
    from,
    ...over,
  };
}

export function uploadOf(id: string, over: Partial<UploadRecord> = {}): UploadRecord {
  return {
    id,
    ownerId: "ann",
    name: "a.txt",
    sizeBytes: 10,
    offsetBytes: 0,
    createdMs: 0,
    expiresMs: 5000,
    from,
    finishing: null,
    fileId: null,
    refused: null,
    ...over,
  };
}

export async function added(
  files: FileStore,
  id: string,
  over: Partial<FileRecord> = {},
): Promise<FileRecord> {
  const answer = await files.add(fileOf(id, over), plenty);
  if (typeof answer === "string") assert.fail(answer);
  return answer;
}

export async function listOf<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const entry of all) list.push(entry);
  return list;
}

/** The same on Deno KV in memory and in a file, and on the tests' own store with answers in an order that a seed decides. */
export function onEveryStore(name: string, run: (store: Store) => Promise<void>): void {
  onEachStore(name, run);
  Deno.test(`${name} (fake)`, async () => {
    for (const seed of [1, 2, 3]) {
      const schedule = new Schedule(seededRandom(seed));
      const kv = scheduledKv(new MemoryKv(), schedule);
      const store: Store = {
        kv,
        committer: new Committer(kv),
        exclusive: true,
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
      let running = true;
      const done = run(store).finally(() => void (running = false));
      while (running) await Promise.race([schedule.some(1000), done]);
      await done;
    }
  });
}
