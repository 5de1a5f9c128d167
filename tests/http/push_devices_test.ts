import assert from "node:assert/strict";
import { encryptedWith } from "../../lib/adapters/push/encryption.ts";
import { loadPushKeys, pushKeys } from "../../lib/adapters/push/mod.ts";
import { pushLimits } from "../../lib/protocol/mod.ts";
import { must } from "../fakes/accounts_rig.ts";
import { password } from "../fakes/app_rig.ts";
import { settle } from "../fakes/clock.ts";
import { PushRig, something } from "../fakes/push_rig.ts";
import type { Got } from "../fakes/push_service.ts";
import { until } from "../fakes/until.ts";

const hourMs = 3600_000;

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
    { privateKey, point },
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

  // 429 has that device wait, for as long as it says, and nobody else's.
  const until120 = new Date(app.clock.now() + 120_000).toUTCString();
  phone.answers.push({ status: 429, headers: { "retry-after": until120 } });
  await app.command("bob", "ann");
  await rig.settled();
  await app.command("bob", "carl");
  assert.deepEqual(await rig.says(carls), [something]);
  await rig.pass(119_000);
  assert.deepEqual(await rig.says(phone), []);
  await rig.pass(1000);
  assert.deepEqual(await rig.says(phone), [something]);

  // A service that hangs keeps others from nothing, and is given up.
  await rig.pass(60_000);
  phone.answers.push("hang");
  const before = phone.tries;
  await app.command("bob", "ann");
  await until(() => phone.tries > before);
  await app.command("bob", "carl");
  await until(() => carls.got.length === 1);
  app.clock.advance(pushLimits.pushSendMs);
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
  for (const same of [`${ticket} `, `${ticket.slice(0, 9)}\n${ticket.slice(9)}`, `${ticket}==`]) {
    assert.equal((await answer(same)).status, 404, "not in another writing either");
  }
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
  // Guesses are counted by network, and a ticket that was made here is taken nevertheless; one again and again is not.
  const statuses: number[] = [];
  for (let tries = 0; tries < pushLimits.pushBadTickets; tries++) {
    statuses.push((await answer(`x${tries}`)).status);
  }
  assert.deepEqual([statuses.at(0), statuses.at(-1)], [404, 429]);
  const repeats = [];
  for (let tries = 0; tries <= pushLimits.pushTicketTries; tries++) {
    repeats.push((await answer(ticket)).status);
  }
  assert.deepEqual([repeats.at(0), repeats.at(-1)], [409, 429]);
  const large = await rig.call(null, "POST", "/answers", { ticket: "x".repeat(100_000) });
  assert.equal(large.status, 413);
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

  // The options of a question: those of a person who wants them, of one that is open, and for its words alone.
  const asks = (...labels: string[]) => ({
    kind: "choice",
    data: { options: labels.map((label, at) => ({ id: `o${at}`, label })) },
  });
  assert.equal((await ring(asks("Zinnober", "Quecksilber"))).got.text.includes("Zinnober"), false);
  assert.equal((await rig.choose("ann", { options: true })).json.options, true);
  const question = await ring(asks("Zinnober", "Quecksilber"));
  const [, second = assert.fail()] = question.got.body.notification?.actions ?? [];
  assert.equal(second.title, "Quecksilber");
  const answered = await answer(ticketOf(question.got, second.action));
  assert.deepEqual([answered.status, answered.json], [200, { action: "answer", command: question.id }]);
  assert.equal((await answer(ticketOf(question.got, "option-0"))).status, 409, "one answer");
  const { state } = await app.commandOf("ann", question.id);
  assert.deepEqual([state?.state, state?.answer], ["completed", { options: ["o1"] }]);
  // CM-11: another question under the same words is not answered by the notification of the one before.
  const edited = await ring(asks("Zinnober", "Quecksilber"));
  must(await app.services.commands.edit(await app.caller("bob"), { id: edited.id, body: "All of them?" }));
  assert.equal((await answer(ticketOf(edited.got, "option-0"))).status, 404);
  await rig.pass(5000);
  const [anew = assert.fail()] = (await rig.told(phone)).slice(-1);
  assert.equal((await answer(ticketOf(anew, "option-0"))).status, 200);
  const withheld = [
    { ...asks("Zinnober", "Quecksilber"), categories: ["feet"] },
    asks("Zinnober", "Quecksilber", "Blei"),
    { ...asks("Zinnober", "Quecksilber"), requires: "proof" },
    { kind: "choice", data: { ...asks("Zinnober", "Quecksilber").data, multiple: true } },
  ];
  for (const over of withheld) {
    const { got } = await ring(over);
    assert.ok(!/Zinnober|option-/.test(got.text), JSON.stringify(over));
  }

  const five = await ring();
  // Its sender makes it one that is sealed (CM-11): the button of what it was does not open it.
  must(await app.services.commands.edit(await app.caller("bob"), { id: five.id, categories: ["feet"] }));
  assert.equal((await answer(ticketOf(five.got, "accept"))).status, 404);
  const { totals } = (await app.sentBy("bob")).find(({ command }) => command.id === five.id)!;
  assert.deepEqual(totals, { queued: 1 }, "it waits as before");

  assert.equal((await rig.call("ann", "DELETE", "/subscriptions", { endpoint: phone.endpoint })).status, 204);
  assert.equal((await answer(ticketOf(five.got, "decline"))).status, 404, "the device is told no more");
  const six = await ring().catch(() => null);
  assert.equal(six, null);
});

Deno.test("UI-12 AU-6 AU-12: whoever ends all logins of an account also ends the devices whose login was over before", async () => {
  await using rig = await PushRig.start(["ann", "bob", "carl"]);
  const { app } = rig;
  await app.befriend("bob", "ann");
  const { accounts, loginLinks, personFacts } = app.services;
  const ways: Record<string, () => Promise<unknown>> = {
    "log out all others": async () => must(await accounts.revokeOthers(await app.caller("ann"))),
    "a new password": async () =>
      must(await accounts.changePassword(await app.caller("ann"), { current: password, next: password })),
    "a link for a lost password": async () => {
      const { token } = must(await loginLinks.create(await app.caller("root"), "ann", "She lost it."));
      must(
        await loginLinks.use({ address: "192.0.2.8", device: "web", requestId: "test" }, { token, password }),
      );
    },
    "logged out by an administrator": async () =>
      must(await personFacts.endSessions(await app.caller("root"), "ann", "Not hers.")),
  };
  for (const [way, end] of Object.entries(ways)) {
    const lost = await rig.subscribe("ann");
    const bobs = await rig.subscribe("bob");
    await rig.pass(30 * hourMs);
    const { id } = await app.command("bob", "ann");
    const [got = assert.fail()] = (await rig.told(lost)).slice(-1);
    await end();
    await app.logIn({ username: "ann", password });
    await rig.settled();
    const answer = await rig.call(null, "POST", "/answers", { ticket: ticketOf(got, "decline") });
    assert.equal(answer.status, 404, way);
    assert.notEqual((await app.commandOf("bob", id)).recipients?.[0]?.state, "declined", way);
    await rig.pass(hourMs);
    lost.take();
    await app.command("bob", "ann");
    assert.deepEqual(await rig.told(lost), [], way);
    await app.answer("ann", id, "accepted");
    assert.equal((await rig.told(bobs)).length, 1, "nobody else's");
    await rig.call("bob", "DELETE", "/subscriptions", { endpoint: bobs.endpoint });
  }

  // A push that waits for room at its service, when its device is switched off.
  for (const who of ["bob", "carl", "root"]) {
    if (who !== "bob") await app.befriend("ann", who);
    (await rig.subscribe(who)).answers.push(503);
    await app.command("ann", who);
    await rig.settled();
  }
  const phone = await rig.subscribe("ann");
  await app.command("bob", "ann");
  for (let turn = 0; turn < 20; turn++) await settle();
  assert.equal(phone.tries, 0, "the service is left in peace");
  await rig.call("ann", "DELETE", "/subscriptions", { endpoint: phone.endpoint });
  await app.later(5000);
  await rig.settled();
  assert.equal(phone.tries, 0);
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
  app.clock.advance(pushLimits.pushTestMs);
  phone.answers.push(500);
  assert.equal((await rig.call("ann", "POST", `/subscriptions/${device.id}/test`)).json.last.status, 500);

  // The device is whose account used it last.
  await rig.subscribe("bob", phone);
  assert.deepEqual((await rig.call("ann", "GET", "/subscriptions")).json.devices, []);
  assert.equal((await rig.call("bob", "GET", "/subscriptions")).json.devices.length, 1);
  const { json: { devices: [bobs] } } = await rig.call("bob", "GET", "/subscriptions");
  assert.equal((await rig.call("bob", "DELETE", `/subscriptions/${bobs.id}`)).status, 204);
  for (let count = 0; count < pushLimits.pushDevices; count++) await rig.subscribe("bob");
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
