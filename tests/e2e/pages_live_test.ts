import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { online, openRow, siteTest } from "../fakes/browser_site.ts";

async function send(page: Page, base: string, to: string, title: string): Promise<void> {
  await page.goto(`${base}/send`);
  await page.locator("#to").fill(to);
  await page.locator("[name=kind][value=task]").check();
  await page.getByLabel("Title").fill(title);
  await page.locator("main").getByRole("button", { name: "Send" }).click();
  await page.waitForURL(`${base}/sent?notice=sent`);
}

siteTest(
  "UI-1 UI-2: a command appears without a reload, and its answer at the sender's",
  async (visit) => {
    const ann = await visit.enter("demo-ann");
    const bob = await visit.enter("demo-bob");
    await send(bob, visit.base, "demo-ann", "Water the plants");
    const card = ann.getByRole("article", { name: "Water the plants" });
    await card.waitFor();
    assert.equal(await ann.locator("[aria-live=polite]").textContent(), "New from demo-bob");
    await online(bob);
    await openRow(ann, "Water the plants");
    await card.getByRole("button", { name: "Accept" }).click();
    await bob.locator(".sent-standing", { hasText: "Accepted" }).waitFor();
    await card.getByRole("button", { name: "Done" }).click();
    await card.waitFor({ state: "detached" });
    await bob.locator(".sent-standing", { hasText: "Done" }).waitFor();
    assert.deepEqual(visit.problems, []);
  },
);

siteTest(
  "UI-6: an island stays in the page's language after it started, and what it hears is said in it",
  async (visit) => {
    const ann = await visit.enter("demo-ann", { locale: "de-DE" });
    const bob = await visit.enter("demo-bob");
    assert.equal(await ann.locator("html").getAttribute("lang"), "de");
    await ann.getByText("Online", { exact: true }).waitFor();
    await ann.getByRole("heading", { name: "Nichts zu tun" }).waitFor();
    await send(bob, visit.base, "demo-ann", "Water the plants");
    const card = ann.getByRole("article", { name: "Water the plants" });
    await card.locator(".state", { hasText: /^(Neu|Wartet)$/ }).waitFor();
    assert.equal(await ann.locator("[aria-live=polite]").textContent(), "Neu von demo-bob");
    await openRow(ann, "Water the plants");
    assert.match(await card.locator(".card-head time").innerText(), /^\d\d\.\d\d\.\d{4}, \d\d:\d\d$/);
    await card.getByRole("button", { name: "Annehmen" }).click();
    await card.getByText("Angenommen", { exact: true }).first().waitFor();
    await bob.locator(".sent-standing", { hasText: "Accepted" }).waitFor();
    await card.getByText("Mit Zeit oder Notiz").click();
    await card.getByRole("button", { name: "Ging nicht" }).click();
    await ann.getByRole("heading", { name: "Nichts zu tun" }).waitFor();
    await ann.keyboard.press("Control+Shift+Period");
    await ann.getByText("Gestoppt. Dir wird nichts zugestellt.").waitFor();
    await ann.getByRole("heading", { name: "Gestoppt" }).waitFor();
    assert.deepEqual(visit.problems, []);
  },
);

siteTest(
  "CM-5 CM-7 UI-11: a submission shows and sounds on another page; a review goes back and forth without a reload",
  async (visit) => {
    const ann = await visit.enter("demo-ann");
    const bob = await visit.enter("demo-bob");
    await ann.goto(`${visit.base}/send`);
    await ann.locator("#to").fill("demo-bob");
    await ann.locator("[name=kind][value=task]").check();
    await ann.getByLabel("Title").fill("Paint the fence");
    await ann.locator("[name=requires][value=review]").check();
    await ann.locator("main").getByRole("button", { name: "Send" }).click();
    const card = await openRow(bob, "Paint the fence");
    await card.getByRole("button", { name: "Accept" }).click();
    await card.getByLabel("Your submission").fill("One coat.");
    // How a page tells of it is this browser's choice, which asks for nothing before it is made.
    const asked: string[] = [];
    await ann.exposeFunction("asked", (what: string) => asked.push(what));
    await ann.addInitScript(() => {
      Object.defineProperty(Notification, "permission", { get: () => "default" });
      Notification.requestPermission = () => {
        (globalThis as unknown as { asked(what: string): void }).asked("permission");
        return Promise.resolve("denied" as const);
      };
    });
    await ann.goto(`${visit.base}/notices`);
    await ann.getByText("Sound and browser notifications").click();
    await ann.getByLabel("Notification: Submissions to review").click();
    await ann.getByText("Your browser does not let this site show notifications.").waitFor();
    assert.deepEqual(asked, ["permission"]);
    await ann.getByLabel("Sound: Submissions to review").check();
    await ann.goto(`${visit.base}/files`);
    await online(ann);
    await ann.evaluate(() => navigator.serviceWorker.ready);
    const sound = ann.waitForRequest((request) => request.url().includes("/ring.wav"));
    await card.getByRole("button", { name: "Submit" }).click();
    await ann.locator(".bar .news", { hasText: "submitted Paint the fence" }).waitFor();
    await sound;
    assert.equal(asked.length, 1);
    await ann.goto(`${visit.base}/sent`);
    await ann.locator(".sent-row").getByRole("link", { name: "Paint the fence" }).click();
    await ann.getByText("What happened").waitFor();
    await online(ann);
    await ann.getByText("One coat.").first().waitFor();
    await ann.getByLabel("Note to @demo-bob").fill("Another, please.");
    await ann.getByRole("button", { name: "Return with a note" }).click();
    await card.getByText("The sender returned it: “Another, please.”").waitFor();
    await card.getByRole("button", { name: "Submit again" }).click();
    await ann.getByRole("button", { name: "Accept", exact: true }).click();
    await card.waitFor({ state: "detached" });
    await ann.locator(".timeline", { hasText: "You accepted the submission" }).waitFor();
    assert.deepEqual(visit.problems, []);
  },
);

siteTest("DL-8 UI-2: what one browser closes disappears in the other", async (visit) => {
  const ann = await visit.enter("demo-ann");
  const annElsewhere = await visit.enter("demo-ann");
  const bob = await visit.enter("demo-bob");
  await send(bob, visit.base, "demo-ann", "Only once");
  const here = ann.getByRole("article", { name: "Only once" });
  const there = annElsewhere.getByRole("article", { name: "Only once" });
  await openRow(annElsewhere, "Only once");
  await openRow(ann, "Only once");
  await here.getByRole("button", { name: "Accept" }).click();
  await there.getByRole("button", { name: "Done" }).click();
  await here.waitFor({ state: "detached" });
  assert.deepEqual(visit.problems, []);
});

siteTest("UI-4 CO-6: the key stops everything in both browsers; Resume begins again", async (visit) => {
  const ann = await visit.enter("demo-ann");
  const annElsewhere = await visit.enter("demo-ann");
  const bob = await visit.enter("demo-bob");
  await send(bob, visit.base, "demo-ann", "Before the stop");
  await ann.getByRole("article", { name: "Before the stop" }).waitFor();
  await ann.keyboard.press("Control+Shift+Period");
  for (const page of [ann, annElsewhere]) {
    await page.getByText("Stopped. Nothing is delivered to you.").waitFor();
    assert.equal(await page.getByRole("article").count(), 0);
  }
  await send(bob, visit.base, "demo-ann", "While stopped");
  await ann.reload();
  await ann.getByText("Stopped. Nothing is delivered to you.").waitFor();
  assert.equal(await ann.getByRole("article").count(), 0);
  await ann.getByLabel("Deliver to me again").check();
  await ann.getByRole("button", { name: "Resume" }).click();
  await ann.getByRole("article", { name: "While stopped" }).waitFor();
  assert.equal(await ann.getByRole("button", { name: "Stop" }).count(), 1);
  assert.deepEqual(visit.problems, []);
});

siteTest("UI-4: Stop pressed while the network is away holds as soon as it is back", async (visit) => {
  const ann = await visit.enter("demo-ann");
  await ann.context().setOffline(true);
  await ann.keyboard.press("Control+Shift+Period");
  await ann.getByText("Stopped. Nothing is delivered to you.").waitFor();
  await ann.context().setOffline(false);
  const elsewhere = await visit.enter("demo-ann");
  await elsewhere.getByText("Stopped. Nothing is delivered to you.").waitFor();
});

siteTest("UI-1: everything works without scripts", async (visit) => {
  const ann = await visit.enter("demo-ann", { scripts: false });
  const bob = await visit.enter("demo-bob", { scripts: false });
  await send(bob, visit.base, "demo-ann", "On paper");
  await ann.reload();
  await (await openRow(ann, "On paper")).getByRole("button", { name: "Accept" }).click();
  await (await openRow(ann, "On paper")).getByRole("button", { name: "Done" }).click();
  await ann.getByText("Nothing to do").waitFor();
  await bob.reload();
  assert.match(await bob.locator(".sent-standing").innerText(), /Done$/);
  await ann.getByRole("button", { name: "Stop" }).click();
  await ann.getByText("Stopped. Nothing is delivered to you.").waitFor();
});
