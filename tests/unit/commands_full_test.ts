import assert from "node:assert/strict";
import { openKey } from "../../lib/adapters/kv/log_entries.ts";
import { KvOpenCounts } from "../../lib/adapters/kv/open_counts.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { KvPort } from "../../lib/adapters/kv/port.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { iso } from "../../lib/platform/mod.ts";
import { limits, type PreferencesChange, serverSender } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";

async function twoContacts() {
  const rig = await CommandRig.open();
  const ann = rig.person("ann");
  const bob = rig.person("bob");
  rig.connect(ann, bob);
  return { rig, ann, bob, sender: rig.room.sender };
}

/** Open commands of other senders as they count, and nothing else of them. */
async function fillInbox(
  rig: CommandRig,
  userId: string,
  senderKind: "contact" | "other",
  count: number,
): Promise<void> {
  const { kv } = rig.store;
  for (let at = 0; at < count; at += 500) {
    const atomic = kv.atomic();
    for (let number = at; number < Math.min(count, at + 500); number++) {
      atomic.set(keys.openFrom(userId, `sender-${number % 50}`, senderKind, `gone-${number}`), 1);
    }
    await atomic.commit();
  }
}

Deno.test("DL-7: at 10,000 open commands the sender hears queue_full, until one has ended", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const carl = rig.person("carl");
  rig.connect(ann, carl);
  await fillInbox(rig, bob.userId, "contact", limits.inboxOpen - 2);
  const first = await rig.send(ann, bob);
  await rig.send(ann, bob);
  const refused = await sender.send(ann, rig.draft(bob));
  assert.equal(kindOf(refused), "queue_full");
  assert.equal(kindOf(await sender.preview(ann, rig.draft(bob))), "queue_full");
  assert.equal(kindOf(await sender.send(ann, rig.draft([carl, bob]))), "queue_full");
  assert.deepEqual(await rig.inboxOf(carl), []);
  assert.equal(kindOf(await sender.send(ann, rig.draft(carl))), "taken");
  taken(await rig.room.transitions.cancel(ann, { id: first.id }));
  assert.equal(kindOf(await sender.send(ann, rig.draft(bob))), "taken");
  assert.equal(kindOf(await sender.send(ann, rig.draft(bob))), "queue_full");
});

Deno.test("DL-7: a full inbox is told to a blocked sender too", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  await rig.prefer(bob, { blockedUsers: ["ann"] });
  await fillInbox(rig, bob.userId, "contact", limits.inboxOpen);
  assert.equal(kindOf(await sender.send(ann, rig.draft(bob))), "queue_full");
});

Deno.test("DL-7: strangers fill their own room of an inbox, and never that of contacts", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  await fillInbox(rig, bob.userId, "other", limits.inboxOpen);
  assert.equal(kindOf(await sender.send(rig.person("stranger"), rig.draft(bob))), "queue_full");
  assert.equal(kindOf(await sender.send(ann, rig.draft(bob))), "taken");
  const server = { ...ann, userId: serverSender.id, username: serverSender.username };
  assert.equal(
    kindOf(await sender.send(server, rig.draft(bob))),
    "taken",
    "they keep no notice from an administrator",
  );
});

/** The kinds of answers to sends of one person until a refusal, with one that ends on the way, and scheduled ones. */
async function answersUntilFull(change: PreferencesChange): Promise<string[]> {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  await rig.prefer(bob, change);
  const drafts = Array.from({ length: limits.openFromOne }, (_, at) => {
    return rig.draft(bob, at % 9 === 0 ? { deliverAt: iso(rig.clock.now() + dayMs) } : {});
  });
  const answers = await Promise.all(drafts.map((draft) => sender.send(ann, draft)));
  const kinds = answers.map(kindOf);
  const again = async () => kinds.push(kindOf(await sender.send(ann, rig.draft(bob))));
  await again();
  taken(await rig.room.transitions.cancel(ann, { id: taken(answers[7]!).command.id }));
  await again();
  await again();
  // Another sender has room.
  const carl = rig.person("carl");
  kinds.push(kindOf(await sender.send(carl, rig.draft(bob))));
  await rig.runDue(15 * dayMs);
  await again();
  return kinds;
}

Deno.test("DL-7, CO-10: the 501st open command from one sender is refused, and withheld ones count the same", async () => {
  const seen = await answersUntilFull({});
  const all: string[] = new Array(limits.openFromOne).fill("taken");
  assert.deepEqual(seen, [...all, "queue_full", "taken", "queue_full", "taken", "taken"]);
  for (const change of [{ blockedUsers: ["ann"] }, { acceptFrom: "nobody" }] as PreferencesChange[]) {
    assert.deepEqual(await answersUntilFull(change), seen);
  }
});

Deno.test("DL-7: the count from one sender is right after a restart, and is read once for each person", async () => {
  await using store = await openStore(":memory:");
  let reads = 0;
  const open = () =>
    CommandRig.open({
      store,
      change: (commands) => ({
        ...commands,
        openCounts: (userId, again) => {
          if (again === true) reads++;
          return commands.openCounts(userId, again);
        },
      }),
    });
  {
    await using rig = await open();
    const [ann, bob] = [rig.person("ann"), rig.person("bob")];
    for (let at = 0; at < 7; at++) await rig.send(ann, bob, { key: `before-${at}` });
    const ended = await rig.send(ann, bob, { key: "ended" });
    taken(await rig.room.transitions.cancel(ann, { id: ended.id }));
  }
  await using rig = await open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  assert.equal((await rig.commands.openCounts(bob.userId)).from(ann.userId), 7);
  await Promise.all(Array.from({ length: limits.openFromOne - 7 }, () => rig.send(ann, bob)));
  for (let at = 0; at < 3; at++) {
    assert.equal(kindOf(await rig.room.sender.send(ann, rig.draft(bob))), "queue_full");
  }
  assert.equal(reads, 0);
});

Deno.test("DL-7: a count that is read again has the commands that are still being written", async () => {
  await using store = await openStore(":memory:");
  for (const exclusive of [true, false]) {
    const counts = new KvOpenCounts({ kv: store.kv, exclusive });
    const one = { userId: `bob-${exclusive}`, senderId: "ann", kind: "contact", commandId: "one" } as const;
    const other = { ...one, commandId: "other" };
    const count = async (again: boolean) => (await counts.of(one.userId, again)).from("ann");
    assert.equal(await count(false), 0);
    // An end that failed leaves a count that may be too large.
    counts.ending([other])("unknown");
    const written = counts.adding([one]);
    const failed = counts.adding([other]);
    assert.equal(await count(true), 2);
    await store.kv.set(openKey(one), 1);
    written("written");
    failed("unknown");
    assert.equal(await count(false), 1);
    assert.equal(await count(true), 1);
  }
});

Deno.test("DL-7: what wrote nothing leaves the counts as they were, and the store is not listed again", async () => {
  await using store = await openStore(":memory:");
  let lists = 0;
  const list: KvPort["list"] = (selector, options) => {
    lists++;
    return store.kv.list(selector, options);
  };
  const counts = new KvOpenCounts({ kv: { list } as KvPort, exclusive: true });
  const one = { userId: "bob", senderId: "ann", kind: "contact", commandId: "one" } as const;
  await counts.of("bob", false);
  const listed = lists;
  counts.adding([one])("written");
  // A key that was in use, and an end that somebody else was faster with.
  counts.adding([{ ...one, commandId: "repeated" }])("refused");
  counts.ending([one])("refused");
  const found = await counts.of("bob", true);
  assert.deepEqual([found.from("ann"), found.ofKind("contact"), found.exact], [1, 1, true]);
  assert.equal(lists, listed);
});
