import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { launchOptions } from "../../tools/chromium.ts";

/** How long a page may take to show something: long enough for a machine with much else to do. */
export const pageWaitMs = 60_000;

/**
 * A browser without pages. Under `deno task test` all share one Chromium, and closing this one closes its own pages only;
 * a file that is run alone starts a Chromium of its own, and so does a test that needs the `whole` browser.
 */
export async function openBrowser({ whole = false } = {}): Promise<Browser> {
  const shared = Deno.env.get("TEST_BROWSER");
  return shared === undefined || whole
    ? await chromium.launch(launchOptions({ whole }))
    : await chromium.connect(shared);
}

/**
 * A new profile's page, which waits long enough for what it is asked to find. Nothing moves in it unless the test asks for that: drawing
 * each frame of each page change takes a sixth of the CPU of all that a browser test does.
 */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext({ reducedMotion: "reduce", ...options })).newPage();
  page.setDefaultTimeout(pageWaitMs);
  return page;
}

/**
 * What Chromium says when a page was shown before its own animation of the page change began, as on a busy machine. No script of
 * ours takes part, and all that is lost is the animation.
 */
const lateAnimation = /^InvalidStateError: Transition was aborted because of invalid state/;

/** What went wrong in a page, from now on: uncaught errors and what the console calls one. */
export function problemsOf(page: Page, problems: string[] = []): string[] {
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => {
    if (!lateAnimation.test(String(error))) problems.push(String(error));
  });
  return problems;
}

/** Registers a test with a browser. `whole`: it needs more than the shell without windows has. */
export function browserTest(
  name: string,
  run: (browser: Browser) => Promise<void>,
  { whole = false } = {},
): void {
  Deno.test({
    name,
    // Playwright closes its pipes and sockets after the test's last turn.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const browser = await openBrowser({ whole });
      try {
        await run(browser);
      } finally {
        await browser.close();
      }
    },
  });
}
