import assert from "node:assert/strict";
import { as, form, withPages } from "../fakes/pages.ts";
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
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    const command = fake.command("ann");
    fake.world.outbox.push({ command, totals: { queued: 1 } });
    const list = await (await send("/sent", as(cookie))).text();
    const asked = fieldsOf(list, "/confirm");
    assert.deepEqual(asked, [["ask", "cancel"], ["to", "/sent"], ["id", command.id]]);
    const page = await (await send("/confirm", form(asked, cookie))).text();
    assert.match(page, /<h1>Cancel this command\?<\/h1>/);
    assert.match(page, /<a class="button" href="\/sent"[^>]*>Keep it/);
    assert.equal(fake.world.calls.some(({ method }) => method === "command.cancel"), false);
    const sure = fieldsOf(page, "/sent");
    assert.deepEqual(sure, [["id", command.id]]);
    const done = await send("/sent", form(sure, cookie));
    assert.equal(done.headers.get("location"), "/sent?notice=cancelled");
    assert.deepEqual(fake.world.calls.at(-1)?.params, { id: command.id });
  });
});

Deno.test("CO-5: without scripts a page asks before a contact is removed, and then it is", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    fake.world.contacts.contacts.push({ username: "bob", displayName: "Bob" });
    const asked = fieldsOf(await (await send("/contacts", as(cookie))).text(), "/confirm");
    const page = await (await send("/confirm", form(asked, cookie))).text();
    assert.match(page, /<h1>Remove this contact\?<\/h1>/);
    const sure = fieldsOf(page, "/contacts");
    assert.deepEqual(sure, [["username", "bob"], ["action", "remove"]]);
    assert.equal(
      (await send("/contacts", form(sure, cookie))).headers.get("location"),
      "/contacts?notice=remove",
    );
  });
});

Deno.test("UI-8: the page that asks leads nowhere but to the pages it is for, and carries only their fields", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
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
