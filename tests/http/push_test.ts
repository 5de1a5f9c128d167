import assert from "node:assert/strict";
import { openStore } from "../../lib/adapters/kv/store.ts";
import type { PushMessage, PushOutcome, PushSender } from "../../lib/push/mod.ts";
import { openTestServices, person } from "../fakes/open_services.ts";
import { PushRig, something, withoutTickets } from "../fakes/push_rig.ts";
import { FakePushService } from "../fakes/push_service.ts";

const hourMs = 3600_000;

Deno.test("UI-12 UI-11: each device rings at once for all that may be shown, with nothing of what it is", async () => {
  await using rig = await PushRig.start(["ann", "bob", "carl"]);
  const { app } = rig;
  await app.befriend("bob", "ann");
  await app.befriend("carl", "ann");
  const phone = await rig.subscribe("ann");
  const desk = await rig.subscribe("ann");
  const bobs = await rig.subscribe("bob");
  assert.deepEqual(await rig.told(phone), [], "nothing of what was there before");

  const { id } = await app.command("bob", "ann", { title: "Zinnober", body: "Quecksilber", kind: "task" });
  const [got = assert.fail(), ...more] = await rig.told(phone);
  assert.deepEqual(more, []);
  assert.equal(got.body.web_push, 8030);
  assert.deepEqual(
    [got.body.notification?.title, got.body.notification?.body, got.body.mutable, got.urgency],
    ["Behest", something, true, "normal"],
  );
  assert.ok(got.ttlSeconds > 13 * 24 * 3600, "as long as the command waits");
  const [onDesk = assert.fail()] = await rig.told(desk);
  assert.equal(onDesk.topic, onDesk.body.notification?.tag);
  assert.notEqual(onDesk.topic, got.topic, "push services cannot tell who was told of the same");
  assert.equal(onDesk.bytes, got.bytes);
  assert.ok(!got.text.includes(id) && !got.text.includes(onDesk.topic ?? ""));
  assert.deepEqual(await rig.told(bobs), [], "not the sender");

  // Connected or not, delivered or not: what one device shows silences no other.
  await rig.pass(5000);
  const second = await app.command("bob", "ann", { title: "Zinnober" });
  await app.answer("ann", second.id, "delivered");
  assert.deepEqual(await rig.says(phone), [something]);

  await rig.pass(5000);
  const chat = { key: "k1", to: "ann", body: "Zinnober, once more", attachments: [] };
  await app.services.chat.send(await app.caller("bob"), chat);
  assert.deepEqual(await rig.says(phone), ["There is a new message."]);

  await rig.pass(5000);
  await app.answer("ann", id, "accepted", { note: "Quecksilber" });
  assert.deepEqual(await rig.says(bobs), ["There is news for you."]);
  const [quiet] = rig.texts.slice(-1);
  assert.ok(JSON.parse(quiet!).notification.silent, "what others did is quiet at first");

  for (const text of rig.texts) {
    assert.doesNotMatch(withoutTickets(text), /Zinnober|Quecksilber|bob|carl|task|general/i);
  }
  const { status, json } = await rig.call("ann", "GET", "/subscriptions");
  assert.equal(status, 200);
  assert.equal(json.devices.length, 2);
  assert.deepEqual(json.devices[0].last, {
    at: json.devices[0].last.at,
    outcome: "sent",
    status: 201,
  });
  assert.ok(!JSON.stringify(json).includes(new URL(phone.endpoint).pathname), "the address stays here");
});

Deno.test("CO-3 CO-4 CO-6 CO-10 UI-12: what rules hold rings when they let it go, and what they withhold never", async () => {
  await using rig = await PushRig.start(["ann", "bob", "eve"]);
  const { app } = rig;
  await app.befriend("bob", "ann");
  await app.befriend("eve", "ann");
  const phone = await rig.subscribe("ann");
  await app.preferences("ann", { blockedUsers: ["eve"] });
  await app.command("eve", "ann");
  await app.command("bob", "ann", { categories: ["feet"] });
  assert.deepEqual(await rig.told(phone), [], "blocked, and a category that she blocks");

  const from = new Date(app.clock.now() - hourMs).toISOString().slice(11, 16);
  const to = new Date(app.clock.now() + 6 * hourMs).toISOString().slice(11, 16);
  await app.preferences("ann", { quietHours: { from, to } });
  await app.command("bob", "ann");
  assert.deepEqual(await rig.told(phone), []);
  const { json } = await rig.call("ann", "GET", "/subscriptions");
  assert.equal(json.holds.rule, "quiet_hours");
  await rig.pass(5 * hourMs);
  assert.deepEqual(await rig.told(phone), []);
  await rig.pass(hourMs + 60_000);
  assert.deepEqual(await rig.says(phone), [something], "when they are over");
  await app.preferences("ann", { quietHours: null });

  await app.services.safety.stop(await app.caller("ann"));
  await app.command("bob", "ann");
  await rig.pass(3 * hourMs);
  assert.deepEqual((await rig.says(phone)).filter(Boolean), [], "stopped");
  assert.equal((await rig.call("ann", "GET", "/subscriptions")).json.holds.rule, "stopped");
  await app.services.safety.resume(await app.caller("ann"));
  assert.deepEqual(await rig.says(phone), [something]);

  await app.preferences("ann", { dailyLimit: 1 });
  await rig.pass(24 * hourMs);
  const one = await app.command("bob", "ann");
  await app.answer("ann", one.id, "delivered");
  assert.equal((await rig.says(phone)).filter(Boolean).length, 1);
  await app.command("bob", "ann");
  assert.deepEqual((await rig.says(phone)).filter(Boolean), [], "one a day");

  await rig.pass(24 * hourMs);
  phone.take();
  await rig.subscribe("ann", phone);
  await app.services.accounts.logout(await app.caller("ann"));
  await app.logIn({ username: "ann", password: "a long enough passphrase" });
  await rig.pass(24 * hourMs);
  await app.command("bob", "ann");
  assert.deepEqual(await rig.told(phone), [], "a logout ends what that login switched on");
});

Deno.test("UI-12: what was dealt with on one device goes from the others, and a storm is one summary", async () => {
  await using rig = await PushRig.start();
  const { app } = rig;
  await app.befriend("bob", "ann");
  const phone = await rig.subscribe("ann");
  const first = await app.command("bob", "ann");
  const [got = assert.fail()] = await rig.told(phone);
  await app.answer("ann", first.id, "seen");
  const [gone = assert.fail()] = await rig.told(phone);
  assert.deepEqual(gone.body, { gone: [got.topic] });

  await rig.pass(5000);
  const ids: string[] = [];
  for (let count = 0; count < 20; count++) ids.push((await app.command("bob", "ann")).id);
  const storm = await rig.told(phone);
  await rig.pass(2 * 60_000);
  storm.push(...await rig.told(phone));
  assert.ok(storm.length <= 3, `${storm.length} rings`);
  assert.equal(storm.at(-1)!.body.notification?.body, "Several new things are waiting.");
  assert.equal(storm.at(-1)!.body.notification?.tag, "news");

  assert.equal((await rig.choose("ann", { says: "count" })).status, 200);
  await rig.pass(10 * 60_000);
  for (let count = 0; count < 5; count++) await app.command("bob", "ann");
  await rig.settled();
  phone.take();
  await rig.pass(2 * 60_000);
  assert.match(String((await rig.says(phone)).at(-1)), /^\d new$/);
  assert.equal((await rig.choose("ann", { says: "name" })).status, 200);
  await rig.pass(10 * 60_000);
  await app.command("bob", "ann");
  const [discreet = assert.fail()] = await rig.told(phone);
  assert.deepEqual(
    [
      discreet.body.notification?.title,
      discreet.body.notification?.body,
      discreet.body.notification?.actions,
    ],
    ["Notes", undefined, undefined],
  );
});

Deno.test("DL-6 UI-12: a broadcast that ends goes from every device that shows it, also of people without a page", async () => {
  await using rig = await PushRig.start();
  const { app } = rig;
  await app.preferences("ann", { acceptFrom: "anyone" });
  await app.preferences("bob", { acceptFrom: "anyone" });
  const [phone, other] = [await rig.subscribe("ann"), await rig.subscribe("bob")];
  const expiresAt = new Date(app.clock.now() + 30_000).toISOString();
  const { id } = await app.command("root", { kind: "all" }, { expiresAt });
  const [shown = assert.fail()] = await rig.told(phone);
  await rig.told(other);
  await app.answer("bob", id, "seen");
  await rig.told(other);
  // Less than a minute later: nothing else would have it looked at.
  await rig.pass(30_000);
  assert.deepEqual((await rig.told(phone)).map(({ body }) => body), [{ gone: [shown.topic] }]);
  assert.deepEqual(await rig.told(other), [], "it showed it no more");
});

Deno.test("CM-8 UI-12: deadlines and what was put off ring closed phones", async () => {
  await using rig = await PushRig.start();
  const { app } = rig;
  await app.befriend("bob", "ann");
  const phone = await rig.subscribe("ann");
  const dueAt = new Date(app.clock.now() + 3 * hourMs).toISOString();
  const { id } = await app.command("bob", "ann", { dueAt });
  await app.answer("ann", id, "accepted");
  await rig.told(phone);
  await rig.pass(2 * hourMs);
  const [due = assert.fail()] = await rig.told(phone);
  assert.deepEqual([due.body.notification?.body, due.urgency, due.body.stays], [
    "A deadline is near.",
    "high",
    true,
  ]);

  await rig.pass(5000);
  const later = await app.command("bob", "ann");
  assert.deepEqual(await rig.says(phone), [something]);
  await app.answer("ann", later.id, "deferred", { until: new Date(app.clock.now() + hourMs).toISOString() });
  assert.deepEqual((await rig.says(phone)).filter(Boolean), []);
  await rig.pass(hourMs);
  assert.deepEqual(await rig.says(phone), [something], "the time is over to which it was put off");
});

Deno.test("DL-4 UI-12: a push that was on its way when the server ended is sent by the next one", async () => {
  await using store = await openStore(":memory:");
  await using service = FakePushService.open();
  const { subscription } = service.device();
  const tried = Promise.withResolvers<void>();
  const sender = (send: PushSender["send"]): PushSender => ({ publicKey: "key", takes: () => true, send });
  const hung = sender((_to, _message, signal) => {
    tried.resolve();
    const { promise, resolve } = Promise.withResolvers<PushOutcome>();
    const later: PushOutcome = { kind: "later", waitMs: null, status: null, why: "AbortError" };
    signal.addEventListener("abort", () => resolve(later));
    return promise;
  });
  {
    await using open = await openTestServices({ store, pushes: hung });
    const [{ caller: ann }, { caller: bob }] = [
      await person(open, "demo-ann"),
      await person(open, "demo-bob"),
    ];
    const at = { site: "https://behest.example", language: "de" };
    assert.equal(await open.services.push.subscribe(ann, subscription, at), true);
    await open.services.commands.send(bob, {
      key: "one",
      audience: { kind: "user", to: ["demo-ann"] },
      kind: "message",
      body: "Hello",
    });
    await tried.promise;
  }
  const sent: PushMessage[] = [];
  const works = sender((_to, message) => {
    sent.push(message);
    return Promise.resolve({ kind: "sent", status: 201 });
  });
  await using again = await openTestServices({ store, pushes: works });
  await again.allTold();
  assert.deepEqual(sent.map(({ text }) => JSON.parse(text).notification.body), ["Etwas Neues wartet."]);
});

Deno.test("UI-12: levels by contact, group and kind; again until it is answered", async () => {
  await using rig = await PushRig.start(["ann", "bob", "carl"]);
  const { app } = rig;
  await app.befriend("bob", "ann");
  await app.befriend("carl", "ann");
  await app.group("band", { bob: "sender", ann: "member" });
  const phone = await rig.subscribe("ann");
  const chosen = await rig.choose("ann", {
    topics: { task: "again", message: "quiet" },
    contacts: { carl: "off" },
    groups: { band: "urgent" },
    again: { minutes: 10, times: 3 },
  });
  assert.equal(chosen.status, 200);
  assert.equal(chosen.json.topics.link, "normal", "what is not named stays");
  await app.command("carl", "ann");
  assert.deepEqual(await rig.told(phone), [], "off");
  await app.command("bob", "ann", { kind: "message" });
  const [quiet = assert.fail()] = await rig.told(phone);
  assert.deepEqual([quiet.urgency, quiet.body.notification?.silent], ["low", true]);
  await rig.pass(5000);
  await app.command("bob", { kind: "group", group: "band" }, { kind: "message" });
  const [urgent = assert.fail()] = await rig.told(phone);
  assert.deepEqual([urgent.urgency, urgent.body.stays], ["high", true]);

  await rig.pass(5000);
  await app.command("bob", "ann", { kind: "task" });
  assert.equal((await rig.told(phone)).length, 1);
  await rig.pass(9 * 60_000);
  assert.equal((await rig.told(phone)).length, 0);
  await rig.pass(60_000);
  assert.equal((await rig.told(phone)).length, 1);
  await rig.pass(600_000);
  assert.equal((await rig.told(phone)).length, 1);
  await rig.pass(600_000);
  assert.equal((await rig.told(phone)).length, 0, "the recipient's limit");

  const { id } = await app.command("bob", "ann", { kind: "task" });
  await rig.told(phone);
  await app.answer("ann", id, "accepted");
  await rig.told(phone);
  await rig.pass(600_000);
  assert.deepEqual((await rig.says(phone)).filter(Boolean), [], "an answer ends it");

  await app.command("bob", "ann", { kind: "task" });
  await rig.told(phone);
  await app.services.safety.stop(await app.caller("ann"));
  await app.services.safety.resume(await app.caller("ann"));
  await rig.told(phone);
  await rig.pass(600_000);
  assert.deepEqual((await rig.says(phone)).filter(Boolean), [], "a Stop ends it");

  for (
    const bad of [
      { topics: { task: "loud" } },
      { buttons: ["accept", "accept"] },
      { again: { minutes: 0, times: 1 } },
      { contacts: Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`user${at}`, "off"])) },
      { other: 1 },
    ]
  ) assert.equal((await rig.choose("ann", bad)).status, 400, JSON.stringify(bad));
});
