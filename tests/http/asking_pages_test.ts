import assert from "node:assert/strict";
import type { Command, Params } from "../../lib/protocol/mod.ts";
import { AppRig } from "../fakes/app_rig.ts";
import { must } from "../fakes/accounts_rig.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { as, form } from "../fakes/page_forms.ts";

const sendForm = { to: "bob", title: "Lunch?", requires: "none", zone: "UTC" };
const options = [{ id: "a", label: "Soup" }, { id: "b", label: nasty }];
const fields = [
  { id: "name", type: "text", label: nasty, required: true },
  { id: "people", type: "number", label: "People" },
  { id: "come", type: "yesno", label: "Coming" },
  { id: "day", type: "date", label: "Day" },
  { id: "food", type: "choice", label: "Food", options },
];

/** One rig for all steps: a start costs more than all of them. */
Deno.test("CM-9: questions, forms and timers on the pages, without scripts", async (t) => {
  await using app = await AppRig.start();
  const { send } = app;
  await app.befriend("ann", "bob");
  const [ann, bob] = [app.cookieOf("ann"), app.cookieOf("bob")];
  const asks = (kind: string, data: Record<string, unknown>, over: Partial<Params<"command.send">> = {}) =>
    app.command("ann", "bob", { kind, data, title: "Lunch?", ...over } as Partial<Params<"command.send">>);
  const answerPath = (id: string) => `/history/${id}/answer`;
  const stateOf = async (id: string) => {
    const detail = must(await app.services.commands.get(await app.caller("bob"), { id }));
    return detail.state;
  };

  await t.step("CM-9: the send form makes each kind, with ids of its own", async () => {
    const posted: [Record<string, string>, Record<string, unknown>][] = [
      [{ kind: "choice", options: "Soup\r\n\r\n Salad \r\n", multiple: "yes" }, {
        options: [{ id: "1", label: "Soup" }, { id: "2", label: "Salad" }],
        multiple: true,
      }],
      [
        {
          kind: "form",
          "field-0-label": "Name",
          "field-0-type": "text",
          "field-0-required": "yes",
          "field-3-label": "Food",
          "field-3-type": "choice",
          "field-3-options": "Soup\r\nSalad",
        },
        {
          fields: [
            { id: "1", type: "text", label: "Name", required: true },
            {
              id: "2",
              type: "choice",
              label: "Food",
              options: [{ id: "1", label: "Soup" }, { id: "2", label: "Salad" }],
            },
          ],
        },
      ],
      [{ kind: "timer", length: "1.5", unit: "minutes" }, { seconds: 90 }],
    ];
    for (const [at, [more, data]] of posted.entries()) {
      const answer = await send("/send", form({ ...sendForm, key: `k${at}`, ...more }, ann));
      assert.equal(answer.status, 303, await answer.text());
      const [latest] = await app.sentBy("ann");
      const { kind, data: made } = latest!.command as Command;
      assert.deepEqual([kind, made], [more.kind, data]);
    }
  });

  await t.step("CM-9, UI-10: a refused question shows what is wrong, and what was typed", async () => {
    const refused: [Record<string, string>, RegExp][] = [
      [{ kind: "choice", options: "Only this" }, /id="options-error">Enter 2 to 20 options/],
      [
        { kind: "choice", options: `Soup\n${"x".repeat(121)}` },
        /id="options-error">Option 2: must be at most 120/,
      ],
      [{ kind: "form", "field-0-type": "text" }, /id="fields-error">Add 1 to 20 fields/],
      [
        { kind: "form", "field-2-label": "Food", "field-2-type": "choice", "field-2-options": "Soup" },
        /id="field-2-options-error">Enter 2 to 20 options/,
      ],
      [{ kind: "timer", length: "25", unit: "hours" }, /id="length-error">Enter a time/],
      [{ kind: "timer", length: "", unit: "hours" }, /id="length-error">Enter a time/],
    ];
    for (const [at, [more, said]] of refused.entries()) {
      const answer = await send("/send", form({ ...sendForm, key: `r${at}`, ...more }, ann));
      const html = await answer.text();
      assert.equal(answer.status, 400);
      assert.match(html, said);
      assert.ok(!html.includes("data.") && !html.includes("https://."), "no word of the protocol");
      for (const value of Object.values(more)) assert.ok(html.includes(value), value);
    }
  });

  await t.step("CM-9: a choice is answered on its page; the sender sees a table, bars and CSV", async () => {
    const { id } = await asks("choice", { options });
    await send("/", as(bob));
    const inbox = await (await send(`/?open=${id}`, as(bob))).text();
    assert.ok(inbox.includes(`href="${answerPath(id)}"`));
    const html = await (await send(answerPath(id), as(bob))).text();
    assert.match(html, /type="radio" name="answer" value="a" required/);
    assertNoMarkup(html);
    const none = await send(answerPath(id), form({}, bob));
    assert.equal(none.status, 400);
    assert.match(await none.text(), /id="answer-error"/);
    assert.equal((await send(answerPath(id), form({ answer: "c" }, bob))).status, 400);
    const done = await send(answerPath(id), form({ answer: "b" }, bob));
    assert.deepEqual([done.status, done.headers.get("location")], [303, `/history/${id}`]);
    const own = await (await send(`/history/${id}`, as(bob))).text();
    assert.ok(own.includes('aria-label="Your answer"'));
    assertNoMarkup(own);
    const over = await (await send(answerPath(id), as(bob))).text();
    assert.ok(over.includes("It takes no more answers") && !over.includes('name="answer"'));
    const sent = await (await send(`/sent/${id}`, as(ann))).text();
    assert.match(sent, /1 person answered\./);
    assert.match(sent, /<bdi>Soup<\/bdi><\/td><td role="cell">0<\/td>/);
    assert.match(sent, /<rect class="step-done" width="1000"/);
    assertNoMarkup(sent);
    for (const path of [answerPath(id), `/history/${id}`]) {
      assert.equal((await send(path, as(ann))).status, 404, "the sender has no such page");
    }
  });

  await t.step(
    "CM-9: a form takes each type, keeps what was typed, and its CSV has no formulas",
    async () => {
      const { id } = await asks("form", { fields }, { requires: "review" });
      await app.answer("bob", id, "seen");
      const typed = {
        "f-name": "=1+1",
        "f-people": "many",
        "f-come": "false",
        "f-day": "2026-02-01",
        "f-food": "a",
      };
      const wrong = await send(answerPath(id), form(typed, bob));
      const html = await wrong.text();
      assert.equal(wrong.status, 400);
      assert.match(html, /id="f-people-error">Must be a number\./);
      assert.match(html, /name="f-name"[^>]* value="=1\+1"|value="=1\+1"[^>]* name="f-name"/);
      assert.match(html, /name="f-come" value="false" checked/);
      assert.match(html, /<option value="a" selected/);
      assertNoMarkup(html);
      const done = await send(answerPath(id), form({ ...typed, "f-people": "2.5", note: "All of us." }, bob));
      assert.equal(done.status, 303);
      const state = await stateOf(id);
      assert.deepEqual([state?.state, state?.note, state?.answer], [
        "submitted",
        "All of us.",
        { fields: { name: "=1+1", people: 2.5, come: false, day: "2026-02-01", food: "a" } },
      ]);
      const asSender = { headers: app.bearerOf("ann") };
      const csv = await app.wholeSend(`/api/v1/commands/${id}/answers.csv`, asSender);
      assert.match(csv.headers.get("content-disposition") ?? "", /^attachment; filename="answers-/);
      const lines = (await csv.text()).split("\r\n");
      assert.equal(lines.length, 3);
      assert.ok(
        lines[0]!.startsWith("username,name,state,at,") && lines[0]!.endsWith(",People,Coming,Day,Food"),
      );
      assert.match(lines[1]!, /^bob,bob,submitted,[^,]+,'=1\+1,2\.5,false,2026-02-01,Soup$/);
      const others = { headers: app.bearerOf("bob") };
      assert.equal((await app.wholeSend(`/api/v1/commands/${id}/answers.csv`, others)).status, 404);
      const plain = await app.command("ann", "bob");
      assert.equal((await app.wholeSend(`/api/v1/commands/${plain.id}/answers.csv`, asSender)).status, 404);
      // AU-9: the export is made of these, so both sides find the answer there.
      for (const [who, file] of [["ann", "sent"], ["bob", "received"]] as const) {
        const detail = must(await app.services.commands.get(await app.caller(who), { id }));
        assert.ok(JSON.stringify(detail).includes("=1+1"), file);
      }
    },
  );

  await t.step("CM-9: a timer is started in the inbox, shows its end, and submits by itself", async () => {
    const { id } = await asks("timer", { seconds: 5430 });
    await send("/", as(bob));
    assert.match(await (await send(`/?open=${id}`, as(bob))).text(), /Start timer/);
    const before = await (await send(`/history/${id}`, as(bob))).text();
    assert.ok(before.includes("Runs for 1 hour, 30 minutes and 30 seconds once you accept it"));
    assert.equal((await send("/", form({ id, state: "accepted" }, bob))).status, 303);
    assert.match(await (await send(`/history/${id}`, as(bob))).text(), /Runs until <time/);
    assert.equal((await send(answerPath(id), form({}, bob))).status, 409);
    await app.later(5430_000);
    await app.open.runDueJobs();
    assert.equal((await stateOf(id))?.state, "completed");
    assert.match(await (await send(`/history/${id}`, as(bob))).text(), /Ran from <time/);
  });

  await t.step("CO-2: a sealed question has no page before it is opened", async () => {
    await app.preferences("bob", { categories: { feet: "ask" } });
    const { id } = await asks("choice", { options }, { categories: ["feet"] });
    await app.answer("bob", id, "delivered");
    assert.equal((await send(answerPath(id), as(bob))).status, 404);
    await app.answer("bob", id, "seen");
    assert.equal((await send(answerPath(id), as(bob))).status, 200);
  });
});
