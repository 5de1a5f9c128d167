import assert from "node:assert/strict";
import type { Command } from "../../lib/protocol/mod.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { answerNext } from "../fakes/replaced_calls.ts";

const draft = { key: "form-1", to: "bob", kind: "task", title: "Water", requires: "none", zone: "UTC" };

const inGroup = (app: AppRig, role: "owner" | "sender" | "member") =>
  app.group(`of-${role}s`, { ann: role }, `Those ${role}s`);
const mayBroadcast = (app: AppRig) => app.setRole("ann", "member", { broadcast: true });

Deno.test("BR-2: the send form offers the groups that one may send to, and everyone only with the right", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const plain = await (await send("/send", as(cookie))).text();
    assert.ok(!plain.includes('name="audience"') && plain.includes('name="to"'));
    await inGroup(app, "member");
    assert.ok(!(await (await send("/send", as(cookie))).text()).includes('name="audience"'));
    await inGroup(app, "sender");
    await inGroup(app, "owner");
    const html = await (await send("/send?group=of-owners", as(cookie))).text();
    assert.ok(html.includes('value="of-senders"') && html.includes("Those owners (1)"));
    assert.ok(!html.includes('value="of-members"'));
    assert.match(html, /name="audience" value="group" checked/);
    assert.match(html, /<option value="of-owners" selected/);
    assert.ok(!html.includes('name="audience" value="all"'));
    await mayBroadcast(app);
    const all = await (await send("/send", as(cookie))).text();
    assert.ok(all.includes('name="audience" value="all"') && all.includes('name="audienceCategory"'));
  });
});

Deno.test("BR-1: each audience is sent as what was chosen, whatever else was filled in", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    await mayBroadcast(app);
    await app.befriend("ann", "bob");
    await app.group("readers", { ann: "sender", bob: "member" });
    const filled = { ...draft, group: "readers", audienceCategory: "feet" };
    for (const audience of ["user", "group", "category", "all"]) {
      const answer = await send("/send", form({ ...filled, key: audience, audience }, cookie));
      assert.equal(answer.status, 303, audience);
    }
    const sent = (await app.sentBy("ann")).map(({ command }) => (command as Command).audience).reverse();
    assert.deepEqual(sent, [
      { kind: "user" },
      { kind: "group", name: "readers" },
      { kind: "category", name: "feet" },
      { kind: "all" },
    ]);
    const none = await send("/send", form({ ...draft, audience: "group" }, cookie));
    assert.equal(none.status, 400);
    assert.equal((await send("/send", form({ ...draft, audience: "nobody" }, cookie))).status, 400);
  });
});

Deno.test("BR-3: a preview sends nothing, says whom it would reach, and keeps what was typed", async () => {
  await withApp(async (send, app) => {
    await mayBroadcast(app);
    const cookie = app.cookieOf("ann");
    answerNext(app.services.commands, "preview", {
      matched: 12,
      online: 3,
      offline: 9,
      excluded: { "category:feet": 7, blocked_user: "<5", [nasty]: 6 },
    });
    const fields = { ...draft, audience: "all", do: "preview" };
    const response = await send("/send", form(fields, cookie));
    assert.equal(response.status, 200);
    const html = await response.text();
    assert.ok(html.includes("For 12 people: 3 online, 9 offline."));
    assert.ok(html.includes("They do not allow feet: 7") && html.includes("They blocked you: fewer than 5"));
    assert.ok(html.includes('value="Water"') && html.includes('value="form-1"'));
    assertNoMarkup(html);
    assert.deepEqual(await app.sentBy("ann"), []);
    const real = await (await send("/send", form(fields, cookie))).text();
    assert.ok(real.includes("For fewer than 5 people"), "as far as a member may know");
    const wrong = await send("/send", form({ ...fields, title: "x".repeat(121) }, cookie));
    assert.equal(wrong.status, 400);
    assert.ok((await wrong.text()).includes('id="title-error"'));
  });
});

Deno.test("CM-5: every thing that can be asked back has a plain sentence", async () => {
  await withApp(async (send, app) => {
    const html = await (await send("/send", as(app.cookieOf("ann")))).text();
    for (const requires of ["none", "confirmation", "proof", "review"]) {
      assert.match(
        html,
        new RegExp(`name="requires" value="${requires}"[^]*?class="hint">[A-Z][^<]+\\.</span>`),
      );
    }
  });
});

Deno.test("CM-8: times of the form are read in the zone of the profile", async () => {
  await withApp(async (send, app) => {
    await app.profile("ann", { timeZone: "Asia/Kolkata" });
    const cookie = app.cookieOf("ann");
    const { id } = await app.command("bob", "ann");
    for (const path of ["/send", `/?open=${id}`]) {
      assert.match(await (await send(path, as(cookie))).text(), /name="zone" value="Asia\/Kolkata"/);
    }
    const quiet = await (await send("/preferences", as(cookie))).text();
    assert.ok(quiet.includes("Asia/Kolkata"));
  });
});

Deno.test("CM-5: what was handed in is accepted or given back with a note, on both pages", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    await app.befriend("ann", "carl");
    for (const list of [true, false]) {
      const { id } = await app.command("ann", "bob", {
        requires: "review",
        audience: { kind: "user", to: ["bob", "carl"] },
      });
      await app.answer("carl", id, "seen");
      await app.answer("bob", id, "submitted", { note: "All watered." });
      const path = list ? "/sent" : `/sent/${id}`;
      const html = await (await send(path, as(cookie))).text();
      assert.ok(html.includes("All watered."));
      assert.equal(html.match(/name="verdict" value="accept"/g)?.length, 1, "only who handed in");
      const wordless = await send(path, form({ id, recipient: "bob", note: " ", verdict: "return" }, cookie));
      assert.equal(wordless.status, 400, "who gets it back reads why");
      assert.match(await wordless.text(), /Write a note that says what is missing\./);
      const fields = { id, recipient: "bob", note: "Also the small one." };
      const back = await send(path, form({ ...fields, verdict: "return" }, cookie));
      assert.equal(back.headers.get("location"), `${path}?notice=returned`);
      const bobs = async () => {
        const { recipients = [] } = await app.commandOf("ann", id);
        const { state, review } = recipients.find(({ username }) => username === "bob")!;
        return [state, review?.accept, review?.note];
      };
      assert.deepEqual(await bobs(), ["returned", false, "Also the small one."]);
      const returned = await (await send(`/sent/${id}`, as(cookie))).text();
      assert.match(
        returned,
        /You<\/bdi><\/strong> returned the submission[^]*?Also the small one\./,
        "the sender's words are the sender's",
      );
      await app.answer("bob", id, "submitted", { note: "That too." });
      const taken = await send(path, form({ ...fields, note: "", verdict: "accept" }, cookie));
      assert.equal(taken.headers.get("location"), `${path}?notice=reviewed`);
      assert.deepEqual(await bobs(), ["completed", true, null]);
      const refused = await send(path, form({ ...fields, verdict: "accept" }, cookie));
      assert.equal(refused.status, 409);
    }
  }, { people: ["ann", "bob", "carl"] });
});

Deno.test("CM-7: totals are a bar without inline styles, with the same in words", async () => {
  await withApp(async (send, app) => {
    const readers = ["bob", "carl", "dora", "emil"];
    await app.group("readers", {
      ann: "sender",
      ...Object.fromEntries(readers.map((who) => [who, "member"])),
    });
    const { id } = await app.command("ann", { kind: "group", group: "readers" });
    for (const who of readers.slice(1)) await app.answer(who, id, "completed");
    const html = await (await send("/sent", as(app.cookieOf("ann")))).text();
    assert.ok(html.includes("To the group readers"));
    assert.match(html, /<rect class="step-done" x="0" y="0" width="750" height="10"/);
    assert.match(html, /<rect class="step-waiting" x="750" y="0" width="250" height="10"/);
    assert.ok(html.includes("3 done") && html.includes("1 waiting"));
    assert.ok(!html.includes("style="));
  }, { people: ["ann", "bob", "carl", "dora", "emil"] });
});

Deno.test("CM-7: a sent command's page shows its timeline, to its sender only", async () => {
  await withApp(async (send, app) => {
    const command = await app.command("ann", "bob", { title: nasty });
    await app.answer("bob", command.id, "declined", { note: nasty });
    const path = `/sent/${command.id}`;
    const html = await (await send(path, as(app.cookieOf("ann")))).text();
    assertNoMarkup(html);
    assert.match(html, /class="timeline"[^]*Declined[^]*datetime="2026-01-01/i);
    assert.equal((await send(path, as(app.cookieOf("bob")))).status, 404);
    assert.equal((await send(path, as(app.cookieOf("root")))).status, 404);
    for (
      const wrong of ["/sent/01JGFJJZ00000000000000000Z", "/sent/x", `/sent/${encodeURIComponent(nasty)}`]
    ) {
      const response = await send(wrong, as(app.cookieOf("ann")));
      assert.equal(response.status, 404, wrong);
      assertNoMarkup(await response.text());
    }
    const [open, other] = [await app.command("ann", "bob"), await app.command("ann", "bob")];
    const cancelled = await send(`/sent/${open.id}`, form({ id: other.id }, app.cookieOf("ann")));
    assert.equal(cancelled.headers.get("location"), `/sent/${open.id}?notice=cancelled`);
    const totals = async (id: string) => (await app.commandOf("ann", id)).totals;
    assert.deepEqual([await totals(open.id), await totals(other.id)], [{ cancelled: 1 }, { queued: 1 }]);
  });
});

Deno.test("UI-1: a command is duplicated into the form, with its people, words and files and without its times", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    await app.befriend("ann", "carl");
    const file = await app.file("ann", { name: "plan.txt" });
    const { id } = await app.command("ann", "bob", {
      audience: { kind: "user", to: ["bob", "carl"] },
      kind: "link",
      title: "Read this",
      body: "A <b>text</b>",
      data: { href: "https://example.org/x" },
      attachments: [file.id],
      requires: "proof",
      dueAt: "2027-01-01T00:00:00Z",
    });
    const html = await (await send(`/send?copy=${id}`, as(cookie))).text();
    for (
      const filled of [
        /name="to"[^>]* value="bob, carl"/,
        /name="kind" value="link" checked/,
        /value="Read this"[^>]* name="title"/,
        /A &lt;b>text&lt;\/b><\/textarea>/,
        /value="https:\/\/example.org\/x"[^>]* name="href"/,
        new RegExp(`name="attachments" value="${file.id}" checked`),
        /name="requires" value="proof" checked/,
        /value class="input" id="dueAt"/,
      ]
    ) assert.match(html, filled);
    const others = await (await send(`/send?copy=${id}`, as(app.cookieOf("bob")))).text();
    assert.ok(!others.includes("Read this"), "it is the sender's");
  }, { people: ["ann", "bob", "carl"] });
});

Deno.test("CM-11 UI-10: a command that nobody has is edited on its page, with its times as they are; one that was delivered is not", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const dueAt = "2027-01-01T00:00:30.000Z";
    const { id } = await app.command("ann", "bob", {
      title: "Frist",
      kind: "task",
      dueAt,
      requires: "proof",
    });
    const path = `/sent/${id}/edit`;
    const text = async (path: string, who = "ann") => await (await send(path, as(app.cookieOf(who)))).text();
    assert.match(await text("/sent"), new RegExp(`href="${path}"`));
    assert.match(await text(`/sent/${id}`), new RegExp(`href="${path}"`));
    const page = await text(path);
    for (
      const filled of [
        /name="kind" value="task" checked/,
        /value="Frist"[^>]* name="title"/,
        /value="2027-01-01T00:00"[^>]* name="dueAt"|name="dueAt"[^>]* value="2027-01-01T00:00"/,
        /name="requires" value="proof" checked/,
      ]
    ) assert.match(page, filled);
    assert.equal((await send(path, as(app.cookieOf("bob")))).status, 404);
    const fields = {
      kind: "task",
      title: "First",
      body: "",
      requires: "proof",
      zone: "UTC",
      dueAt: "2027-01-01T00:00",
    };
    const past = await send(path, form({ ...fields, dueAt: "2020-01-01T00:00" }, cookie));
    assert.equal(past.status, 400);
    assert.match(await past.text(), /id="dueAt-error"/);
    const saved = await send(path, form(fields, cookie));
    assert.equal(saved.headers.get("location"), `/sent/${id}?notice=edited`);
    const { command } = await app.commandOf("ann", id);
    assert.deepEqual("title" in command && [command.title, command.dueAt], ["First", dueAt]);
    const edited = /<\/strong> edited it/;
    assert.match(await text(`/sent/${id}`), edited, "its story tells the sender");
    await app.answer("bob", id, "seen");
    assert.doesNotMatch(await text(`/history/${id}`, "bob"), edited);
    assert.equal((await send(path, as(cookie))).headers.get("location"), `/sent/${id}`);
    assert.ok(!(await text(`/sent/${id}`)).includes(path));
    const late = await send(path, form({ ...fields, title: "Typed meanwhile" }, cookie));
    assert.equal(late.status, 409);
    const refused = await late.text();
    assert.match(refused, /Somebody has this command already/);
    assert.match(refused, /Typed meanwhile/);
  });
});

Deno.test("UI-9 DL-10: the sent page finds and filters on the server, and its address keeps what was asked", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    await app.befriend("ann", "carl");
    const water = await app.command("ann", "bob", { title: "Water", kind: "message" });
    await app.command("ann", "carl", { title: "Paint", kind: "task" });
    await app.answer("bob", water.id, "completed");
    const rows = async (query: string) => {
      const html = await (await send(`/sent?${query}`, as(cookie))).text();
      return [...html.matchAll(/class="sent-row"[^]*?<a href="[^"]*">([^<]*)</g)].map(([, title]) => title);
    };
    assert.deepEqual(await rows(""), ["Paint", "Water"]);
    assert.deepEqual(await rows("q=WATER"), ["Water"]);
    assert.deepEqual(await rows("view=open"), ["Paint"]);
    assert.deepEqual(await rows("view=done&kind="), ["Water"]);
    assert.deepEqual(await rows("to=@Carl"), ["Paint"]);
    assert.deepEqual(await rows("kind=task&state=&since=2026-01-01"), ["Paint"]);
    assert.deepEqual(await rows("since=2030-01-01"), []);
    const none = await (await send("/sent?q=nothing&view=open", as(cookie))).text();
    assert.ok(none.includes("No matches") && none.includes('value="nothing"'));
    assert.match(none, /href="sent\?q=nothing&amp;view=done"/);
    const wrong = await send("/sent?state=no-such", as(cookie));
    assert.equal(wrong.status, 200);
    assert.match(await wrong.text(), /id="state-error"/);
  }, { people: ["ann", "bob", "carl"] });
});
