import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import {
  axeFindings,
  collectViolations,
  colourFindings,
  lookFindings,
  motionFindings,
  policyFindings,
  rememberLook,
  sidewaysFindings,
  widths,
} from "../../tools/page_findings.ts";
import { pageVisits, type Visit } from "../../tools/page_visits.ts";
import { tokenFor } from "../../tools/screenshots_seed.ts";
import { openSeededSite, type SeededSite } from "../../tools/seeded_site.ts";
import { builtRoutes } from "../fakes/built_app.ts";
import { browserTest, pageWaitMs } from "../fakes/browser.ts";

/** Looked at beside each other. */
const lanes = 2;

const heightPx = 900;

async function contextOf(
  browser: Browser,
  site: SeededSite,
  viewer: string | null,
  locale: string,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    locale,
    viewport: { width: 1440, height: heightPx },
    reducedMotion: "reduce",
  });
  await context.addInitScript(collectViolations);
  if (viewer === null) return context;
  const value = await tokenFor(site.services, viewer);
  await context.addCookies([{ name: "behest_session", value, url: site.base }]);
  return context;
}

/** Loads the page and opens what is folded, which is looked at too. */
type Open = (page: Page, base: string, visit: Visit) => Promise<void>;

/** Waits until its islands are live. */
async function openLive(page: Page, base: string, { path, viewer, act }: Visit): Promise<void> {
  await page.goto(base + path);
  if (viewer !== null) await page.locator("[data-connection]:not([data-connection=connecting])").waitFor();
  await act?.(page);
  await unfold(page);
}

/** As it is before its scripts have come: that takes half of the time. */
async function openStill(page: Page, base: string, { path, act }: Visit): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setScriptExecutionDisabled", { value: true });
  await page.goto(base + path);
  await session.send("Emulation.setScriptExecutionDisabled", { value: false });
  await session.detach();
  await act?.(page);
  await unfold(page);
}

const unfold = (page: Page) =>
  page.evaluate(() =>
    document.querySelectorAll<HTMLDetailsElement>("main details").forEach((part) => part.open = true)
  );

/** A menu that is open stays in the middle, where who opened it has it: what sticks at the edges covers nothing of it. */
async function wide(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: heightPx });
  await page.evaluate(() =>
    document.querySelector("main details[name][open] > form")?.scrollIntoView({ block: "center" })
  );
}

/** Everything about one page, in each look. `markedUp`: its markup at 320 px is looked at in German. */
async function look(page: Page, markedUp: boolean): Promise<string[]> {
  const found = await policyFindings(page);
  const told = (where: string, list: string[]) => found.push(...list.map((one) => `${where}: ${one}`));
  told("light", await axeFindings(page));
  for (const width of widths.toReversed()) {
    await wide(page, width);
    told(`${width} px`, await sidewaysFindings(page));
  }
  await page.emulateMedia({ colorScheme: "dark" });
  told("dark at 320 px", await (markedUp ? lookFindings : axeFindings)(page));
  told("dark at 320 px", await motionFindings(page));
  await rememberLook(page);
  await page.evaluate(() => document.documentElement.dir = "rtl");
  told("from right to left", await sidewaysFindings(page));
  await wide(page, widths[2]);
  told("dark", await colourFindings(page, "changed"));
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}

/** German words are longer: what that does shows where there is least room. */
async function lookNarrow(page: Page): Promise<string[]> {
  await wide(page, widths[0]);
  return [...await sidewaysFindings(page), ...await axeFindings(page)];
}

interface Tour {
  visits: readonly Visit[];
  locale: string;
  open: Open;
  look(page: Page, visit: Visit): Promise<string[]>;
}

/** Visits all pages, some at once; what is found of each. */
async function findingsOf(
  { visits, locale, open, look }: Tour,
  browser: Browser,
  site: SeededSite,
): Promise<string[]> {
  const found: string[] = [];
  const waiting = [...visits];
  const walk = async () => {
    const pages = new Map<string | null, Page>();
    for (let visit = waiting.shift(); visit !== undefined; visit = waiting.shift()) {
      const { viewer, name } = visit;
      const page = pages.get(viewer) ?? await (await contextOf(browser, site, viewer, locale)).newPage();
      pages.set(viewer, page);
      page.setDefaultTimeout(pageWaitMs);
      const errors: string[] = [];
      const onError = (error: Error) => errors.push(String(error));
      page.on("pageerror", onError);
      try {
        await open(page, site.base, visit);
        found.push(...[...await look(page, visit), ...errors].map((one) => `${name}: ${one}`));
      } catch (cause) {
        throw new Error(`${name} could not be looked at: ${cause}`, { cause });
      }
      page.off("pageerror", onError);
    }
  };
  await Promise.all(Array.from({ length: lanes }, walk));
  return found;
}

browserTest("UI-6 UI-8: a page with a fault of each kind is told of all of them", async (browser) => {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  await context.addInitScript(collectViolations);
  const page = await context.newPage();
  await page.route("http://faulty.example/", (route) =>
    route.fulfill({
      headers: { "content-security-policy": "script-src 'nonce-a'; require-trusted-types-for 'script'" },
      contentType: "text/html; charset=utf-8",
      body: `<!doctype html><html lang="en"><title>Faulty</title><main><h1>Faulty</h1>
        <p style="color:#999;background:#aaa;transition:color 1s">Grey on grey</p>
        <p style="width:3000px" onclick="alert(1)">Wide</p>
        <button style="width:10px;height:10px;padding:0"></button><button style="width:10px;height:10px;padding:0"></button>
        <script nonce="a">try { document.body.innerHTML = "<b>x</b>"; } catch { /* as it should */ }</script></main>`,
    }));
  await page.goto("http://faulty.example/");
  const policy = (await policyFindings(page)).join();
  assert.match(policy, /script-src-attr/);
  assert.match(policy, /require-trusted-types-for/);
  assert.match((await axeFindings(page)).join(), /color-contrast: p/);
  assert.match((await colourFindings(page)).join(), /^color-contrast: p/);
  assert.match((await lookFindings(page)).join(), /^color-contrast: p.*target-size: button/);
  assert.match((await sidewaysFindings(page)).join(), /^\d+ px too wide at 1280: <p style="width:3000px/);
  assert.deepEqual(await motionFindings(page), ["with reduced motion p has a transition"]);
  await rememberLook(page);
  assert.deepEqual(await colourFindings(page, "changed"), []);
  await page.evaluate(() => document.querySelector("p")!.style.background = "#bbb");
  assert.match((await colourFindings(page, "changed")).join(), /^color-contrast: p/);
  await rememberLook(page);
  await page.evaluate(() => document.querySelector("p")!.style.fontSize = "17px");
  assert.deepEqual(await colourFindings(page, "changed"), [], "a size that asks for no other contrast");
  await page.evaluate(() => document.querySelector("p")!.style.fontSize = "24px");
  assert.match((await colourFindings(page, "changed")).join(), /^color-contrast: p/);
  await page.evaluate(() => document.querySelector("p")!.style.display = "none");
  await rememberLook(page);
  await page.evaluate(() => document.querySelector("p")!.style.display = "block");
  assert.match((await colourFindings(page, "changed")).join(), /^color-contrast: p/);
});

browserTest(
  "UI-6 UI-8: every page in light, dark and at 320 px: nothing for axe, no sideways scroll, no motion for those who want none, nothing that the policy had to stop",
  async (browser) => {
    await using site = await openSeededSite(builtRoutes);
    const visits = await pageVisits(site.services);
    // Each route once.
    const routes = [...new Map(visits.toReversed().map((visit) => [visit.route, visit])).values()];
    const whole: Tour = {
      visits,
      locale: "en-GB",
      open: openLive,
      look: (page, visit) => look(page, routes.includes(visit)),
    };
    assert.deepEqual(await findingsOf(whole, browser, site), []);
    const german: Tour = { visits: routes, locale: "de-DE", open: openStill, look: lookNarrow };
    assert.deepEqual(await findingsOf(german, browser, site), []);
  },
);
