import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { encryptedWith } from "../../lib/adapters/push/encryption.ts";
import { loadPushKeys, pushKeys } from "../../lib/adapters/push/mod.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { limits } from "../../lib/protocol/mod.ts";
import type { PushMessage, PushOutcome, PushSender } from "../../lib/push/mod.ts";
import { AppRig } from "../fakes/app_rig.ts";
import { openTestServices, person } from "../fakes/open_services.ts";
import { type FakeDevice, FakePushService, type Got } from "../fakes/push_service.ts";
import { until } from "../fakes/until.ts";

const hourMs = 3600_000;

/** The app with a push service of its own, and devices of people. */
class PushRig implements AsyncDisposable {
  readonly app: AppRig;
  readonly service: FakePushService;
  /** Everything that was sent to devices, in order. */
  readonly texts: string[] = [];

  private constructor(app: AppRig, service: FakePushService) {
    this.app = app;
    this.service = service;
  }

  static async start(people: readonly string[] = ["ann", "bob"]): Promise<PushRig> {
    let now = () => Date.now();
    const service = FakePushService.open(() => now());
    const app = await AppRig.start({ people, env: service.env });
    now = () => app.clock.now();
    return new PushRig(app, service);
  }

  async subscribe(who: string, device = this.service.device()): Promise<FakeDevice> {
    const { status } = await this.call(who, "POST", "/subscriptions", {
      ...device.subscription,
      device: `phone-of-${who}`,
    });
    assert.equal(status, 204);
    return device;
  }

  async call(who: string | null, method: string, path: string, body?: unknown) {
    const response = await this.app.send(`/api/v1/push${path}`, {
      method,
      headers: {
        ...who === null ? {} : this.app.bearerOf(who),
        ...body === undefined ? {} : { "content-type": "application/json" },
      },
      ...body === undefined ? {} : { body: JSON.stringify(body) },
    });
    const text = await response.text();
    return { status: response.status, json: text === "" ? null : JSON.parse(text) };
  }

  /** Lets everything that is on its way come to its end, with the jobs that are due. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) {
      await setImmediate();
      await this.app.open.runDueJobs();
      await this.app.open.allTold();
    }
  }

  /** Time passes; the clock's timers and the jobs run. */
  async pass(ms: number): Promise<void> {
    await this.settled();
    await this.app.later(ms);
    await this.settled();
  }

  /** What a device got since the last look. */
  async told(device: FakeDevice): Promise<Got[]> {
    await this.settled();
    const got = device.take();
    this.texts.push(...got.map(({ text }) => text));
    return got;
  }

  /** The sentences of it. */
  async says(device: FakeDevice): Promise<(string | undefined)[]> {
    return (await this.told(device)).map(({ body }) => body.notification?.body);
  }

  choose(who: string, change: unknown) {
    return this.call(who, "PATCH", "/choices", change);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    assert.deepEqual(this.service.complaints, []);
    await this.app[Symbol.asyncDispose]();
    await this.service[Symbol.asyncDispose]();
  }
}

const something = "Something new is waiting.";

/** The ticket of a button. */
function ticketOf({ body }: Got, action: string): string {
  const found = body.notification?.actions?.find((one) => one.action === action);
  assert.ok(found !== undefined, `the button ${action}`);
  return new URL(found.navigate).searchParams.get("ticket")!;
}

Deno.test("UI-12: a push is encrypted as RFC 8291's own example", async () => {
  const bytes = (text: string) => Uint8Array.fromBase64(text, { alphabet: "base64url" });
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const server = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
  const point = bytes(server);
  const base64url = (part: Uint8Array) => part.toBase64({ alphabet: "base64url", omitPadding: true });
  const privateKey = await crypto.subtle.importKey(
    "jwk",
    {
      kty: "EC",
      crv: "P-256",
      d: "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
      x: base64url(point.subarray(1, 33)),
      y: base64url(point.subarray(33)),
    },
    curve,
    true,
    ["deriveBits"],
  );
  const publicKey = await crypto.subtle.importKey("raw", point, curve, true, []);
  const content = new Uint8Array([
    ...new TextEncoder().encode("When I grow up, I want to be a watermelon"),
    2,
  ]);
  const body = await encryptedWith(
    content,
    {
      p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
      auth: "BTBZMqHH6r4Tts7J_aSIgg",
    },
    { privateKey, publicKey },
    bytes("DGv6ra1nlYgDCS1FRnbzlw"),
  );
  assert.equal(
    base64url(body),
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w" +
      "EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
  );
});

Deno.test("UI-7: the server's keys are made once, and any 32 bytes lead to some", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const made = await loadPushKeys(dir);
    assert.deepEqual(await loadPushKeys(dir), made);
    assert.equal((await Deno.stat(`${dir}/push.key`)).mode! & 0o077, 0);
    for (const byte of [0, 0xff]) {
      const odd = pushKeys(new Uint8Array(32).fill(byte));
      assert.equal(Uint8Array.fromBase64(odd.privateKey, { alphabet: "base64url" }).length, 32);
      assert.equal(Uint8Array.fromBase64(odd.publicKey, { alphabet: "base64url" }).length, 65);
    }
    await Deno.writeFile(`${dir}/push.key`, new Uint8Array(31));
    await assert.rejects(loadPushKeys(dir), /32 bytes/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

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

  for (const text of rig.texts) assert.doesNotMatch(text, /Zinnober|Quecksilber|bob|carl|task|general/i);
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

Deno.test("UI-12: a push service that fails is asked again, and one that has no such device ends it", async () => {
  await using rig = await PushRig.start(["ann", "bob", "carl"]);
  const { app } = rig;
  await app.befriend("bob", "ann");
  await app.befriend("bob", "carl");
  const phone = await rig.subscribe("ann");
  const carls = await rig.subscribe("carl");
  phone.answers.push(500, 503);
  await app.command("bob", "ann");
  assert.deepEqual(await rig.told(phone), []);
  const { json: { devices: [device] } } = await rig.call("ann", "GET", "/subscriptions");
  assert.deepEqual([device.last.outcome, device.last.status], ["later", 500]);
  assert.ok(device.retryAt !== null);
  await rig.pass(2000);
  assert.equal(phone.tries, 2);
  await rig.pass(3999);
  assert.equal(phone.tries, 2, "later and later");
  await rig.pass(1);
  assert.deepEqual(await rig.says(phone), [something]);

  // What was dealt with meanwhile is not told any more.
  await rig.pass(60_000);
  phone.answers.push(500);
  const { id } = await app.command("bob", "ann");
  await rig.settled();
  await app.answer("ann", id, "completed");
  await rig.pass(60_000);
  assert.deepEqual((await rig.says(phone)).filter(Boolean), []);

  // 429 holds the whole service, for as long as it says.
  phone.answers.push({ status: 429, headers: { "retry-after": "120" } });
  await app.command("bob", "ann");
  await rig.settled();
  await app.command("bob", "carl");
  await setImmediate();
  assert.equal(carls.tries, 0);
  app.clock.advance(119_000);
  await setImmediate();
  assert.equal(carls.tries, 0);
  app.clock.advance(1000);
  await until(() => carls.got.length === 1);
  assert.deepEqual(await rig.says(phone), [something]);
  carls.take();

  // A service that hangs keeps others from nothing, and is given up.
  await rig.pass(60_000);
  phone.answers.push("hang");
  await app.command("bob", "ann");
  await until(() => phone.tries > 5);
  await app.command("bob", "carl");
  await until(() => carls.got.length === 1);
  app.clock.advance(limits.pushSendMs);
  await rig.pass(60_000);
  assert.deepEqual(await rig.says(phone), [something]);

  for (const [status, left] of [[413, 1], [307, 1], [410, 0]] as const) {
    await rig.pass(60_000);
    phone.answers.push(status);
    await app.command("bob", "ann");
    await rig.settled();
    const { json } = await rig.call("ann", "GET", "/subscriptions");
    assert.equal(json.devices.length, left, `${status}`);
    if (left > 0) {
      assert.deepEqual([json.devices[0].last.outcome, json.devices[0].last.status], ["refused", status]);
    }
  }
  const metrics = await (await app.services.metrics.text()).text;
  for (const outcome of ["sent", "later", "refused", "gone"]) {
    assert.match(metrics, new RegExp(`behest_pushes_total\\{service="other",outcome="${outcome}"\\} [1-9]`));
  }
  assert.ok(
    !metrics.includes(new URL(phone.endpoint).pathname) && !metrics.includes("127.0.0.1"),
    "rates, never addresses",
  );
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
    const at = { origin: "https://behest.example", language: "de" };
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

Deno.test("UI-12 AU-6: a button's ticket does one thing, once, as long as its device is subscribed", async () => {
  await using rig = await PushRig.start();
  const { app } = rig;
  await app.befriend("bob", "ann");
  const phone = await rig.subscribe("ann");
  const other = await rig.subscribe("ann");
  const answer = (ticket: string) => rig.call(null, "POST", "/answers", { ticket });
  const ring = async (over = {}) => {
    await rig.pass(5000);
    other.take();
    const { id } = await app.command("bob", "ann", over);
    const [got = assert.fail()] = (await rig.told(phone)).slice(-1);
    return { id, got };
  };
  const stateOf = async (id: string) => (await app.commandOf("ann", id)).state?.state;

  const one = await ring();
  assert.deepEqual(
    one.got.body.notification?.actions?.map(({ title }) => title),
    ["Accept", "Stop", "Later", "Decline"],
  );
  await rig.told(other);
  const ticket = ticketOf(one.got, "accept");
  const done = await answer(ticket);
  assert.deepEqual([done.status, done.json], [200, { action: "accept", command: one.id }]);
  assert.equal(await stateOf(one.id), "accepted");
  assert.equal((await rig.told(other)).at(-1)?.body.gone?.length, 1, "gone elsewhere");
  assert.deepEqual(await rig.told(phone), [], "it was answered there");
  assert.equal((await answer(ticket)).status, 409, "once");
  assert.equal(
    (await answer(ticketOf(one.got, "later"))).json.action,
    "later",
    "an accepted one can be put off",
  );
  assert.equal(await stateOf(one.id), "deferred");

  const two = await ring();
  assert.equal((await answer(ticketOf(two.got, "decline"))).status, 200);
  assert.equal(await stateOf(two.id), "declined");
  assert.equal((await answer(ticketOf(two.got, "accept"))).status, 409, "what the table forbids is refused");

  // Long after the session, without any.
  const three = await ring();
  app.clock.advance(30 * hourMs);
  assert.equal((await answer(ticketOf(three.got, "accept"))).status, 200);
  await app.later(0);

  const four = await ring();
  for (const bad of ["", "x", ticket.slice(0, -3) + "AAA", ticketOf(four.got, "accept").slice(1)]) {
    assert.equal((await answer(bad)).status, 404, bad);
  }
  const opening = new URL(four.got.body.notification!.navigate).searchParams.get("ticket")!;
  assert.equal((await answer(opening)).status, 404, "what opens the app answers nothing");
  assert.equal((await answer(ticketOf(four.got, "stop"))).status, 200);
  assert.notEqual(await app.services.safety.stoppedSince((await app.caller("ann")).userId), null);
  await app.services.safety.resume(await app.caller("ann"));

  // A sealed command is never opened from outside.
  await app.preferences("ann", { categories: { feet: "ask" } });
  const sealed = await ring({ categories: ["feet"] });
  assert.deepEqual(
    sealed.got.body.notification?.actions?.map(({ action }) => action),
    ["stop", "later", "decline"],
  );

  const five = await ring();
  assert.equal((await rig.call("ann", "DELETE", "/subscriptions", { endpoint: phone.endpoint })).status, 204);
  assert.equal((await answer(ticketOf(five.got, "accept"))).status, 404, "the device is told no more");
  const six = await ring().catch(() => null);
  assert.equal(six, null);
});

Deno.test("UI-12: REST: devices are the caller's own; only push services; a test tells what the service said", async () => {
  await using rig = await PushRig.start();
  const { app } = rig;
  const phone = await rig.subscribe("ann");
  const { json } = await rig.call("ann", "GET", "");
  assert.equal(Uint8Array.fromBase64(json.key, { alphabet: "base64url" }).length, 65);
  for (const path of ["", "/subscriptions", "/choices"]) {
    assert.equal((await rig.call(null, "GET", path)).status, 401, path);
  }
  const { keys } = phone.subscription;
  for (
    const bad of [
      {},
      { endpoint: phone.endpoint },
      { endpoint: "x", keys },
      { endpoint: phone.endpoint, keys: { ...keys, auth: "AA" } },
      { endpoint: phone.endpoint, keys: { ...keys, p256dh: keys.auth } },
      { endpoint: phone.endpoint, keys, other: 1 },
      { endpoint: `https://fcm.googleapis.com/${"x".repeat(1024)}`, keys },
      { endpoint: "http://127.0.0.1:1/x", keys },
      { endpoint: "https://internal.example/", keys },
      { endpoint: "http://fcm.googleapis.com/x", keys },
      { endpoint: phone.endpoint.replace("http:", "https:"), keys },
      { endpoint: phone.endpoint.replace("http://", "http://user@"), keys },
    ]
  ) {
    const answer = await rig.call("ann", "POST", "/subscriptions", bad);
    assert.deepEqual([answer.status, answer.json.kind], [400, "invalid_params"], JSON.stringify(bad));
  }
  const { json: { devices: [device] } } = await rig.call("ann", "GET", "/subscriptions");
  assert.equal((await rig.call("bob", "POST", `/subscriptions/${device.id}/test`)).status, 404);
  assert.equal((await rig.call("bob", "DELETE", `/subscriptions/${device.id}`)).status, 404);
  const tested = await rig.call("ann", "POST", `/subscriptions/${device.id}/test`);
  assert.deepEqual([tested.status, tested.json.last.outcome, tested.json.last.status], [200, "sent", 201]);
  assert.deepEqual(await rig.says(phone), ["This is a test. Notifications work on this device."]);
  assert.equal((await rig.call("ann", "POST", `/subscriptions/${device.id}/test`)).status, 429);
  app.clock.advance(limits.pushTestMs);
  phone.answers.push(500);
  assert.equal((await rig.call("ann", "POST", `/subscriptions/${device.id}/test`)).json.last.status, 500);

  // The device is whose account used it last.
  await rig.subscribe("bob", phone);
  assert.deepEqual((await rig.call("ann", "GET", "/subscriptions")).json.devices, []);
  assert.equal((await rig.call("bob", "GET", "/subscriptions")).json.devices.length, 1);
  const { json: { devices: [bobs] } } = await rig.call("bob", "GET", "/subscriptions");
  assert.equal((await rig.call("bob", "DELETE", `/subscriptions/${bobs.id}`)).status, 204);
  for (let count = 0; count < limits.pushDevices; count++) await rig.subscribe("bob");
  const { subscription } = rig.service.device();
  assert.equal((await rig.call("bob", "POST", "/subscriptions", subscription)).status, 409);
  // A key that is no point of the curve: the device is forgotten when that shows.
  const broken = rig.service.device().subscription;
  broken.keys.p256dh = new Uint8Array(65).fill(4).toBase64({ alphabet: "base64url", omitPadding: true });
  assert.equal((await rig.call("ann", "POST", "/subscriptions", broken)).status, 204);
  await app.command("bob", "ann");
  await rig.settled();
  assert.deepEqual((await rig.call("ann", "GET", "/subscriptions")).json.devices, []);
});
