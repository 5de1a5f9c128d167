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
import { type Caller, silentLog } from "../lib/platform/mod.ts";
import { Refusal } from "../lib/protocol/mod.ts";
import type { Services } from "../lib/services.ts";

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
const pages = ["/", "/send?to=demo-bob", "/sent", "/contacts", "/preferences", "/sessions"];

const origin = { address: "127.0.0.1", device: "web", requestId: "screenshots" };

async function run(): Promise<number> {
  const read = readConfig({ BEHEST_KV: ":memory:", BEHEST_DATA_DIR: "data" });
  if (read instanceof ConfigProblem) throw new Error(read.line);
  await using open = await openServices({
    config: read.config,
    log: silentLog,
    secret: crypto.getRandomValues(new Uint8Array(32)),
  });
  const { services } = open;
  await seed(services);
  const app = buildApp(services);
  const applyBuild = await new Builder().build({ snapshot: "memory" });
  applyBuild(app);
  await using server = Deno.serve(
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
  await page.goto(`${base}/login`);
  await page.getByLabel("Username").fill("demo-ann");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Log in" }).click();
  found += await inspect(page, `${name}-login-wrong`);
  await page.getByLabel("Password").fill(services.demo?.password ?? "");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${base}/`);
  for (const path of pages) {
    await page.goto(base + path);
    await page.getByText("Live", { exact: true }).waitFor();
    // Folded parts are looked at too, in all looks but one.
    if (name !== "dark") {
      await page.evaluate(() => document.querySelectorAll("details").forEach((part) => part.open = true));
    }
    found += await inspect(page, `${name}-${fileOf(path)}`);
  }
  await page.goto(`${base}/send`);
  await page.locator("[name=kind][value=link]").check();
  await page.locator("#to").fill("nobody-here, x");
  await page.locator("#href").fill("http://example.org");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator(".notice-bad").waitFor();
  found += await inspect(page, `${name}-send-wrong`);
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

function fileOf(path: string): string {
  return path === "/" ? "inbox" : path.slice(1).replace(/\?.*/, "");
}

async function inspect(page: Page, file: string): Promise<number> {
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

/** Two people who send each other what the pages can show. */
async function seed(services: Services): Promise<void> {
  const ann = await callerFor(services, "demo-ann");
  const bob = await callerFor(services, "demo-bob");
  for (const username of ["carla-with-a-rather-long-name", "dov"]) {
    good(
      await services.accounts.register(origin, { username, password: "correct horse battery", adult: true }),
    );
  }
  const carla = await callerFor(services, "carla-with-a-rather-long-name", "correct horse battery");
  const dov = await callerFor(services, "dov", "correct horse battery");
  good(
    await services.contacts.request(carla, {
      username: "demo-ann",
      note: "We met at the market <b>hall</b>.",
    }),
  );
  good(await services.contacts.request(ann, { username: "dov" }));
  good(await services.contacts.accept(dov, { username: "demo-ann" }));
  good(
    await services.preferences.set(ann, { categories: { feet: "ask" }, quietHours: null, shareLimits: true }),
  );
  const now = services.clock.now();
  const at = (hours: number) => new Date(now + hours * 3600_000).toISOString();
  const toAnn = { kind: "user" as const, to: ["demo-ann"] };
  const toBob = { kind: "user" as const, to: ["demo-bob", "dov"] };
  const drafts = [
    { key: "1", audience: toAnn, kind: "message", body: "The train is ten minutes late.\nGo on without me." },
    {
      key: "2",
      audience: toAnn,
      kind: "task",
      title: "Water the plants by the window, all of them, also the small one",
      body: "Half a can each.",
      dueAt: at(5),
    },
    {
      key: "3",
      audience: toAnn,
      kind: "link",
      title: "The house by the lake",
      body: "Is this the one?",
      data: {
        href: "https://example.org/houses/a-very-long-path-that-goes-on-and-on/and-on/1234567890?room=2",
      },
    },
    {
      key: "4",
      audience: toAnn,
      kind: "task",
      title: "Hidden until opened",
      categories: ["feet"],
      dueAt: at(30),
    },
  ];
  for (const draft of drafts) good(await services.commands.send(bob, draft));
  good(
    await services.commands.send(ann, { key: "1", audience: toBob, kind: "task", title: "Bring the ladder" }),
  );
  const sent = good(
    await services.commands.send(ann, {
      key: "2",
      audience: { kind: "user", to: ["demo-bob"] },
      kind: "message",
      body: "<script>alert(1)</script> is only text here.",
    }),
  );
  good(await services.commands.update(bob, { id: sent.command.id, state: "completed" }));
}

async function callerFor(
  services: Services,
  username: string,
  password = services.demo?.password ?? "",
): Promise<Caller> {
  const { token } = good(await services.accounts.login(origin, { username, password }));
  return good(await services.accounts.authenticate(token, origin));
}

function good<T>(value: T | Refusal): T {
  if (value instanceof Refusal) {
    throw new Error(`${value.kind}: ${value.message} ${JSON.stringify(value.detail)}`);
  }
  return value;
}

const found = await run();
say(`${found} findings; pictures in ${out}/`);
Deno.exit(found === 0 ? 0 : 1);
