import assert from "node:assert/strict";
import type { CommandDetail, Params } from "../../lib/protocol/mod.ts";
import { as, form, withPages } from "../fakes/pages.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";

Deno.test("CM-5: handing in carries a note; proof asks for files, a review for one of the two, and a return shows the sender's words", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    const proof = fake.item(fake.command("bob", { requires: "proof" }), "accepted");
    const review = fake.item(fake.command("bob", { requires: "review" }), "returned");
    assert.ok(review.state !== undefined);
    review.state.note = "All watered.";
    review.state.review = { accept: false, note: "The small one is dry.", at: review.state.updatedAt };
    fake.world.inbox.push(proof, review);
    const html = await (await send("/", as(cookie))).text();
    assert.ok(html.includes("Optional. Add at least one file as proof."));
    assert.ok(html.includes("Write a note or add files."));
    assert.ok(html.includes("The sender returned it: “The small one is dry.”"));
    assert.ok(html.includes("Submit again"));
    assert.ok(!html.includes('value="completed"'), "only what was handed in can be done");
    const { id } = proof.command;
    await send("/", form({ id, state: "submitted", note: "Watered at nine." }, cookie));
    assert.deepEqual(fake.world.calls.at(-1), {
      method: "command.update",
      params: { id, state: "submitted", note: "Watered at nine." },
    });
    const submitted = await (await send("/", as(cookie))).text();
    assert.match(submitted, /value="completed"/);
  });
});

Deno.test("CM-4: a command is put off until a time that the person chooses, in their zone", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    const { command: { id } } = fake.item(fake.command("bob"), "seen");
    fake.world.inbox.push(fake.item({ ...fake.command("bob"), id }, "seen"));
    const fields = { id, state: "deferred", minutes: "60", zone: "Europe/Berlin" };
    await send("/", form({ ...fields, until: "2027-07-01T09:00" }, cookie));
    assert.deepEqual(fake.world.calls.at(-1)?.params, {
      id,
      state: "deferred",
      until: "2027-07-01T07:00:00.000Z",
    });
    const wrong = await send("/", form({ ...fields, until: "soon" }, cookie));
    assert.equal(wrong.status, 400);
  });
});

Deno.test("CM-4: declining asks for no reason", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    const item = fake.item(fake.command("bob"), "seen");
    fake.world.inbox.push(item);
    const { id } = item.command;
    const html = await (await send("/", as(cookie))).text();
    assert.doesNotMatch(html, new RegExp(`id="note-no-${id}"[^>]* required`));
    assert.equal((await send("/", form({ id, state: "declined", note: "" }, cookie))).status, 303);
    assert.deepEqual(fake.world.calls.at(-1)?.params, { id, state: "declined" });
  });
});

Deno.test("CM-8: a deadline is shown with the time that is left, or since when it is over", async () => {
  await withPages(async (send, fake) => {
    const at = (hours: number) => new Date(fake.clock.now() + hours * 3600_000).toISOString();
    for (const hours of [5, -72]) {
      fake.world.inbox.push(fake.item(fake.command("bob", { dueAt: at(hours) }), "seen"));
    }
    const html = await (await send("/", as(fake.cookieOf("ann")))).text();
    assert.match(html, /Due <time[^]*?<\/time>, in 5 hours/);
    assert.match(html, /class="late">Was due <time[^]*?<\/time>, 3 days ago/);
  });
});

Deno.test("CO-8: the person reads why a command reached them, in words where there are some", async () => {
  await withPages(async (send, fake) => {
    const [known, unknown] = [1, 2].map(() => fake.item(fake.command("bob"), "seen"));
    assert.ok(known?.state !== undefined && unknown?.state !== undefined);
    known.state.allowedBy = "acceptFrom=contacts (contact); general=allow";
    unknown.state.allowedBy = nasty;
    fake.world.inbox.push(known, unknown);
    const html = await (await send("/", as(fake.cookieOf("ann")))).text();
    assert.ok(html.includes("Why did I get this?"));
    assert.ok(
      html.includes("The sender is a contact, and your contacts can send to you. You allow general."),
    );
    assert.ok(html.includes("allowed it: <code>"));
    assertNoMarkup(html);
  });
});

Deno.test("DL-10: the history is paged and filtered, both ways", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    assert.match(await (await send("/history", as(cookie))).text(), /No commands yet/);
    const next = "01JGFJJZ00000000000000000Y";
    const asked: Params<"command.list">[] = [];
    const item = fake.item(fake.command("bob"), "completed");
    fake.services.commands.list = (_caller, params) => {
      asked.push(params);
      return Promise.resolve({ items: [item], next });
    };
    const first = await (await send("/history?state=completed&category=feet", as(cookie))).text();
    assert.match(first, /<option value="completed" selected/);
    assert.ok(first.includes(`href="/history/${item.command.id}"`));
    assert.ok(first.includes(`href="history?state=completed&amp;category=feet&amp;before=${next}"`));
    await send(`/history?box=outbox&state=&category=&before=${next}`, as(cookie));
    assert.deepEqual(asked, [
      { box: "inbox", state: "completed", category: "feet" },
      { box: "outbox", before: next },
    ]);
    const tabs = /<nav class="tabs"[^]*?<\/nav>/.exec(first)?.[0] ?? "";
    assert.equal(tabs.match(/aria-current/g)?.length, 1, "one tab is the current one");
    const wrong = await (await send("/history?state=exploded", as(cookie))).text();
    assert.ok(wrong.includes('id="state-error"'));
    assert.equal(asked.length, 2);
  });
});

Deno.test("CM-7: a received command's page shows its own timeline, to its recipient only", async () => {
  await withPages(async (send, fake) => {
    const mine = fake.item(fake.command("bob", { body: nasty }), "completed");
    const sent = fake.command("ann");
    fake.world.inbox.push(mine);
    fake.world.outbox.push({ command: sent, totals: { queued: 1 } });
    const detail: CommandDetail = {
      ...mine,
      timeline: [
        { at: "2026-01-01T00:00:00.000Z", state: "delivered" },
        { at: "2026-01-01T01:00:00.000Z", state: "completed", who: "ann", note: nasty },
      ],
    };
    const own = fake.services.commands.get;
    fake.services.commands.get = (caller, params) =>
      params.id === mine.command.id ? Promise.resolve(detail) : own(caller, params);
    const cookie = fake.cookieOf("ann");
    const html = await (await send(`/history/${mine.command.id}`, as(cookie))).text();
    assert.match(html, /class="timeline"[^]*New[^]*Done[^]*@ann/);
    assertNoMarkup(html);
    // Without a state of one's own there is nothing received.
    assert.equal((await send(`/history/${sent.id}`, as(cookie))).status, 404);
    assert.equal((await send("/history/x", as(cookie))).status, 404);
  });
});
