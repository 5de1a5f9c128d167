import assert from "node:assert/strict";
import type { Page, Worker } from "playwright-core";
import type { PushMessage, PushSender } from "../../lib/push/mod.ts";
import { pushKeys } from "../../lib/adapters/push/mod.ts";
import { callerOf, offlineTest, type Site } from "../fakes/offline_site.ts";
import { until } from "../fakes/until.ts";

const sent: PushMessage[] = [];
/** A push service that takes everything. */
const pushes: PushSender = {
  publicKey: pushKeys(new Uint8Array(32).fill(9)).publicKey,
  takes: () => true,
  send(_to, message) {
    sent.push(message);
    return Promise.resolve({ kind: "sent", status: 201 });
  },
};

/** The next push that the server sends. */
async function nextPush(): Promise<string> {
  return (await until(() => sent.shift() ?? null, "a push")).text;
}

/** The browser here reaches no push service of its own: only the way to one is played. */
async function withPushManager(page: Page): Promise<void> {
  await page.context().grantPermissions(["notifications"]);
  await page.addInitScript(([p256dh, auth]) => {
    const endpoint = "https://fcm.googleapis.com/fcm/send/ann";
    const made = {
      endpoint,
      toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh, auth } }),
      unsubscribe: () => {
        localStorage.removeItem("played-push");
        return Promise.resolve(true);
      },
    };
    Object.assign(PushManager.prototype, {
      getSubscription: () => Promise.resolve(localStorage.getItem("played-push") === null ? null : made),
      subscribe: () => {
        localStorage.setItem("played-push", "on");
        return Promise.resolve(made);
      },
    });
  }, [pushes.publicKey, "AAAAAAAAAAAAAAAAAAAAAA"]);
}

/** The globals of `static/sw.js` that a test calls: what the browser's own events call. */
declare const pushed: (data: { json(): unknown }) => Promise<void>;
declare const pressed: (notification: Notification, action: string) => Promise<void>;
declare const sendAnswers: () => Promise<void>;
declare const registration: ServiceWorkerRegistration;

/** The browser gets a push. */
const deliver = (worker: Worker, text: string) =>
  worker.evaluate((text) => pushed({ json: () => JSON.parse(text) }), text);

const shown = (worker: Worker) =>
  worker.evaluate(async () => {
    const all = await registration.getNotifications();
    return all.map(({ title, body }) => `${title}: ${body}`);
  });

const press = (worker: Worker, action: string) =>
  worker.evaluate(async (action) => {
    const [notification] = await registration.getNotifications();
    await pressed(notification!, action);
  }, action);

async function sendTo(site: Site, title: string): Promise<string> {
  const bob = await callerOf(site, "demo-bob");
  const sent = await site.services.commands.send(bob, {
    key: title,
    audience: { kind: "user", to: ["demo-ann"] },
    kind: "task",
    title,
  });
  assert.ok("command" in sent);
  return sent.command.id;
}

/** As its sender sees it. */
async function stateOf(site: Site, id: string): Promise<string | undefined> {
  const got = await site.services.commands.get(await callerOf(site, "demo-bob"), { id });
  return "recipients" in got ? got.recipients?.[0]?.state : undefined;
}

const rings = "Behest: Something new is waiting.";

offlineTest(
  "UI-7 UI-12: a closed page rings; its buttons answer, offline too; what was answered elsewhere goes",
  async ({ site, enter }) => {
    const ann = await enter("demo-ann");
    await withPushManager(ann);
    await ann.goto(`${site.base}/notifications`);
    await ann.getByText("Notifications are off.").waitFor();
    await ann.getByRole("button", { name: "Turn on" }).click();
    await ann.getByText("Notifications are on.").waitFor();
    const [worker = assert.fail("a service worker")] = ann.context().serviceWorkers();

    // In view the page itself shows it.
    await sendTo(site, "One");
    await deliver(worker, await nextPush());
    assert.deepEqual(await shown(worker), []);

    const session = await ann.context().newCDPSession(ann);
    const registered = Promise.withResolvers<string>();
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      for (const { registrationId } of registrations) registered.resolve(registrationId);
    });
    await session.send("ServiceWorker.enable");
    const registrationId = await registered.promise;
    const event = { origin: site.base, registrationId };
    await ann.goto("about:blank");
    const accepted = await sendTo(site, "Two");
    // The browser's own event, once.
    await session.send("ServiceWorker.deliverPushMessage", { ...event, data: await nextPush() });
    await until(async () => (await shown(worker)).length === 1, "a notification");
    assert.deepEqual(await shown(worker), [rings]);
    await press(worker, "accept");
    assert.equal(await stateOf(site, accepted), "accepted");
    assert.deepEqual(await shown(worker), []);

    const declined = await sendTo(site, "Three");
    await deliver(worker, await nextPush());
    await site.down();
    await press(worker, "decline");
    assert.deepEqual(await shown(worker), []);
    assert.equal(await stateOf(site, declined), "queued");
    site.up();
    await worker.evaluate(() => sendAnswers());
    assert.equal(await stateOf(site, declined), "declined");

    const elsewhere = await sendTo(site, "Four");
    const text = await nextPush();
    await deliver(worker, text);
    assert.deepEqual(await shown(worker), [rings]);
    const me = await callerOf(site, "demo-ann");
    await site.services.commands.inboxList(me, {});
    await site.services.commands.update(me, { id: elsewhere, state: "accepted" });
    await deliver(worker, await nextPush());
    assert.deepEqual(await shown(worker), [], "handled there, gone here");

    // A button that comes too late says so.
    await deliver(worker, text);
    await site.services.commands.update(me, { id: elsewhere, state: "completed" });
    await press(worker, "later");
    assert.deepEqual(await shown(worker), ["That button came too late. Open the app.: "]);

    await sendTo(site, "Five");
    await deliver(worker, await nextPush());
    await worker.evaluate(async () => {
      const all = await registration.getNotifications();
      await pressed(all.find(({ tag }) => tag !== "refused")!, "stop");
    });
    assert.notEqual(await site.services.safety.stoppedSince(me.userId), null);

    // A push that says nothing that the worker knows still tells that there is something.
    await session.send("ServiceWorker.deliverPushMessage", { ...event, data: "" });
    await until(async () => (await shown(worker)).includes("Something new: "), "a notification");
    await ann.goto(`${site.base}/notifications`);
    await ann.getByRole("button", { name: "Turn off", exact: true }).click();
    await ann.getByText("Notifications are off.").waitFor();
  },
  pushes,
);
