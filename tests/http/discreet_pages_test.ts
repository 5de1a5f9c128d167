import assert from "node:assert/strict";
import { withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";

const discreet = (cookie: string) => as(`${cookie}; behest_discreet=1`);

Deno.test("UI-1: discreet mode is switched by a form, and kept by the browser", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const on = await send("/discreet", form({ on: "yes", back: "/sent" }, cookie));
    assert.equal(on.status, 303);
    assert.equal(on.headers.get("location"), "/sent");
    const kept = on.headers.get("set-cookie") ?? "";
    assert.match(kept, /^behest_discreet=1; Path=\/; HttpOnly; SameSite=Lax; Max-Age=31536000$/);
    const off = await send("/discreet", form({ on: "no", back: "//evil.example" }, cookie));
    assert.equal(off.headers.get("location"), "/");
    assert.match(off.headers.get("set-cookie") ?? "", /^behest_discreet=; .*Max-Age=0$/);
    const unclear = await send("/discreet", form({}, cookie));
    assert.match(unclear.headers.get("set-cookie") ?? "", /^behest_discreet=1;/, "what is unclear hides");
    const stranger = await send("/discreet", form({ on: "no" }));
    assert.equal(stranger.headers.get("set-cookie"), null);
  });
});

Deno.test("UI-1: in discreet mode neither title nor icon says what this is, on no page", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    for (const path of ["/", "/send", "/sent", "/history", "/files", "/preferences", "/nowhere", "/login"]) {
      const html = await (await send(path, discreet(cookie))).text();
      const head = html.slice(0, html.indexOf("</head>"));
      assert.match(head, /<title>Notes<\/title>/, path);
      assert.match(head, /<html lang="en" data-discreet/, path);
      assert.match(head, /<link rel="icon" href="\/neutral\.svg/, path);
      assert.ok(!/favicon|manifest|apple/.test(head), path);
      const plain = await (await send(path, as(cookie))).text();
      assert.match(plain, /<title>[^<]+ · Behest<\/title>/, path);
      assert.ok(!plain.includes("data-discreet"), path);
    }
    assert.equal((await send("/neutral.svg")).status, 200);
    const almost = await (await send("/", as(`${cookie}; behest_discreet=0; x=behest_discreet=1`))).text();
    assert.ok(!almost.includes("data-discreet"));
  });
});

Deno.test("UI-6: what is blurred stays in the page for those who hear it, and each card can show it", async () => {
  await withApp(async (send, app) => {
    const { id: received } = await app.command("bob", "ann", { title: "A secret" });
    const { id: sent } = await app.command("ann", "bob", { title: "Another" });
    const cookie = app.cookieOf("ann");
    await send("/", as(cookie));
    for (const [path, title] of [[`/?open=${received}`, "A secret"], [`/sent/${sent}`, "Another"]] as const) {
      const html = await (await send(path, discreet(cookie))).text();
      const [card = ""] = /<article [^]*?<\/article>/.exec(html) ?? [];
      assert.ok(html.includes(title) && card.includes("The ones by the window."), path);
      assert.ok(!/<(?:h2|p)[^>]*aria-hidden/.test(card), path);
      assert.ok(
        card.includes(`<label class="reveal"><input type="checkbox" aria-label="Show: ${title}"/>`),
        path,
      );
    }
    const html = await (await send("/", discreet(cookie))).text();
    assert.match(html, /action="\/discreet"[^]*?name="on" value="no">(?:<i[^>]*><\/i>)?Show content/);
    assert.match(
      await (await send("/", as(cookie))).text(),
      /name="on" value="yes">(?:<i[^>]*><\/i>)?Hide content/,
    );
  });
});
