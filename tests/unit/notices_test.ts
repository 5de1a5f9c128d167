import assert from "node:assert/strict";
import { JobRunner } from "../../lib/adapters/kv/jobs.ts";
import { kvNoticesStore, owedSet } from "../../lib/adapters/kv/notices_store.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { Notices, type NoticesStore } from "../../lib/notices/mod.ts";
import { type Caller, Ids, type NoticeJob } from "../../lib/platform/mod.ts";
import { limits, type NewNotice } from "../../lib/protocol/mod.ts";
import { KeptLog, must } from "../fakes/accounts_rig.ts";
import { FakeClock } from "../fakes/clock.ts";
import { FakeBell } from "../fakes/command_bell.ts";
import { dump } from "../fakes/kv_stores.ts";
import { seededRandom } from "../fakes/random.ts";

const dayMs = 24 * 3600_000;

async function rig(change: (store: NoticesStore) => NoticesStore = (same) => same) {
  const store = await openStore(":memory:");
  const [clock, bell, log] = [new FakeClock(), new FakeBell(), new KeptLog()];
  const ids = new Ids(clock, seededRandom(1));
  const people = new Map(
    ["ann", "bob", "eve"].map((name) => [name, { username: name, displayName: `${name}!` }]),
  );
  const notices = new Notices({
    store: change(kvNoticesStore(store, clock)),
    bell,
    clock,
    ids,
    log,
    named: (_reader, userIds) =>
      Promise.resolve(
        new Map(userIds.flatMap((id) => people.has(id) ? [[id, people.get(id)!] as const] : [])),
      ),
  });
  const ann: Caller = {
    userId: "ann",
    username: "ann",
    displayName: "Ann",
    role: "member",
    rights: { broadcast: false },
    sessionId: "S",
    device: "web",
    address: "192.0.2.1",
    requestId: "R",
  };
  const submitted = (by: string, command = "C1"): NewNotice => ({
    kind: "command_submitted",
    command,
    title: "Paint",
    by,
  });
  return {
    kv: store.kv,
    notices,
    ann,
    bell,
    clock,
    ids,
    log,
    people,
    submitted,
    listed: async () => must(await notices.list(ann, {})).notices,
    heard: () => bell.rung.filter(({ method }) => method?.startsWith("notice.")),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

Deno.test("UI-11: a notice is on disk, unread and rung for; reading it is heard too", async () => {
  await using it = await rig();
  await it.notices.add("ann", it.submitted("bob"));
  const { notices, unread } = must(await it.notices.list(it.ann, {}));
  const [notice] = notices;
  assert.equal(unread, 1);
  assert.deepEqual(notice, {
    id: notice!.id,
    at: "2026-01-01T00:00:00.000Z",
    read: false,
    kind: "command_submitted",
    command: "C1",
    title: "Paint",
    by: { username: "bob", displayName: "bob!" },
    others: 0,
  });
  assert.deepEqual(it.heard().map(({ method, params }) => [method, params]), [
    ["notice.new", { notice, unread: 1 }],
  ]);
  assert.deepEqual(must(await it.notices.read(it.ann, { ids: [notice!.id] })), { unread: 0 });
  assert.deepEqual(must(await it.notices.read(it.ann, {})), { unread: 0 }, "read twice");
  assert.deepEqual(it.heard().slice(1).map(({ params }) => params), [{ unread: 0 }]);
  assert.equal(await it.notices.unread(it.ann), 0);
  assert.equal((await it.listed())[0]!.read, true);
});

Deno.test("UI-11: notices about one thing are one, new again, with the number of others", async () => {
  await using it = await rig();
  await it.notices.add("ann", it.submitted("bob"));
  await it.notices.read(it.ann, {});
  await Promise.all([
    it.notices.add("ann", it.submitted("eve", "C2")),
    it.notices.add("ann", it.submitted("eve")),
    it.notices.add("ann", it.submitted("eve")),
  ]);
  assert.deepEqual(
    (await it.listed()).map((one) => one.kind === "command_submitted" && [one.command, one.others, one.read]),
    [["C1", 1, false], ["C2", 0, false]],
  );
  assert.equal(it.heard().filter(({ method }) => method === "notice.new").length, 3);
});

Deno.test("AU-9, UI-11: an owed notice of an account that was removed meanwhile is kept nowhere", async () => {
  await using it = await rig();
  const owed = it.notices.owe("ann", it.submitted("bob"));
  await it.kv.atomic().set(owedSet(owed).key, owed.job).commit();
  it.people.delete("ann");
  const before = await dump(it.kv);
  await it.notices.run(owed.job);
  assert.deepEqual(await dump(it.kv), before, "the runner of jobs ends it");
  it.people.set("ann", { username: "ann", displayName: "Ann" });
  await it.notices.run(owed.job);
  assert.equal((await it.listed()).length, 1);
});

Deno.test("UI-11, DL-4: a notice that a commit owes is in the list once, whether it was given, its server died before that, or both at once", async () => {
  await using it = await rig();
  const owe = async (command: string) => {
    const owed = it.notices.owe("ann", it.submitted("bob", command));
    await it.kv.atomic().set(owedSet(owed).key, owed.job).commit();
    return owed;
  };
  const [given, left, both] = [await owe("C1"), await owe("C2"), await owe("C3")];
  await it.notices.give([given]);
  await using jobs = new JobRunner<NoticeJob<NewNotice>>({
    kv: it.kv,
    clock: it.clock,
    log: it.log,
    run: (job) => it.notices.run(job),
  });
  it.clock.advance(60_000);
  await Promise.all([jobs.runDue(), it.notices.give([both])]);
  await it.notices.give([given, left, both]);
  await jobs.runDue();
  const commands = (await it.listed()).map((one) => one.kind === "command_submitted" && one.command);
  assert.deepEqual(commands.toSorted(), ["C1", "C2", "C3"]);
  assert.equal(it.heard().length, 3);
  assert.deepEqual(await dump(it.kv, ["job"]), []);
  assert.deepEqual(it.log.lines, []);
});

Deno.test("UI-11: a notice that cannot be given stays owed, and its job gives it later", async () => {
  let fails = true;
  await using it = await rig((store) => ({
    ...store,
    write: (...given) => fails ? Promise.reject(new Error("The disk is full.")) : store.write(...given),
  }));
  const owed = it.notices.owe("ann", it.submitted("bob"));
  await it.kv.atomic().set(owedSet(owed).key, owed.job).commit();
  await it.notices.give([owed]);
  assert.deepEqual(await it.listed(), []);
  await assert.rejects(it.notices.run(owed.job));
  fails = false;
  await it.notices.run(owed.job);
  assert.equal((await it.listed()).length, 1);
});

Deno.test("UI-11: notices end after two weeks, by the clock and not by the store", async () => {
  await using it = await rig();
  await it.notices.add("ann", it.submitted("bob"));
  it.clock.advance((limits.noticesKeptDays - 1) * dayMs);
  await it.notices.add("ann", it.submitted("bob"));
  assert.equal((await it.listed()).length, 2);
  it.clock.advance(dayMs);
  assert.equal((await it.listed()).length, 1);
});

Deno.test("UI-11: a day keeps its newest notices, and pages lead through all of them", async () => {
  await using it = await rig();
  const most = limits.noticesPerDay;
  for (let at = 0; at < most + 3; at++) void it.notices.add("ann", it.submitted("bob", `C${at}`));
  await it.notices.idle();
  const seen: string[] = [];
  for (let before: string | undefined = undefined;;) {
    const page: Awaited<ReturnType<Notices["list"]>> = await it.notices.list(it.ann, {
      limit: 40,
      ...(before === undefined ? {} : { before }),
    });
    const { notices, next, unread } = must(page);
    assert.equal(unread, most);
    seen.push(...notices.map((one) => one.kind === "command_submitted" ? one.command : ""));
    if (next === null) break;
    before = next;
  }
  assert.deepEqual(seen, Array.from({ length: most }, (_, at) => `C${most + 2 - at}`));
});

Deno.test("UI-11, AU-9: who leaves is taken out of the lists of others", async () => {
  await using it = await rig();
  await it.notices.add("ann", it.submitted("bob"));
  await it.notices.add("ann", it.submitted("eve", "C2"));
  await it.notices.add("eve", it.submitted("bob", "C3"));
  const bob = { ...it.ann, userId: "bob" };
  assert.equal(await it.notices.forget(bob, 1), true);
  assert.equal(await it.notices.forget(bob, 2), false);
  assert.deepEqual((await dump(it.kv)).filter((entry) => JSON.stringify(entry).includes('"bob"')), []);
  assert.deepEqual((await it.listed()).map((one) => "by" in one && one.by.username), ["eve"]);
});

Deno.test("UI-11, AU-9: who is gone is named in no notice", async () => {
  await using it = await rig();
  await it.notices.add("ann", it.submitted("bob"));
  await it.notices.add("ann", { kind: "file_rejected", file: "F", name: "a.txt" });
  it.people.delete("bob");
  assert.deepEqual((await it.listed()).map(({ kind }) => kind), ["file_rejected"]);
});

Deno.test("UI-11: a notice that cannot be written is logged, and later ones are written", async () => {
  let broken = true;
  await using it = await rig((store) => ({
    ...store,
    write: (...args) => broken ? Promise.reject(new Error("full")) : store.write(...args),
  }));
  await it.notices.add("ann", it.submitted("bob"));
  broken = false;
  await it.notices.add("ann", it.submitted("eve", "C2"));
  assert.equal((await it.listed()).length, 1);
  assert.equal(it.heard().length, 1);
});
