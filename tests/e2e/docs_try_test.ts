import assert from "node:assert/strict";
import { siteTest } from "../fakes/browser_site.ts";

siteTest(
  "OP-5: a person tries a method and a call from /docs with their own session, and is asked before anything changes",
  async ({ base, known, visit, problems }) => {
    const page = await known("demo-ann");
    await page.goto(`${base}/docs?try=command.send#try`);
    const form = page.locator("#try form");
    const send = form.getByRole("button", { name: "Send" });
    const json = form.getByLabel("JSON");
    const answer = form.locator("pre");
    assert.deepEqual(Object.keys(JSON.parse(await json.inputValue())), ["key", "audience", "kind"]);
    const draft = {
      key: "k",
      kind: "message",
      title: "From /docs",
      audience: { kind: "user", to: ["demo-ann"] },
    };
    await json.fill(JSON.stringify(draft));
    await send.click();
    assert.equal(await answer.count(), 0, "not before it was agreed to");
    await form.getByLabel("This can change something").check();
    await send.click();
    await answer.waitFor();
    const { result, error } = JSON.parse(await answer.innerText());
    assert.equal(error, undefined);
    assert.ok(result, await form.innerText());
    assert.equal(result.command.title, "From /docs");
    assert.equal(await json.inputValue(), JSON.stringify(draft));
    assert.equal(await form.getByLabel("This can change something").isChecked(), false);
    await json.fill("{");
    await form.getByLabel("This can change something").check();
    await send.click();
    await form.getByText("This is not JSON.").waitFor();

    await page.goto(`${base}/docs?try=${encodeURIComponent("GET /api/v1/commands/{id}")}#try`);
    const address = form.getByLabel("Address");
    await send.click();
    await form.getByText("must begin with /api/v1/").waitFor();
    await address.fill(`/api/v1/commands/${result.command.id}`);
    await send.click();
    await answer.waitFor();
    assert.equal(JSON.parse(await answer.innerText()).command.id, result.command.id);
    assert.deepEqual(problems, []);

    const stranger = await visit();
    await stranger.goto(`${base}/docs?try=inbox.counts#try`);
    await stranger.locator("#try").getByRole("button", { name: "Send" }).click();
    const logIn = stranger.locator("#try").getByRole("link", { name: "Log in" });
    assert.match(await logIn.getAttribute("href") ?? "", /^\/login\?next=/);
  },
);
