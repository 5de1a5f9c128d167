import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { online, siteTest } from "../fakes/browser_site.ts";
import { person } from "../fakes/open_services.ts";
import { until } from "../fakes/until.ts";

const said = (page: Page, name: string) => page.locator(`[data-saves="${name}"] [data-said]`);
const sender = (page: Page, value: string) => page.locator(`[name=acceptFrom][value=${value}]`);
const hour = (page: Page, name: string) => page.getByRole("gridcell", { name, exact: true });

/** Tab until the focus is there. */
async function reach(page: Page, target: Locator): Promise<void> {
  await until(async () => {
    if (await target.evaluate((one) => one === document.activeElement)) return true;
    await page.keyboard.press("Tab");
    return false;
  });
}

siteTest(
  "CO-1 CO-4 UI-6: by keyboard a preference saves itself, says what it means and is undone; the week is drawn; a second tab follows",
  async ({ base, open, services, enter, problems }) => {
    const { caller: bob } = await person(open, "demo-bob");
    const page = await enter("demo-ann");
    const { caller: ann } = await person(open, "demo-ann");
    const saved = () => services.preferences.get(ann);
    const sent = await services.commands.send(bob, {
      key: "one",
      audience: { kind: "user", to: ["demo-ann"] },
      kind: "task",
      title: "Water the plants",
    });
    assert.ok("command" in sent, JSON.stringify(sent));
    await page.getByRole("article", { name: "Water the plants" }).waitFor();

    const other = await page.context().newPage();
    for (const tab of [page, other]) {
      await tab.goto(`${base}/preferences`);
      await online(tab);
      await hour(tab, "Monday, 00:00 to 01:00").waitFor();
    }

    await reach(page, sender(page, "contacts"));
    await page.keyboard.press("ArrowUp");
    await said(page, "acceptFrom").getByText("1 command would not have reached you").waitFor();
    assert.equal((await saved()).acceptFrom, "nobody");
    await until(() => sender(other, "nobody").isChecked());
    await reach(page, said(page, "acceptFrom").getByRole("button", { name: "Undo" }));
    await page.keyboard.press("Enter");
    await said(page, "acceptFrom").getByText("Undone.").waitFor();
    assert.equal((await saved()).acceptFrom, "contacts");
    assert.ok(await sender(page, "contacts").isChecked());
    await until(() => sender(other, "contacts").isChecked());

    // The week: to the end of Monday, and along with Shift.
    await reach(page, hour(page, "Monday, 00:00 to 01:00"));
    await page.keyboard.press("End");
    await page.keyboard.press("Space");
    await page.keyboard.press("Shift+ArrowDown");
    const late = { days: ["mo", "tu"], from: "23:00", to: "00:00" };
    await until(async () => JSON.stringify((await saved()).quietHours) === JSON.stringify([late]));
    await said(page, "quietHours").getByText("Saved.").waitFor();
    assert.equal(await hour(page, "Tuesday, 23:00 to 00:00").getAttribute("aria-selected"), "true");
    await until(async () =>
      await hour(other, "Tuesday, 23:00 to 00:00").getAttribute("aria-selected") === "true"
    );
    // With a pointer, from noon to three on Sunday.
    const [from, to] = [
      await hour(page, "Sunday, 12:00 to 13:00").boundingBox(),
      await hour(page, "Sunday, 14:00 to 15:00").boundingBox(),
    ];
    assert.ok(from !== null && to !== null);
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 4 });
    await page.mouse.up();
    await until(async () => (await saved()).quietHours?.length === 2);
    assert.deepEqual((await saved()).quietHours, [late, { days: ["su"], from: "12:00", to: "15:00" }]);
    await page.locator('[data-saves="quietHours"]').getByRole("button", { name: "Undo" }).click();
    await said(page, "quietHours").getByText("Undone.").waitFor();
    assert.deepEqual((await saved()).quietHours, [late]);
    assert.equal(await hour(page, "Sunday, 12:00 to 13:00").getAttribute("aria-selected"), "false");

    // What is wrong is said beside its field, stays there, and is saved once it is right.
    const limit = page.getByLabel("Daily limit");
    await limit.fill("many");
    await page.keyboard.press("Tab");
    await said(page, "dailyLimit").getByText("Must be a number.").waitFor();
    assert.equal(await limit.inputValue(), "many");
    assert.equal(await limit.getAttribute("aria-invalid"), "true");
    await limit.fill("5");
    await page.keyboard.press("Enter");
    await said(page, "dailyLimit").getByText("Saved.").waitFor();
    assert.equal((await saved()).dailyLimit, 5);
    assert.equal(new URL(page.url()).pathname, "/preferences");
    // In another zone than the account: asked once for each, and the account follows only who says so.
    const zones = await page.context().newCDPSession(page);
    const prompt = page.locator(".zone-prompt");
    const lookFrom = async (timezoneId: string) => {
      await zones.send("Emulation.setTimezoneOverride", { timezoneId });
      // Its first page tells the server where the browser is, so that the next is drawn with the question.
      for (let pages = 0; pages < 2; pages++) {
        await page.goto(`${base}/preferences`);
        await online(page);
      }
    };
    await lookFrom("Europe/Berlin");
    await prompt.getByText("Your browser is in Berlin, your account in UTC.").waitFor();
    await page.getByText(/^22:00 in UTC is (23:00|00:00) in Berlin/).waitFor();
    await prompt.getByRole("button", { name: "Keep UTC" }).click();
    await prompt.waitFor({ state: "detached" });
    await lookFrom("Europe/Berlin");
    await page.getByText(/^22:00 in UTC is /).waitFor();
    assert.equal(await prompt.count(), 0);
    await lookFrom("Asia/Tokyo");
    await prompt.getByRole("button", { name: "Use Tokyo" }).click();
    await prompt.waitFor({ state: "detached" });
    const profile = await services.profiles.get(ann);
    assert.ok("timeZone" in profile);
    assert.equal(profile.timeZone, "Asia/Tokyo");
    // A refused save is an answer of 400, which the console names.
    assert.deepEqual(problems.filter((text) => !text.includes("400")), []);
  },
);
