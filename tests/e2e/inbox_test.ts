import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { newPage } from "../fakes/browser.ts";
import { type BrowserSite, online, openRow, siteTest } from "../fakes/browser_site.ts";
import { person } from "../fakes/open_services.ts";
import { until } from "../fakes/until.ts";

/** Sends tasks to demo-ann, the first of them the newest; their ids. */
async function fill(
  { open, services }: BrowserSite,
  titles: readonly string[],
): Promise<Map<string, string>> {
  const { caller: bob } = await person(open, "demo-bob");
  const ids = new Map<string, string>();
  for (const title of titles.toReversed()) {
    const audience = { kind: "user" as const, to: ["demo-ann"] };
    const sent = await services.commands.send(bob, { key: title, kind: "task", title, audience });
    assert.ok("command" in sent);
    ids.set(title, sent.command.id);
  }
  return ids;
}

async function statesOf(
  { open, services }: BrowserSite,
  ids: ReadonlyMap<string, string>,
): Promise<string[]> {
  const { caller: ann } = await person(open, "demo-ann");
  return await Promise.all([...ids.values()].map(async (id) => {
    const detail = await services.commands.get(ann, { id });
    return "state" in detail ? detail.state?.state ?? "" : "";
  }));
}

const counted = (states: readonly string[]) =>
  Object.fromEntries(
    [...new Set(states)].sort().map((one) => [one, states.filter((state) => state === one).length]),
  );

const rows = (page: Page) => page.locator("main article");
const toast = (page: Page, text: string | RegExp) =>
  page.locator(".toast[role=status]", { hasText: text }).waitFor();
/** The row that has the focus. */
const focused = (page: Page) =>
  page.evaluate(() => document.querySelector("article:focus h3")?.textContent ?? "");

siteTest(
  "UI-9 CM-13: forty commands are handled by keys alone; several at once, and taken back",
  async (site) => {
    const titles = Array.from({ length: 40 }, (_, at) => `Job ${String(at + 1).padStart(2, "0")}`);
    const ids = await fill(site, titles);
    const page = await site.enter("demo-ann");
    await rows(page).nth(39).waitFor();
    assert.match(await page.title(), /^\(40\) /);

    // The first ten one by one, each key for the row that has come under it.
    await page.keyboard.press("j");
    for (const [at, key] of [..."cdlcdlcdlc"].entries()) {
      assert.equal(await focused(page), titles[at]);
      await page.keyboard.press(key);
    }
    await until(async () => await rows(page).count() === 30);
    await toast(page, "Done.");
    await page.keyboard.press("u");
    await toast(page, "Answer withdrawn.");
    await until(async () => await rows(page).count() === 31);

    // The rest at once.
    await page.getByRole("article").first().getByRole("link").focus();
    await page.keyboard.press("x");
    await page.keyboard.press("*");
    assert.equal(await page.locator(".line > input:checked").count(), 31);
    await page.keyboard.press("d");
    await toast(page, "31 declined.");
    await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
    assert.deepEqual(counted(await statesOf(site, ids)), { completed: 3, declined: 34, deferred: 3 });
    await page.keyboard.press("u");
    await until(async () => await rows(page).count() === 31);
    assert.deepEqual(counted(await statesOf(site, ids)), {
      completed: 3,
      declined: 3,
      deferred: 3,
      delivered: 31,
    });

    // Search by its key, then a view, and the way back.
    await page.keyboard.press("/");
    await page.keyboard.type("job 40");
    await until(async () => await rows(page).count() === 1);
    await page.getByRole("link", { name: "Clear filters" }).click();
    await until(async () => await rows(page).count() === 31);
    await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: /^Later/ }).click();
    await until(async () => await rows(page).count() === 3);
    assert.match(page.url(), /view=later/);
    await page.goBack();
    await until(async () => await rows(page).count() === 31);
    await page.reload();
    assert.equal(await rows(page).count(), 31, "as it was live");
    assert.deepEqual(site.problems, []);
  },
);

siteTest("UI-9 UI-6: on a phone rows open in place, and several are answered by touch", async (site) => {
  const ids = await fill(site, ["One", "Two", "Three"]);
  const { token } = await person(site.open, "demo-ann");
  const page = await newPage(site.browser, {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  });
  await page.context().addCookies([{ name: "behest_session", value: token, url: site.base }]);
  await page.goto(site.base);
  await online(page);
  const top = await rows(page).first().boundingBox();
  assert.ok(top !== null && top.y < 740 / 2, "the first command is in the upper half");
  const row = page.getByRole("article", { name: "One" });
  await row.getByRole("link", { name: "One" }).tap();
  await row.locator(".item-whole").waitFor();
  const [line, whole] = [
    await row.locator(".line").boundingBox(),
    await row.locator(".item-whole").boundingBox(),
  ];
  assert.ok(whole !== null && line !== null && whole.y >= line.y + line.height - 1, "below its row");
  await row.getByRole("button", { name: "Accept" }).tap();
  await row.getByText("Accepted").first().waitFor();
  assert.ok(
    await (await openRow(page, "One")).getByRole("button", { name: "Done" }).isVisible(),
    "and stays open",
  );
  await row.getByRole("link", { name: "One" }).tap();
  await row.locator(".item-whole").waitFor({ state: "detached" });
  for (const title of ["Two", "Three"]) await page.getByRole("checkbox", { name: `Select: ${title}` }).tap();
  const many = page.getByRole("form", { name: "Selected commands" });
  await many.getByRole("button", { name: "Decline" }).tap();
  await toast(page, "2 declined.");
  await until(async () => await rows(page).count() === 1);
  assert.ok(await many.isHidden());
  await page.getByRole("button", { name: "Undo" }).tap();
  await until(async () => await rows(page).count() === 3);
  assert.deepEqual(counted(await statesOf(site, ids)), { accepted: 1, delivered: 2 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "nothing is too wide");

  // A command that comes while a row is being opened is shown, and the row opens.
  await page.route(/[?&]only$/, async (route) => {
    await fill(site, ["News"]);
    await page.getByRole("article", { name: "News" }).waitFor();
    await route.continue();
  }, { times: 1 });
  await page.getByRole("article", { name: "Two" }).getByRole("link", { name: "Two" }).tap();
  await page.getByRole("article", { name: "Two" }).locator(".item-whole").waitFor();
  assert.equal(await rows(page).count(), 4);
});
