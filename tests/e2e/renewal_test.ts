import assert from "node:assert/strict";
import { en } from "../../lib/words/en/mod.ts";
import { newPage } from "../fakes/browser.ts";
import { online, siteTest } from "../fakes/browser_site.ts";

siteTest(
  "AU-13: a session that ends in mid-form is renewed, the form goes out as it is, and other devices can be ended",
  async (site) => {
    const { base, services, visit } = site;
    const enter = async () => {
      const page = await visit();
      await page.goto(`${base}/login`);
      await page.getByLabel("Username").fill("demo-ann");
      await page.getByLabel("Password").fill(services.demo?.password ?? "");
      await page.getByLabel(en.door.stay).check();
      await page.getByRole("button", { name: "Log in", exact: true }).click();
      await page.waitForURL(`${base}/`);
      await online(page);
      return page;
    };
    const page = await enter();
    const sentTo = async (path: string) =>
      (await page.context().cookies(base + path)).map(({ name }) => name).filter((name) =>
        name !== "behest_times"
      ).toSorted();
    assert.deepEqual(await sentTo("/send"), ["behest_session", "behest_stay"]);
    assert.deepEqual(await sentTo("/api/v1/auth/renew"), ["behest_renewal", "behest_session", "behest_stay"]);
    await page.goto(`${base}/send`);
    await page.locator("#to").fill("demo-ann");
    await page.locator("#title").fill("Written over midnight");
    await page.locator("#body").fill("Nothing of this is lost.");
    // The day is over: the browser has dropped the token.
    await page.context().clearCookies({ name: "behest_session" });
    await page.locator("main").getByRole("button", { name: "Send", exact: true }).click();
    await page.waitForURL(/\/sent\?notice=/);
    await page.getByText("Written over midnight").first().waitFor();
    // Without scripts' help: a page that is opened later.
    await page.context().clearCookies({ name: "behest_session" });
    await page.goto(`${base}/sessions`);
    await page.getByText("Chrome on Linux").first().waitFor();
    await online(page);
    const other = await enter();
    // A second tab of this browser has its connection after the reload of the first, and a thief has its cookies.
    const tab = await page.context().newPage();
    await tab.goto(`${base}/profile`);
    await online(tab);
    await page.reload();
    await online(page);
    const connection = async () =>
      (await page.context().cookies(`${base}/sessions`)).find(({ name }) => name === "behest_connection")
        ?.value;
    const thief = await newPage(site.browser, {});
    await thief.context().addCookies(await page.context().cookies());
    await thief.goto(`${base}/profile`);
    await online(thief);
    const before = await connection();
    await page.getByRole("button", { name: en.sessions.endOthers }).click();
    await page.getByText(en.sessions.doneOthers).waitFor();
    await other.locator('[data-connection="login"]').waitFor();
    await thief.locator("[data-connection=online]").waitFor({ state: "detached" });
    await online(tab);
    assert.ok(before !== undefined);
    assert.equal(await connection(), before, "the connection of the other tab goes on");
    await other.goto(`${base}/sessions`);
    await other.waitForURL(/\/login\?next=/);
    await online(page);
    assert.deepEqual(site.problems.filter((text) => !/401/.test(text)), []);
  },
);
