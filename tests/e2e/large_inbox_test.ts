import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { say } from "../../lib/platform/console.ts";
import { english, limits, Refusal } from "../../lib/protocol/mod.ts";
import { type BrowserSite, online, openRow, siteTest } from "../fakes/browser_site.ts";
import { person } from "../fakes/open_services.ts";
import { until } from "../fakes/until.ts";

const count = 5000;
/** A page of the list (`limits.pageDefault`). */
const mostCards = 50;
const mostNodes = 12_000;
/** More than the view would take if it took what is delivered. */
const deliveredLeast = 300;
/** `1`: prints the tasks over 50 ms (W3C Long Tasks). Nothing is asserted of them: the machine may be busy. */
const report = Deno.env.get("BEHEST_REPORT_LONG_TASKS") === "1";

/** People send that many to demo-ann. */
async function fill({ open, services }: BrowserSite): Promise<void> {
  const { caller: ann } = await person(open, "demo-ann");
  await services.preferences.set(ann, { acceptFrom: "anyone" });
  const senders = await Promise.all(
    Array.from({ length: count / limits.openFromOne }, (_, at) => person(open, `sender-${at}`)),
  );
  let sent = 0;
  const sendOne = async () => {
    const at = sent++;
    const done = await services.commands.send(senders[at % senders.length]!.caller, {
      key: String(at),
      kind: at % 3 === 0 ? "task" : "message",
      title: `Command ${at}`,
      body: "A few words that say what is asked, in a sentence or two, as people write them.",
      audience: { kind: "user", to: ["demo-ann"] },
    });
    if (done instanceof Refusal) throw new Error(english(done.message));
  };
  for (let at = 0; at < count; at += 50) await Promise.all(Array.from({ length: 50 }, sendOne));
}

/** Every task over 50 ms from now on, in milliseconds. */
async function watch(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { seenLongTasks: seen });
    new PerformanceObserver((list) => seen.push(...list.getEntries().map(({ duration }) => duration)))
      .observe({ entryTypes: ["longtask"] });
  });
  return async () =>
    await page.evaluate(() => {
      const { seenLongTasks } = globalThis as unknown as { seenLongTasks: number[] };
      return seenLongTasks.splice(0);
    });
}

const cards = (page: Page) => page.locator("main article").count();
const nodes = (page: Page) => page.evaluate(() => document.querySelectorAll("*").length);

siteTest(
  `UI-1: with ${count} open commands the inbox holds a page of them, finds among them, and does not grow`,
  async (site) => {
    await fill(site);
    const page = await site.known("demo-ann");
    const delivered = { count: 0 };
    page.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => {
        const frame = JSON.parse(String(payload));
        if (frame.method === "command.deliver") delivered.count += frame.params.deliveries.length;
      }));
    await page.goto(site.base);
    const tasks = await watch(page);
    await online(page);
    // The device is new, so all of them are delivered to it (DL-2), oldest first; what belongs on other pages stays there.
    await until(() => delivered.count >= deliveredLeast, "the backlog");
    const taking = await tasks();
    assert.ok(await cards(page) <= mostCards, `${await cards(page)} cards`);
    assert.ok(await nodes(page) < mostNodes, `${await nodes(page)} nodes`);

    for (let step = 0; step < 30; step++) await page.mouse.wheel(0, 900);
    await page.mouse.wheel(0, -100_000);
    const scrolling = await tasks();

    const titles = page.locator("main article h3");
    const box = page.getByRole("searchbox", { name: "Search commands" });
    await box.pressSequentially("command 499", { delay: 20 });
    // One of them is far behind the first page: the search looks through all of them.
    await until(async () => {
      const found = await titles.allTextContents();
      return found.includes("Command 4499") && found.every((title) => title.includes("499"));
    });
    await box.fill("@demo-bob nothing like that");
    await page.getByRole("heading", { name: "No matches" }).waitFor();
    assert.equal(await page.getByRole("article").count(), 0);
    await box.fill("");
    await until(async () => await titles.count() === 50);
    const filtering = await tasks();

    const title = await titles.first().textContent();
    const first = await openRow(page, title ?? "");
    await first.getByRole("button", { name: /^(Done|Seen)$/ }).first().click();
    await page.locator(".toast[role=status]", { hasText: /^(Done|Marked as seen)\./ }).waitFor();
    assert.ok(title?.startsWith("Command "));

    // What was answered left the page, and the next in order took its place at the end.
    await until(async () => await titles.count() === 50);
    const last = await titles.last().textContent();
    await page.getByRole("link", { name: "More" }).click();
    await until(async () => await titles.last().textContent() !== last);
    const next = await titles.first().textContent();
    assert.equal(
      Number(next?.split(" ")[1]),
      Number(last?.split(" ")[1]) - 1,
      "none is left out between the pages",
    );
    assert.ok(await cards(page) <= mostCards);
    if (report) say(JSON.stringify({ taking, scrolling, filtering, nodes: await nodes(page) }));
  },
);
