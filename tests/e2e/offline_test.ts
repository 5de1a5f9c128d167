import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { pageWaitMs } from "../fakes/browser.ts";
import { online, openRow } from "../fakes/browser_site.ts";
import { callerOf, logIn, offlineTest, type Site } from "../fakes/offline_site.ts";
import { until } from "../fakes/until.ts";

/** Sends a task to demo-ann, without a browser. */
async function sender(site: Site): Promise<(title: string) => Promise<string>> {
  const bob = await callerOf(site, "demo-bob");
  return async (title) => {
    const sent = await site.services.commands.send(bob, {
      key: crypto.randomUUID(),
      audience: { kind: "user", to: ["demo-ann"] },
      kind: "task",
      title,
    });
    assert.ok("command" in sent, JSON.stringify(sent));
    return sent.command.id;
  };
}

const card = (page: Page, title: string) => page.getByRole("article", { name: title });

/** What the browser kept of a command; undefined for nothing. */
const keptTitles = (page: Page) =>
  page.evaluate(() =>
    new Promise<string[]>((resolve, reject) => {
      const opening = indexedDB.open("behest");
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const db = opening.result;
        if (!db.objectStoreNames.contains("commands")) return resolve([]);
        const all = db.transaction("commands").objectStore("commands").getAll();
        all.onsuccess = () => {
          db.close();
          resolve(all.result.map(({ item }) => item.command.title));
        };
      };
    })
  );

offlineTest(
  "UI-3 UI-7: the inbox is readable after a reload without a server, and nothing but it is kept",
  async ({ site, enter }) => {
    const send = await sender(site);
    const ann = await enter("demo-ann");
    await send("Water the plants");
    await card(ann, "Water the plants").waitFor();
    await until(async () => (await keptTitles(ann)).includes("Water the plants"));
    // Pictures that were sent are asked for like this.
    await ann.evaluate(async () => {
      const build = new URL(navigator.serviceWorker.controller!.scriptURL).searchParams.get("__frsh_c");
      const answer = await fetch(`/api/v1/profile?__frsh_c=${build}`);
      if (!answer.ok || !(await answer.text()).includes("demo-ann")) throw new Error(`HTTP ${answer.status}`);
    });
    await site.down();
    await ann.reload();
    await ann.getByRole("heading", { name: "You are offline" }).waitFor();
    await card(ann, "Water the plants").waitFor();
    await ann.getByText("@demo-ann").waitFor();
    const cached = await ann.evaluate(async () => {
      const texts = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) texts.push(await (await cache.match(request))!.text());
      }
      return texts.join("\n");
    });
    assert.ok(cached.length > 1000);
    assert.ok(
      !cached.includes("Water the plants") && !cached.includes("demo-ann"),
      "a person's data is in a cache",
    );
  },
);

offlineTest(
  "CH-2 UI-3: without a server one reads the messages of two weeks, and those to be sent, which go out later",
  async ({ site, enter }) => {
    const [ann, bob] = [await callerOf(site, "demo-ann"), await callerOf(site, "demo-bob")];
    await site.services.contacts.request(bob, { username: "demo-ann" });
    await site.services.contacts.accept(ann, { username: "demo-bob" });
    const page = await enter("demo-ann");
    await page.goto(`${site.base}/chat/demo-bob`);
    await online(page);
    await site.services.chat.send(bob, { key: "ladder", to: "demo-ann", body: "Bring the ladder" });
    await page.locator(".talk-bubble", { hasText: "Bring the ladder" }).waitFor();
    await site.down();
    await page.locator("#body").fill("On my way");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("Sent once you are online.").waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Messages to send" }).waitFor();
    await page.getByText("On my way").waitFor();
    await page.locator("summary", { hasText: "demo-bob" }).click();
    await page.getByText("Bring the ladder").waitFor();
    site.up();
    await page.getByText("You are back online.").waitFor();
    await until(async () => {
      const talk = await site.services.chat.list(bob, { with: "demo-ann" });
      return "messages" in talk && talk.messages.some(({ body }) => body === "On my way");
    });
    await until(async () => await page.getByRole("heading", { name: "Messages to send" }).count() === 0);
  },
);

const stateOf = async (site: Site, id: string) => {
  const detail = await site.services.commands.get(await callerOf(site, "demo-ann"), { id });
  return "state" in detail ? detail.state?.state : undefined;
};

offlineTest(
  "UI-3 UI-2: answers given offline, also over a reload, arrive in order; what is refused is said beside it",
  async ({ site, enter }) => {
    const send = await sender(site);
    const ann = await enter("demo-ann");
    const done = await send("Water the plants");
    const late = await send("Buy bread");
    await until(async () => (await keptTitles(ann)).length === 2);
    await until(async () => await stateOf(site, late) === "delivered");
    await site.down();
    await ann.reload();
    await card(ann, "Water the plants").getByRole("button", { name: "Accept" }).click();
    await card(ann, "Water the plants").getByText("Not sent yet").waitFor();
    await card(ann, "Water the plants").getByRole("button", { name: "Done" }).click();
    await card(ann, "Buy bread").getByRole("button", { name: "Accept" }).click();
    await card(ann, "Buy bread").getByText("Not sent yet").waitFor();
    await ann.reload();
    await card(ann, "Buy bread").getByText("Not sent yet").waitFor();
    await card(ann, "Water the plants").getByText("Not sent yet").waitFor();
    const bob = await callerOf(site, "demo-bob");
    await site.services.commands.cancel(bob, { id: late });
    assert.equal(await stateOf(site, done), "delivered");
    site.up();
    await ann.getByRole("link", { name: "Open page" }).waitFor();
    await until(async () => await stateOf(site, done) === "completed");
    await card(ann, "Buy bread").getByRole("alert").waitFor();
    assert.equal(await stateOf(site, late), "cancelled");
    await ann.getByRole("link", { name: "Open page" }).click();
    await online(ann);
    await ann.getByText("Nothing to do").waitFor();
  },
);

offlineTest(
  "UI-2: two tabs have one socket; when one goes, the other goes on",
  async ({ site, enter }) => {
    const send = await sender(site);
    const first = await enter("demo-ann");
    const second = await first.context().newPage();
    second.setDefaultTimeout(pageWaitMs);
    await second.goto(site.base);
    await online(second);
    assert.equal(site.services.realtime.connections(), 1);
    assert.equal(site.sockets, 1, "the second tab opened none");
    const id = await send("In both");
    for (const page of [first, second]) await card(page, "In both").waitFor();
    await (await openRow(second, "In both")).getByRole("button", { name: "Accept" }).click();
    await card(first, "In both").getByText("Accepted").first().waitFor();
    await until(async () => await stateOf(site, id) === "accepted");

    await first.close();
    await until(() => site.sockets === 2 && site.services.realtime.connections() === 1);
    await online(second);
    await send("After it closed");
    await card(second, "After it closed").waitFor();
    await card(second, "In both").getByRole("button", { name: "Done" }).click();
    await until(async () => await stateOf(site, id) === "completed");
    assert.equal(site.sockets, 2);
  },
);

offlineTest(
  "DL-3 UI-2: on a line that drops again and again while commands arrive, each is shown once",
  async ({ site, enter }) => {
    const send = await sender(site);
    const ann = await enter("demo-ann");
    const elsewhere = await ann.context().newPage();
    await elsewhere.goto(site.base);
    await online(elsewhere);
    const titles: string[] = [];
    for (let round = 0; round < 5; round++) {
      for (const part of ["up", "going", "down"]) {
        const title = `Round ${round} ${part}`;
        titles.push(title);
        await send(title);
        if (part === "going") await site.down();
      }
      site.up();
      await ann.evaluate(() => dispatchEvent(new Event("online")));
      await online(ann);
    }
    for (const page of [ann, elsewhere]) {
      for (const title of titles) await card(page, title).waitFor();
      for (const title of titles) assert.equal(await card(page, title).count(), 1, title);
    }
    await until(async () => (await keptTitles(ann)).length === titles.length);
    assert.equal(site.services.realtime.connections(), 1);
  },
);

offlineTest(
  "UI-4 CO-6: Stop by the key while offline, and after a reload offline, holds as soon as there is a line",
  async ({ site, enter }) => {
    const send = await sender(site);
    const ann = await enter("demo-ann");
    const id = await send("Before the stop");
    await until(async () => (await keptTitles(ann)).length === 1);
    await site.down();
    await ann.keyboard.press("Control+Shift+Period");
    await ann.getByText("Stopped. Nothing is delivered to you.").waitFor();
    await ann.reload();
    await ann.getByRole("heading", { name: "You are offline" }).waitFor();
    await ann.getByText("Stopped. Nothing is delivered to you.").waitFor();
    await ann.getByRole("heading", { name: "Stopped" }).waitFor();
    assert.equal(await card(ann, "Before the stop").getByRole("button").count(), 0);
    const { userId } = await callerOf(site, "demo-ann");
    assert.equal(await site.services.safety.stoppedSince(userId), null);
    site.up();
    await until(async () => await site.services.safety.stoppedSince(userId) !== null);
    await until(async () => await stateOf(site, id) === "stopped");
    await ann.reload();
    await ann.getByText("Stopped. Nothing is delivered to you.").waitFor();
  },
);

offlineTest("UI-3 UI-7: logging out leaves nothing in the browser, in no tab", async ({ site, enter }) => {
  const send = await sender(site);
  const ann = await enter("demo-ann");
  const second = await ann.context().newPage();
  await second.goto(`${site.base}/history`);
  await online(second);
  await send("Secret plan");
  await until(async () => (await keptTitles(ann)).includes("Secret plan"));
  await second.getByRole("button", { name: /Your menu/ }).click();
  await second.locator("form[action='/logout'] button:visible").first().click();
  await second.waitForURL(`${site.base}/login`);
  await until(async () => (await keptTitles(second)).length === 0);
  assert.equal(
    await second.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length),
    0,
  );
  assert.equal(site.services.realtime.connections(), 0);
  await logIn(second, site, "demo-bob");
  await until(() => site.services.realtime.connections() === 1);
  assert.deepEqual(await keptTitles(second), []);
});

offlineTest(
  "UI-3: what another person left in the browser is gone before anybody sees it",
  async ({ site, enter }) => {
    const send = await sender(site);
    const ann = await enter("demo-ann");
    await send("Secret plan");
    await until(async () => (await keptTitles(ann)).includes("Secret plan"));
    // The session is over, as after a day; nobody logged out.
    await ann.context().clearCookies();
    const other = await ann.context().newPage();
    await logIn(other, site, "demo-bob");
    assert.deepEqual(await keptTitles(other), []);
    await ann.waitForFunction(() => document.querySelector(".who")?.textContent === "@demo-bob");
    assert.equal(await card(ann, "Secret plan").count(), 0);
  },
);

offlineTest(
  "UI-7: a new build brings a new service worker, which leaves nothing of the old one",
  async ({ site, enter }) => {
    const ann = await enter("demo-ann");
    const worker = () => ann.evaluate(() => navigator.serviceWorker.controller?.scriptURL ?? "");
    const caches = () => ann.evaluate(() => globalThis.caches.keys());
    const before = await worker();
    const build = new URL(before).searchParams.get("__frsh_c")!;
    assert.deepEqual(await caches(), [`behest-${build}-en`]);
    // The same worker under another build's name, as the next build's pages ask for it.
    site.rename = { from: build, to: "next0build" };
    await ann.reload();
    await until(async () => (await worker()).includes("next0build"));
    await until(async () => (await caches()).join() === "behest-next0build-en");
    await site.down();
    await ann.reload();
    await ann.getByRole("heading", { name: "You are offline" }).waitFor();
  },
);
