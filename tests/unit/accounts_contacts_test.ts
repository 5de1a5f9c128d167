import assert from "node:assert/strict";
import type { Caller } from "../../lib/platform/mod.ts";
import { contactList, limits, Refusal } from "../../lib/protocol/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import { accountsRig, kindOf, must } from "../fakes/accounts_rig.ts";

type Rig = Awaited<ReturnType<typeof accountsRig>>;

async function twoPeople(rig: Rig): Promise<{ alice: Caller; bob: Caller; service: Services["contacts"] }> {
  const alice = await rig.person("alice");
  return { alice, bob: await rig.person("bob"), service: rig.contacts };
}

async function names(rig: Rig, caller: Caller) {
  const list = await rig.contacts.list(caller);
  assert.ok(contactList.safeParse(list).success);
  const of = (entries: { username: string }[]) => entries.map(({ username }) => username);
  return { contacts: of(list.contacts), incoming: of(list.incoming), outgoing: of(list.outgoing) };
}

const none = { contacts: [], incoming: [], outgoing: [] };

async function areContacts(rig: Rig, a: Caller, b: Caller): Promise<boolean> {
  const there = (await rig.contacts.relationsOf(a.userId, [b.userId])).get(b.userId)?.contact;
  assert.equal((await rig.contacts.relationsOf(a.userId, [a.userId])).get(a.userId)?.self, true);
  const back = (await rig.contacts.relationsOf(b.userId, [a.userId])).get(a.userId)?.contact;
  assert.equal(there, back, "the same seen from either side");
  return there === true;
}

Deno.test("CO-5: a request is seen by both, accepted by the other, and both hear of each step", async () => {
  await using rig = await accountsRig();
  const { alice, bob, service } = await twoPeople(rig);
  const asked = must(await service.request(alice, { username: "bob", note: "from the choir" }));
  assert.deepEqual(asked, { username: "bob", displayName: "bob", relation: "outgoing" });
  assert.deepEqual(await names(rig, alice), { ...none, outgoing: ["bob"] });
  assert.deepEqual(await names(rig, bob), { ...none, incoming: ["alice"] });
  assert.equal((await rig.contacts.list(bob)).incoming[0]!.note, "from the choir");
  assert.equal(await areContacts(rig, alice, bob), false);
  assert.equal(must(await service.accept(bob, { username: "alice" })).relation, "contact");
  assert.deepEqual(await names(rig, alice), { ...none, contacts: ["bob"] });
  assert.deepEqual(await names(rig, bob), { ...none, contacts: ["alice"] });
  assert.equal(await areContacts(rig, alice, bob), true);
  assert.deepEqual(
    rig.bell.notified.map(({ userId, params }) => [userId, (params as { relation: string }).relation]),
    [[alice.userId, "outgoing"], [bob.userId, "incoming"], [bob.userId, "contact"], [
      alice.userId,
      "contact",
    ]],
  );
  assert.deepEqual(rig.bell.consentChanges.toSorted(), [alice.userId, bob.userId].toSorted());
});

Deno.test("CO-5: two who ask each other are contacts, also when they ask at the same time", async () => {
  await using rig = await accountsRig();
  const { alice, bob } = await twoPeople(rig);
  await Promise.all([
    rig.contacts.request(alice, { username: "bob" }),
    rig.contacts.request(bob, { username: "alice" }),
  ]);
  assert.equal(await areContacts(rig, alice, bob), true);
});

Deno.test("CO-5: a declined or taken-back request is gone for both, a removed contact too", async () => {
  await using rig = await accountsRig();
  const { alice, bob } = await twoPeople(rig);
  must(await rig.contacts.request(alice, { username: "bob" }));
  assert.equal(must(await rig.contacts.decline(bob, { username: "alice" })).relation, "none");
  assert.deepEqual([await names(rig, alice), await names(rig, bob)], [none, none]);
  must(await rig.contacts.request(alice, { username: "bob" }));
  must(await rig.contacts.remove(alice, { username: "bob" }));
  assert.deepEqual([await names(rig, alice), await names(rig, bob)], [none, none]);
  must(await rig.contacts.request(alice, { username: "bob" }));
  must(await rig.contacts.accept(bob, { username: "alice" }));
  assert.equal(await areContacts(rig, alice, bob), true);
  const before = rig.bell.consentChanges.length;
  must(await rig.contacts.remove(bob, { username: "alice" }));
  assert.deepEqual([await names(rig, alice), await names(rig, bob)], [none, none]);
  assert.equal(await areContacts(rig, alice, bob), false);
  assert.equal(rig.bell.consentChanges.length, before + 2);
});

Deno.test("CO-12, DL-4: what a person allowed a contact ends before the contact does, so that no crash keeps it for later", async () => {
  await using rig = await accountsRig();
  const { alice, bob } = await twoPeople(rig);
  must(await rig.contacts.request(alice, { username: "bob" }));
  must(await rig.contacts.accept(bob, { username: "alice" }));
  let ended = 0;
  rig.hooks.contactRemoved = () => {
    ended++;
    return Promise.reject(new Error("The server ends here."));
  };
  await assert.rejects(rig.contacts.remove(bob, { username: "alice" }));
  assert.equal(ended, 1);
  assert.equal(await areContacts(rig, alice, bob), true);
});

Deno.test("CO-5: what cannot be is refused, and a repeat is fine", async () => {
  await using rig = await accountsRig();
  const { alice, bob } = await twoPeople(rig);
  assert.equal(kindOf(await rig.contacts.request(alice, { username: "alice" })), "invalid_params");
  assert.equal(kindOf(await rig.contacts.request(alice, { username: "nobody-here" })), "not_found");
  for (const step of ["accept", "decline", "remove"] as const) {
    assert.equal(kindOf(await rig.contacts[step](alice, { username: "bob" })), "not_found");
  }
  must(await rig.contacts.request(alice, { username: "bob" }));
  assert.equal(must(await rig.contacts.request(alice, { username: "bob" })).relation, "outgoing");
  assert.equal(
    kindOf(await rig.contacts.accept(alice, { username: "bob" })),
    "not_found",
    "not one's own request",
  );
  assert.equal(kindOf(await rig.contacts.remove(bob, { username: "alice" })), "not_found");
  must(await rig.contacts.accept(bob, { username: "alice" }));
  assert.equal(must(await rig.contacts.accept(bob, { username: "alice" })).relation, "contact");
  assert.equal(must(await rig.contacts.request(alice, { username: "bob" })).relation, "contact");
});

Deno.test("CO-3: a blocked person's request looks like one that waits, and the blocker hears nothing", async () => {
  await using rig = await accountsRig();
  const { alice, bob } = await twoPeople(rig);
  const carol = await rig.person("carol");
  const open = must(await rig.contacts.request(carol, { username: "bob" }));
  const before = rig.bell.notified.length;
  rig.rules.blocks.add(`${bob.userId} alice`);
  const hidden = must(await rig.contacts.request(alice, { username: "bob" }));
  assert.deepEqual(hidden, open);
  assert.deepEqual(await names(rig, alice), { ...none, outgoing: ["bob"] });
  assert.deepEqual(await names(rig, bob), { ...none, incoming: ["carol"] });
  assert.deepEqual(rig.bell.notified.slice(before).map(({ userId }) => userId), [alice.userId]);
  must(await rig.contacts.remove(alice, { username: "bob" }));
  assert.ok(rig.bell.notified.slice(before).every(({ userId }) => userId === alice.userId));
});

Deno.test("CO-3: a request that was there before the block is hidden by it, and seen again after it", async () => {
  await using rig = await accountsRig();
  const { alice, bob } = await twoPeople(rig);
  must(await rig.contacts.request(alice, { username: "bob" }));
  rig.rules.blocks.add(`${bob.userId} alice`);
  assert.deepEqual(await names(rig, bob), none);
  assert.deepEqual(await names(rig, alice), { ...none, outgoing: ["bob"] });
  rig.rules.blocks.clear();
  assert.deepEqual(await names(rig, bob), { ...none, incoming: ["alice"] });
});

Deno.test("CO-5, CO-10: contacts see who is online unless that person hides it, and the allowed categories of those who share them", async () => {
  await using rig = await accountsRig();
  const { alice, bob } = await twoPeople(rig);
  must(await rig.contacts.request(alice, { username: "bob" }));
  rig.shared.set(bob.userId, ["feet", "general"]);
  rig.bell.connected.add(bob.userId);
  assert.ok(!("allows" in (await rig.contacts.list(alice)).outgoing[0]!), "not before they are contacts");
  must(await rig.contacts.accept(bob, { username: "alice" }));
  assert.deepEqual((await rig.contacts.list(alice)).contacts, [
    { username: "bob", displayName: "bob", online: true, allows: ["feet", "general"] },
  ]);
  assert.deepEqual((await rig.contacts.list(bob)).contacts, [
    { username: "alice", displayName: "alice", online: false },
  ]);
  // CO-10: a block changes nothing of it, as contacts can compare what they see.
  rig.rules.blocks.add(`${bob.userId} alice`);
  assert.equal((await rig.contacts.list(alice)).contacts[0]!.online, true);
  rig.rules.hidden.add(bob.userId);
  assert.ok(!("online" in (await rig.contacts.list(alice)).contacts[0]!));
});

Deno.test("CO-5: open requests and contacts are bounded, on both sides", async () => {
  await using rig = await accountsRig();
  const { alice } = await twoPeople(rig);
  const fill = async (userId: string, relation: "contact" | "incoming" | "outgoing", count: number) => {
    const atomic = [];
    for (let at = 0; at < count; at++) {
      const otherId = `${relation}-${at}`;
      atomic.push(rig.store.committer.commit({
        sets: [{ key: ["contact", userId, otherId], value: { otherId, relation, note: null, createdAt: 0 } }],
      }));
    }
    await Promise.all(atomic);
  };
  await fill(alice.userId, "outgoing", limits.contactRequestsOpen);
  assert.equal(kindOf(await rig.contacts.request(alice, { username: "bob" })), "queue_full");
  const carol = await rig.person("carol");
  const dave = await rig.person("dave");
  await fill(dave.userId, "contact", limits.contacts);
  must(await rig.contacts.request(dave, { username: "carol" }));
  assert.equal(kindOf(await rig.contacts.accept(carol, { username: "dave" })), "queue_full");
});

/** What a requester can see: the answers, their lists, and what their devices hear. */
async function requesterView(change: (rig: Rig, bob: Caller) => void) {
  await using rig = await accountsRig();
  const { alice, bob } = await twoPeople(rig);
  const carol = await rig.person("carol");
  change(rig, bob);
  const view: unknown[] = [];
  for (const who of [alice, carol]) {
    for (let round = 0; round <= limits.approachesPerDay; round++) {
      view.push(await rig.contacts.request(who, { username: "bob", note: `Note ${round}` }));
      view.push(await rig.contacts.request(who, { username: "bob", note: "Another note" }));
      view.push(await rig.contacts.list(who));
      view.push(await rig.contacts.remove(who, { username: "bob" }));
    }
    view.push(rig.bell.notified.filter(({ userId }) => userId === who.userId));
  }
  return {
    view: JSON.stringify(view),
    ofBob: rig.bell.notified.filter(({ userId }) => userId === bob.userId),
  };
}

async function fillIncoming(rig: Rig, userId: string): Promise<void> {
  await Promise.all(Array.from({ length: limits.contactRequestsOpen }, (_, at) =>
    rig.store.committer.commit({
      sets: [{
        key: ["contact", userId, `gone-${at}`],
        value: { otherId: `gone-${at}`, relation: "incoming", note: null, createdAt: 0 },
      }],
    })));
}

Deno.test("CO-10, CO-11: a request looks the same whether it arrives, waits or never does, and its limit too", async () => {
  const seen = await requesterView(() => {});
  assert.ok(seen.view.includes("rate_limited"));
  assert.equal(seen.ofBob.length, 4 * limits.approachesPerDay);
  const rules: ((rig: Rig, bob: Caller) => void)[] = [
    (rig, bob) => void rig.rules.blocks.add(`${bob.userId} alice`).add(`${bob.userId} carol`),
    (rig, bob) => void rig.rules.stopped.add(bob.userId),
    (rig, bob) => void rig.rules.nobody.add(bob.userId),
  ];
  for (const rule of rules) {
    const other = await requesterView(rule);
    assert.equal(other.view, seen.view);
    assert.deepEqual(other.ofBob, []);
  }
});

Deno.test("CO-10: a person with too many requests gets no more, and nobody can tell whose are among them", async () => {
  await using rig = await accountsRig();
  const { alice, bob } = await twoPeople(rig);
  await fillIncoming(rig, bob.userId);
  assert.equal(must(await rig.contacts.request(alice, { username: "bob" })).relation, "outgoing");
  assert.deepEqual(await names(rig, alice), { ...none, outgoing: ["bob"] });
  assert.ok(rig.bell.notified.every(({ userId }) => userId === alice.userId));
});

Deno.test("CO-11: nothing of a request reaches a stopped person; it arrives when the stop ends", async () => {
  await using rig = await accountsRig();
  const { alice, bob } = await twoPeople(rig);
  const [carol, dave] = [await rig.person("carol"), await rig.person("dave")];
  must(await rig.contacts.request(carol, { username: "bob" }));
  const since = rig.clock.now() + 1000;
  rig.clock.advance(1000);
  rig.rules.stopped.add(bob.userId);
  const before = rig.bell.notified.length;
  must(await rig.contacts.request(alice, { username: "bob", note: "Do it" }));
  must(await rig.contacts.request(dave, { username: "bob" }));
  assert.deepEqual(await names(rig, bob), none);
  assert.equal(kindOf(await rig.contacts.accept(bob, { username: "alice" })), "not_found");
  assert.equal(kindOf(await rig.contacts.decline(bob, { username: "alice" })), "not_found");
  must(await rig.contacts.remove(dave, { username: "bob" }));
  const toBob = () => rig.bell.notified.slice(before).filter(({ userId }) => userId === bob.userId);
  assert.deepEqual(toBob(), []);
  rig.rules.stopped.delete(bob.userId);
  await rig.contacts.arriveAfterStop(bob.userId, since);
  assert.deepEqual(toBob().map(({ params }) => params), [
    { username: "alice", displayName: "alice", relation: "incoming" },
  ]);
  assert.deepEqual((await names(rig, bob)).incoming.sort(), ["alice", "carol"]);
});

Deno.test("CO-11: a stop and a block hide the names that others chose, and leave their usernames", async () => {
  await using rig = await accountsRig();
  const { alice, bob } = await twoPeople(rig);
  const renamed = { ...alice, displayName: "Kneel now" };
  must(await rig.contacts.request(alice, { username: "bob" }));
  must(await rig.contacts.accept(bob, { username: "alice" }));
  for (
    const hide of [() => rig.rules.stopped.add(bob.userId), () => rig.rules.blocks.add(`${bob.userId} alice`)]
  ) {
    rig.rules.stopped.clear();
    hide();
    must(await rig.contacts.remove(renamed, { username: "bob" }));
    const { userId, params } = rig.bell.notified.at(-1)!;
    assert.deepEqual([userId, params], [
      bob.userId,
      { username: "alice", displayName: "alice", relation: "none" },
    ]);
    rig.rules.stopped.clear();
    rig.rules.blocks.clear();
    must(await rig.contacts.request(bob, { username: "alice" }));
    must(await rig.contacts.accept(alice, { username: "bob" }));
  }
});

Deno.test("CO-11: a muted person cannot send requests, and can still answer them", async () => {
  await using rig = await accountsRig();
  const { alice, bob } = await twoPeople(rig);
  rig.rules.mutes.add(alice.userId);
  assert.equal(
    kindOf(await rig.contacts.request(alice, { username: "bob", note: "x".repeat(900) })),
    "forbidden",
  );
  assert.deepEqual(rig.bell.notified, []);
  must(await rig.contacts.request(bob, { username: "alice" }));
  must(await rig.contacts.accept(alice, { username: "bob" }));
});

Deno.test("CO-11: the day's requests to one person leave room for another, and for the next day", async () => {
  await using rig = await accountsRig();
  const { alice } = await twoPeople(rig);
  await rig.person("carol");
  const round = async (username: string) => {
    const answer = await rig.contacts.request(alice, { username });
    if (kindOf(answer) === "answered") must(await rig.contacts.remove(alice, { username }));
    return answer;
  };
  for (let at = 0; at < limits.approachesPerDay; at++) must(await round("bob"));
  const refused = await round("bob");
  assert.ok(refused instanceof Refusal);
  assert.equal(refused.kind, "rate_limited");
  must(await round("carol"));
  rig.clock.advance(refused.detail.retryAfterMs! - 1);
  assert.equal(kindOf(await round("bob")), "rate_limited");
  rig.clock.advance(1);
  must(await round("bob"));
});

Deno.test("people are looked up by name and id; who does not exist is left out", async () => {
  await using rig = await accountsRig();
  const { alice, bob } = await twoPeople(rig);
  const person = {
    id: alice.userId,
    username: "alice",
    displayName: "alice",
    timeZone: "UTC",
  };
  assert.deepEqual((await rig.people.byUsernames(["alice", "nobody-here"])).get("alice"), person);
  assert.equal((await rig.people.byUsernames(["alice", "nobody-here"])).size, 1);
  const many = [alice.userId, ...Array.from({ length: 30 }, (_, at) => `none-${at}`), bob.userId];
  assert.deepEqual(
    [...(await rig.people.byIds(many)).keys()].toSorted(),
    [alice.userId, bob.userId].toSorted(),
  );
  assert.equal(await rig.people.timeZoneOf("none"), "UTC");
});
