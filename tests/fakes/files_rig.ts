import { createHash } from "node:crypto";
import { attachable, kvFileStore, useWrites } from "../../lib/adapters/kv/files_store.ts";
import { JobRunner } from "../../lib/adapters/kv/jobs.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { kvScanStore } from "../../lib/adapters/kv/scan_store.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import {
  type FileJob,
  type FileRecord,
  Files,
  type FileStore,
  type FileUse,
  type RefusedFile,
  type UploadedFrom,
} from "../../lib/files/mod.ts";
import { type Caller, carrierText, type FileCarrier, Ids, parseCarrier } from "../../lib/platform/mod.ts";
import { english, type FileObject, type FileState, Refusal } from "../../lib/protocol/mod.ts";
import type { Conclusion, ScanStore } from "../../lib/scanning/ports.ts";
import { FakeBell, KeptLog } from "./accounts_rig.ts";
import { FakeClock } from "./clock.ts";
import { FakeNotices } from "./notices.ts";
import { MemoryBlobs } from "./memory_blobs.ts";
import { seededRandom } from "./random.ts";
import { until } from "./until.ts";

export const hourMs = 3600_000;
export const dayMs = 24 * hourMs;

export const origin: UploadedFrom = {
  address: "192.0.2.7",
  port: 50_000,
  device: "web",
  requestId: "request-1",
};

/** The files' room over a store and blobs in memory, with scans that the test decides. */
export class FilesRig implements AsyncDisposable {
  readonly bell = new FakeBell();
  readonly notices = new FakeNotices();
  readonly log = new KeptLog();
  readonly blobs: MemoryBlobs;
  readonly fileStore: FileStore;
  readonly scans: ScanStore;
  readonly ids: Ids;
  /** Who may read for which use, as `userId by`. */
  readonly mayRead = new Set<string>();
  readonly asked: { userId: string; use: FileUse }[] = [];
  /** Until when a command needs its files after the end of their use: never, unless a test says otherwise. */
  neededUntil: (by: FileCarrier) => Promise<number> = () => Promise.resolve(0);
  readonly told: { file: FileRecord; state: FileState; uses: readonly FileUse[] }[] = [];
  readonly refused: RefusedFile[] = [];
  /** Owners whose account ended. */
  readonly gone = new Set<string>();
  /** Number of times that the scan worker was woken. */
  scansWoken = 0;
  readonly settings = { uploadMaxBytes: 100_000, quotaBytes: 300_000 };
  files: Files;
  readonly #jobs: JobRunner<FileJob>;

  private constructor(readonly store: Store, readonly clock: FakeClock) {
    this.blobs = new MemoryBlobs(clock);
    this.fileStore = kvFileStore(store, clock);
    this.scans = kvScanStore(store, clock);
    this.ids = new Ids(clock, seededRandom(3));
    this.files = this.restarted();
    this.#jobs = new JobRunner<FileJob>({
      kv: store.kv,
      clock,
      log: this.log,
      run: (job) => this.files.run(job),
    });
  }

  /** Closes a given store too. */
  static async open(store?: Store, clock: FakeClock = new FakeClock()): Promise<FilesRig> {
    return new FilesRig(store ?? await openStore(":memory:"), clock);
  }

  /** The room as a new process has it: nothing of what the one before had in memory. */
  restarted(over: { store?: FileStore } = {}): Files {
    this.files = new Files({
      store: over.store ?? this.fileStore,
      blobs: this.blobs,
      bell: this.bell,
      notices: this.notices,
      readers: {
        mayRead: (userId, use) => {
          this.asked.push({ userId, use });
          return Promise.resolve(this.mayRead.has(`${userId} ${carrierText(use.by)}`));
        },
        neededUntil: ({ by }) => this.neededUntil(by),
      },
      watchers: {
        changed: (file, state, uses) => {
          this.told.push({ file, state, uses });
          return Promise.resolve();
        },
      },
      scans: { wake: () => this.scansWoken++ },
      clock: this.clock,
      ids: this.ids,
      log: this.log,
      settings: this.settings,
      mayAdd: (ownerId) => Promise.resolve(!this.gone.has(ownerId)),
      onRefused: (file) => {
        this.refused.push(file);
        return Promise.resolve();
      },
    });
    return this.files;
  }

  person(username: string): Caller {
    return {
      userId: `id-${username}`,
      username,
      displayName: username,
      role: "member",
      rights: { broadcast: false },
      sessionId: "session",
      device: "web",
      address: origin.address,
      requestId: origin.requestId,
    };
  }

  tryUpload(
    caller: Caller,
    content: string | Uint8Array,
    named: { name?: string; size?: number | null } = {},
  ): Promise<FileObject | Refusal> {
    const bytes = bytesOf(content);
    const { name = "note.txt", size = bytes.length } = named;
    return this.files.upload(caller, origin, { name, size }, streamOf(bytes));
  }

  async upload(caller: Caller, content: string | Uint8Array, name = "note.txt"): Promise<FileObject> {
    return taken(await this.tryUpload(caller, content, { name }));
  }

  /** Ends the scan that is due; `afterMs` is how long it took since its upload. */
  async conclude(state: FileState, refuse?: Conclusion["refuse"], afterMs = 0): Promise<void> {
    const job = await this.scans.take("test", this.clock.now());
    if (job === null) throw new Error("No scan is due.");
    this.clock.advance(afterMs);
    const done = await this.scans.conclude(job, { state, verdicts: [], ...(refuse && { refuse }) });
    if (!done) throw new Error("The scan's lease was lost.");
  }

  /** What a command does that carries the file: false when the file went or changed meanwhile. */
  async use(file: FileObject, by: string, untilMs: number): Promise<boolean> {
    return (await this.useAsRead(file, by, untilMs)).taken;
  }

  /** The same, with the state in which the carrier read the file. */
  async useAsRead(
    file: FileObject,
    by: string,
    untilMs: number,
  ): Promise<{ taken: boolean; state: FileState }> {
    const found = await attachable(this.store.kv, await this.ownerOf(file), [file.id], this.clock.now());
    const { version, state } = found.get(file.id)!;
    const write = useWrites({ fileId: file.id, version, by: parseCarrier(by), untilMs });
    return { taken: (await this.store.committer.commit(write)).ok, state };
  }

  async ownerOf(file: FileObject): Promise<string> {
    return (await this.fileStore.file(file.id))!.ownerId;
  }

  hold(what: "file" | "user" | "blob", id: string, untilMs: number): Promise<unknown> {
    return this.store.kv.set(keys.hold(what, id), { untilMs });
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms);
    await this.runDue();
  }

  /** Runs what is due, also what that makes due. */
  async runDue(): Promise<void> {
    const due = { start: [...keys.jobs(), 0], end: [...keys.jobs(), this.clock.now() + 1] };
    for (let look = 0; look < 10; look++) {
      await this.#jobs.runDue();
      if ((await Array.fromAsync(this.store.kv.list(due, { limit: 1 }))).length === 0) return;
    }
    throw new Error("The jobs do not come to rest.");
  }

  /** Lets the store answer so many questions first: for things that happen at nearly the same time. */
  async turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) await this.store.kv.get(["nothing"]);
  }

  /** Hashes of all bytes that are kept. */
  async kept(): Promise<string[]> {
    const kept: string[] = [];
    for await (const { sha256 } of this.blobs.list()) kept.push(sha256);
    return kept;
  }

  /** Ids of what lies aside. */
  async staged(): Promise<string[]> {
    const staged: string[] = [];
    for await (const { id } of this.blobs.staged()) staged.push(id);
    return staged;
  }

  /** Waits until so many bytes lie aside. */
  async received(bytes: number): Promise<void> {
    await until(
      async () => {
        let sum = 0;
        for await (const { sizeBytes } of this.blobs.staged()) sum += sizeBytes;
        return sum === bytes;
      },
      `${bytes} bytes aside`,
    );
  }

  /** What `file.changed` told a person, as `id state`. */
  changes({ userId }: Caller): string[] {
    return this.bell.notified.filter((told) => told.userId === userId && told.method === "file.changed")
      .map(({ params }) => params as FileObject).map(({ id, state }) => `${id} ${state}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#jobs[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
  }
}

/** The value; a refusal fails the test with what it says. */
export function taken<T>(answer: T | Refusal): T {
  if (answer instanceof Refusal) throw new Error(`${answer.kind}: ${english(answer.message)}`);
  return answer;
}

/** The refusal; anything else fails the test. */
export function refusalOf(answer: unknown): Refusal {
  if (!(answer instanceof Refusal)) throw new Error(`Not refused: ${JSON.stringify(answer)}`);
  return answer;
}

export function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

export function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(bytesOf(content)).digest("hex");
}

/** A body that comes in chunks. */
export function streamOf(bytes: Uint8Array, chunkBytes = 16 * 1024): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + chunkBytes));
      at += chunkBytes;
    },
  });
}

/** A body that the test feeds, and sees given up. */
export class Feed {
  readonly stream: ReadableStream<Uint8Array>;
  cancelled = false;
  #controller!: ReadableStreamDefaultController<Uint8Array>;

  constructor() {
    this.stream = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      cancel: () => void (this.cancelled = true),
    });
  }

  send(content: string | Uint8Array): void {
    this.#controller.enqueue(bytesOf(content));
  }

  end(): void {
    this.#controller.close();
  }

  break(): void {
    this.#controller.error(new Error("connection reset"));
  }
}
