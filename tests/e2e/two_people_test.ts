import assert from "node:assert/strict";
import { type Browser, type Locator, type Page } from "playwright-core";
import { browserTest, newPage } from "../fakes/browser.ts";
import { online } from "../fakes/browser_site.ts";
import { ServerProcess } from "../fakes/server_process.ts";

/** A browser of their own, logged in on the inbox, with its line up. */
async function enter(browser: Browser, origin: string, username: string, password: string): Promise<Page> {
  const page = await newPage(browser);
  await page.goto(`${origin}/login`);
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${origin}/`);
  await online(page);
  return page;
}

async function send(page: Page, origin: string, title: string): Promise<void> {
  await page.goto(`${origin}/send`);
  await page.locator("#to").fill("demo-bob");
  await page.getByLabel("Title").fill(title);
  await page.locator("main").getByRole("button", { name: "Send" }).click();
  await page.waitForURL(`${origin}/sent?notice=sent`);
}

const card = (page: Page, title: string): Locator => page.getByRole("article", { name: title });

browserTest(
  "DL-2, DL-3, DL-4, CO-6, UI-4: two people, live, after being offline, after the server was killed, and one stops",
  async (browser) => {
    const dataDir = await Deno.makeTempDir();
    const env = { BEHEST_DATA_DIR: dataDir };
    let server = await ServerProcess.start(env);
    const { origin, port } = server;
    const password = await server.demoPassword();
    try {
      const ann = await enter(browser, origin, "demo-ann", password);
      const bob = await enter(browser, origin, "demo-bob", password);

      await send(ann, origin, "Live");
      await card(bob, "Live").waitFor();

      await bob.context().setOffline(true);
      await send(ann, origin, "While offline");
      assert.equal(await card(bob, "While offline").count(), 0);
      await bob.context().setOffline(false);
      await card(bob, "While offline").waitFor();

      await server.signal("SIGKILL");
      server = await ServerProcess.start({ ...env, BEHEST_PORT: port });
      await send(ann, origin, "After the kill");
      await card(bob, "After the kill").waitFor();
      // What was there before is there still, once.
      for (const title of ["Live", "While offline", "After the kill"]) {
        assert.equal(await card(bob, title).count(), 1, title);
      }

      await server.signal("SIGTERM");
      server = await ServerProcess.start({ ...env, BEHEST_PORT: port });
      await online(bob);
      await bob.keyboard.press("Control+Shift+Period");
      await bob.getByText("Stopped. Nothing is delivered to you.").waitFor();
      await send(ann, origin, "While stopped");
      await bob.reload();
      await bob.getByText("Stopped. Nothing is delivered to you.").waitFor();
      assert.equal(await bob.getByRole("article").count(), 0);
      await ann.goto(`${origin}/sent`);
      assert.equal(
        await ann.locator(".sent-standing", { hasText: /Stopped/ }).count(),
        3,
        "the sender sees what the stop ended, and no more",
      );
      await bob.getByLabel("Deliver to me again").check();
      await bob.getByRole("button", { name: "Resume" }).click();
      await card(bob, "While stopped").waitFor();
      assert.equal(await card(bob, "Live").count(), 0, "what the stop ended does not come back");
    } finally {
      await server[Symbol.asyncDispose]();
      await Deno.remove(dataDir, { recursive: true });
    }
  },
);
