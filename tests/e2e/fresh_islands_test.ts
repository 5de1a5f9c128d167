import assert from "node:assert/strict";
import { type Page } from "playwright-core";
import { siteHandler } from "../fixtures/fresh/site_app.ts";
import { buildId, setBuildId } from "../../lib/fresh/build_id.ts";
import { openBrowser } from "../fakes/browser.ts";

interface Visit {
  page: Page;
  /** Errors on the console and uncaught ones. */
  problems: string[];
  scripts: string[];
}

async function visiting(path: string, options: { basePath?: string }, run: (visit: Visit) => Promise<void>) {
  // Other files of this process serve another build.
  const builtId = buildId();
  const handler = await siteHandler(options);
  // Closed at once in the end: a graceful end would wait for what a closed browser left behind.
  const over = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: over.signal },
    handler,
  );
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    const scripts: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => {
      if (request.resourceType() === "script") scripts.push(request.url());
    });
    await page.goto(`http://127.0.0.1:${server.addr.port}${path}`);
    await run({ page, problems, scripts });
  } finally {
    await browser.close();
    over.abort();
    await server.finished;
    setBuildId(builtId);
  }
}

const browserTest = (name: string, fn: () => Promise<void>) =>
  // The browser's process and pipes are closed by playwright after the test's last turn.
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });

const text = async (page: Page, id: string) => await page.locator(`#${id}`).textContent();

browserTest("Fresh: one signal given to two islands is one signal in the browser", async () => {
  await visiting("/islands?start=5", {}, async ({ page, problems }) => {
    await page.locator("#a[data-live=yes]").waitFor();
    await page.locator("#b[data-live=yes]").waitFor();
    await page.locator("#a").click();
    await page.locator("#b", { hasText: "b: 6" }).waitFor();
    await page.locator("#b").click();
    await page.locator("#a", { hasText: "a: 7" }).waitFor();
    assert.deepEqual(problems, []);
  });
});

browserTest("Fresh: islands nest, as JSX given to an island and rendered by one", async () => {
  await visiting("/islands", {}, async ({ page, problems }) => {
    await page.locator(".framed[data-live=yes] #c[data-live=yes]").waitFor();
    assert.equal(await page.locator(".framed > .inner").textContent(), "inside");
    await page.locator("#c").click();
    await page.locator("#a", { hasText: "a: 2" }).waitFor();
    await page.locator("#own").click();
    await page.locator("#own", { hasText: "own: 101" }).waitFor();
    assert.equal(await text(page, "c"), "c: 2");
    assert.equal(await page.locator(".framed h2").count(), 1);
    assert.deepEqual(problems, []);
  });
});

browserTest("Fresh: JSX that an island holds back is there when it shows it, with its islands", async () => {
  await visiting("/islands", {}, async ({ page, problems }) => {
    assert.equal(await page.locator("#late").count(), 0);
    await page.locator("#a[data-live=yes]").waitFor();
    await page.locator("#open").click();
    await page.locator("#late", { hasText: "held" }).waitFor();
    await page.locator("#d").click();
    await page.locator("#a", { hasText: "a: 2" }).waitFor();
    assert.deepEqual(problems, []);
  });
});

browserTest("Fresh: Head in an island keeps the document's title and metas current", async () => {
  await visiting("/islands", {}, async ({ page, problems }) => {
    assert.equal(await page.title(), "Islands");
    await page.locator("#a[data-live=yes]").waitFor();
    await page.locator("#open").click();
    await page.locator("#late").waitFor();
    await page.waitForFunction("document.title === 'Opened'");
    const metas = page.locator("meta[name=description]");
    assert.equal(await metas.count(), 1);
    assert.equal(await metas.getAttribute("content"), "of the island");
    assert.deepEqual(problems, []);
  });
});

browserTest("Fresh: properties arrive as the types that they were", async () => {
  await visiting("/islands", {}, async ({ page, problems }) => {
    await page.locator("#types[data-live=yes]").waitFor();
    assert.deepEqual(JSON.parse(await text(page, "types") ?? ""), {
      when: 1_700_000_000_000,
      big: "12345678901234567890",
      set: ["</script><script>alert(1)</script>"],
      map: "https://example.org/a?b",
      numbers: ["NaN", "-0", "Infinity", "-Infinity"],
      pattern: "/a<b/gi",
      bytes: [0, 255, 7],
      none: true,
      nothing: true,
    });
    assert.deepEqual(problems, []);
  });
});

browserTest("Fresh: islands of a route's own folder and sources under a base path work", async () => {
  await visiting("/under/islands", { basePath: "/under" }, async ({ page, problems }) => {
    await page.locator("#local[data-live=yes]").waitFor();
    await page.locator("#a").click();
    await page.locator("#b", { hasText: "b: 2" }).waitFor();
    // The fixture names its stylesheet without the base path.
    assert.deepEqual(problems.filter((problem) => !problem.includes("404")), []);
  });
});

browserTest("Fresh: a page without islands loads no script", async () => {
  await visiting("/", {}, async ({ page, problems, scripts }) => {
    assert.match(await page.locator("h1").textContent() ?? "", /^home/);
    assert.deepEqual(scripts, []);
    assert.equal(await page.locator("script").count(), 0);
    assert.deepEqual(problems, []);
  });
});
