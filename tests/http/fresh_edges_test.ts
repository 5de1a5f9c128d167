/** Where the app answers for gaps of Fresh: the same on both. */
import assert from "node:assert/strict";
import { readSnapshot } from "../../lib/fresh/build.ts";
import { withApp } from "../fakes/app_rig.ts";
import { base } from "../fakes/page_forms.ts";

Deno.test("API: a slash at the end of an address changes nothing, neither for people nor for nobody", async () => {
  await withApp(async (send, app) => {
    const headers = { cookie: app.cookieOf("ann") };
    for (const path of ["/login", "/contacts", "/account"]) {
      const [plain, slashed] = [await send(path, { headers }), await send(`${path}/`, { headers })];
      assert.deepEqual([slashed.status, slashed.headers.get("content-type")], [
        plain.status,
        plain.headers.get("content-type"),
      ], path);
      await Promise.all([plain.body?.cancel(), slashed.body?.cancel()]);
    }
    const bearer = app.bearerOf("ann");
    assert.equal((await send("/api/v1/profile/", { headers: bearer })).status, 200);
    assert.equal((await send("/api/v1/profile/")).status, 401);
    assert.equal((await send("/api/v1/admin/users/", { headers: bearer })).status, 404);
    assert.equal((await send("/api/v1/auth/login/", { method: "DELETE" })).status, 405);
  });
});

Deno.test("API: a static file takes GET and HEAD, and says so to other methods", async () => {
  await withApp(async (send) => {
    const response = await send("/styles.css", { method: "DELETE", headers: { origin: base } });
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, HEAD"]);
  });
});

Deno.test("API: nothing that is served names the machine of the build, and its metadata is not served", async () => {
  const snapshot = await readSnapshot(Deno.cwd());
  assert.ok(snapshot !== null);
  const scripts = Object.entries(snapshot.files).filter(([url]) => url.startsWith("/_fresh/"));
  assert.ok(scripts.length > 0);
  for (const [url, { file }] of scripts) {
    assert.ok(!url.endsWith(".json"), url);
    const text = await Deno.readTextFile(file);
    assert.ok(!text.includes(Deno.cwd()) && !/file:\/\/\/|sourceMappingURL/.test(text), url);
  }
  await withApp(async (send) => {
    for (const path of [`/_fresh/js/${snapshot.buildId}/metafile.json`, "/_fresh/snapshot.json"]) {
      const response = await send(path);
      assert.equal(response.status, 404, path);
      await response.body?.cancel();
    }
  });
});

Deno.test("UI-1: a page's own style sheet comes beside the site's", async () => {
  await withApp(async (send, app) => {
    await app.setRole("ann", "admin");
    const response = await send("/admin/design", { headers: { cookie: app.cookieOf("ann") } });
    assert.equal(response.status, 200);
    const sheets = [...(await response.text()).matchAll(/<link[^>]*rel="stylesheet"[^>]*>/g)].map(([tag]) =>
      /href="(\/\w+\.css)/.exec(tag)?.[1]
    );
    assert.deepEqual(sheets, ["/styles.css", "/icons.css", "/frame.css", "/design.css"]);
  });
});
