import assert from "node:assert/strict";
import { Refusal } from "../../lib/protocol/mod.ts";
import { withApp } from "../fakes/app_rig.ts";
import { as, form, type Send } from "../fakes/page_forms.ts";
import { answerNext } from "../fakes/replaced_calls.ts";

/** Follows what a browser does with a 307: the same form to the other address. */
async function carried(send: Send, path: string, fields: [string, string][]): Promise<string> {
  const first = await send(path, form(fields));
  assert.equal(first.status, 307);
  const location = first.headers.get("location") ?? "";
  const page = await send(location, form(fields));
  assert.equal(page.status, 401);
  return await page.text();
}

Deno.test("UI-10: a form without a session is carried to the login, with the way back", async () => {
  await withApp(async (send) => {
    const html = await carried(send, "/contacts?x=1", [["action", "request"], ["note", "Hello & welcome"]]);
    assert.ok(html.includes('action="/login?next=%2Fcontacts%3Fx%3D1"'), html);
    assert.ok(html.includes("Hello &amp; welcome"));
  });
});

Deno.test("UI-10: passwords and codes are never carried, nor forms without words", async () => {
  await withApp(async (send) => {
    const secrets = [["password", "my own secret"], ["appPassword", "my own secret"], [
      "appCode",
      "123456",
    ]] as const;
    for (const [name, value] of secrets) {
      const fields: [string, string][] = [["action", "app"], [name, value]];
      const first = await send("/two-factor", form(fields));
      const page = await send(first.headers.get("location") ?? "", form(fields));
      assert.ok(!(await page.text()).includes(value), name);
    }
    for (const path of ["/stop", "/logout", "/resume", "/discreet"]) {
      const response = await send(path, form([["confirm", "yes"]]));
      assert.equal(response.status, 303, path);
      assert.equal(response.headers.get("location"), "/login");
    }
  });
});

Deno.test("UI-10: what a login carries is no way around it, and what is no form is left out", async () => {
  await withApp(async (send) => {
    const values = ["", "{}", "[]", '[["a"]]', '[["a",1]]', '[["password","x"]]', "no JSON"];
    for (const [at, value] of values.entries()) {
      // Another name each time: too many tries of one would be refused.
      const fields: [string, string][] = [["carried", value], ["username", `a-${at}`], ["password", "wrong"]];
      const page = await send("/login?next=%2Fsend", form(fields));
      assert.equal(page.status, 401, value);
      assert.ok(!(await page.text()).includes('name="carried"'), value);
    }
  });
});

Deno.test("UI-10: the redirect of a form that was taken says so to the page's script; a refusal does not", async () => {
  await withApp(async (send, app) => {
    const id = crypto.randomUUID();
    const cookie = `${app.cookieOf("ann")}; behest_form=${id}`;
    const told = (response: Response) =>
      response.headers.getSetCookie().filter((one) => one.startsWith("behest_form="));
    const fields: [string, string][] = [["action", "request"], ["username", "bob"]];
    const taken = await send("/contacts", form(fields, cookie));
    assert.equal(taken.status, 303);
    assert.deepEqual(told(taken), [`behest_form=taken.${id}; Path=/; SameSite=Strict; Max-Age=3600`]);
    const refused = await send("/contacts", form([["action", "request"], ["username", ""]], cookie));
    assert.ok(refused.status >= 400);
    assert.deepEqual(told(refused), []);
    assert.deepEqual(told(await send("/contacts", as(cookie))), []);
    const odd = await send("/contacts", form(fields, `${app.cookieOf("ann")}; behest_form=x; Path=y`));
    assert.deepEqual(told(odd), []);
  });
});

Deno.test("UI-10: without scripts a refused answer and a refused review come back with their words", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const asked = await app.command("bob", "ann", { requires: "proof" });
    await app.answer("ann", asked.id, "accepted");
    // Without the proof that was asked for.
    const answer = form([["id", asked.id], ["state", "submitted"], ["note", "My long answer"]], cookie);
    const inbox = await send("/", answer);
    assert.equal(inbox.status, 400);
    assert.match(await inbox.text(), new RegExp(`id="note-in-${asked.id}"[^>]* value="My long answer"`));

    const sent = await app.command("ann", "bob", { requires: "review" });
    await app.answer("bob", sent.id, "submitted", { note: "Painted." });
    for (const path of ["/sent", `/sent/${sent.id}`]) {
      answerNext(app.services.commands, "review", new Refusal("conflict", "command.noReview"));
      const fields: [string, string][] = [["id", sent.id], ["recipient", "bob"], ["verdict", "return"]];
      const page = await send(path, form([...fields, ["note", "Paint it again"]], cookie));
      assert.equal(page.status, 409, path);
      assert.match(await page.text(), /name="note"[^>]*>Paint it again<\/textarea>/, path);
    }
  });
});
