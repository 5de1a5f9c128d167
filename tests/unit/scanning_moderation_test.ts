import assert from "node:assert/strict";
import { KvAudit } from "../../lib/adapters/kv/audit_log.ts";
import { kvDecisionStore } from "../../lib/adapters/kv/decisions_store.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { FileRecord } from "../../lib/files/ports.ts";
import { type Caller, silentLog } from "../../lib/platform/mod.ts";
import { type AdminFile, type AdminFilePage, english, Refusal } from "../../lib/protocol/mod.ts";
import { FileModeration, type VirusFinding } from "../../lib/scanning/mod.ts";
import { settle } from "../fakes/clock.ts";
import { hashOf, ScanRig } from "../fakes/scan_rig.ts";

function callerOf(role: Caller["role"]): Caller {
  return {
    userId: `id-${role}`,
    username: role,
    displayName: role,
    role,
    rights: { broadcast: false },
    sessionId: "s",
    device: "web",
    address: "127.0.0.1",
    requestId: "r",
  };
}

const moderator = callerOf("moderator");
const admin = callerOf("admin");

function fileOf(name: string, id: string, ownerId: string): FileRecord {
  return {
    id,
    ownerId,
    sha256: hashOf(name),
    name: `${name}.zip`,
    sizeBytes: 4,
    type: "text/plain",
    createdMs: 0,
    settlesMs: 0,
    from: { address: "", port: null, device: "", requestId: "" },
  };
}

function rigOf() {
  const rig = new ScanRig();
  const audit = new KvAudit(rig.store, rig.clock, silentLog);
  const decisions = kvDecisionStore(rig.store, audit, rig.clock);
  const uploads: FileRecord[] = [];
  const asked: string[][] = [];
  const moderation = new FileModeration({
    store: rig.scans,
    quarantine: { releaseBytes: (_sha256, commit) => commit() },
    decisions,
    files: {
      filesOfBlob: (sha256) => Promise.resolve(uploads.filter((file) => file.sha256 === sha256)),
    },
    names: (userIds) => {
      asked.push([...userIds]);
      return Promise.resolve(
        new Map([["u1", "ann"], ["u2", "bob"]].filter(([id]) => userIds.includes(id!)) as [
          string,
          string,
        ][]),
      );
    },
    clock: rig.clock,
  });
  /** A blob that was scanned once, with these verdicts. */
  const scanned = async (
    name: string,
    virus: VirusFinding["verdict"],
    csam: "clean" | "match" | "error" | "listed" | "ncii",
  ) => {
    await rig.add(name);
    rig.virus.script = () => virus;
    rig.csam.script = () => csam;
    const worker = rig.worker();
    worker.start();
    await settle();
    await worker[Symbol.asyncDispose]();
  };
  const auditEntries = async () =>
    (await audit.entriesBefore(null, 10)).map(({ action, subject, reason, actor }) => ({
      action,
      subject,
      reason,
      actor,
    }));
  return { rig, moderation, decisions, uploads, asked, scanned, auditEntries };
}

function shown<T extends AdminFile | AdminFilePage>(answer: T | Refusal): T {
  assert.ok(!(answer instanceof Refusal), answer instanceof Refusal ? english(answer.message) : "");
  return answer;
}

function kindOf(answer: unknown): string {
  return answer instanceof Refusal ? answer.kind : "done";
}

const release = { release: true, reason: "Known archive" };
const reject = { release: false, reason: "Not here" };

Deno.test("MO-4: files are for staff only; for everyone else there is nothing here", async () => {
  const { moderation, scanned, rig, auditEntries } = rigOf();
  await scanned("a", "incomplete", "clean");
  const member = callerOf("member");
  for (
    const answer of [
      await moderation.list(member, {}),
      await moderation.get(member, hashOf("a")),
      await moderation.decide(member, hashOf("a"), release),
      await moderation.get({ ...member, role: "owner" as "member" }, hashOf("a")),
    ]
  ) {
    assert.equal(kindOf(answer), "not_found");
  }
  assert.equal(rig.state("a"), "held");
  assert.deepEqual(await auditEntries(), []);
});

Deno.test("MO-4: a file is shown with its verdicts, its uploads and the next try, never its content", async () => {
  const { rig, moderation, scanned, uploads, asked } = rigOf();
  uploads.push(fileOf("a", "F1", "u1"), fileOf("a", "F2", "u2"), fileOf("a", "F3", "gone"));
  await scanned("a", "clean", "error");
  const file = shown(await moderation.get(moderator, hashOf("a")));
  assert.deepEqual(file.uploads.map(({ fileId, name, owner }) => [fileId, name, owner]), [
    ["F1", "a.zip", "ann"],
    ["F2", "a.zip", "bob"],
    ["F3", "a.zip", "gone"],
  ]);
  assert.deepEqual(asked, [["u1", "u2", "gone"]]);
  assert.deepEqual([file.state, file.size, file.attempts], ["held", 4, 1]);
  assert.equal(file.nextAttemptAt, new Date(rig.clock.now() + 1000).toISOString());
  assert.deepEqual(file.verdicts.map(({ check, verdict }) => [check, verdict]), [
    ["csam", "error"],
    ["virus", "clean"],
  ]);
  assert.equal(kindOf(await moderation.get(moderator, hashOf("unknown"))), "not_found");
});

Deno.test("MO-4: files come page by page, in one state or in all that are not clean", async () => {
  const { rig, moderation, scanned } = rigOf();
  await scanned("b", "incomplete", "clean");
  await scanned("d", "infected", "clean");
  await scanned("c", "clean", "clean");
  await rig.add("a");
  const page = async (query: Parameters<typeof moderation.list>[1]) => {
    const { files, next } = shown(await moderation.list(admin, query));
    return [files.map(({ sha256, state }) => `${sha256.slice(0, 2)} ${state}`), next];
  };
  assert.deepEqual(await page({}), [["61 scanning", "62 held", "64 rejected"], null]);
  assert.deepEqual(await page({ limit: 2 }), [["61 scanning", "62 held"], hashOf("b")]);
  assert.deepEqual(await page({ limit: 2, after: hashOf("b") }), [["64 rejected"], null]);
  assert.deepEqual(await page({ state: "held" }), [["62 held"], null]);
  assert.deepEqual(await page({ state: "rejected", limit: 1 }), [["64 rejected"], null]);
  assert.deepEqual((await page({ limit: 3 }))[1], null, "exactly full is the last page");
});

Deno.test("SC-2, MO-3: a moderator releases what could not be looked through, in the audit log", async () => {
  const { rig, moderation, scanned, auditEntries } = rigOf();
  await scanned("a", "incomplete", "clean");
  const file = shown(await moderation.decide(moderator, hashOf("a"), release));
  assert.equal(file.state, "clean");
  const word = file.verdicts.find(({ check }) => check === "moderator")!;
  assert.deepEqual([word.verdict, word.scanner, word.answer], ["clean", "moderator", "Known archive"]);
  assert.deepEqual([rig.state("a"), rig.refused("a")], ["clean", undefined]);
  assert.deepEqual(await auditEntries(), [{
    action: "file.release",
    subject: `file:${hashOf("a")}`,
    reason: "Known archive",
    actor: "moderator",
  }]);
  assert.ok(rig.changed().includes(hashOf("a")), "its owners and what waits for it are told");
  assert.equal(kindOf(await moderation.decide(moderator, hashOf("a"), reject)), "conflict");
  assert.equal((await auditEntries()).length, 1);
});

Deno.test("SC-2, SC-4, MO-3: a moderator rejects what is held; its hash is refused from then on", async () => {
  const { rig, moderation, scanned, auditEntries } = rigOf();
  await scanned("a", "incomplete", "clean");
  const file = shown(await moderation.decide(admin, hashOf("a"), reject));
  assert.equal(file.state, "rejected");
  assert.equal(file.verdicts.find(({ check }) => check === "moderator")?.answer, "Not here");
  assert.deepEqual([rig.state("a"), rig.refused("a")], ["rejected", "moderator"]);
  assert.deepEqual((await auditEntries()).map(({ action }) => action), ["file.reject"]);
  assert.equal(kindOf(await moderation.decide(admin, hashOf("a"), release)), "conflict");
  assert.equal(rig.state("a"), "rejected");
});

Deno.test("SC-8, MO-3: a moderator releases a false alarm from quarantine; its hash is no longer refused", async () => {
  const { rig, moderation, scanned, auditEntries } = rigOf();
  await scanned("a", "infected", "clean");
  assert.deepEqual([rig.state("a"), rig.refused("a")], ["rejected", "infected"]);
  const before = shown(await moderation.get(moderator, hashOf("a")));
  assert.ok(before.quarantinedUntil !== null);
  const falseAlarm = { ...release, falseAlarm: true };
  assert.equal(
    kindOf(await moderation.decide(moderator, hashOf("a"), { ...reject, falseAlarm: true })),
    "invalid_params",
  );
  const file = shown(await moderation.decide(moderator, hashOf("a"), falseAlarm));
  assert.deepEqual([file.state, file.quarantinedUntil], ["clean", null]);
  assert.deepEqual([rig.state("a"), rig.refused("a")], ["clean", undefined]);
  assert.deepEqual((await auditEntries()).map(({ action, reason }) => [action, reason]), [
    ["file.release", release.reason],
  ]);
  assert.equal(
    kindOf(await moderation.decide(moderator, hashOf("a"), falseAlarm)),
    "conflict",
    "it is clean",
  );
});

Deno.test("SC-8, SC-9: matches, intimate images and what is not in quarantine are no false alarms", async () => {
  const { rig, moderation, scanned, auditEntries } = rigOf();
  const falseAlarm = { ...release, falseAlarm: true };
  await scanned("match", "clean", "match");
  await scanned("held", "incomplete", "clean");
  await scanned("over", "infected", "clean");
  await rig.store.committer.commit({ deletes: [keys.quarantine(hashOf("over"))] });
  await scanned("ncii", "infected", "clean");
  await rig.store.committer.commit({
    sets: [{ key: keys.refused(hashOf("ncii")), value: { why: "ncii", atMs: 0 } }],
  });
  for (const name of ["match", "held", "over", "ncii"]) {
    const before = rig.state(name);
    assert.equal(kindOf(await moderation.decide(admin, hashOf(name), falseAlarm)), "conflict", name);
    assert.equal(rig.state(name), before);
  }
  assert.deepEqual(await auditEntries(), []);
});

Deno.test("SC-2: what is still being checked can be rejected, which ends its scan, but not released", async () => {
  for (const virus of ["clean", "incomplete", "error"] as const) {
    const { rig, moderation, scanned } = rigOf();
    await scanned("a", virus, "error");
    assert.equal(rig.state("a"), "held");
    const refused = await moderation.decide(moderator, hashOf("a"), release);
    assert.equal(kindOf(refused), "conflict");
    assert.match(english((refused as Refusal).message), /still being checked/);
    assert.equal(rig.state("a"), "held");
    assert.equal(shown(await moderation.decide(moderator, hashOf("a"), reject)).state, "rejected");
    assert.equal(await rig.scans.backlog(1), 0);
    rig.csam.script = () => "clean";
    rig.virus.script = () => "clean";
    await using worker = rig.worker();
    worker.start();
    await rig.clock.advanceAsync(60_000);
    assert.equal(rig.state("a"), "rejected");
  }
});

Deno.test("SC-2: infected files, matches and files that are not held are nobody's to decide", async () => {
  const { rig, moderation, scanned, auditEntries } = rigOf();
  await scanned("infected", "infected", "clean");
  await scanned("match", "clean", "match");
  await scanned("clean", "clean", "clean");
  await rig.add("scanning");
  for (const name of ["infected", "match", "clean", "scanning"]) {
    const before = rig.state(name);
    for (const decision of [release, reject]) {
      assert.equal(kindOf(await moderation.decide(admin, hashOf(name), decision)), "conflict", name);
    }
    assert.equal(rig.state(name), before);
  }
  // A match that could not be preserved yet is held meanwhile.
  rig.matches = { preserve: () => Promise.reject(new Error("no disk")) };
  await scanned("kept back", "clean", "match");
  assert.equal(rig.state("kept back"), "held");
  for (const decision of [release, reject]) {
    assert.equal(kindOf(await moderation.decide(admin, hashOf("kept back"), decision)), "conflict");
  }
  assert.equal(kindOf(await moderation.decide(admin, hashOf("unknown"), release)), "not_found");
  assert.deepEqual(await auditEntries(), []);
});

Deno.test("MO-3: a decision that another writer was faster than is made on what stands then", async () => {
  const { rig, decisions, scanned, uploads, auditEntries } = rigOf();
  await scanned("a", "incomplete", "clean");
  let late = true;
  const moderation = new FileModeration({
    store: rig.scans,
    quarantine: { releaseBytes: (_sha256, commit) => commit() },
    decisions: {
      standing: (sha256) => decisions.standing(sha256),
      async decide(standing, conclusion, auditEntry) {
        // Somebody else rejects it after this one looked.
        if (late) {
          late = false;
          const other = { ...conclusion, state: "rejected" as const, refuse: "moderator" as const };
          assert.ok(await decisions.decide((await decisions.standing(hashOf("a")))!, other, auditEntry));
        }
        return await decisions.decide(standing, conclusion, auditEntry);
      },
    },
    files: { filesOfBlob: () => Promise.resolve(uploads) },
    names: () => Promise.resolve(new Map()),
    clock: rig.clock,
  });
  assert.equal(kindOf(await moderation.decide(moderator, hashOf("a"), release)), "conflict");
  assert.equal(rig.state("a"), "rejected");
  assert.equal((await auditEntries()).length, 1);
});

Deno.test("SC-9: a hit in an unknown bank is held for a moderator, who can release it", async () => {
  const { moderation, scanned, rig } = rigOf();
  await scanned("a", "clean", "listed");
  assert.equal(rig.state("a"), "held");
  assert.equal(kindOf(await moderation.decide(moderator, hashOf("a"), release)), "done");
  assert.equal(rig.state("a"), "clean");
});

Deno.test("SC-9: an intimate image is rejected everywhere and its hash refused, without an incident", async () => {
  const { moderation, scanned, rig } = rigOf();
  await scanned("a", "clean", "ncii");
  assert.equal(rig.state("a"), "rejected");
  const refused = await rig.store.kv.get<{ why: string }>(keys.refused(hashOf("a")));
  assert.equal(refused.value?.why, "ncii");
  assert.deepEqual(await Array.fromAsync(rig.store.kv.list({ prefix: keys.incidents() })), []);
  assert.equal(kindOf(await moderation.decide(moderator, hashOf("a"), release)), "conflict");
});
