import { check, type Finding, mend, readFacts } from "../../lib/adapters/storage_check/mod.ts";
import { DiskBlobs } from "../../lib/adapters/blobs/mod.ts";
import { rehash } from "../../lib/adapters/blobs/rehash.ts";
import { blobWrites } from "../../lib/adapters/kv/blob_writes.ts";
import { kvFileStore } from "../../lib/adapters/kv/files_store.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { dropScanWrites, type ScanRecord } from "../../lib/adapters/kv/scan_writes.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";
import type { BlobRecord, FileRecord, UploadRecord } from "../../lib/files/ports.ts";
import type { FileState, Verdict } from "../../lib/protocol/mod.ts";
import { hashOf, idOf, keepAll, utf8 } from "./blob_stores.ts";
import { FakeClock } from "./clock.ts";

const quota = { quotaBytes: 2 ** 40 };
export const from = { address: "192.0.2.1", port: null, device: "test", requestId: "test" };
export const [ann, bob] = [idOf(101), idOf(102)];

/** A storage as the server leaves it, made by the server's own store, for checks to look at and tests to break. */
export class StorageRig {
  readonly clock = new FakeClock();
  readonly store: Store;
  readonly root: string;
  readonly blobs: DiskBlobs;
  #ids = 0;

  private constructor(store: Store, root: string, blobs: DiskBlobs) {
    this.store = store;
    this.root = root;
    this.blobs = blobs;
  }

  static async open(store: Store, root: string): Promise<StorageRig> {
    return new StorageRig(store, root, await DiskBlobs.open(root));
  }

  get files() {
    return kvFileStore(this.store, this.clock);
  }

  nextId(): string {
    return idOf(++this.#ids);
  }

  pathOf(sha256: string): string {
    return `${this.root}/files/${sha256.slice(0, 2)}/${sha256}`;
  }

  /** A file over these bytes, which are kept. */
  async file(ownerId: string, text: string): Promise<FileRecord> {
    const bytes = utf8(text);
    const sha256 = await keepAll(this.blobs, this.nextId(), bytes);
    const named = { name: "a name", sizeBytes: bytes.length, type: "text/plain", from };
    const file = { id: this.nextId(), ownerId, sha256, createdMs: this.clock.now(), ...named };
    const added = await this.files.add(file, quota);
    if (typeof added === "string") throw new Error(added);
    return added;
  }

  /** What a scan that came to a verdict leaves. */
  async scanned(sha256: string, state: FileState, verdict: Verdict["verdict"]): Promise<void> {
    const { kv, committer } = this.store;
    const [blob, scan] = await kv.getMany<[BlobRecord, ScanRecord]>([keys.blob(sha256), keys.scan(sha256)]);
    const { sets, deletes } = blobWrites(blob.value!, { ...blob.value!, state, scanMs: 5 });
    const said = { check: "virus", verdict, scanner: "test", version: "1", answer: "", at: "" };
    sets.push({ key: keys.verdict(sha256, "virus"), value: said });
    await committer.commit({ sets, deletes: [...deletes, ...dropScanWrites(sha256, scan).deletes] });
  }

  /** A resumable upload of which a part is safe. */
  async upload(ownerId: string, text: string): Promise<UploadRecord> {
    const id = this.nextId();
    await using staged = await this.blobs.stage(id);
    await staged.write(utf8(text));
    await staged.sync();
    const upload: UploadRecord = {
      id,
      ownerId,
      name: "a name",
      sizeBytes: 1000,
      offsetBytes: staged.sizeBytes,
      createdMs: this.clock.now(),
      expiresMs: this.clock.now() + 1000,
      from,
      finishing: null,
      fileId: null,
      refused: null,
    };
    await this.files.saveUpload(upload);
    return upload;
  }

  async look(readsBack = false): Promise<Finding[]> {
    const onDisk = await rehash(this.blobs, () => {});
    const evidence = () => Promise.resolve(readsBack);
    return check(await readFacts(this.store.kv, this.blobs, onDisk, evidence, this.clock.now()));
  }

  async mend(findings: readonly Finding[]): Promise<void> {
    for (const finding of findings) {
      if (finding.mend !== null) await mend(this.store.kv, this.blobs, finding.mend);
    }
  }
}

/** Files of each kind, shared and used, and uploads at each stage: nothing is to be found here. */
export async function soundStorage(rig: StorageRig) {
  const shared = await rig.file(ann, "what two have");
  const theirs = await rig.file(bob, "what two have");
  await rig.scanned(shared.sha256, "clean", "clean");
  const scanning = await rig.file(ann, "not looked at yet");
  const held = await rig.file(bob, "cannot be looked through");
  await rig.scanned(held.sha256, "held", "incomplete");
  const rejected = await rig.file(bob, "infected");
  await rig.scanned(rejected.sha256, "rejected", "infected");
  await rig.store.kv.set(keys.refused(rejected.sha256), { why: "infected", atMs: 0 });
  await rig.store.kv.set(keys.quarantine(rejected.sha256), { sinceMs: 0, untilMs: 14 * 24 * 3600_000 });
  await rig.blobs.quarantine.put(rejected.sha256);
  const upload = await rig.upload(ann, "0123456789");
  const done = await rig.upload(ann, "");
  await rig.files.saveUpload({ ...done, fileId: shared.id });
  await rig.blobs.unstage(done.id);
  await rig.store.kv.set(keys.fileUse(shared.id, "command:1"), { untilMs: 1 });
  await rig.store.kv.set(keys.fileUsed(shared.id), 1);
  return { shared, theirs, scanning, held, rejected, upload, done };
}

export type SoundStorage = Awaited<ReturnType<typeof soundStorage>>;

/** A blob that was refused as a match, with its incident. */
export async function matched(
  rig: StorageRig,
  evidence: string,
): Promise<{ sha256: string; incidentId: string }> {
  const sha256 = hashOf(utf8("a match"));
  await rig.file(bob, "a match");
  await rig.scanned(sha256, "rejected", "match");
  const incidentId = rig.nextId();
  await rig.store.kv.set(keys.refused(sha256), { why: "match", atMs: 0 });
  await rig.store.kv.set(keys.incident(incidentId), {
    id: incidentId,
    sha256,
    sizeBytes: 7,
    evidence,
    repeat: null,
  });
  return { sha256, incidentId };
}
