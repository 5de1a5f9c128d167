import assert from "node:assert/strict";
import { withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";
import { nasty } from "../fakes/markup.ts";

Deno.test("UI-11: notices are counted on every page, listed with the way to what they are about, and read by a form", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("bob");
    const page = async (path: string) => await (await send(path, as(cookie))).text();
    const { id } = await app.command("bob", "ann", { requires: "proof", title: nasty });
    await app.answer("ann", id, "accepted");
    const list = await page("/notices");
    assert.ok(list.includes(`href="/sent/${id}"`) && list.includes("ann accepted"));
    assert.ok(!list.includes(nasty), "what people write is text");
    // With the one that they became contacts.
    for (const path of ["/", "/files", "/contacts"]) {
      assert.match(await page(path), /aria-label="Notices, 2 unread"/, path);
    }
    const read = await send("/notices", form({}, cookie));
    assert.deepEqual([read.status, read.headers.get("location")], [303, "/notices"]);
    const after = await page("/notices");
    assert.match(after, /aria-label="Notices"/);
    assert.ok(after.includes("ann accepted") && !after.includes("Mark all as read"));
    // Nobody else has it.
    assert.ok(!(await (await send("/notices", as(app.cookieOf("ann")))).text()).includes("ann accepted"));
  });
});

Deno.test("UI-11: programs read the list and mark it as read", async () => {
  await withApp(async (send, app) => {
    const { id } = await app.command("bob", "ann", { requires: "proof" });
    await app.answer("ann", id, "declined");
    const cookie = app.cookieOf("bob");
    const listed = await (await send("/api/v1/notices?limit=1", as(cookie))).json();
    // The other one: that they became contacts.
    assert.deepEqual([listed.unread, listed.notices.length], [2, 1]);
    assert.equal(listed.next, listed.notices[0].id);
    const [{ kind, by, command }] = listed.notices;
    assert.deepEqual([kind, by.username, command], ["command_declined", "ann", id]);
    const wrong = await send("/api/v1/notices?limit=0", as(cookie));
    assert.equal(wrong.status, 400);
    const headers = { cookie, "content-type": "application/json" };
    const read = await send("/api/v1/notices/read", { method: "POST", headers, body: "{}" });
    assert.deepEqual([read.status, await read.json()], [200, { unread: 0 }]);
    assert.equal((await send("/api/v1/notices")).status, 401);
  });
});

Deno.test("UI-6: theme and language are chosen before a login, and stay; a person's language is theirs", async () => {
  await withApp(async (send, app) => {
    const chosen = await send("/login/look", form({ theme: "dark", language: "de", back: "/register" }, ""));
    assert.deepEqual([chosen.status, chosen.headers.get("location")], [303, "/register"]);
    const cookies = chosen.headers.getSetCookie().map((one) => one.split(";")[0]);
    assert.deepEqual(cookies, ["behest_theme=dark", "behest_language=de"]);
    const door = await (await send("/login", as(cookies.join("; ")))).text();
    assert.match(door, /<html lang="de" data-theme="dark"/);
    assert.match(door, /<meta name="color-scheme" content="dark"/);
    // Whatever else is sent changes nothing, and leads nowhere else.
    const other = await send(
      "/login/look",
      form({ theme: "pink", language: "xx", back: "//evil.example" }, ""),
    );
    assert.equal(other.headers.get("location"), "/");
    assert.deepEqual(other.headers.getSetCookie().map((one) => one.split(";")[0]), ["behest_theme="]);
    const cookie = app.cookieOf("ann");
    const own = await send("/look", form({ theme: "", language: "de", back: "/files" }, cookie));
    assert.deepEqual([own.status, own.headers.get("location")], [303, "/files"]);
    assert.match(await (await send("/files", as(cookie))).text(), /<html lang="de"/);
    assert.equal((await (await send("/api/v1/profile", as(cookie))).json()).profile.language, "de");
  });
});

Deno.test("UI-1 MO-4: the menu has every page of the person once, and no designer's page", async () => {
  await withApp(async (send, app) => {
    const menuOf = async (name: string) => {
      const html = await (await send("/files", as(app.cookieOf(name)))).text();
      const menu = /<nav id="me"[^]*?<\/nav>/.exec(html)?.[0] ?? "";
      return { html, paths: [...menu.matchAll(/<a href="([^"]+)"/g)].map(([, path]) => path) };
    };
    const { paths } = await menuOf("ann");
    for (
      const path of ["/profile", "/preferences", "/contacts", "/groups", "/sessions", "/account", "/keys"]
    ) {
      assert.equal(paths.filter((one) => one === path).length, 1, path);
    }
    await app.setRole("ann", "admin");
    const staff = await menuOf("ann");
    assert.equal(staff.paths[0], "/admin");
    assert.ok(!staff.html.includes("/admin/design"));
  });
});
