import assert from "node:assert/strict";
import { readSnapshot } from "../../lib/fresh/build.ts";
import { languages, renderMessage, wordsOf } from "../../lib/words/mod.ts";
import { builtScripts } from "../../tools/built_scripts.ts";
import {
  type BuiltScripts,
  gzippedBytes,
  type PageWeight,
  pageWeights,
  weigh,
} from "../../tools/page_weights.ts";
import { freshBuild } from "../fakes/fresh_build.ts";
import { AppRig, withApp } from "../fakes/app_rig.ts";
import { as, messagesOf, type Send } from "../fakes/page_forms.ts";

/** Addresses of the scripts that a page names. */
function scriptsIn(html: string): string[] {
  return [...html.matchAll(/"(\/_fresh\/js\/[^"]+\.js)"/g)].map(([, url = ""]) => url);
}

/** All scripts that a page loads, or may load later, as far as they are named in it or in one another. */
async function scriptsOf(send: Send, path: string, cookie: string): Promise<string[]> {
  const waiting = scriptsIn(await (await send(path, as(cookie))).text());
  assert.ok(waiting.length > 0, path);
  const seen = new Set<string>();
  const scripts: string[] = [];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (seen.has(url)) continue;
    seen.add(url);
    const response = await send(url);
    assert.equal(response.status, 200, url);
    const code = await response.text();
    scripts.push(code);
    const folder = url.slice(0, url.lastIndexOf("/") + 1);
    for (const [, name = ""] of code.matchAll(/"\.\/([\w-]+\.js)"/g)) waiting.push(folder + name);
  }
  return scripts;
}

Deno.test("UI-7: each page's scripts stay under 60 KiB gzipped, those that load on demand included", async () => {
  await freshBuild();
  const scripts = await builtScripts(Deno.cwd());
  const weights = await pageWeights(scripts);
  assert.deepEqual(weights.filter(({ whole }) => whole > 60 * 1024), []);
  await compare(scripts, new Map(weights.map((weight) => [weight.page, weight])));
});

Deno.test("UI-7: no script carries the texts of refusals", async () => {
  await freshBuild();
  const snapshot = (await readSnapshot(Deno.cwd()))!;
  const scripts = await Promise.all(Object.values(snapshot.files).map(({ file }) => Deno.readTextFile(file)));
  const texts = ["login.wrong", "field.surrogates", "scanner.noMatching"] as const;
  for (const text of texts.flatMap((key) => languages.map(([language]) => renderMessage(language, key)))) {
    assert.ok(!scripts.some((script) => script.includes(text)), text);
  }
});

/** What a page as it is served loads is in what the table says of its route, or the table is about something else. */
async function compare(scripts: BuiltScripts, table: ReadonlyMap<string, PageWeight>): Promise<void> {
  await withApp(async (send, app) => {
    const { id } = await app.command("bob", "ann", { requires: "proof" });
    await app.answer("ann", id, "accepted");
    const cookie = app.cookieOf("ann");
    for (const path of ["/", "/send", "/sent", "/files", "/history", "/preferences"]) {
      const html = await (await send(path, as(cookie))).text();
      const served = await weigh(scriptsIn(html), scripts.read);
      const { atStart, whole } = table.get(path)!;
      assert.ok(served.atStart > 10_000 && served.atStart <= atStart, `${path}: ${served.atStart} bytes`);
      assert.ok(served.whole <= whole, `${path}: ${served.whole} bytes`);
      // What uploads is there where one can upload, and nowhere else; nowhere before somebody does.
      const uploads = (await scriptsOf(send, path, cookie)).some((code) => code.includes("Upload-Offset"));
      assert.equal(uploads, ["/", "/send", "/files"].includes(path), path);
      assert.ok(whole > atStart + 1000, path);
    }
    for (const path of ["/register", "/nowhere"]) {
      assert.deepEqual(scriptsIn(await (await send(path)).text()), [], path);
    }
    assert.equal(table.get("/register")?.whole, 0);
  });
}

Deno.test("UI-7: no page brings the validator", async () => {
  await freshBuild();
  const { files } = (await readSnapshot(Deno.cwd()))!;
  const { read } = await builtScripts(Deno.cwd());
  const urls = Object.keys(files).filter((url) => url.endsWith(".js") && url.startsWith("/_fresh/js/"));
  assert.ok(urls.length > 8, `${urls.length} scripts`);
  // The validator alone would be larger than the largest bundle may be: the client library.
  const sizes = await Promise.all(urls.map(async (url) => await gzippedBytes(await read(url))));
  const largest = Math.max(...sizes);
  assert.ok(largest < 17 * 1024, `${largest} bytes`);
});

Deno.test("UI-6 UI-7: scripts hold no catalogue: the words that a page needs come with the page", async () => {
  await using app = await AppRig.start();
  const { wholeSend: send } = app;
  const cookie = app.cookieOf("ann");
  const { id } = await app.command("bob", "ann", { requires: "proof" });
  await app.answer("ann", id, "accepted");
  const scripts = new Set<string>();
  for (const path of ["/", "/send", "/sent", "/files", "/history"]) {
    for (const code of await scriptsOf(send, path, cookie)) scripts.add(code);
  }
  assert.ok(scripts.size > 8, `${scripts.size} scripts`);
  const everything = [...scripts].join("\n");
  for (const [language] of languages) {
    const sentences = messagesOf(wordsOf(language)).filter((text) => text.length > 20);
    assert.ok(sentences.length > 200, language);
    assert.deepEqual(sentences.filter((text) => everything.includes(text)), [], language);
  }
  // Each page carries the sections of its islands and no others.
  const html = await (await send("/", as(cookie))).text();
  const { answers, files, sent, send: form } = wordsOf("en");
  assert.ok(html.includes(answers.undone), "for when an answer is taken back");
  for (const section of [files, sent, form]) {
    assert.deepEqual(messagesOf(section).filter((text) => text.length > 40 && html.includes(text)), []);
  }
});

Deno.test("UI-7: a page names its stylesheet before its scripts, or browsers fetch it behind them", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    for (const path of ["/", "/send", "/files"]) {
      const page = await send(path, as(cookie));
      const html = await page.text();
      const styles = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(([, href]) => href);
      assert.ok(styles.length > 0, path);
      const links = page.headers.get("link")!.split(", ");
      const [first, scripts] = [links.slice(0, styles.length), links.slice(styles.length)];
      assert.deepEqual(first, styles.map((style) => `<${style}>; rel="preload"; as="style"`));
      assert.ok(scripts.length > 0 && scripts.every((link) => link.includes("modulepreload")), path);
    }
    // Without scripts the page's own head says it as early.
    assert.equal((await send("/register")).headers.get("link"), null);
  });
});
