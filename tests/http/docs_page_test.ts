import assert from "node:assert/strict";
import { methods, notifications } from "../../lib/protocol/mod.ts";
import { operations, ruleSections } from "../../lib/reference/mod.ts";
import { withApp } from "../fakes/app_rig.ts";

Deno.test("OP-5: /docs shows every method, notification and call to anybody, and finds by words", async () => {
  await withApp(async (send) => {
    const page = async (path: string) => {
      const response = await send(path, { headers: { accept: "text/html" } });
      assert.equal(response.status, 200);
      return await response.text();
    };
    const whole = await page("/docs");
    for (const name of [...Object.keys(methods), ...Object.keys(notifications)]) {
      assert.ok(whole.includes(`<code>${name}</code>`), name);
    }
    for (const name of Object.keys(operations)) {
      assert.ok(whole.includes(`<code>${name.replace(" ", " /api/v1")}</code>`), name);
    }
    for (const { title } of ruleSections) assert.ok(whole.includes(`<summary>${title}</summary>`), title);
    assert.ok(whole.includes("// Slug of a category."), "fields have their meaning");
    const heard = await page("/docs?q=who+hears");
    assert.ok(
      heard.includes("<summary>Who hears what</summary>") && !heard.includes("<summary>Stop</summary>"),
    );
    // Each call with JSON can be tried, with a form that works once scripts are there; what is not there cannot.
    assert.ok(!whole.includes('id="try"'));
    const links = new Set(
      [...whole.matchAll(/\/docs\?try=([^#"]+)#try/g)].map(([, name]) => decodeURIComponent(name!)),
    );
    for (const name of Object.keys(methods)) assert.ok(links.has(name), name);
    assert.ok(links.has("DELETE /api/v1/files/{id}") && !links.has("POST /api/v1/files"));
    const trying = await page(`/docs?try=${encodeURIComponent("POST /api/v1/tokens")}`);
    assert.ok(/id="try"[\s\S]*scopes[\s\S]*name="agree"/.test(trying));
    assert.ok(!(await page("/docs?try=inbox.counts")).includes('name="agree"'));
    assert.ok(!(await page("/docs?try=%3Cscript%3Exyzzy")).includes("xyzzy"));
    const found = await page("/docs?q=CANCELS+sent");
    assert.ok(found.includes("<code>command.cancel</code>"));
    assert.ok(!found.includes("<code>command.send</code>"));
    assert.match(await page("/docs?q=%3Cscript%3Exyzzy"), /Nothing has these words/);
    assert.ok(!(await page("/docs?q=%3Cscript%3Exyzzy")).includes("<script>xyzzy"));
  });
});
