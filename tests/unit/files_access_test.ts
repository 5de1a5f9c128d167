import assert from "node:assert/strict";
import { iso } from "../../lib/platform/mod.ts";
import { english, type FileState, limits, problemJsonOf } from "../../lib/protocol/mod.ts";
import { dayMs, FilesRig, hourMs, refusalOf, taken } from "../fakes/files_rig.ts";

Deno.test("FI-5: own files come newest first, page by page, each once", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  await rig.upload(bob, "bob's");
  const ids: string[] = [];
  for (let at = 0; at < 7; at++) ids.unshift((await rig.upload(ann, `file ${at}`)).id);
  const seen: string[] = [];
  let before: string | undefined;
  for (let page = 0; page < 4; page++) {
    const { files, next } = await rig.files.list(ann, { limit: 3, before });
    seen.push(...files.map(({ id }) => id));
    if (next === null) break;
    assert.equal(files.length, 3);
    before = next;
  }
  assert.deepEqual(seen, ids);
  assert.deepEqual((await rig.files.list(ann, { limit: 7 })).next, null);
  assert.equal((await rig.files.list(ann, {})).files.length, 7);
});

Deno.test("FI-5, SC-2: content is given when it is clean, and in no other state", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const said: Record<string, string> = {};
  for (const state of ["held", "rejected", "clean"] as const) {
    const file = await rig.upload(ann, `the ${state} one`);
    const scanning = refusalOf(await rig.files.content(ann, file.id));
    assert.equal(scanning.kind, "not_clean");
    said["scanning"] = english(scanning.message);
    await rig.conclude(state, state === "rejected" ? "infected" : undefined);
    assert.equal(taken(await rig.files.get(ann, file.id)).state, state);
    if (state === "clean") {
      const content = taken(await rig.files.content(ann, file.id));
      assert.deepEqual(content.file, taken(await rig.files.get(ann, file.id)));
      assert.equal(await new Response(await content.open()).text(), "the clean one");
      assert.equal(await new Response(await content.open({ first: 4, last: 8 })).text(), "clean");
    } else {
      const refusal = refusalOf(await rig.files.content(ann, file.id));
      assert.equal(refusal.kind, "not_clean");
      said[state] = english(refusal.message);
    }
  }
  assert.equal(new Set(Object.values(said)).size, 3);
});

Deno.test("FI-5, SC-5: a file that a match rejected says what every rejected one says", async () => {
  const said: string[] = [];
  for (const refuse of ["infected", "moderator", "incomplete"] as const) {
    await using rig = await FilesRig.open();
    const ann = rig.person("ann");
    const { id } = await rig.upload(ann, "bad");
    await rig.conclude("rejected", refuse);
    said.push(english(refusalOf(await rig.files.content(ann, id)).message));
  }
  assert.equal(new Set(said).size, 1);
  assert.doesNotMatch(said[0]!, /virus|csam|match|moderator/i);
});

Deno.test("FI-5: a state of which nothing is known gives nothing", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const file = await rig.upload(ann, "x");
  await rig.conclude("clean");
  await rig.store.kv.delete(["blob", file.sha256]);
  assert.equal(refusalOf(await rig.files.content(ann, file.id)).kind, "not_clean");
  assert.equal(taken(await rig.files.get(ann, file.id)).state, "held");
});

Deno.test("FI-5: a clean file whose bytes are missing or cut is an error for the operator, not a half file", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const file = await rig.upload(ann, "x", "secret name.txt");
  await rig.conclude("clean");
  await rig.blobs.remove(file.sha256);
  assert.equal(refusalOf(await rig.files.content(ann, file.id)).kind, "unavailable");
  const line = rig.log.lines.find(({ event }) => event === "file.bytes_missing");
  assert.equal(line?.fields["fileId"], file.id);
  assert.doesNotMatch(JSON.stringify(line), /secret name/);
});

Deno.test("FI-5: somebody else's file is answered like one that is not there, after the same questions", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob, eve] = [rig.person("ann"), rig.person("bob"), rig.person("eve")];
  const unused = await rig.upload(ann, "unused");
  const used = await rig.upload(ann, "used");
  await rig.conclude("clean");
  await rig.conclude("clean");
  assert.ok(await rig.use(used, "command:one", rig.clock.now() + dayMs));
  rig.mayRead.add(`${bob.userId} command:one`);
  const unknown = rig.ids.next();
  for (const method of ["get", "content", "remove"] as const) {
    const ask = async (fileId: string) => {
      rig.asked.length = 0;
      const refusal = refusalOf(await rig.files[method](eve, fileId));
      return { said: problemJsonOf(refusal), questions: rig.asked.length };
    };
    const [expected, ...others] = [await ask(unknown), await ask(unused.id), await ask(used.id)];
    for (const other of others) assert.deepEqual(other, expected, method);
    assert.equal(expected!.said.kind, "not_found");
  }
});

Deno.test("FI-5: a recipient reads what carries the file for them, as long as that is live", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  const file = await rig.upload(ann, "for bob");
  await rig.conclude("clean");
  const now = rig.clock.now();
  assert.ok(await rig.use(file, "command:to-bob", now + 10 * dayMs));
  assert.ok(await rig.use(file, "command:to-carol", now + 20 * dayMs));
  assert.equal(refusalOf(await rig.files.get(bob, file.id)).kind, "not_found");
  rig.mayRead.add(`${bob.userId} command:to-bob`);
  const seen = taken(await rig.files.get(bob, file.id));
  // Of what else carries it nothing shows.
  assert.deepEqual(seen, { ...taken(await rig.files.get(ann, file.id)), expiresAt: iso(now + 10 * dayMs) });
  assert.equal(taken(await rig.files.get(ann, file.id)).expiresAt, iso(now + 20 * dayMs));
  const content = taken(await rig.files.content(bob, file.id));
  assert.equal(await new Response(await content.open()).text(), "for bob");
  assert.deepEqual((await rig.files.list(bob, {})).files, []);
  assert.equal(refusalOf(await rig.files.remove(bob, file.id)).kind, "not_found");
  rig.clock.advance(10 * dayMs);
  assert.equal(refusalOf(await rig.files.get(bob, file.id)).kind, "not_found");
  assert.equal(taken(await rig.files.get(ann, file.id)).id, file.id);
});

Deno.test("FI-5: among many uses the one that is the reader's is found", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  const file = await rig.upload(ann, "popular");
  for (let at = 0; at < 50; at++) {
    assert.ok(await rig.use(file, `command:${at}`, rig.clock.now() + hourMs + at));
  }
  rig.mayRead.add(`${bob.userId} command:7`);
  assert.equal(taken(await rig.files.get(bob, file.id)).expiresAt, iso(rig.clock.now() + hourMs + 7));
});

Deno.test("FI-4: the owner hears each change once the file shows it, and so does what waits for it", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const file = await rig.upload(ann, "x");
  assert.ok(await rig.use(file, "command:one", rig.clock.now() + 3 * dayMs));
  await rig.conclude("clean", undefined, 100);
  await rig.runDue();
  const { params } = rig.bell.notified.at(-1)!;
  assert.deepEqual(params, taken(await rig.files.get(ann, file.id)));
  assert.deepEqual(rig.told, [{
    file: await rig.fileStore.file(file.id),
    state: "clean" satisfies FileState,
    uses: [{ by: { kind: "command", commandId: "one" }, untilMs: rig.clock.now() - 100 + 3 * dayMs }],
  }]);
});

Deno.test("FI-7: what a live use carries is not removed; what is over does not count", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const file = await rig.upload(ann, "x");
  assert.ok(await rig.use(file, "command:one", rig.clock.now() + hourMs));
  const refusal = refusalOf(await rig.files.remove(ann, file.id));
  assert.equal(refusal.kind, "conflict");
  assert.equal((await rig.files.usage(ann)).used, 1);
  rig.clock.advance(hourMs);
  assert.equal(await rig.files.remove(ann, file.id), true);
  assert.equal((await rig.files.usage(ann)).used, 0);
  assert.equal(refusalOf(await rig.files.remove(ann, file.id)).kind, "not_found");
  await rig.runDue();
  assert.deepEqual(await rig.kept(), []);
  assert.equal(await rig.scans.backlog(10), 0);
});

Deno.test("FI-7, SC-5: what is under legal hold is not removed, and nothing says why", async () => {
  for (const what of ["file", "user", "blob"] as const) {
    await using rig = await FilesRig.open();
    const ann = rig.person("ann");
    const file = await rig.upload(ann, "x");
    const id = { file: file.id, user: ann.userId, blob: file.sha256 }[what];
    await rig.hold(what, id, rig.clock.now() + 100 * dayMs);
    const refusal = refusalOf(await rig.files.remove(ann, file.id));
    assert.equal(refusal.kind, "conflict");
    assert.doesNotMatch(english(refusal.message), /hold|legal|evidence/i);
    assert.equal(taken(await rig.files.get(ann, file.id)).id, file.id);
    rig.clock.advance(100 * dayMs);
    assert.equal(await rig.files.remove(ann, file.id), true);
  }
});

Deno.test("FI-7: of a removal and a use at once exactly one wins", async () => {
  let [removed, used] = [0, 0];
  for (let round = 0; round < 30; round++) {
    await using rig = await FilesRig.open();
    const ann = rig.person("ann");
    const file = await rig.upload(ann, "x");
    const [removal, use] = await Promise.all([
      rig.files.remove(ann, file.id),
      rig.turns(round).then(() => rig.use(file, "command:one", rig.clock.now() + dayMs)).catch(() => false),
    ]);
    const there = await rig.fileStore.file(file.id) !== null;
    assert.equal(there, removal !== true);
    if (use) used++;
    if (removal === true) removed++;
    assert.ok(!(use && removal === true), "a command carries a file that is gone");
    assert.equal((await rig.fileStore.usesOf([file.id])).size, use ? 1 : 0);
  }
  assert.ok(removed > 0 && used > 0, `${removed} removed, ${used} used`);
});

Deno.test("FI-5: a page has a bound", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const all = Array.from({ length: limits.pageDefault + 1 }, (_, at) => rig.upload(ann, `${at}`));
  await Promise.all(all);
  const { files, next } = await rig.files.list(ann, {});
  assert.equal(files.length, limits.pageDefault);
  assert.equal(next, files.at(-1)!.id);
});
