import assert from "node:assert/strict";
import { withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";

Deno.test("UI-6: a page lists the keys, and each page carries the sheet that lists them too", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const html = await (await send("/keys", as(cookie))).text();
    const main = html.slice(html.indexOf("<main"), html.indexOf("</main"));
    for (const key of ["Ctrl+Shift+.", "?", "g", "i", "s", "h", "j", "k", "Enter"]) {
      assert.ok(main.includes(`<kbd>${key}</kbd>`), key);
    }
    assert.match(html, /<title>Keyboard shortcuts · Behest<\/title>/);
    const inbox = await (await send("/", as(cookie))).text();
    const [sheet = ""] =
      /<dialog[^>]*class="sheet"[^>]*aria-labelledby="keys-sheet"[^]*?<\/dialog>/.exec(inbox) ?? [];
    assert.ok(sheet.includes("<kbd>?</kbd>"));
    assert.ok(!/<dialog[^>]* open/.test(inbox), "closed without scripts");
    assert.ok(inbox.includes('href="/keys"'));
  });
});

Deno.test("UI-6: keys without Ctrl are switched off by a form, for this browser", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    assert.match(await (await send("/keys", as(cookie))).text(), /name="single" value="off">Turn off/);
    const off = await send("/keys", form({ single: "off", back: "/keys" }, cookie));
    assert.equal(off.headers.get("location"), "/keys");
    assert.match(
      off.headers.get("set-cookie") ?? "",
      /^behest_keys=off; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/,
    );
    const quiet = await (await send("/keys", as(`${cookie}; behest_keys=off`))).text();
    assert.match(quiet, /Stop still works\.[^]*name="single" value="on">Turn on/);
    const on = await send("/keys", form({ single: "on", back: "https://evil.example" }, cookie));
    assert.equal(on.headers.get("location"), "/");
    assert.match(on.headers.get("set-cookie") ?? "", /^behest_keys=; .*Max-Age=0$/);
  });
});
