import assert from "node:assert/strict";
import axe from "axe-core";
import { type Page } from "playwright-core";
import { browserTest, newPage } from "../fakes/browser.ts";
import { ServerProcess } from "../fakes/server_process.ts";

/** A device with a fingerprint reader that always says yes, as the DevTools protocol has it. */
async function withAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** What axe finds wrong with a page, as rule and place. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    })
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

browserTest(
  "AU-7, UI-6: a passkey is added in the browser, and opens the account without name and password",
  async (browser) => {
    const dataDir = await Deno.makeTempDir();
    const server = await ServerProcess.start({ BEHEST_DATA_DIR: dataDir });
    // Passkeys belong to a name: the same server by the one that every machine has.
    const origin = `http://localhost:${server.port}`;
    const password = await server.demoPassword();
    try {
      const page = await newPage(browser);
      const errors: string[] = [];
      page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      page.on("pageerror", (error) => errors.push(String(error.stack ?? error)));
      await withAuthenticator(page);
      await page.goto(`${origin}/login`);
      await page.getByLabel("Username").fill("demo-ann");
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Log in" }).click();
      await page.waitForURL(`${origin}/`);

      await page.goto(`${origin}/two-factor`);
      await page.getByLabel("Name").fill("Test device");
      await page.locator("#passkeyPassword").fill("not the password");
      await page.getByRole("button", { name: "Add a passkey" }).click();
      await page.getByText("The password is wrong.").waitFor();
      assert.equal(errors.filter((text) => !text.includes("403")).join("\n"), "");
      errors.length = 0;
      await page.locator("#passkeyPassword").fill(password);
      await page.getByRole("button", { name: "Add a passkey" }).click();
      await page.getByRole("heading", { name: "Your recovery codes" }).waitFor();
      assert.equal(await page.locator(".codes li").count(), 10);
      await page.getByText("Test device").waitFor();

      await page.getByRole("button", { name: /Your menu/ }).click();
      await page.getByRole("button", { name: "Log out" }).last().click();
      await page.waitForURL(`${origin}/login`);
      // The password alone is not enough any more.
      await page.getByLabel("Username").fill("demo-ann");
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Log in" }).click();
      await page.getByLabel("Code").waitFor();
      errors.length = 0;
      await page.goto(`${origin}/login?next=%2Fsent`);
      await page.getByRole("button", { name: "Use a passkey" }).click();
      await page.waitForURL(`${origin}/sent`);
      await page.getByRole("button", { name: /Your menu/ }).waitFor();

      for (const path of ["/two-factor", "/account", "/profile", "/sessions"]) {
        await page.goto(origin + path);
        assert.deepEqual(await violations(page), [], path);
      }
      await page.goto(`${origin}/two-factor`);
      await page.getByLabel("Test device").check();
      await page.locator("#removePassword").fill(password);
      await page.getByRole("button", { name: "Remove a passkey" }).click();
      await page.getByText("Passkey removed.").waitFor();
      assert.deepEqual(errors, []);
    } finally {
      await server[Symbol.asyncDispose]();
      await Deno.remove(dataDir, { recursive: true });
    }
  },
);
