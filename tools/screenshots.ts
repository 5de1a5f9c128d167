/**
 * `deno run -A tools/screenshots.ts`: opens every page in a browser, wide, narrow and dark, into the ignored
 * `screenshots/`, and prints what axe-core finds there. Runs the real services on a store in memory.
 */
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { buildApp, serving } from "../lib/app.ts";
import { openServices } from "../lib/compose.ts";
import { ConfigProblem, readConfig } from "../lib/config.ts";
import { Builder } from "../lib/fresh/dev.ts";
import { complain, say } from "../lib/platform/console.ts";
import { silentLog } from "../lib/platform/mod.ts";
import type { Services } from "../lib/services.ts";
import { knownHashes, seedFiles } from "./screenshots_files.ts";
import { adminLogin, seed } from "./screenshots_seed.ts";

const out = "screenshots";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
];

const looks = [
  { name: "wide", width: 1440, height: 900, colorScheme: "light" },
  { name: "narrow", width: 360, height: 740, colorScheme: "light" },
  { name: "least", width: 320, height: 640, colorScheme: "dark" },
  { name: "dark", width: 1440, height: 900, colorScheme: "dark" },
] as const;

const doors = ["/login", "/register", "/nowhere"];
const pages = [
  "/",
  "/send?to=demo-bob",
  "/files",
  "/sent",
  "/history",
  "/history?box=outbox",
  "/contacts",
  "/groups",
  "/groups/readers",
  "/preferences",
  "/profile",
  "/sessions",
];
const adminPages = [
  "/admin",
  "/admin/users",
  "/admin/users/carla-with-a-rather-long-name",
  "/admin/files",
  "/admin/files?state=rejected",
  "/admin/incidents",
  "/admin/categories",
  "/admin/categories/feet",
  "/admin/groups",
  "/admin/groups/readers",
  "/admin/broadcast",
  "/admin/audit",
];

async function run(): Promise<number> {
  const dataDir = await Deno.makeTempDir({ prefix: "behest-screenshots-" });
  try {
    return await shootAll(dataDir);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

async function shootAll(dataDir: string): Promise<number> {
  const read = readConfig({
    BEHEST_KV: ":memory:",
    BEHEST_DATA_DIR: dataDir,
    // One that runs on the machine would make other pictures.
    BEHEST_CLAMD: "127.0.0.1:9",
    BEHEST_CSAM_HASHES: await knownHashes(dataDir),
    BEHEST_ADMIN_USERNAME: adminLogin.username,
    BEHEST_ADMIN_PASSWORD: adminLogin.password,
  });
  if (read instanceof ConfigProblem) throw new Error(read.line);
  await using open = await openServices({
    config: read.config,
    log: silentLog,
    secret: crypto.getRandomValues(new Uint8Array(32)),
  });
  const { services } = open;
  await seed(services);
  await seedFiles(services);
  const app = buildApp(services);
  const applyBuild = await new Builder().build({ snapshot: "memory" });
  applyBuild(app);
  // Not closed: the process ends with its pictures, and a graceful end would wait for what a closed browser left behind.
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    serving(app, read.config),
  );
  await Deno.mkdir(out, { recursive: true });
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
  try {
    let found = 0;
    for (const look of looks) {
      found += await shoot(browser, look, `http://127.0.0.1:${server.addr.port}`, services);
    }
    return found;
  } catch (error) {
    // At once: closing would wait for the page that failed.
    complain(String(error));
    Deno.exit(1);
  } finally {
    await browser.close();
    await services.realtime.shutdown();
  }
}

async function shoot(
  browser: Browser,
  look: (typeof looks)[number],
  base: string,
  services: Services,
): Promise<number> {
  const { name, width, height, colorScheme } = look;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, bypassCSP: true });
  const page = await context.newPage();
  page.setDefaultTimeout(5_000);
  page.on("console", (message) => {
    const expected = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !expected) complain(`${name}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complain(`${name}: ${error}`));
  let found = 0;
  for (const path of doors) {
    await page.goto(base + path);
    found += await inspect(page, `${name}-${fileOf(path)}`);
  }
  await logIn(page, base, { username: "demo-ann", password: "not the password" });
  found += await inspect(page, `${name}-login-wrong`);
  await logIn(page, base, { username: "demo-ann", password: services.demo?.password ?? "" });
  await page.waitForURL(`${base}/`);
  found += await lookAt(page, base, name, pages);
  found += await details(page, base, name);
  await page.goto(`${base}/send`);
  await page.locator("[name=kind][value=link]").check();
  await page.locator("#to").fill("nobody-here, x");
  await page.locator("#href").fill("http://example.org");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator(".notice-bad").waitFor();
  found += await inspect(page, `${name}-send-wrong`);
  found += await previews(page, base, name);
  const adminPage = await (await browser.newContext({
    viewport: { width, height },
    colorScheme,
    bypassCSP: true,
  })).newPage();
  adminPage.setDefaultTimeout(5_000);
  await logIn(adminPage, base, adminLogin);
  await adminPage.waitForURL(`${base}/`);
  found += await lookAt(adminPage, base, name, adminPages);
  found += await incident(adminPage, base, name);
  found += await broadcast(adminPage, base, name);
  await adminPage.context().close();
  // Last, because a stop closes every open command.
  if (look === looks.at(-1)) {
    await page.goto(base);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.keyboard.press("Control+Shift+Period");
    await page.getByText("Stopped. Nothing").waitFor();
    found += await inspect(page, `${name}-stopped`);
  }
  await context.close();
  return found;
}

async function logIn(page: Page, base: string, who: { username: string; password: string }): Promise<void> {
  await page.goto(`${base}/login`);
  await page.getByLabel("Username").fill(who.username);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Log in" }).click();
}

async function lookAt(page: Page, base: string, look: string, paths: readonly string[]): Promise<number> {
  let found = 0;
  for (const path of paths) {
    await page.goto(base + path);
    await page.getByText("Live", { exact: true }).waitFor();
    // Folded parts are looked at too, in all looks but one.
    if (look !== "dark") {
      await page.evaluate(() =>
        document.querySelectorAll<HTMLDetailsElement>("main details").forEach((part) => part.open = true)
      );
    }
    found += await inspect(page, `${look}-${fileOf(path)}`);
  }
  return found;
}

/** One command sent and one received, by the links that lead there. */
async function details(page: Page, base: string, look: string): Promise<number> {
  await page.goto(`${base}/sent`);
  const task = page.locator("h2 a", { hasText: "Bring the ladder" });
  await page.goto(base + await task.getAttribute("href"));
  await page.getByText("Live", { exact: true }).waitFor();
  let found = await inspect(page, `${look}-sent-one`);
  await page.goto(`${base}/history`);
  await page.locator("main .name a", { hasText: "Paint the fence" }).click();
  await page.getByText("What happened").waitFor();
  found += await inspect(page, `${look}-history-one`);
  if (look !== "narrow" && look !== "least") return found;
  await page.locator(".nav-more summary").click();
  return found + await inspect(page, `${look}-menu`);
}

async function previews(page: Page, base: string, look: string): Promise<number> {
  await page.goto(`${base}/send?group=readers`);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByLabel("Title").fill("Next Thursday");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.locator("#preview, .notice-bad").first().waitFor();
  return await inspect(page, `${look}-send-preview`);
}

async function broadcast(page: Page, base: string, look: string): Promise<number> {
  await page.goto(`${base}/admin/broadcast`);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByLabel("Title").fill("The server rests tonight");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.locator("#preview, .notice-bad").first().waitFor();
  return await inspect(page, `${look}-admin-broadcast-preview`);
}

/** An incident with its report, once drafted. */
async function incident(page: Page, base: string, look: string): Promise<number> {
  await page.goto(`${base}/admin/incidents`);
  await page.locator("main .name a").first().click();
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByText("Nothing was sent yet.").waitFor();
  let found = await inspect(page, `${look}-admin-incident`);
  await page.goto(`${base}/admin/files?state=rejected`);
  await page.locator("main h2 a").first().click();
  await page.getByRole("heading", { name: "One file" }).waitFor();
  found += await inspect(page, `${look}-admin-file`);
  return found;
}

function fileOf(path: string): string {
  return path === "/"
    ? "inbox"
    : path.slice(1).replace(/\?(box|state)=/, "-").replace(/\?.*/, "").replaceAll("/", "-");
}

async function inspect(page: Page, file: string): Promise<number> {
  // What sticks to the window would stand in the middle of the picture.
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: `${out}/${file}.png`, fullPage: true });
  const wide = await page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth
  );
  if (wide > 0) complain(`${file}: ${wide} px too wide`);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<axe.AxeResults> } }).axe.run()
  );
  for (const { id, nodes } of violations) {
    complain(
      `${file}: ${id}: ${nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join("; ")}`,
    );
  }
  return violations.length + (wide > 0 ? 1 : 0);
}

const found = await run();
say(`${found} findings; pictures in ${out}/`);
Deno.exit(found === 0 ? 0 : 1);
