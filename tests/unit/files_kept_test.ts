import assert from "node:assert/strict";
import { JobRunner } from "../../lib/adapters/kv/jobs.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import type { Job } from "../../lib/commands/mod.ts";
import type { FileJob } from "../../lib/files/mod.ts";
import { type Caller, type FileCarrier, silentLog } from "../../lib/platform/mod.ts";
import { type CommandState, type FileObject, Refusal } from "../../lib/protocol/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { CommandRig, dayMs, taken } from "../fakes/command_rig.ts";
import { FilesRig } from "../fakes/files_rig.ts";

const keptDays = 14;

function isOfFiles(job: Job | FileJob): job is FileJob {
  return job.kind.startsWith("file_") || job.kind.startsWith("blob_");
}

/** Commands and files on one store, with one runner of jobs. Ann sends to bob and cat. */
async function desk({ asks = true } = {}) {
  const clock = new FakeClock();
  const store = await openStore(":memory:");
  const filesRig = await FilesRig.open(store, clock);
  const rig = await CommandRig.open({ store, clock });
  const { attachmentAccess } = rig.room;
  if (asks) filesRig.neededUntil = (by: FileCarrier) => attachmentAccess.neededUntil(by);
  const jobs = new JobRunner<Job | FileJob>({
    kv: store.kv,
    clock,
    log: silentLog,
    run: (job) => isOfFiles(job) ? filesRig.files.run(job) : rig.room.run(job),
  });
  const [ann, bob, cat] = [rig.person("ann", "admin"), rig.person("bob"), rig.person("cat")];
  rig.connect(ann, bob);
  rig.connect(ann, cat);
  return {
    rig,
    clock,
    ann,
    bob,
    cat,
    async clean(owner: Caller, text: string): Promise<FileObject> {
      const file = await filesRig.upload(owner, text);
      await filesRig.conclude("clean");
      return file;
    },
    async answers(who: Caller, id: string, state: CommandState, proof: string[] = []): Promise<void> {
      taken(await rig.room.transitions.update(who, { id, state, proof }));
    },
    isKept: async (file: FileObject) => await filesRig.fileStore.file(file.id) !== null,
    remove: (owner: Caller, file: FileObject) => filesRig.files.remove(owner, file.id),
    mayRead: async (who: Caller, file: FileObject) => {
      filesRig.mayRead.clear();
      const uses = (await filesRig.fileStore.usesOf([file.id])).get(file.id) ?? [];
      const live = uses.filter(({ untilMs }) => untilMs > clock.now());
      const may = await Promise.all(live.map(({ by }) => attachmentAccess.mayRead(who.userId, by)));
      return may.includes(true);
    },
    /** Passes time, with a look at the jobs each day; `inOne` leaves the server off meanwhile. */
    async pass(ms: number, inOne = false): Promise<void> {
      const stepMs = inOne ? ms : dayMs;
      for (let left = ms; left > 0; left -= stepMs) {
        clock.advance(Math.min(left, stepMs));
        await jobs.runDue();
        await jobs.runDue();
      }
    },
    async [Symbol.asyncDispose]() {
      await jobs[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
      await filesRig[Symbol.asyncDispose]();
    },
  };
}

Deno.test("FI-7: the files of a command that somebody accepted stay while it is open, and go 14 days after its end", async () => {
  await using at = await desk();
  const { rig, ann, bob, cat } = at;
  const file = await at.clean(ann, "carried");
  const command = await rig.send(ann, [bob, cat], { kind: "task", attachments: [file.id] });
  assert.equal((await rig.inboxOf(bob)).length, 1);
  await at.answers(bob, command.id, "accepted");
  await at.pass(100 * dayMs);
  assert.equal(await at.isKept(file), true, "open for a hundred days");
  assert.equal(await at.mayRead(bob, file), true);
  const refused = await at.remove(ann, file);
  assert.equal(refused instanceof Refusal && refused.kind, "conflict");
  await at.answers(bob, command.id, "completed");
  await at.pass(keptDays * dayMs - 1);
  assert.equal(await at.isKept(file), true, "two weeks of history");
  await at.pass(1);
  assert.equal(await at.isKept(file), false);
});

Deno.test("FI-7: proof stays while its command waits for a review, and goes 14 days after it", async () => {
  await using at = await desk();
  const { rig, ann, bob } = at;
  const command = await rig.send(ann, bob, { kind: "task", requires: "review" });
  await rig.inboxOf(bob);
  const proof = await at.clean(bob, "proof");
  await at.answers(bob, command.id, "submitted", [proof.id]);
  await at.pass(60 * dayMs);
  assert.equal(await at.isKept(proof), true);
  assert.equal(await at.mayRead(ann, proof), true);
  taken(await rig.room.transitions.review(ann, { id: command.id, recipient: "bob", accept: true }));
  await at.pass(keptDays * dayMs - 1);
  assert.equal(await at.isKept(proof), true);
  await at.pass(1);
  assert.equal(await at.isKept(proof), false);
});

Deno.test("FI-7: files of a broadcast stay while somebody works on it, and go two to four weeks after", async () => {
  await using at = await desk();
  const { rig, ann, bob } = at;
  const file = await at.clean(ann, "for all");
  const command = await rig.broadcast(ann, { kind: "all" }, {
    kind: "task",
    requires: "review",
    attachments: [file.id],
  });
  await rig.inboxOf(bob);
  const proof = await at.clean(bob, "from bob");
  await at.answers(bob, command.id, "submitted", [proof.id]);
  await at.pass(50 * dayMs);
  assert.deepEqual([await at.isKept(file), await at.isKept(proof)], [true, true]);
  assert.equal(await at.mayRead(bob, file), true);
  taken(await rig.room.transitions.review(ann, { id: command.id, recipient: "bob", accept: true }));
  await at.pass(keptDays * dayMs - 1);
  assert.deepEqual([await at.isKept(file), await at.isKept(proof)], [true, true]);
  await at.pass((keptDays + 1) * dayMs);
  assert.deepEqual([await at.isKept(file), await at.isKept(proof)], [false, false]);
});

Deno.test("FI-7: an open command keeps its files over a pause of the server, and in records that ended too early", async () => {
  await using at = await desk();
  const { rig, ann, bob } = at;
  const file = await at.clean(ann, "long ago");
  const command = await rig.send(ann, bob, { kind: "task", attachments: [file.id] });
  await rig.inboxOf(bob);
  await at.answers(bob, command.id, "accepted");
  // All jobs are due at once, the file's among them: an older version's use of the file has ended too.
  await at.pass(90 * dayMs, true);
  assert.equal(await at.isKept(file), true);
  assert.equal(await at.mayRead(bob, file), true);
  await at.answers(bob, command.id, "completed");
  await at.pass(keptDays * dayMs);
  assert.equal(await at.isKept(file), false);
});

Deno.test("FI-7: a file in two commands stays readable in the one that is open for longer than planned", async () => {
  await using at = await desk({ asks: false });
  const { rig, ann, bob, cat } = at;
  const file = await at.clean(ann, "twice");
  const open = await rig.send(ann, bob, { kind: "task", attachments: [file.id] });
  await rig.inboxOf(bob);
  await at.answers(bob, open.id, "accepted");
  await at.pass(20 * dayMs);
  await rig.send(ann, cat, { kind: "task", attachments: [file.id] });
  await at.pass(12 * dayMs);
  assert.equal(await at.mayRead(bob, file), true);
});
