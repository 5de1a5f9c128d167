import assert from "node:assert/strict";
import { Committer, type Write } from "../../lib/adapters/kv/committer.ts";
import { kvCommandStore } from "../../lib/adapters/kv/commands_store.ts";
import { kvConsentStore } from "../../lib/adapters/kv/consent_store.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import type { StoredState } from "../../lib/commands/mod.ts";
import { newPreferences } from "../../lib/consent/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { acceptanceOf, allowed, at, read, withheld } from "../fakes/acceptances.ts";
import { dump, onEachStore, storeFile } from "../fakes/kv_stores.ts";

onEachStore(
  "DL-4: a command, its states, log entries, counts, key and jobs are one commit",
  async (store) => {
    const commands = kvCommandStore(store);
    const acceptance = acceptanceOf("A", {
      bob: allowed,
      carl: withheld,
    });
    assert.match(await commands.accept(acceptance) ?? "", /^[0-9a-f]{20}$/);
    const bob = await read(commands, "bob", "A");
    assert.equal(bob.record.place, bob.version);
    assert.deepEqual(await commands.inboxAfter("bob", null, 10), [{ cursor: bob.version, commandId: "A" }]);
    assert.deepEqual(await commands.inboxAfter("carl", null, 10), []);
    assert.deepEqual([
      await commands.inboxCountAfter("bob", null),
      await commands.inboxCountAfter("carl", null),
    ], [1, 0]);
    assert.deepEqual(await commands.outbox("ann", null, 10), ["A"]);
    assert.deepEqual((await commands.sentKey("ann", "key-A"))?.sent, acceptance.sent);
    assert.deepEqual((await dump(store.kv, keys.jobs())).map(([, job]) => job), [{
      kind: "expire",
      commandId: "A",
    }]);
    // Read past the memory of the store that wrote it.
    const fresh = await kvCommandStore(store).commands(["A", "missing"]);
    assert.deepEqual([...fresh], [["A", acceptance.record]]);
  },
);

onEachStore(
  "CM-1: a key in use writes nothing; an expired one is replaced by the caller who read it",
  async (store) => {
    const commands = kvCommandStore(store);
    await commands.accept(acceptanceOf("A", { bob: allowed }, "same"));
    assert.equal(await commands.accept(acceptanceOf("B", { bob: allowed }, "same")), null);
    assert.deepEqual([await commands.inboxCountAfter("bob", null), (await commands.commands(["B"])).size], [
      1,
      0,
    ]);
    const { version } = (await commands.sentKey("ann", "same"))!;
    const replacing = (id: string) => ({
      ...acceptanceOf(id, { bob: allowed }, "same"),
      replacesKey: { version },
    });
    assert.notEqual(await commands.accept(replacing("C")), null);
    assert.equal(await commands.accept(replacing("D")), null);
    assert.equal((await commands.sentKey("ann", "same"))?.sent.commandId, "C");
  },
);

onEachStore("CM-4: changes are all or none, and none over what somebody else wrote", async (store) => {
  const commands = kvCommandStore(store);
  await commands.accept(acceptanceOf("A", { bob: allowed, carl: allowed }));
  const [bob, carl] = [await read(commands, "bob", "A"), await read(commands, "carl", "A")];
  const closed = (from: StoredState) => ({
    from,
    to: { ...from.record, state: "declined" as const, place: null },
  });
  assert.equal(await commands.change([closed(carl)]), true);
  assert.equal(await commands.change([closed(bob), closed(carl)]), false);
  assert.equal((await read(commands, "bob", "A")).record.state, "queued");
  assert.deepEqual([
    await commands.inboxCountAfter("bob", null),
    await commands.inboxCountAfter("carl", null),
  ], [1, 0]);
  assert.deepEqual(await commands.inboxAfter("carl", null, 10), []);
});

onEachStore(
  "DL-5: a state keeps its place in the log through changes, and one that enters later lies behind",
  async (store) => {
    const commands = kvCommandStore(store);
    const later = acceptanceOf("A", { bob: allowed });
    later.record.command.deliverAt = at;
    await commands.accept(later);
    await commands.accept(acceptanceOf("B", { bob: allowed }));
    const before = await read(commands, "bob", "B");
    await commands.change([{ from: before, to: { ...before.record, state: "seen" } }]);
    const after = await read(commands, "bob", "B");
    assert.notEqual(after.version, before.version);
    assert.equal(after.record.place, before.version);
    const scheduled = await read(commands, "bob", "A");
    await commands.change([{
      from: scheduled,
      to: { ...scheduled.record, state: "queued", place: "first" },
    }]);
    const log = await commands.inboxAfter("bob", null, 10);
    assert.deepEqual(log.map(({ commandId }) => commandId), ["B", "A"]);
    assert.equal((await read(commands, "bob", "A")).record.place, log[1]!.cursor);
    await commands.change([{ from: after, to: { ...after.record, state: "declined", place: null } }]);
    assert.deepEqual((await commands.inboxAfter("bob", null, 10)).map(({ commandId }) => commandId), ["A"]);
    assert.equal(await commands.inboxCountAfter("bob", null), 1);
  },
);

onEachStore("DL-2: the log is read after a place, without it, up to a limit", async (store) => {
  const commands = kvCommandStore(store);
  const ids = ["A", "B", "C", "D"];
  for (const id of ids) await commands.accept(acceptanceOf(id, { bob: allowed, bobby: allowed }));
  const log = await commands.inboxAfter("bob", null, 10);
  assert.deepEqual(log.map(({ commandId }) => commandId), ids);
  assert.deepEqual(await commands.inboxAfter("bob", log[1]!.cursor, 1), [log[2]]);
  assert.equal(await commands.inboxCountAfter("bob", log[0]!.cursor), 3);
  assert.equal(await commands.inboxCountAfter("bob", null), 4);
  assert.deepEqual(await commands.inboxAfter("bob", log[3]!.cursor, 10), []);
});

onEachStore("DL-10: history and outbox page backwards by id", async (store) => {
  const commands = kvCommandStore(store);
  for (const id of ["A", "B", "C"]) await commands.accept(acceptanceOf(id, { bob: allowed }));
  const history = async (before: string | null, limit: number) =>
    (await commands.history("bob", before, limit)).map(({ commandId }) => commandId);
  assert.deepEqual(await history(null, 2), ["C", "B"]);
  assert.deepEqual(await history("B", 2), ["A"]);
  assert.deepEqual(await history("A", 2), []);
  assert.deepEqual(await commands.outbox("ann", null, 2), ["C", "B"]);
  assert.deepEqual(await commands.outbox("ann", "B", 2), ["A"]);
});

onEachStore("DL-6: purging leaves nothing of a command but its key", async (store) => {
  const commands = kvCommandStore(store);
  const acceptance = acceptanceOf("A", { bob: allowed });
  await commands.accept(acceptance);
  const from = await read(commands, "bob", "A");
  await commands.change([{ from, to: { ...from.record, state: "expired", place: null } }]);
  await commands.purge(acceptance.record);
  assert.equal((await commands.commands(["A"])).size, 0);
  const left = (await dump(store.kv)).map(([key]) => key[0]);
  assert.deepEqual(left, ["job", "migration", "send_key"]);
});

onEachStore(
  "CO-6: a stop keeps its beginning when pressed again, and only the press that was read can be cleared",
  async (store) => {
    const commands = kvCommandStore(store);
    const first = await commands.setStop("bob", 100);
    assert.deepEqual(first, { sinceMs: 100, versionstamp: first.version, version: first.version });
    const second = await commands.setStop("bob", 200);
    assert.deepEqual([second.sinceMs, second.versionstamp], [100, first.versionstamp]);
    assert.notEqual(second.version, first.version);
    assert.deepEqual(await commands.stop("bob"), second);
    assert.deepEqual((await kvConsentStore(store).rules("bob")).stop, { sinceMs: 100 });
    assert.equal(await commands.clearStop("bob", first.version), false);
    assert.deepEqual(await commands.stop("bob"), second);
    assert.equal(await commands.clearStop("bob", second.version), true);
    assert.equal(await commands.stop("bob"), null);
    assert.equal(await commands.clearStop("bob", second.version), false);
    assert.deepEqual((await dump(store.kv, keys.jobs())).map(([key]) => key[1]), [100]);
  },
);

onEachStore("CO-6: presses at the same time are one stop", async (store) => {
  const commands = kvCommandStore(store);
  const stops = await Promise.all(Array.from({ length: 8 }, (_, at) => commands.setStop("bob", 100 + at)));
  assert.equal(new Set(stops.map(({ versionstamp }) => versionstamp)).size, 1);
  assert.equal(new Set(stops.map(({ sinceMs }) => sinceMs)).size, 1);
});

onEachStore("CO-4: what counts against a daily limit is counted with the change, by day", async (store) => {
  const commands = kvCommandStore(store);
  const consent = kvConsentStore(store);
  for (const id of ["A", "B", "C"]) await commands.accept(acceptanceOf(id, { bob: allowed }));
  for (const [id, day] of [["A", "2026-01-01"], ["B", "2026-01-01"], ["C", "2026-01-02"]] as const) {
    const from = await read(commands, "bob", id);
    const change = [{ from, to: { ...from.record, countedOn: day } }];
    assert.equal(await commands.change(change, { count: { userId: "bob", day, most: 10 } }), true);
    assert.equal(await commands.change(change, { count: { userId: "bob", day, most: 10 } }), false);
  }
  assert.equal(await consent.deliveredOn("bob", "2026-01-01"), 2);
  assert.equal(await consent.deliveredOn("bob", "2026-01-02"), 1);
  assert.equal(await consent.deliveredOn("bob", "2026-01-03"), 0);
});

onEachStore(
  "CO-12: a new place takes the old one's entry, and what is held apart is listed by age",
  async (store) => {
    const commands = kvCommandStore(store);
    for (const id of ["A", "B"]) await commands.accept(acceptanceOf(id, { bob: allowed }));
    const before = await read(commands, "bob", "A");
    const held = { commandId: "A", source: "user:ann ann", passed: before.record.place! };
    await commands.changeHeld("bob", { set: [{ ...held, commandId: "B" }, held] });
    assert.deepEqual(await commands.held("bob"), [held, { ...held, commandId: "B" }]);
    assert.equal(await commands.change([{ from: before, to: { ...before.record, place: "first" } }]), true);
    const after = await read(commands, "bob", "A");
    assert.equal(after.record.place, after.version);
    const entries = await commands.inboxAfter("bob", null, 10);
    assert.deepEqual(entries.map(({ commandId }) => commandId), ["B", "A"]);
    assert.equal(entries[1]!.cursor, after.record.place);
    await commands.changeHeld("bob", { ended: ["A"] });
    assert.deepEqual((await commands.held("bob")).map(({ commandId }) => commandId), ["B"]);
  },
);

onEachStore("CO-12: a delivery is counted only on the numbers that its decision saw", async (store) => {
  const commands = kvCommandStore(store);
  const consent = kvConsentStore(store);
  const [day, zone] = ["2026-01-01", "UTC"];
  for (const id of ["A", "B"]) await commands.accept(acceptanceOf(id, { bob: allowed }));
  const { seen } = await consent.deliveryNumbers("bob", day, zone);
  const count = { userId: "bob", day, most: Infinity, seen };
  const taking = async (id: string) => {
    const from = await read(commands, "bob", id);
    return { from, to: { ...from.record, countedOn: day } };
  };
  assert.equal(await commands.change([await taking("A")], { count }), true);
  assert.equal(await commands.change([await taking("B")], { count }), false);
  const { today, open } = await consent.deliveryNumbers("bob", day, zone);
  assert.deepEqual([today.all, today.by.get("user:ann"), open.all], [1, 1, 1]);
  const closed = await read(commands, "bob", "A");
  await commands.change([{ from: closed, to: { ...closed.record, state: "declined", place: null } }]);
  const later = await consent.deliveryNumbers("bob", day, zone);
  assert.deepEqual([later.today.all, later.open.all], [1, 0]);
});

onEachStore("CO-12: changes of grants at the same time are all kept, each with its entry", async (store) => {
  const consent = kvConsentStore(store);
  const ids = Array.from({ length: 8 }, (_, at) => `user:person-${at}`);
  await Promise.all(ids.map((id) =>
    consent.changeGrants("bob", (current) => ({
      grants: {
        current: [...current?.current ?? [], { id, to: { user: id }, sinceMs: 1, untilMs: null }],
        past: [],
      },
      change: { atMs: 5, device: "web", differences: [{ rule: id, from: null, to: "{}" }] },
    }))
  ));
  const { grants } = await consent.rules("bob");
  assert.deepEqual(grants?.current.map(({ id }) => id).sort(), ids);
  assert.equal((await consent.ruleChanges("bob", 10)).length, 8);
  assert.deepEqual(await consent.ruleChanges("bob", 10 + limits.ruleChangesMs), []);
});

Deno.test("CM-1, CO-4: keys, daily counts and cursors end by themselves", async () => {
  await using store = await openStore(":memory:");
  const written: NonNullable<Write["sets"]> = [];
  const committer = new Committer(store.kv);
  const noted = {
    commit: (write: Write) => {
      written.push(...write.sets ?? []);
      return committer.commit(write);
    },
    idle: () => committer.idle(),
  };
  const commands = kvCommandStore({ ...store, committer: noted as unknown as Committer });
  await commands.accept(acceptanceOf("A", { bob: allowed }));
  const from = await read(commands, "bob", "A");
  await commands.change([{ from, to: from.record }], {
    count: { userId: "bob", day: "2026-01-01", most: 10 },
  });
  await commands.saveCursors([{ userId: "bob", device: "phone", cursor: from.version! }]);
  const ends = new Map(written.map(({ key, expireIn }) => [key[0], expireIn]));
  assert.equal(ends.get("send_key"), limits.keyKeptMs);
  assert.ok(ends.get("delivered_on")! >= 2 * 24 * 3600_000);
  assert.ok(ends.get("cursor")! >= 14 * 24 * 3600_000);
  for (const kind of ["command", "state", "outbox", "job"]) assert.equal(ends.get(kind), undefined, kind);
});

onEachStore("CO-1: changes of preferences at the same time are all kept", async (store) => {
  const consent = kvConsentStore(store);
  const slugs = Array.from({ length: 12 }, (_, at) => `category-${at}`);
  await Promise.all(
    slugs.map((slug) =>
      consent.changePreferences("bob", (current) => {
        const before = current ?? newPreferences;
        const preferences = { ...before, categories: { ...before.categories, [slug]: "allow" as const } };
        return { preferences, change: { atMs: 0, device: "web", differences: [] } };
      })
    ),
  );
  const { categories } = (await consent.rules("bob")).preferences!;
  assert.deepEqual(Object.keys(categories).sort(), [...slugs, "general"].sort());
});

onEachStore("BR-5: the first categories are written once and come in their order", async (store) => {
  const consent = kvConsentStore(store);
  const category = (slug: string, order: number, title: string) => ({
    slug,
    title,
    description: "",
    order,
    retired: false,
  });
  await consent.addCategories([category("zebra", 0, "first"), category("ape", 1, "second")]);
  await consent.addCategories([category("zebra", 5, "changed"), category("bear", 1, "third")]);
  const found = (await consent.categories()).map(({ slug, title }) => [slug, title]);
  assert.deepEqual(found, [["zebra", "first"], ["ape", "second"], ["bear", "third"]]);
});

Deno.test("DL-4: what was answered is there after the file was closed and opened", async () => {
  await using file = await storeFile();
  let place: string;
  {
    await using store = await openStore(file.path);
    const commands = kvCommandStore(store);
    await commands.accept(acceptanceOf("A", { bob: allowed }));
    place = (await read(commands, "bob", "A")).version!;
    await commands.saveCursors([{ userId: "bob", device: "phone", cursor: place }]);
  }
  await using store = await openStore(file.path);
  const commands = kvCommandStore(store);
  assert.equal((await read(commands, "bob", "A")).record.place, place);
  assert.deepEqual(await commands.inboxAfter("bob", null, 10), [{ cursor: place, commandId: "A" }]);
  assert.equal(await commands.cursor("bob", "phone"), place);
  assert.equal(await commands.cursor("bob", "desktop"), null);
  // What was read before a cursor moved is not given again.
  await commands.saveCursors([{ userId: "bob", device: "desktop", cursor: "0001" }]);
  assert.equal(await commands.cursor("bob", "desktop"), "0001");
  await commands.saveCursors([{ userId: "bob", device: "desktop", cursor: "0002" }]);
  assert.equal(await commands.cursor("bob", "desktop"), "0002");
  assert.equal(await commands.cursor("bob", "phone"), place);
});
