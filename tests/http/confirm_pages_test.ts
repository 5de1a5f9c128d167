import assert from "node:assert/strict";
import { withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";

/** The fields of the page's last form that goes to `action`, as a browser would send them. */
function fieldsOf(html: string, action: string): [string, string][] {
  const forms = [...html.matchAll(/<form[^>]*action="([^"]*)"[^]*?<\/form>/g)].filter(([, to]) =>
    to === action
  );
  return [...(forms.at(-1)?.[0] ?? "").matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
    .map(([, name = "", value = ""]) => [name, value]);
}

Deno.test("CM-6: without scripts a page asks before a command is cancelled, and then it is", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const command = await app.command("ann", "bob");
    const path = `/sent/${command.id}`;
    const own = await (await send(path, as(cookie))).text();
    const asked = fieldsOf(own, "/confirm");
    assert.deepEqual(asked, [["ask", "cancel"], ["to", path], ["id", command.id]]);
    const page = await (await send("/confirm", form(asked, cookie))).text();
    assert.match(page, /<h1>Cancel this command\?<\/h1>/);
    assert.match(page, new RegExp(`<a class="button" href="${path}"[^>]*>Keep it`));
    assert.deepEqual((await app.sentBy("ann"))[0]?.totals, { queued: 1 });
    const sure = fieldsOf(page, path);
    assert.deepEqual(sure, [["id", command.id]]);
    const done = await send(path, form(sure, cookie));
    assert.equal(done.headers.get("location"), `${path}?notice=cancelled`);
    assert.deepEqual((await app.sentBy("ann"))[0]?.totals, { cancelled: 1 });
  });
});

Deno.test("CO-5: without scripts a page asks before a contact is removed, and then it is", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    await app.befriend("ann", "bob");
    const asked = fieldsOf(await (await send("/contacts", as(cookie))).text(), "/confirm");
    const page = await (await send("/confirm", form(asked, cookie))).text();
    assert.match(page, /<h1>Remove this contact\?<\/h1>/);
    const sure = fieldsOf(page, "/contacts");
    assert.deepEqual(sure, [["username", "bob"], ["action", "remove"]]);
    assert.equal(
      (await send("/contacts", form(sure, cookie))).headers.get("location"),
      "/contacts?notice=remove",
    );
    assert.deepEqual((await app.services.contacts.list(await app.caller("ann"))).contacts, []);
  });
});

Deno.test("UI-8: the page that asks leads nowhere but to the pages it is for, and carries only their fields", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const wrong = [
      { ask: "cancel", to: "https://evil.example/sent" },
      { ask: "cancel", to: "//evil.example" },
      { ask: "cancel", to: "/contacts" },
      { ask: "contact", to: "/sent" },
      { ask: "everything", to: "/sent" },
      { ask: "cancel" },
      {},
    ];
    for (const fields of wrong) {
      const response = await send("/confirm", form(fields as Record<string, string>, cookie));
      assert.equal(response.headers.get("location"), "/", JSON.stringify(fields));
    }
    assert.equal((await send("/confirm", as(cookie))).headers.get("location"), "/");
    const page =
      await (await send("/confirm", form({ ask: "cancel", to: "/sent", id: nasty, role: "admin" }, cookie)))
        .text();
    assertNoMarkup(page);
    assert.ok(!page.includes('name="role"'));
    assert.equal(
      (await send("/confirm", form({ ask: "cancel", to: "/sent" }))).headers.get("location"),
      "/login",
    );
  });
});
