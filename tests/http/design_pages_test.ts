import assert from "node:assert/strict";
import { commandStates } from "../../lib/protocol/commands.ts";
import { wordsOf } from "../../lib/words/mod.ts";
import { stateWords } from "../../lib/text/commands.ts";
import { withApp } from "../fakes/app_rig.ts";
import { as } from "../fakes/page_forms.ts";

Deno.test("MO-4: the design page is for administrators alone", async () => {
  await withApp(async (send, app) => {
    const status = async () => (await send("/admin/design", as(app.cookieOf("ann")))).status;
    assert.equal(await status(), 404);
    await app.setRole("ann", "moderator");
    assert.equal(await status(), 404);
    await app.setRole("ann", "admin");
    assert.equal(await status(), 200);
  });
});

Deno.test("MO-4: the design page shows a command in each state, and nothing on it can be answered", async () => {
  await withApp(async (send, app) => {
    await app.setRole("ann", "admin");
    const html = await (await send("/admin/design", as(app.cookieOf("ann")))).text();
    const [cards = ""] = /<ul class="states-grid" inert[^>]*>[^]*?<\/main>/.exec(html) ?? [];
    for (const state of commandStates) {
      const { label } = stateWords(wordsOf("en").commands, state, "recipient");
      assert.match(cards, new RegExp(`id="command-design-${state}-5"[^]*?>${label}<`), state);
    }
    assert.ok(cards.includes("card card-sealed") && cards.includes('class="late"'));
    assert.match(html, /<link rel="stylesheet" href="\/design\.css/);
    assert.ok(!/ style="/.test(html));
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(ids.filter((id, at) => ids.indexOf(id) !== at), [], "each id once");
  });
});
