import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { en } from "../../lib/words/en/mod.ts";
import { fill } from "../../lib/words/shape.ts";
import { openRow } from "../fakes/browser_site.ts";
import { callerOf, logIn, offlineTest, type Site } from "../fakes/offline_site.ts";
import { until } from "../fakes/until.ts";

const { restored, waiting, discard, withdraw, open: openIt } = en.drafts;

/** Keys of the drafts that this browser has. */
const draftsOf = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("behest-draft:")));

/** Writes a command to oneself, until the browser has kept it. */
async function write(page: Page, site: Site, body: string): Promise<void> {
  await page.goto(`${site.base}/send`);
  await page.locator("#to").fill("demo-ann");
  await page.locator("#title").fill("A title");
  await page.locator("#body").fill(body);
  const kept = JSON.stringify(body);
  await until(() =>
    page.evaluate(
      (text) => Object.values(localStorage).some((value) => String(value).includes(text)),
      kept,
    )
  );
}

async function isThere(page: Page, body: string): Promise<void> {
  await page.getByText(restored).waitFor();
  assert.equal(await page.locator("#body").inputValue(), body);
  assert.equal(await page.locator("#title").inputValue(), "A title");
  assert.equal(await page.locator("[name=to]").inputValue(), "demo-ann");
}

const send = (page: Page) => page.locator("main").getByRole("button", { name: "Send", exact: true }).click();

async function sentBodies(site: Site): Promise<string[]> {
  const ann = await callerOf(site, "demo-ann");
  const list = await site.services.commands.list(ann, { box: "outbox" });
  assert.ok("items" in list);
  return list.items.map(({ command }) => "sealed" in command ? "" : command.body ?? "");
}

offlineTest(
  "UI-10: what was typed survives a trip to the menu and a reload, and can be discarded",
  async ({ site, enter }) => {
    const page = await enter("demo-ann");
    await write(page, site, "First line\nsecond line");
    await page.getByRole("button", { name: /Your menu/ }).click();
    await page.locator("#me").getByRole("link", { name: "Contacts" }).click();
    await page.waitForURL(`${site.base}/contacts`);
    await page.goto(`${site.base}/send`);
    await isThere(page, "First line\nsecond line");
    await page.reload();
    await isThere(page, "First line\nsecond line");
    await page.getByRole("button", { name: discard }).click();
    await page.getByText(restored).waitFor({ state: "detached" });
    assert.equal(await page.locator("#body").inputValue(), "");
    assert.equal(await page.locator("[name=to]").inputValue(), "");
    assert.deepEqual(await draftsOf(page), []);
  },
);

offlineTest(
  "UI-10: a form that was sent leaves no draft, one that was refused keeps it",
  async ({ site, enter }) => {
    const page = await enter("demo-ann");
    await write(page, site, "To be sent");
    await page.locator("#to").fill("nobody-here");
    await send(page);
    await page.getByText("nobody-here").last().waitFor();
    assert.equal(await page.locator("#body").inputValue(), "To be sent");
    await page.reload();
    await page.locator(".savebar").waitFor();
    await page.goto(`${site.base}/send`);
    await page.getByText(restored).waitFor();
    assert.equal(await page.locator("#body").inputValue(), "To be sent");
    await page.getByRole("button", { name: fill(en.inputs.takeOff, { name: "nobody-here" }) }).click();
    await send(page);
    await page.waitForURL(/\/sent\?notice=/);
    await until(async () => (await draftsOf(page)).length === 0);
    assert.deepEqual(await sentBodies(site), ["To be sent"]);
  },
);

offlineTest(
  "UI-10: a form that is sent while the server is away is sent once when it is back",
  async ({ site, enter }) => {
    const page = await enter("demo-ann");
    await write(page, site, "Through the night");
    await site.down();
    await send(page);
    await page.getByText(waiting).waitFor();
    site.up();
    await page.waitForURL(/\/sent\?notice=/);
    await until(async () => (await draftsOf(page)).length === 0);
    assert.deepEqual(await sentBodies(site), ["Through the night"]);
  },
);

offlineTest(
  "UI-10: a form that waits for the server is sent after a reload too, unless its person takes it back",
  async ({ site, enter }) => {
    const page = await enter("demo-ann");
    await write(page, site, "Kept over a reload");
    await site.down();
    await send(page);
    await page.getByText(waiting).waitFor();
    await page.reload();
    site.up();
    await page.goto(site.base);
    await page.getByRole("link", { name: openIt }).click();
    await page.waitForURL(/\/sent\?notice=/);
    assert.deepEqual(await sentBodies(site), ["Kept over a reload"]);

    await write(page, site, "Taken back");
    await site.down();
    await send(page);
    await page.getByRole("button", { name: withdraw }).click();
    site.up();
    await page.goto(`${site.base}/send`);
    await isThere(page, "Taken back");
    assert.deepEqual(await sentBodies(site), ["Kept over a reload"]);
  },
);

offlineTest(
  "UI-10: after the session has ended, the login leads back to the form with its text",
  async ({ site, enter }) => {
    const page = await enter("demo-ann");
    await write(page, site, "Longer than a session");
    await page.context().clearCookies();
    await send(page);
    await page.waitForURL(/\/login\?next=%2Fsend$/);
    await page.getByLabel("Username").fill("demo-ann");
    await page.getByLabel("Password").fill(site.services.demo?.password ?? "");
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.waitForURL(`${site.base}/send`);
    await isThere(page, "Longer than a session");
    assert.deepEqual(await sentBodies(site), []);
    await send(page);
    await page.waitForURL(/\/sent\?notice=/);
    assert.deepEqual(await sentBodies(site), ["Longer than a session"]);
  },
);

offlineTest(
  "UI-10, UI-3: drafts belong to an account, and a logout deletes them",
  async ({ site, enter }) => {
    const page = await enter("demo-ann");
    await write(page, site, "Only for my eyes");
    await page.context().clearCookies();
    await logIn(page, site, "demo-bob");
    await page.goto(`${site.base}/send`);
    await page.locator("#title").waitFor();
    await page.waitForFunction(() => document.querySelector("[name=to][type=hidden]") !== null);
    assert.equal(await page.getByText(restored).count(), 0);
    assert.equal(await page.locator("#body").inputValue(), "");
    // As an island does that fills in a form later than the page has met it, which a busy machine lets happen.
    await page.locator("#title").evaluate((field) => (field as HTMLInputElement).value = "Not typed");
    await page.getByRole("button", { name: /Your menu/ }).click();
    await page.getByRole("button", { name: "Log out" }).last().click();
    await page.waitForURL(/\/login/);
    assert.deepEqual(await draftsOf(page), []);
  },
);

offlineTest(
  "UI-10: a word to the sender is kept in the inbox, and gone once it was sent",
  async ({ site, enter }) => {
    const bob = await callerOf(site, "demo-bob");
    const sent = await site.services.commands.send(bob, {
      key: "k",
      audience: { kind: "user", to: ["demo-ann"] },
      kind: "task",
      title: "Paint it",
    });
    assert.ok("command" in sent);
    const page = await enter("demo-ann");
    const open = async () => {
      const row = page.getByRole("article", { name: "Paint it" });
      // An open row is in the address, so a reload leaves it open.
      if (!await row.locator(".item-whole").isVisible()) await openRow(page, "Paint it");
      await row.getByText(en.command.notNowOrNo).click();
      return page.getByLabel(en.command.note);
    };
    await (await open()).fill("I have no paint");
    await until(async () => (await draftsOf(page)).length === 1);
    await page.reload();
    await page.getByText(restored).waitFor();
    const note = await open();
    assert.equal(await note.inputValue(), "I have no paint");
    await page.locator(".menu").getByRole("button", { name: en.command.decline }).click();
    await page.getByRole("article", { name: "Paint it" }).waitFor({ state: "detached" });
    await until(async () => (await draftsOf(page)).length === 0);
  },
);

offlineTest("UI-10: no password is ever kept", async ({ site, enter }) => {
  const page = await enter("demo-ann");
  await page.goto(`${site.base}/two-factor`);
  await page.goto(`${site.base}/sessions`);
  const fields = page.locator("main input[type=password]");
  assert.ok(await fields.count() > 0);
  await fields.first().fill("correct horse battery");
  await page.reload();
  await fields.first().waitFor();
  assert.deepEqual(await draftsOf(page), []);
});
