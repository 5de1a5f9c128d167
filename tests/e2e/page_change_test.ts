import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { browserTest, newPage, problemsOf } from "../fakes/browser.ts";
import { online } from "../fakes/browser_site.ts";
import { callerOf, logIn, Site } from "../fakes/offline_site.ts";

/** What a visitor's pages record of themselves; kept in the tab, over changes of page. */
interface Recorded {
  /** Notices of the connection, in the order in which pages showed them. */
  notices: string[];
  /** Elements that moved without the person's doing, with the distance score of Chromium's layout shifts. */
  shifts: string[];
}

/** Runs in every page before its own scripts. */
function record(): void {
  const key = "recorded";
  const read = (): Recorded => JSON.parse(sessionStorage.getItem(key) ?? '{"notices":[],"shifts":[]}');
  const add = (list: keyof Recorded, text: string) => {
    const recorded = read();
    recorded[list].push(text);
    sessionStorage.setItem(key, JSON.stringify(recorded));
  };
  let last: string | undefined;
  new MutationObserver(() => {
    const notice = document.querySelector<HTMLElement>("[data-connection]")?.dataset.connection;
    if (notice === undefined || notice === last) return;
    last = notice;
    add("notices", notice);
  }).observe(document, { subtree: true, childList: true, attributes: true });
  interface Shift extends PerformanceEntry {
    value: number;
    hadRecentInput: boolean;
    sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
  }
  const place = ({ x, y, width, height }: DOMRect) => [x, y, width, height].map(Math.round).join(" ");
  const shifts = new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries() as Shift[]) {
      if (hadRecentInput) continue;
      const moved = sources.map(({ node, previousRect, currentRect }) => {
        const element = node instanceof Element ? node : node?.parentElement;
        return `${element?.outerHTML.slice(0, 80)} from ${place(previousRect)} to ${place(currentRect)}`;
      });
      add("shifts", `${location.pathname} ${value}: ${moved.join("; ")}`);
    }
  });
  shifts.observe({ type: "layout-shift", buffered: true });
}

/**
 * Times slower than this machine: what a page does one after the other is then many frames apart. A slowed page keeps a core busy as
 * long as it is open, so that more costs as many times the CPU, and shows no other frames.
 */
const slowness = 3;

const places = [
  "/send",
  "/sent",
  "/history",
  "/files",
  "/contacts",
  "/groups",
  "/preferences",
  "/profile",
  "/sessions",
  "/",
];

async function wholeSite(): Promise<Site> {
  const site = await Site.open();
  const [ann, bob] = [await callerOf(site, "demo-ann"), await callerOf(site, "demo-bob")];
  const send = async (from: typeof ann, to: string, title: string) => {
    const sent = await site.services.commands.send(from, {
      key: crypto.randomUUID(),
      audience: { kind: "user", to: [to] },
      kind: "task",
      title,
      body: "Before it rains",
    });
    assert.ok("command" in sent, JSON.stringify(sent));
  };
  for (let count = 1; count <= 7; count++) await send(bob, "demo-ann", `Water bed ${count}`);
  await send(ann, "demo-bob", "Buy a hose");
  return site;
}

/** Chooses a place of the menu, as a person does. */
async function choose(page: Page, path: string): Promise<void> {
  const links = page.locator(`:is(.nav li, .tabbar, #me) a[href="${path === "/" ? "./" : path}"]`);
  const visible = links.filter({ visible: true });
  if (await visible.count() === 0) await page.getByRole("button", { name: /Your menu/ }).click();
  await visible.first().click();
}

async function change(
  browser: Browser,
  width: number,
): Promise<Recorded & { prefetched: string[]; problems: string[] }> {
  await using site = await wholeSite();
  const page = await newPage(browser, {
    viewport: { width, height: 740 },
    reducedMotion: "no-preference",
    timezoneId: "Pacific/Auckland",
  });
  const problems = problemsOf(page);
  const prefetched: string[] = [];
  page.on("request", (request) => {
    if (request.headers()["sec-purpose"] !== undefined) prefetched.push(new URL(request.url()).pathname);
  });
  await logIn(page, site, "demo-ann");
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: slowness });
  await page.addInitScript(record);
  for (const path of places) {
    await choose(page, path);
    await page.waitForURL(site.base + path);
    await online(page);
    // All that the page does after it is online was painted.
    await page.evaluate(() =>
      new Promise<void>((resolve) =>
        requestIdleCallback(() => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))
      )
    );
  }
  const recorded = await page.evaluate(() => sessionStorage.getItem("recorded"));
  return { ...JSON.parse(recorded ?? "null") as Recorded, prefetched, problems: [...problems] };
}

browserTest(
  "UI-2: ten page changes on a slow computer, in a narrow and a wide window, show no problem and move nothing",
  async (browser) => {
    for (
      const { notices, shifts, prefetched, problems } of await Promise.all(
        [360, 1280].map((width) => change(browser, width)),
      )
    ) {
      assert.deepEqual(problems, []);
      assert.deepEqual(shifts, []);
      assert.deepEqual([...new Set(notices)], ["connecting", "online"]);
      assert.equal(notices.filter((notice) => notice === "online").length, places.length);
      assert.ok(prefetched.length > 0, "pressing a link requests its page");
      assert.deepEqual(prefetched.filter((path) => !places.includes(path)), []);
    }
  },
);
