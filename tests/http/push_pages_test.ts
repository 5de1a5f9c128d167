import assert from "node:assert/strict";
import { PushRig } from "../fakes/push_rig.ts";

/** A form of a page, as a browser without scripts sends it. */
async function post(rig: PushRig, path: string, fields: Record<string, string>) {
  const response = await rig.app.send(path, {
    method: "POST",
    headers: {
      cookie: rig.app.cookieOf("ann"),
      "content-type": "application/x-www-form-urlencoded",
      "sec-fetch-site": "same-origin",
    },
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
  return { status: response.status, to: response.headers.get("location"), text: await response.text() };
}

async function get(rig: PushRig, path: string, who = "ann") {
  const response = await rig.app.send(path, {
    headers: { cookie: rig.app.cookieOf(who) },
    redirect: "manual",
  });
  return { status: response.status, to: response.headers.get("location"), text: await response.text() };
}

Deno.test("UI-12 UI-1: without scripts: each device's state, a test, what to choose; a button's page asks first", async () => {
  await using rig = await PushRig.start();
  const { app } = rig;
  await app.befriend("bob", "ann");
  const empty = await get(rig, "/notifications");
  assert.match(empty.text, /No devices yet/);
  const phone = await rig.subscribe("ann");
  const { json: { devices: [{ id }] } } = await rig.call("ann", "GET", "/subscriptions");
  const own = await get(rig, "/notifications");
  assert.match(own.text, /phone-of-ann · App by 127\.0\.0\.1/);
  assert.match(own.text, /Nothing was sent yet\./);
  assert.ok(!own.text.includes(new URL(phone.endpoint).pathname));

  phone.answers.push(503);
  const failed = await post(rig, "/notifications", { action: "test", id });
  assert.equal(failed.to, "/notifications?notice=test-failed");
  assert.match((await get(rig, "/notifications")).text, /answer 503/);
  app.clock.advance(10_000);
  assert.equal((await post(rig, "/notifications", { action: "test", id })).to, "/notifications?notice=test");
  assert.equal((await post(rig, "/notifications", { action: "test", id })).status, 429);
  assert.equal((await rig.told(phone)).length, 1);

  const form = {
    action: "choose",
    says: "count",
    first: "decline",
    second: "stop",
    minutes: "7",
    times: "3",
  };
  const chosen = await post(rig, "/notifications", {
    ...form,
    "topic-task": "urgent",
    contact: "bob",
    contactLevel: "quiet",
  });
  assert.equal(chosen.to, "/notifications?notice=saved");
  const { json } = await rig.call("ann", "GET", "/choices");
  assert.deepEqual(
    [json.topics.task, json.topics.link, json.contacts, json.says, json.again, json.buttons.slice(0, 2)],
    ["urgent", "normal", { bob: "quiet" }, "count", { minutes: 7, times: 3 }, ["decline", "stop"]],
  );
  await post(rig, "/notifications", { ...form, "contact-bob": "" });
  assert.deepEqual((await rig.call("ann", "GET", "/choices")).json.contacts, {});
  const wrong = await post(rig, "/notifications", { ...form, minutes: "0" });
  assert.equal(wrong.status, 400);

  await rig.pass(10_000);
  const command = await app.command("bob", "ann");
  const [got = assert.fail()] = await rig.told(phone);
  const notification = got.body.notification!;
  const inApp = (address: string) => address.slice(new URL(address).origin.length);
  assert.equal((await get(rig, inApp(notification.navigate))).to, "/", "the inbox delivers it");
  assert.equal((await get(rig, inApp(notification.navigate), "bob")).to, "/", "nobody else's");
  const decline = inApp(notification.actions![0]!.navigate);
  assert.match((await get(rig, decline)).text, /Decline this command\?/);
  assert.equal(
    (await app.commandOf("bob", command.id)).recipients?.[0]?.state,
    "queued",
    "a look does nothing",
  );
  const ticket = new URL(notification.actions![0]!.navigate).searchParams.get("ticket")!;
  assert.equal((await post(rig, "/notified", { ticket })).to, `/history/${command.id}`);
  assert.equal((await app.commandOf("bob", command.id)).recipients?.[0]?.state, "declined");
  assert.equal((await get(rig, inApp(notification.navigate))).to, `/history/${command.id}`);
  assert.equal((await post(rig, "/notified", { ticket })).status, 409);
  assert.equal((await post(rig, "/notified", { ticket: "x" })).to, "/");

  // A browser in discreet mode shows a neutral name: as it says when it renews itself, and when its mode changes.
  const renew = async (cookie: string) => {
    const { status } = await app.send("/api/v1/push/subscriptions", {
      method: "POST",
      headers: {
        cookie: `${app.cookieOf("ann")}${cookie}`,
        "content-type": "application/json",
        "sec-fetch-site": "same-origin",
      },
      body: JSON.stringify(phone.subscription),
    });
    assert.equal(status, 204);
  };
  const ring = async () => {
    await rig.pass(10_000);
    await app.command("bob", "ann");
    return (await rig.told(phone)).at(-1)?.body.notification?.title;
  };
  await renew("; behest_discreet=1");
  assert.equal(await ring(), "Notes");
  await renew("");
  assert.equal(await ring(), "Behest");
  await renew("");
  await post(rig, "/discreet", { on: "yes" });
  assert.equal(await ring(), "Notes");

  assert.equal(
    (await post(rig, "/notifications", { action: "remove", id })).to,
    "/notifications?notice=removed",
  );
  assert.deepEqual((await rig.call("ann", "GET", "/subscriptions")).json.devices, []);
});
