import assert from "node:assert/strict";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { sessionCookie } from "../../lib/web/authentication.ts";
import { sendOver } from "../fakes/built_app.ts";
import { openTestServices, person } from "../fakes/open_services.ts";

interface Rules {
  prefetch: { where: { and: [{ selector_matches: string }, { href_matches: string[] }] } }[];
}

Deno.test("UI-2 UI-7: what browsers may request early are the menu's own pages, and that changes nothing in the store", async () => {
  await using store = await openStore(":memory:");
  await using open = await openTestServices({ store });
  const send = await sendOver(open.services);
  const get = async (path: string, headers: HeadersInit = {}) =>
    await send(new Request(`http://127.0.0.1:8000${path}`, { headers }));
  const { token, caller } = await person(open, "demo-ann");
  const cookie = sessionCookie(token, caller.sessionExpiresAt, false).split(";")[0]!;

  const page = await get("/", { cookie });
  const named = /^"(\/[^"]+)"$/.exec(page.headers.get("speculation-rules") ?? "")?.[1];
  const html = await page.text();
  assert.ok(named !== undefined, "the page names the rules");
  const answer = await get(named);
  assert.equal(answer.headers.get("content-type"), "application/speculationrules+json");
  const rules: Rules = await answer.json();
  assert.deepEqual(Object.keys(rules), ["prefetch"], "no page runs before it is chosen");
  const [rule, ...others] = rules.prefetch;
  assert.ok(rule !== undefined && others.length === 0);
  const [{ selector_matches }, { href_matches: paths }] = rule.where.and;
  assert.equal(selector_matches, ":is(.nav, .tabbar, .menu-pop) a");
  const menu = new Set(
    [...html.matchAll(/<a href="([^"]+)"/g)].map(([, href = ""]) => href === "./" ? "/" : href),
  );
  assert.deepEqual(paths.filter((path) => !menu.has(path)), []);
  assert.ok(paths.length >= 10 && paths.every((path) => !path.startsWith("/admin")));

  const stored = async () => {
    const entries = await Array.fromAsync(store.kv.list({ prefix: [] }));
    return entries.map(({ key, versionstamp }) => `${JSON.stringify(key)} ${versionstamp}`);
  };
  await store.committer.idle();
  const before = await stored();
  assert.ok(before.length > 10);
  for (const path of paths) {
    const early = await get(path, { cookie, "sec-purpose": "prefetch" });
    assert.equal(early.status, 200, path);
    assert.equal(early.headers.get("cache-control"), "no-store", path);
    assert.equal(early.headers.get("set-cookie"), null, path);
    await early.body?.cancel();
  }
  await store.committer.idle();
  assert.deepEqual(await stored(), before);
  assert.equal((await get("/login")).headers.get("speculation-rules"), null);
});
