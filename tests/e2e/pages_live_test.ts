import assert from "node:assert/strict";
import { type BrowserContext, type Page } from "playwright-core";
import { Passwords } from "../../lib/accounts/mod.ts";
import { buildApp, serving } from "../../lib/web/app.ts";
import { openServices } from "../../lib/compose/mod.ts";
import { ConfigProblem, readConfig } from "../../lib/config/mod.ts";
import { Builder } from "fresh/dev";
import { silentLog, systemRandom } from "../../lib/platform/mod.ts";
import { languageOf, wordsOf } from "../../lib/words/mod.ts";
import { openBrowser, pageWaitMs } from "../fakes/browser.ts";

/** Scrypt with next to no work: these tests are not about passwords. */
const cheapPasswords = new Passwords(systemRandom, { log2N: 4, blockSize: 8, parallel: 1 });

interface Visit {
  /** A new browser of a person who is logged in and looks at their inbox. */
  enter(username: string, options?: { scripts?: boolean; locale?: "en-US" | "de-DE" }): Promise<Page>;
  base: string;
  /** Errors on the consoles of all pages. */
  problems: string[];
}

async function visiting(run: (visit: Visit) => Promise<void>): Promise<void> {
  const read = readConfig({ BEHEST_KV: ":memory:" });
  if (read instanceof ConfigProblem) throw new Error(read.line);
  await using open = await openServices({
    config: read.config,
    log: silentLog,
    passwords: cheapPasswords,
    secret: systemRandom.bytes(32),
  });
  const { services } = open;
  const app = buildApp(() => services);
  (await new Builder().build({ snapshot: "memory" }))(app);
  // Closed at once in the end: a graceful end would wait for what a closed browser left behind.
  const over = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: over.signal },
    serving(app, read.config),
  );
  const base = `http://127.0.0.1:${server.addr.port}`;
  const browser = await openBrowser();
  const problems: string[] = [];
  try {
    await run({
      base,
      problems,
      async enter(username, { scripts = true, locale = "en-US" } = {}) {
        const words = wordsOf(languageOf(locale) ?? "en").door;
        const context: BrowserContext = await browser.newContext({ javaScriptEnabled: scripts, locale });
        const page = await context.newPage();
        page.setDefaultTimeout(pageWaitMs);
        page.on("console", (message) => {
          if (message.type() === "error") problems.push(message.text());
        });
        page.on("pageerror", (error) => problems.push(String(error)));
        await page.goto(`${base}/login`);
        await page.getByLabel(words.username).fill(username);
        await page.getByLabel(words.password).fill(services.demo?.password ?? "");
        await page.getByRole("button", { name: words.logIn, exact: true }).click();
        await page.waitForURL(`${base}/`);
        if (scripts) await page.locator("[data-connection=online]").waitFor();
        return page;
      },
    });
  } finally {
    await browser.close();
    await services.realtime.shutdown();
    over.abort();
    await server.finished;
  }
}

const browserTest = (name: string, run: (visit: Visit) => Promise<void>) =>
  // The browser's process and pipes are closed by playwright after the test's last turn.
  Deno.test({ name, fn: () => visiting(run), sanitizeOps: false, sanitizeResources: false });

async function send(page: Page, base: string, to: string, title: string): Promise<void> {
  await page.goto(`${base}/send`);
  await page.locator("#to").fill(to);
  await page.locator("[name=kind][value=task]").check();
  await page.getByLabel("Title").fill(title);
  await page.locator("main").getByRole("button", { name: "Send" }).click();
  await page.waitForURL(`${base}/sent?notice=sent`);
}

browserTest(
  "UI-1 UI-2: a command appears without a reload, and its answer at the sender's",
  async (visit) => {
    const ann = await visit.enter("demo-ann");
    const bob = await visit.enter("demo-bob");
    await send(bob, visit.base, "demo-ann", "Water the plants");
    const card = ann.getByRole("article", { name: "Water the plants" });
    await card.waitFor();
    assert.equal(await ann.locator("[aria-live=polite]").textContent(), "New from demo-bob");
    await bob.locator("[data-connection=online]").waitFor();
    await card.getByRole("button", { name: "Accept" }).click();
    await bob.locator(".state", { hasText: "Accepted" }).waitFor();
    await card.getByRole("button", { name: "Done" }).click();
    await card.waitFor({ state: "detached" });
    await bob.locator(".state", { hasText: "Done" }).waitFor();
    assert.deepEqual(visit.problems, []);
  },
);

browserTest(
  "UI-6: an island stays in the page's language after it started, and what it hears is said in it",
  async (visit) => {
    const ann = await visit.enter("demo-ann", { locale: "de-DE" });
    const bob = await visit.enter("demo-bob");
    assert.equal(await ann.locator("html").getAttribute("lang"), "de");
    await ann.getByText("Online", { exact: true }).waitFor();
    await ann.getByRole("heading", { name: "Niemand will etwas von dir" }).waitFor();
    await send(bob, visit.base, "demo-ann", "Water the plants");
    const card = ann.getByRole("article", { name: "Water the plants" });
    await card.locator(".state", { hasText: /^(Neu|Wartend)$/ }).waitFor();
    assert.equal(await ann.locator("[aria-live=polite]").textContent(), "Neu von demo-bob");
    assert.match(await card.locator("time").first().innerText(), /^\d\d\.\d\d\.\d{4}, \d\d:\d\d$/);
    await card.getByRole("button", { name: "Annehmen" }).click();
    await card.getByText("Angenommen", { exact: true }).waitFor();
    await bob.locator(".state", { hasText: "Accepted" }).waitFor();
    await card.getByText("Jetzt nicht, oder nein").click();
    await card.getByRole("button", { name: "Es ging nicht" }).click();
    await ann.getByRole("heading", { name: "Niemand will etwas von dir" }).waitFor();
    await ann.keyboard.press("Control+Shift+Period");
    await ann.getByText("Gestoppt. Du bekommst nichts mehr.").waitFor();
    await ann.getByRole("heading", { name: "Du hast gestoppt" }).waitFor();
    assert.deepEqual(visit.problems, []);
  },
);

browserTest("CM-5 CM-7: a review goes back and forth without a reload on either side", async (visit) => {
  const ann = await visit.enter("demo-ann");
  const bob = await visit.enter("demo-bob");
  await ann.goto(`${visit.base}/send`);
  await ann.locator("#to").fill("demo-bob");
  await ann.locator("[name=kind][value=task]").check();
  await ann.getByLabel("Title").fill("Paint the fence");
  await ann.getByText("Times and answers").click();
  await ann.locator("[name=requires][value=review]").check();
  await ann.locator("main").getByRole("button", { name: "Send" }).click();
  await ann.getByRole("link", { name: "Paint the fence" }).click();
  await ann.getByText("What happened").waitFor();
  await ann.locator("[data-connection=online]").waitFor();
  const card = bob.getByRole("article", { name: "Paint the fence" });
  await card.getByRole("button", { name: "Accept" }).click();
  await card.getByLabel("What you hand in").fill("One coat.");
  await card.getByRole("button", { name: "Hand in" }).click();
  await ann.getByText("“One coat.”").first().waitFor();
  await ann.getByLabel("A word to @demo-bob").fill("Another, please.");
  await ann.getByRole("button", { name: "Give it back" }).click();
  await card.getByText("The sender gave it back: “Another, please.”").waitFor();
  await card.getByRole("button", { name: "Hand in again" }).click();
  await ann.getByRole("button", { name: "Accept it" }).click();
  await card.waitFor({ state: "detached" });
  await ann.locator(".timeline .state", { hasText: "Done" }).waitFor();
  assert.deepEqual(visit.problems, []);
});

browserTest("DL-8 UI-2: what one browser closes disappears in the other", async (visit) => {
  const ann = await visit.enter("demo-ann");
  const annElsewhere = await visit.enter("demo-ann");
  const bob = await visit.enter("demo-bob");
  await send(bob, visit.base, "demo-ann", "Only once");
  const here = ann.getByRole("article", { name: "Only once" });
  const there = annElsewhere.getByRole("article", { name: "Only once" });
  await there.waitFor();
  await here.getByRole("button", { name: "Accept" }).click();
  await there.getByRole("button", { name: "Done" }).click();
  await here.waitFor({ state: "detached" });
  assert.deepEqual(visit.problems, []);
});

browserTest("UI-4 CO-6: the key stops everything in both browsers; Resume begins again", async (visit) => {
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

browserTest("UI-4: Stop pressed while the network is away holds as soon as it is back", async (visit) => {
  const ann = await visit.enter("demo-ann");
  await ann.context().setOffline(true);
  await ann.keyboard.press("Control+Shift+Period");
  await ann.getByText("Stopped. Nothing is delivered to you.").waitFor();
  await ann.context().setOffline(false);
  const elsewhere = await visit.enter("demo-ann");
  await elsewhere.getByText("Stopped. Nothing is delivered to you.").waitFor();
});

browserTest("UI-1: everything works without scripts", async (visit) => {
  const ann = await visit.enter("demo-ann", { scripts: false });
  const bob = await visit.enter("demo-bob", { scripts: false });
  await send(bob, visit.base, "demo-ann", "On paper");
  await ann.reload();
  await ann.getByRole("article", { name: "On paper" }).getByRole("button", { name: "Accept" }).click();
  await ann.getByRole("article", { name: "On paper" }).getByRole("button", { name: "Done" }).click();
  await ann.getByText("Nothing is asked of you").waitFor();
  await bob.reload();
  assert.equal(await bob.locator(".people .state").textContent(), "Done");
  await ann.getByRole("button", { name: "Stop" }).click();
  await ann.getByText("Stopped. Nothing is delivered to you.").waitFor();
});
