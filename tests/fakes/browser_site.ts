import type { Browser, Locator, Page } from "playwright-core";
import type { OpenServices } from "../../lib/compose/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import { AppRig } from "./app_rig.ts";
import { browserTest, newPage, problemsOf } from "./browser.ts";
import { openTestServices, person, testConfig } from "./open_services.ts";
import { served } from "./served.ts";

interface Look {
  scripts?: boolean;
  locale?: "en-US" | "de-DE";
}

/** The real services on a store in memory, on a real port, and a browser. */
export interface BrowserSite {
  base: string;
  browser: Browser;
  open: OpenServices;
  services: Services;
  /** Errors on the consoles of all pages that somebody entered. */
  problems: string[];
  /** A new browser of somebody, on no page yet. */
  visit(look?: Look): Promise<Page>;
  /** A new browser of somebody who has logged in before and looks at their inbox; with scripts it is online. */
  enter(username: string, look?: Look): Promise<Page>;
  /** A new browser of somebody who has logged in before, on no page yet. */
  known(username: string): Promise<Page>;
}

/**
 * A test on a site of its own. No clamd is asked: what is handed in is looked at by the built-in scanner. `env`: variables over
 * the site's own.
 */
export function siteTest(
  name: string,
  run: (site: BrowserSite) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): void {
  browserTest(name, async (browser) => {
    await using closing = new AsyncDisposableStack();
    const dataDir = await Deno.makeTempDir({ prefix: "behest-site-" });
    closing.defer(() => Deno.remove(dataDir, { recursive: true }));
    const config = testConfig({ BEHEST_DATA_DIR: dataDir, BEHEST_CLAMD: "127.0.0.1:1", ...env });
    const open = closing.use(await openTestServices({ config }));
    const { services } = open;
    const { origin: base } = closing.use(await served(services));
    closing.defer(() => services.realtime.shutdown());
    // Before the server ends: a graceful end would wait for what an open page holds.
    closing.defer(() => browser.close());
    const problems: string[] = [];
    const visit = async ({ scripts = true, locale = "en-US" }: Look = {}) => {
      const page = await newPage(browser, { javaScriptEnabled: scripts, locale });
      problemsOf(page, problems);
      return page;
    };
    const known = async (username: string, look: Look = {}) => {
      const { token } = await person(open, username);
      const page = await visit(look);
      await page.context().addCookies([{ name: "behest_session", value: token, url: base }]);
      return page;
    };
    await run({
      base,
      browser,
      open,
      services,
      problems,
      visit,
      async enter(username, look = {}) {
        const page = await known(username, look);
        await page.goto(base);
        if (look.scripts !== false) await online(page);
        return page;
      },
      known,
    });
  });
}

/** Ann's page without a connection, on a clock that stands still: for what is about the page alone. */
export interface StillSite {
  page: Page;
  app: AppRig;
  base: string;
}

/** `before`: what Ann finds; `path`: the page that she looks at first. */
export function stillSiteTest(
  name: string,
  path: string,
  run: (site: StillSite) => Promise<void>,
  before: (app: AppRig) => void | Promise<void> = () => {},
): void {
  browserTest(name, async (browser) => {
    await using app = await AppRig.start();
    app.services.realtime.open = (socket) => socket.close(1000);
    await before(app);
    await using site = await served(app.services);
    const page = await newPage(browser);
    await page.context().addCookies([
      { name: "behest_session", value: app.tokenOf("ann"), url: site.origin },
    ]);
    await page.goto(site.origin + path);
    await run({ page, app, base: site.origin });
    await browser.close();
  });
}

/** Opens a command of the inbox in its place; its row. */
export async function openRow(page: Page, title: string): Promise<Locator> {
  const row = page.getByRole("article", { name: title });
  if (!await row.locator(".item-whole").isVisible()) {
    await row.getByRole("link", { name: title }).first().click();
  }
  await row.locator(".item-whole").waitFor();
  return row;
}

/** Until the page is connected. */
export const online = (page: Page) => page.locator("[data-connection=online]").waitFor();

/** The line of the page gets so slow that an upload can be caught under way; -1 is as fast as it goes. */
export async function slowUploads(page: Page, bytesPerSecond: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
}
