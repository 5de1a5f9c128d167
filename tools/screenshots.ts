/**
 * `deno task screenshots`: every page in a browser, in the looks below, into the ignored `_screenshots/`, and what axe-core, the
 * widths and the page's policy find there. Runs the real services on a store in memory. Arguments: names of pages.
 */
import { type Browser, chromium, type Page } from "playwright-core";
import { complain, say } from "../lib/platform/console.ts";
import { launchOptions } from "./chromium.ts";
import { axeFindings, collectViolations, policyFindings, sidewaysFindings } from "./page_findings.ts";
import { pageVisits, type Visit } from "./page_visits.ts";
import { tokenFor } from "./screenshots_seed.ts";
import { openSeededSite, type SeededSite } from "./seeded_site.ts";

const out = "_screenshots";

interface Look {
  name: string;
  width: number;
  height: number;
  colorScheme: "light" | "dark";
  locale: string;
  dir: "ltr" | "rtl";
}

const look = (name: string, width: number, more: Partial<Look> = {}): Look => ({
  name,
  width,
  height: width < 700 ? 740 : 900,
  colorScheme: "light",
  locale: "en-GB",
  dir: "ltr",
  ...more,
});

const looks: readonly Look[] = [
  look("wide", 1440),
  look("dark", 1440, { colorScheme: "dark" }),
  look("tablet", 768),
  look("phone", 360),
  look("least", 320, { colorScheme: "dark" }),
  look("german", 360, { locale: "de-DE" }),
  look("rtl", 768, { dir: "rtl" }),
];

/** All visits in one look; what was found. */
async function shoot(
  browser: Browser,
  site: SeededSite,
  visits: readonly Visit[],
  look: Look,
): Promise<number> {
  const { name, width, height, colorScheme, locale } = look;
  const pages = new Map<string | null, Page>();
  let count = 0;
  for (const visit of visits) {
    const file = `${visit.name}-${name}`;
    const page = pages.get(visit.viewer) ??
      await (await browser.newContext({ viewport: { width, height }, colorScheme, locale })).newPage();
    if (!pages.has(visit.viewer)) {
      await begin(page, site, visit.viewer, (text) => complain(`${name}: ${text}`));
    }
    pages.set(visit.viewer, page);
    await page.goto(site.base + visit.path);
    if (visit.viewer !== null) {
      await page.locator("[data-connection]:not([data-connection=connecting])").waitFor();
    }
    await visit.act?.(page);
    const found = await policyFindings(page);
    await page.evaluate((dir) => {
      document.documentElement.dir = dir;
      // What sticks to the window would stand in the middle of the picture.
      scrollTo(0, 0);
    }, look.dir);
    await page.screenshot({ path: `${out}/${file}.png`, fullPage: true });
    found.push(...await sidewaysFindings(page), ...await axeFindings(page));
    for (const one of found) complain(`${file}: ${one}`);
    count += found.length;
  }
  for (const page of pages.values()) await page.context().close();
  return count;
}

async function begin(
  page: Page,
  { base, services }: SeededSite,
  viewer: string | null,
  tell: (text: string) => void,
): Promise<void> {
  const context = page.context();
  await context.addInitScript(collectViolations);
  if (viewer !== null) {
    await context.addCookies([{
      name: "behest_session",
      value: await tokenFor(services, viewer),
      url: base,
    }]);
  }
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => tell(String(error)));
  page.on("console", (message) => {
    const expected = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !expected) tell(message.text());
  });
}

async function run(names: readonly string[]): Promise<number> {
  await Deno.mkdir(out, { recursive: true });
  await using site = await openSeededSite();
  const visits = (await pageVisits(site.services)).filter(({ name }) =>
    names.length === 0 || names.includes(name)
  );
  const browser = await chromium.launch(launchOptions());
  try {
    let count = 0;
    for (const look of looks) count += await shoot(browser, site, visits, look);
    return count;
  } finally {
    await browser.close();
  }
}

const found = await run(Deno.args);
say(`${found} findings; pictures in ${out}/`);
Deno.exit(found === 0 ? 0 : 1);
