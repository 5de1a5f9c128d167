import assert from "node:assert/strict";
import type { Page, Worker } from "playwright-core";
import type { CommandDraft } from "../../lib/protocol/mod.ts";
import { callerOf, offlineTest, type Site } from "../fakes/offline_site.ts";
import type { FakeDevice } from "../fakes/push_service.ts";
import { until } from "../fakes/until.ts";

/** The next push that came for a device. */
async function nextPush(device: FakeDevice): Promise<string> {
  return (await until(() => device.got.shift() ?? null, "a push")).text;
}

/** The browser here reaches no push service of its own: only the way to one is played. */
async function withPushManager(page: Page, { subscription }: FakeDevice): Promise<void> {
  await page.context().grantPermissions(["notifications"]);
  await page.addInitScript((subscription) => {
    const made = {
      endpoint: subscription.endpoint,
      toJSON: () => subscription,
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
  }, subscription);
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

const buttons = (worker: Worker) =>
  worker.evaluate(async () => {
    const [notification] = await registration.getNotifications();
    // `actions` is not among the types of a page.
    return (notification as unknown as { actions: { title: string }[] }).actions.map(({ title }) => title);
  });

const answer = (worker: Worker, action: string) =>
  worker.evaluate(async (action) => {
    const [notification] = await registration.getNotifications();
    await pressed(notification!, action);
  }, action);

/** What two people of the site do over its services. */
async function peopleOf(site: Site) {
  const [ann, bob] = [await callerOf(site, "demo-ann"), await callerOf(site, "demo-bob")];
  return {
    ann,
    async send(title: string, over: Partial<CommandDraft> = {}): Promise<string> {
      const audience = { kind: "user" as const, to: ["demo-ann"] };
      const draft = { key: title, audience, kind: "task", title, ...over };
      const sent = await site.services.commands.send(bob, draft);
      assert.ok("command" in sent);
      return sent.command.id;
    },
    /** As its sender sees it. */
    async stateOf(id: string): Promise<string | undefined> {
      const got = await site.services.commands.get(bob, { id });
      return "recipients" in got ? got.recipients?.[0]?.state : undefined;
    },
  };
}

const rings = "Behest: Something new is waiting.";

offlineTest(
  "UI-7 UI-12: a closed page rings; its buttons answer, offline and after a restart too; what was answered elsewhere goes",
  async ({ site, pushes, enter }) => {
    const ann = await enter("demo-ann");
    const device = pushes.device();
    const { ann: me, send, stateOf } = await peopleOf(site);
    await withPushManager(ann, device);
    await ann.goto(`${site.base}/notifications`);
    await ann.getByText("Notifications are off.").waitFor();
    // The whole page by keyboard, by the names that a screen reader says.
    const press = async (role: "button" | "checkbox", name: string | RegExp, key: string) => {
      await ann.getByRole(role, { name }).focus();
      await ann.keyboard.press(key);
    };
    await press("button", "Turn on", "Enter");
    await ann.getByText("Notifications are on.").waitFor();
    await ann.reload();
    await press("button", /^Send test to App by 127\.0\.0\.1/, "Enter");
    await ann.getByText(/^The push service took the test\./).waitFor();
    assert.match(await nextPush(device), /Notifications work on this device/);
    await press("checkbox", /^Answers to questions with two options/, "Space");
    await ann.keyboard.press("Enter");
    await ann.getByText("Saved.", { exact: true }).first().waitFor();
    const [worker = assert.fail("a service worker")] = ann.context().serviceWorkers();

    // In view the page itself shows it.
    await send("One");
    await deliver(worker, await nextPush(device));
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
    const accepted = await send("Two");
    // The browser's own event.
    // Chromium may lose one that comes while it stops or starts the worker: it is sent again after a while.
    const browserPush = async (data: string, isSeen: (all: string[]) => boolean) => {
      let sentAt = -Infinity;
      await until(async () => {
        if (performance.now() - sentAt > 10_000) {
          sentAt = performance.now();
          await session.send("ServiceWorker.deliverPushMessage", { ...event, data });
        }
        return isSeen(await shown(worker));
      }, "a notification");
    };
    await browserPush(await nextPush(device), (all) => all.length === 1);
    assert.deepEqual(await shown(worker), [rings]);
    await answer(worker, "accept");
    assert.equal(await stateOf(accepted), "accepted");
    assert.deepEqual(await shown(worker), []);

    const declined = await send("Three");
    await deliver(worker, await nextPush(device));
    await site.down();
    await answer(worker, "decline");
    assert.deepEqual(await shown(worker), []);
    assert.equal(await stateOf(declined), "queued");
    site.up();
    await worker.evaluate(() => sendAnswers());
    assert.equal(await stateOf(declined), "declined");

    // The server is another one when the button is pressed.
    const later = await send("Put off");
    await deliver(worker, await nextPush(device));
    await site.restart();
    await answer(worker, "later");
    assert.equal(await stateOf(later), "deferred");

    const options = [{ id: "tea", label: "Tea" }, { id: "coffee", label: "Coffee" }];
    const question = await send("Which?", { kind: "choice", data: { options } });
    await deliver(worker, await nextPush(device));
    assert.deepEqual((await buttons(worker)).slice(0, 2), ["Tea", "Coffee"]);
    await answer(worker, "option-1");
    assert.equal(await stateOf(question), "completed");
    const answered = await site.services.commands.get(me, { id: question });
    assert.ok("state" in answered);
    assert.deepEqual(answered.state?.answer, { options: ["coffee"] });

    const elsewhere = await send("Four");
    const text = await nextPush(device);
    await deliver(worker, text);
    assert.deepEqual(await shown(worker), [rings]);
    await site.services.commands.inboxList(me, {});
    await site.services.commands.update(me, { id: elsewhere, state: "accepted" });
    await deliver(worker, await nextPush(device));
    assert.deepEqual(await shown(worker), [], "handled there, gone here");

    // A button that comes too late says so.
    await deliver(worker, text);
    await site.services.commands.update(me, { id: elsewhere, state: "completed" });
    await answer(worker, "later");
    assert.deepEqual(await shown(worker), ["That button came too late. Open the app.: "]);

    await send("Five");
    await deliver(worker, await nextPush(device));
    await worker.evaluate(async () => {
      const all = await registration.getNotifications();
      await pressed(all.find(({ tag }) => tag !== "refused")!, "stop");
    });
    assert.notEqual(await site.services.safety.stoppedSince(me.userId), null);

    // A push that says nothing that the worker knows still tells that there is something.
    await browserPush("", (all) => all.includes("Something new: "));
    await ann.goto(`${site.base}/notifications`);
    await ann.getByRole("button", { name: "Turn off", exact: true }).click();
    await ann.getByText("Notifications are off.").waitFor();
  },
  { notifies: true },
);
