import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { openRow, type StillSite, stillSiteTest } from "../fakes/browser_site.ts";
import { until } from "../fakes/until.ts";

/** Ann with three open commands and one sent. */
const keysTest = (name: string, path: string, run: (site: StillSite) => Promise<void>) =>
  stillSiteTest(name, path, run, async (app) => {
    // The newest stands first.
    for (const title of ["Third", "Second", "First"]) await app.command("bob", "ann", { title });
    await app.command("ann", "bob", { title: "Sent one" });
  });

/** Presses a key until it has done something: before the island started it does nothing. */
async function pressUntil(page: Page, key: string, done: () => Promise<boolean>): Promise<void> {
  await until(async () => {
    await page.keyboard.press(key);
    return await done();
  });
}

const sheet = (page: Page) => page.getByRole("dialog", { name: "Keyboard shortcuts" });
/** The heading of the command that has the focus itself. */
const focused = (page: Page) =>
  page.evaluate(() => document.querySelector("article:focus")?.querySelector("h2, h3")?.textContent ?? "");

keysTest(
  "UI-6: a question mark opens the sheet, Escape closes it, and letters lead to pages",
  "/preferences",
  async ({ page, base }) => {
    await pressUntil(page, "?", () => sheet(page).isVisible());
    assert.ok(await sheet(page).getByText("Go to inbox").isVisible());
    await page.keyboard.press("Escape");
    await sheet(page).waitFor({ state: "hidden" });
    for (const [letter, path] of [["s", "/send"], ["h", "/history"], ["i", "/"]] as const) {
      await until(async () => {
        await page.keyboard.press("g");
        await page.keyboard.press(letter);
        return new URL(page.url()).pathname === path;
      });
    }
    assert.equal(page.url(), `${base}/`);
  },
);

keysTest(
  "UI-6 UI-9: letters move between commands, and Enter opens one in its place without answering it",
  "/",
  async ({ page, app }) => {
    await pressUntil(page, "j", async () => await focused(page) === "First");
    await page.keyboard.press("j");
    assert.equal(await focused(page), "Second");
    await page.keyboard.press("k");
    assert.equal(await focused(page), "First");
    await page.keyboard.press("k");
    assert.equal(await focused(page), "First", "there is none before it");
    await page.keyboard.press("Enter");
    await page.getByRole("article", { name: "First" }).locator(".item-whole").waitFor();
    assert.equal(await focused(page), "First", "and the keys go on from there");
    await page.keyboard.press("Enter");
    await page.locator(".item-whole").waitFor({ state: "detached" });
    const { items } = await app.services.commands.inboxList(await app.caller("ann"), {});
    assert.ok(items.every(({ state }) => state?.state === "delivered"), "nothing was answered");
  },
);

keysTest("UI-6: Enter opens a command that has a page", "/sent", async ({ page }) => {
  await pressUntil(page, "j", async () => await focused(page) === "Sent one");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/sent\/[0-9A-Z]{26}$/);
});

keysTest(
  "UI-6: in fields letters are letters, and switched off they do nothing anywhere",
  "/contacts",
  async ({ page, base }) => {
    await pressUntil(page, "?", () => sheet(page).isVisible());
    await page.keyboard.press("Escape");
    const field = page.getByLabel("Username");
    await field.pressSequentially("gi?jk");
    assert.equal(await field.inputValue(), "gi?jk");
    assert.ok(await sheet(page).isHidden());
    await page.context().addCookies([{ name: "behest_keys", value: "off", url: base }]);
    await page.goto(base);
    await page.getByRole("searchbox").or(page.getByRole("article").first()).first().waitFor();
    // Stop shows that the page listens by now.
    await page.keyboard.press("?");
    await page.keyboard.press("j");
    await pressUntil(
      page,
      "Control+Shift+Period",
      () => page.getByText("Stopped. Nothing is delivered to you.").isVisible(),
    );
    assert.ok(await sheet(page).isHidden());
  },
);

keysTest(
  "CM-6: a dialog asks before a command is cancelled; leaving it does nothing",
  "/sent",
  async ({ page, app }) => {
    const ask = page.getByRole("dialog", { name: "Cancel this command?" });
    const cancel = page.getByRole("button", { name: "Cancel command: Sent one" });
    await page.getByRole("link", { name: "Sent one" }).click();
    await until(async () => {
      if (!await ask.isVisible()) await cancel.click();
      if (page.url().endsWith("/confirm")) await page.goBack();
      return await ask.isVisible();
    });
    await ask.getByRole("button", { name: "Keep it" }).click();
    await ask.waitFor({ state: "hidden" });
    await cancel.click();
    await page.keyboard.press("Escape");
    await ask.waitFor({ state: "hidden" });
    assert.deepEqual((await app.sentBy("ann"))[0]?.totals, { queued: 1 });
    assert.match(page.url(), /\/sent\/[0-9A-Z]{26}$/);
  },
);

keysTest(
  "CM-6: what was said of one command is not taken for the next",
  "/sent",
  async ({ page }) => {
    const ask = page.getByRole("dialog", { name: "Cancel this command?" });
    const cancel = page.getByRole("button", { name: "Cancel command: Sent one" });
    await page.getByRole("link", { name: "Sent one" }).click();
    await page.evaluate(() => {
      // Behind the dialog's own listener: only what was said twice gets here.
      const sure: string[] = [];
      Object.assign(globalThis, { sure });
      document.addEventListener("submit", (event) => {
        const form = event.target as HTMLFormElement;
        if (form.dataset.ask === undefined) return;
        sure.push(form.getAttribute("action") ?? "");
        event.preventDefault();
      });
    });
    const sure = () => page.evaluate(() => (globalThis as unknown as { sure: string[] }).sure);
    await until(async () => {
      if (!await ask.isVisible()) await cancel.click({ timeout: 1000 }).catch(() => undefined);
      return await ask.isVisible();
    });
    const before = (await sure()).length;
    await ask.getByRole("button", { name: "Cancel command" }).click();
    await ask.waitFor({ state: "hidden" });
    // The form goes off behind the dialog's own end.
    await until(async () => (await sure()).length > before);
    assert.deepEqual((await sure()).slice(before), [new URL(page.url()).pathname]);
    // While that is under way the button waits; the form can still be asked for by key.
    await page.locator("form[data-ask]").evaluate((form) => (form as HTMLFormElement).requestSubmit());
    await ask.waitFor();
    await page.keyboard.press("Escape");
    await ask.waitFor({ state: "hidden" });
    assert.equal((await sure()).length, before + 1);
  },
);

keysTest(
  "CO-5: a contact is removed when the dialog was answered so",
  "/contacts",
  async ({ page, app }) => {
    const ask = page.getByRole("dialog", { name: "Remove this contact?" });
    await until(async () => {
      if (!await ask.isVisible()) await page.getByRole("button", { name: /^Remove/ }).click();
      if (page.url().endsWith("/confirm")) await page.goBack();
      return await ask.isVisible();
    });
    await ask.getByRole("button", { name: "Remove contact" }).click();
    await page.waitForURL(/\/contacts\?notice=remove$/);
    assert.deepEqual((await app.services.contacts.list(await app.caller("ann"))).contacts, []);
  },
);

keysTest(
  "UI-4: one press on Stop stops, also while a sheet is open; beside it a press closes it",
  "/",
  async ({ page }) => {
    await pressUntil(page, "?", () => sheet(page).isVisible());
    const place = await page.getByRole("button", { name: "Stop", includeHidden: true }).boundingBox();
    assert.ok(place !== null);
    await page.mouse.click(5, 400);
    await sheet(page).waitFor({ state: "hidden" });
    await page.keyboard.press("?");
    await sheet(page).getByText("Go to inbox").click();
    assert.ok(await sheet(page).isVisible(), "a press on the sheet leaves it open");
    await page.mouse.click(place.x + place.width / 2, place.y + place.height / 2);
    await page.getByText("Stopped. Nothing is delivered to you.").waitFor();
  },
);

keysTest(
  "UI-1: discreet mode blurs until one points at it, is in it, or shows it; it is read out all the same",
  "/",
  async ({ page, base }) => {
    await page.context().addCookies([{ name: "behest_discreet", value: "1", url: base }]);
    await page.goto(base);
    const card = page.getByRole("article", { name: "Second" });
    const heading = card.getByRole("heading").first();
    const isBlurred = () => heading.evaluate((one) => getComputedStyle(one).filter.startsWith("blur"));
    await page.mouse.move(0, 0);
    assert.ok(await isBlurred());
    assert.equal(await page.title(), "Notes");
    await card.hover();
    assert.ok(!await isBlurred());
    await page.mouse.move(0, 0);
    assert.ok(await isBlurred());
    await card.getByRole("link").first().focus();
    assert.ok(!await isBlurred());
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    assert.ok(await isBlurred());
    await openRow(page, "Second");
    await card.getByLabel("Show: Second").check();
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.mouse.move(0, 0);
    assert.ok(!await isBlurred(), "shown until it is taken back");
    assert.ok(
      await page.getByRole("article", { name: "Third" }).getByRole("heading").evaluate((one) =>
        getComputedStyle(one).filter.startsWith("blur")
      ),
      "and no other",
    );
  },
);
