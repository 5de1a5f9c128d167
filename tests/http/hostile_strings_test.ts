import assert from "node:assert/strict";
import { type Browser, type Page } from "playwright-core";
import { addressOf, pageFiles } from "../../tools/page_files.ts";
import { collectViolations } from "../../tools/page_findings.ts";
import { browserTest, pageWaitMs } from "../fakes/browser.ts";
import { must } from "../fakes/accounts_rig.ts";
import { freeTextFields } from "../fakes/free_text.ts";
import { type HostileWorld, hostileWorld, type Reader } from "../fakes/hostile_world.ts";
import { crawl, refusedForms } from "../fakes/page_crawl.ts";
import { served, type ServedApp } from "../fakes/served.ts";

/** Runs in a browser, which is what reads these pages: what of a page is an element or attribute that no page of ours has. */
function misread(html: string): { wrong: string[]; texts: string[] } {
  const page = new DOMParser().parseFromString(html, "text/html");
  const wrong: string[] = [];
  const texts: string[] = [];
  const walk = (node: Node) => {
    if (node instanceof Comment && /zq\d\dqz/.test(node.data)) {
      wrong.push(`a comment: ${node.data.slice(0, 80)}`);
    }
    if (node instanceof Text && node.parentElement?.localName !== "script") texts.push(node.data);
    if (node instanceof HTMLTemplateElement) walk(node.content);
    if (node instanceof Element) {
      const shown = node.cloneNode(false) as Element;
      const blame = () => wrong.push(shown.outerHTML.slice(0, 160));
      const { localName } = node;
      if (/zq|hurt/.test(localName) || ["iframe", "object", "embed", "base"].includes(localName)) blame();
      if (node.localName === "script" && !node.hasAttribute("nonce")) blame();
      for (const { name, value } of node.attributes) {
        const isAddress = ["href", "src", "action", "formaction", "poster", "data", "srcset"].includes(name);
        if (/^on|zq|hurt|^style$|^srcdoc$/i.test(name)) blame();
        if (isAddress && (/^\s*(?!https?:)[a-z][a-z0-9+.-]*:/i.test(value) || value === "x")) blame();
        texts.push(value);
      }
    }
    for (const child of node.childNodes) walk(child);
  };
  walk(page);
  return { wrong, texts };
}

const hostileTest = (
  name: string,
  run: (world: HostileWorld, app: ServedApp, browser: Browser) => Promise<void>,
) =>
  browserTest(name, async (browser) => {
    const world = await hostileWorld();
    await using _open = world.open;
    await using app = await served(world.services);
    await run(world, app, browser);
    await browser.close();
    await world.services.realtime.shutdown();
  });

Deno.test("UI-8: no field takes a NUL, and every field that takes text is known here", async () => {
  const fields = freeTextFields();
  assert.ok(fields.size > 30, `${fields.size} fields`);
  const world = await hostileWorld();
  await using _open = world.open;
  assert.deepEqual(world.texts.forgotten(), [], "write to it in tests/fakes/hostile_world.ts");
  for (const field of world.texts.written.keys()) {
    assert.notEqual(fields.get(field)?.takes("a\0b"), true, field);
  }
});

hostileTest(
  "UI-8: what people write is text wherever it is shown, to every kind of reader",
  async (world, app, browser) => {
    const pages = [...await refusedForms(app, world)];
    const reached = new Set<string>();
    for (const [who, token] of [["nobody", undefined], ...world.tokens] as [string, string | undefined][]) {
      for (const [path, page] of await crawl(app, who, token)) {
        pages.push(page);
        reached.add(path.replace(/\?.*/, ""));
      }
    }
    // The queue opens a case by a query, which the crawl leaves out: this is what it leads to.
    for (const where of world.casePaths) {
      const response = await fetch(app.origin + where, {
        headers: { cookie: `behest_session=${world.tokens.get("mona")}`, accept: "text/html" },
      });
      assert.equal(response.status, 200);
      pages.push({ where, html: await response.text() });
      reached.add(where.replace(/\?.*/, ""));
    }
    // Every page was among them.
    const routes = pageFiles().map(addressOf).filter((address) => !/^\/_/.test(address));
    const unseen = routes.filter((address) => {
      const pattern = address.replaceAll(/\/\[\[\w+\]\]/g, "(/[^/]+)?").replaceAll(/\[\w+\]/g, "[^/]+");
      return ![...reached].some((path) => new RegExp(`^${pattern}$`).test(path));
    });
    // One asks before something is done, the other is where a notification leads: no page links to them.
    assert.deepEqual(unseen, ["/confirm", "/notified"]);

    const reader = await browser.newPage();
    // Unescaped, each of them is found.
    for (const [field, text] of world.texts.written) {
      if (field === "href") continue;
      const { wrong } = await reader.evaluate(misread, `<p title="${text}">`);
      assert.notDeepEqual(wrong, [], `nobody would notice ${field}`);
    }
    const shown = new Set<string>();
    for (const { where, html } of pages) {
      const { wrong, texts } = await reader.evaluate(misread, html);
      assert.deepEqual(wrong, [], where);
      for (const [field, text] of world.texts.written) {
        if (texts.some((one) => one.includes(text))) shown.add(field);
      }
    }
    const hidden = [...world.texts.written.keys()].filter((field) => !shown.has(field));
    assert.deepEqual(hidden, notOnPages, "what no page shows proves nothing");
  },
);

/** Kept for programs: pages show links by their address, and no more of `data`. */
const notOnPages: string[] = ["commandDraft.data", "commandChange.data"];

hostileTest(
  "UI-8: nor does it become more when the islands start, or when it comes while a page is open",
  async ({ services, tokens, people, draft }, app, browser) => {
    const faults: string[] = [];
    const enter = async (reader: Reader): Promise<Page> => {
      const context = await browser.newContext();
      await context.addCookies([{
        name: "behest_session",
        value: tokens.get(reader) ?? "",
        url: app.origin,
      }]);
      await context.addInitScript(collectViolations);
      await context.addInitScript(() => {
        Object.assign(globalThis, {
          hurt() {
            throw new Error("hurt");
          },
        });
      });
      const page = await context.newPage();
      page.setDefaultTimeout(pageWaitMs);
      page.on("dialog", (dialog) => {
        faults.push(`${reader}: a dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on("pageerror", (error) => faults.push(`${reader}: ${error}`));
      page.on("console", (message) => {
        if (message.type() === "error") faults.push(`${reader} at ${page.url()}: ${message.text()}`);
      });
      return page;
    };
    const look = async (page: Page) => {
      await page.locator("[data-connection=online]").waitFor();
      const found = await page.evaluate(() => ({
        policy: (globalThis as unknown as { policyViolations: string[] }).policyViolations,
        elements:
          document.querySelectorAll("img[src=x], svg[onload], [onerror], script:not([nonce]):not([src])")
            .length,
        text: document.body.innerText,
      }));
      assert.deepEqual(found.policy, [], page.url());
      assert.equal(found.elements, 0, page.url());
      return found.text;
    };
    const sent = must(await services.commands.list(people.ann, { box: "outbox", limit: 100 })).items;
    const journeys: [Reader, string[]][] = [
      ["ann", [
        "/sent",
        `/sent/${sent.at(-1)?.command.id}`,
        "/send?to=demo-bob",
        "/files",
        "/two-factor",
        "/sessions",
      ]],
      ["bob", ["/history", "/files", "/contacts", "/groups", "/welcome", "/"]],
      ["admin", ["/admin/users/carl", "/admin/categories", "/admin/broadcast"]],
    ];
    for (const [reader, paths] of journeys) {
      const page = await enter(reader);
      for (const path of paths) {
        await page.goto(app.origin + path);
        await look(page);
      }
      if (reader !== "bob") continue;
      // The inbox is open: what comes now, and what is opened, is put into it by its script.
      const cards = page.getByRole("article");
      const before = await cards.count();
      const { command } = must(
        await services.commands.send(people.ann, { ...draft, key: "live", kind: "task" }),
      );
      await cards.nth(before).waitFor();
      const row = page.locator(".item", { has: page.locator(`input[value="${command.id}"]`) });
      await row.locator("h3 a").click();
      await row.locator(".item-whole").waitFor();
      const text = await look(page);
      assert.ok(text.includes(draft.body), "the body stands there as it was written");
    }
    assert.deepEqual(faults, []);
  },
);
