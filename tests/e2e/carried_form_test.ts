import assert from "node:assert/strict";
import { en } from "../../lib/words/en/mod.ts";
import { openRow, siteTest } from "../fakes/browser_site.ts";

siteTest(
  "UI-10: without scripts a form that meets an ended session is sent after the login, or left",
  async (site) => {
    const { base, enter, services } = site;
    const page = await enter("demo-ann", { scripts: false });
    const written = 'Line one\nline "two" & <b>three</b>';
    await page.goto(`${base}/send`);
    await page.locator("#to").fill("demo-ann");
    await page.locator("#title").fill("Carried");
    await page.locator("#body").fill(written);
    await page.context().clearCookies();
    await page.locator("main").getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText(en.door.carried).waitFor();
    await page.getByLabel("Username").fill("demo-ann");
    await page.getByLabel("Password").fill("wrong, to begin with");
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Password").fill(services.demo?.password ?? "");
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.getByText("You are logged in as @demo-ann.").waitFor();
    assert.equal(await page.locator(".carried").nth(2).innerText(), written);
    await page.getByRole("button", { name: "Send now" }).click();
    await page.waitForURL(/\/sent\?notice=/);
    await page.goto(base);
    await openRow(page, "Carried");
    assert.equal(await page.locator("article .body").innerText(), written);
  },
);
