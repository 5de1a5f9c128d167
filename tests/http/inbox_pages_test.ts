import assert from "node:assert/strict";
import { limits } from "../../lib/protocol/mod.ts";
import { withApp } from "../fakes/app_rig.ts";
import { as, form, type Send } from "../fakes/page_forms.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { answerNext } from "../fakes/replaced_calls.ts";

/** The row of a command on the inbox page where it is open. */
async function opened(send: Send, id: string, cookie: string): Promise<string> {
  const html = await (await send(`/?open=${id}`, as(cookie))).text();
  return /<li class="item item-open[^]*?<\/article><\/li>/.exec(html)?.[0] ?? "";
}

Deno.test("CM-5: handing in carries a note; proof asks for files, a review for one of the two, and a return shows the sender's words", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const { id } = await app.command("bob", "ann", { requires: "proof" });
    await app.answer("ann", id, "accepted");
    const review = await app.command("bob", "ann", { requires: "review" });
    await app.answer("ann", review.id, "submitted", { note: "All watered." });
    await app.review("bob", review.id, "ann", false, "The small one is dry.");
    const asksProof = await opened(send, id, cookie);
    assert.ok(asksProof.includes("Optional. Add at least one file as proof."));
    assert.ok(!asksProof.includes('value="completed"'), "only what was handed in can be done");
    const returned = await opened(send, review.id, cookie);
    assert.ok(returned.includes("Write a note or add files."));
    assert.ok(returned.includes("The sender returned it: “The small one is dry.”"));
    assert.ok(returned.includes("Submit again"));
    const { id: file } = await app.file();
    await send("/", form({ id, state: "submitted", note: "Watered at nine.", proof: file }, cookie));
    const { state } = await app.commandOf("ann", id);
    assert.deepEqual([state?.state, state?.note], ["submitted", "Watered at nine."]);
    assert.match(await opened(send, id, cookie), /value="completed"/);
  });
});

Deno.test("CM-4: a command is put off until a time that the person chooses, in their zone", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const { id } = await app.command("bob", "ann");
    const fields = { id, state: "deferred", minutes: "60", zone: "Europe/Berlin" };
    await send("/", form({ ...fields, until: "2026-07-01T09:00" }, cookie));
    const { state } = await app.commandOf("ann", id);
    assert.deepEqual([state?.state, state?.until], ["deferred", "2026-07-01T07:00:00.000Z"]);
    const wrong = await send("/", form({ ...fields, until: "soon" }, cookie));
    assert.equal(wrong.status, 400);
  });
});

Deno.test("CM-4: declining asks for no reason", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const { id } = await app.command("bob", "ann");
    await send("/", as(cookie));
    const html = await opened(send, id, cookie);
    assert.match(html, new RegExp(`id="note-no-${id}"`));
    assert.doesNotMatch(html, new RegExp(`id="note-no-${id}"[^>]* required`));
    assert.equal((await send("/", form({ id, state: "declined", note: "" }, cookie))).status, 303);
    const { state } = await app.commandOf("ann", id);
    assert.deepEqual([state?.state, state?.note], ["declined", null]);
  });
});

Deno.test("CM-8: a deadline is shown with the time that is left, or since when it is over", async () => {
  await withApp(async (send, app) => {
    const at = (hours: number) => new Date(app.clock.now() + hours * 3600_000).toISOString();
    const [next, late] = [
      await app.command("bob", "ann", { dueAt: at(77.5) }),
      await app.command("bob", "ann", { dueAt: at(1) }),
    ];
    await app.later(73 * 3600_000);
    const cookie = app.cookieOf("ann");
    const html = await (await send("/", as(cookie))).text();
    assert.match(html, /<time [^>]*title="4 Jan 2026, 05:30 UTC"[^>]*>in 4 h 30 min</);
    assert.match(html, /<time [^>]*class="late"[^>]*>3 d late</);
    assert.match(await opened(send, next.id, cookie), /Due <time[^]*?<\/time>, <time[^>]*>in 4 h 30 min/);
    assert.match(
      await opened(send, late.id, cookie),
      /class="late">Was due <time[^]*?<\/time>, <time[^>]*>3 d late/,
    );
  });
});

Deno.test("CO-8: the person reads why a command reached them, in words where there are some", async () => {
  await withApp(async (send, app) => {
    const { id } = await app.command("bob", "ann");
    const cookie = app.cookieOf("ann");
    await send("/", as(cookie));
    const html = await opened(send, id, cookie);
    assert.ok(html.includes("Why did I get this?"));
    assert.ok(
      html.includes("The sender is a contact, and your contacts can send to you. You allow General."),
    );
    const detail = await app.commandOf("ann", id);
    detail.state!.allowedBy = nasty;
    answerNext(app.services.commands, "get", detail);
    const page = await app.services.commands.inboxList(await app.caller("ann"), {});
    page.items[0]!.state!.allowedBy = nasty;
    answerNext(app.services.commands, "inboxList", page);
    const unknown = await opened(send, id, cookie);
    assert.ok(unknown.includes("allowed it: <code>"), "of a rule that has no words");
    assertNoMarkup(unknown);
    assertNoMarkup(html);
  });
});

Deno.test("DL-10: the history is paged and filtered, both ways", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    assert.match(await (await send("/history", as(cookie))).text(), /No commands yet/);
    await app.preferences("ann", { categories: { feet: "allow" } });
    const ids: string[] = [];
    for (let at = 0; at < limits.pageDefault + 1; at++) {
      const { id } = await app.command("bob", "ann", { categories: ["feet"] });
      ids.push(id);
      await app.answer("ann", id, "completed");
    }
    const open = await app.command("bob", "ann", { categories: ["feet"] });
    const general = await app.command("bob", "ann");
    await app.answer("ann", general.id, "completed");
    const first = await (await send("/history?state=completed&category=feet", as(cookie))).text();
    assert.match(first, /<option value="completed" selected/);
    const shown = (html: string) => [...html.matchAll(/href="\/history\/(\w+)"/g)].map(([, id]) => id);
    assert.deepEqual(shown(first), ids.slice(1).reverse());
    const next = ids[1];
    assert.ok(first.includes(`href="history?state=completed&amp;category=feet&amp;before=${next}"`));
    const older = await send(`/history?state=completed&category=feet&before=${next}`, as(cookie));
    assert.deepEqual(shown(await older.text()), [ids[0]]);
    const sent = await (await send(`/history?box=outbox&state=&category=`, as(app.cookieOf("bob")))).text();
    assert.ok(sent.includes(open.id) && sent.includes(general.id) && !sent.includes(ids[0]!));
    const tabs = /<nav class="tabs"[^]*?<\/nav>/.exec(first)?.[0] ?? "";
    assert.equal(tabs.match(/aria-current="page"/g)?.length, 1, "one tab is the current one");
    const wrong = await (await send("/history?state=exploded", as(cookie))).text();
    assert.ok(wrong.includes('id="state-error"'));
  });
});

Deno.test("CM-7: a received command's page shows its own timeline, to its recipient only", async () => {
  await withApp(async (send, app) => {
    const mine = await app.command("bob", "ann", { body: nasty });
    await app.answer("ann", mine.id, "completed", { note: nasty });
    const sent = await app.command("ann", "bob");
    const cookie = app.cookieOf("ann");
    const html = await (await send(`/history/${mine.id}`, as(cookie))).text();
    assert.match(
      html,
      /class="timeline"[^]*bob<\/bdi><\/strong> sent it[^]*You<\/bdi><\/strong> finished it/,
    );
    assertNoMarkup(html);
    // Without a state of one's own there is nothing received.
    assert.equal((await send(`/history/${sent.id}`, as(cookie))).status, 404);
    assert.equal((await send("/history/x", as(cookie))).status, 404);
  });
});
