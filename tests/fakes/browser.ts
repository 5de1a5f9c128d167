import { type Browser, chromium } from "playwright-core";
import { launchOptions } from "../../tools/chromium.ts";

/** How long a page may take to show something: long enough for a machine with much else to do. */
export const pageWaitMs = 60_000;

/**
 * A browser without pages. Under `deno task test` all share one Chromium, and closing this one closes its own pages only;
 * a file that is run alone starts a Chromium of its own.
 */
export async function openBrowser(): Promise<Browser> {
  const shared = Deno.env.get("BEHEST_TEST_BROWSER");
  return shared === undefined ? await chromium.launch(launchOptions) : await chromium.connect(shared);
}

/** A test with a browser of its own. */
export function browserTest(name: string, run: (browser: Browser) => Promise<void>): void {
  Deno.test({
    name,
    // Playwright closes its pipes and sockets after the test's last turn.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const browser = await openBrowser();
      try {
        await run(browser);
      } finally {
        await browser.close();
      }
    },
  });
}
