import assert from "node:assert/strict";
import { limits } from "../../lib/protocol/mod.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";
import { as, form, type Send } from "../fakes/page_forms.ts";

const hourMs = 3600_000;

/** A person's way of reading the inbox. */
async function read(send: Send, cookie: string, query = ""): Promise<string> {
  const response = await send(`/${query}`, as(cookie));
  assert.equal(response.status, 200, query);
  return await response.text();
}

const part = (html: string, pattern: RegExp) => pattern.exec(html)?.[0] ?? "";
const titles = (html: string) => [...html.matchAll(/<h3><a [^>]*>([^<]*)</g)].map(([, title]) => title);
const stateOf = async (app: AppRig, id: string) => (await app.commandOf("ann", id)).state?.state;

Deno.test("UI-9: fifty open commands are less than 60 KB of a page, and none of them brings its forms", async () => {
  await withApp(async (_send, app) => {
    await app.profile("bob", { displayName: "Roberta Ferreira" });
    for (let at = 0; at < limits.pageDefault; at++) {
      await app.command("bob", "ann", {
        title: `Water the plants on the balcony ${at}`,
        body: "A few words that say what is asked, in a sentence or two, as people write them.",
        dueAt: new Date(app.clock.now() + (at + 1) * hourMs).toISOString(),
      });
    }
    const html = await read(app.wholeSend, app.cookieOf("ann"));
    assert.equal(titles(html).length, limits.pageDefault);
    const bytes = new TextEncoder().encode(html).length;
    assert.ok(bytes < 60 * 1024, `${bytes} bytes`);
    assert.doesNotMatch(
      part(html, /<ul class="items"[^]*?<div id="inbox-end"/),
      /<form|<textarea|Why did I get this/,
    );
  });
});

Deno.test("UI-9: the views are links with counts; each has its commands, the earliest deadline first, under the names of their days", async () => {
  await withApp(async (send, app) => {
    await app.preferences("ann", { categories: { feet: "ask" } });
    const at = (hours: number) => new Date(app.clock.now() + hours * hourMs).toISOString();
    const late = await app.command("bob", "ann", { title: "Late", dueAt: at(1) });
    await app.command("bob", "ann", { title: "Tonight", dueAt: at(20) });
    await app.command("bob", "ann", { title: "Tomorrow morning", dueAt: at(30) });
    await app.command("bob", "ann", { title: "Some day" });
    await app.command("bob", "ann", { title: "Hidden", categories: ["feet"] });
    const put = await app.command("bob", "ann", { title: "Put off" });
    const done = await app.command("bob", "ann", { title: "Over" });
    await app.answer("ann", put.id, "deferred", { until: at(50) });
    await app.answer("ann", done.id, "completed");
    await app.later(2 * hourMs);
    const cookie = app.cookieOf("ann");
    const all = await read(send, cookie);
    assert.deepEqual(titles(all), ["Late", "Tonight", "Tomorrow morning", "Sealed: Feet", "Some day"]);
    const days = [...all.matchAll(/<h2[^>]*>(Overdue|Today|Tomorrow|No deadline)</g)].map(([, day]) => day);
    assert.deepEqual(days, ["Overdue", "Today", "Tomorrow", "No deadline"]);
    const nav = part(all, /<nav class="tabs inbox-views"[^]*?<\/nav>/).replaceAll(/<[^>]+>/g, " ").replaceAll(
      /\s+/g,
      " ",
    );
    assert.equal(nav.trim(), "All 5 Today 1 Overdue 1 Later 1 Sealed 1 Done");
    const views = {
      today: ["Tonight"],
      overdue: ["Late"],
      later: ["Put off"],
      sealed: ["Sealed: Feet"],
      done: ["Over"],
    };
    for (const [view, expected] of Object.entries(views)) {
      const html = await read(send, cookie, `?view=${view}`);
      assert.deepEqual(titles(html), expected, view);
      assert.equal(
        html.match(new RegExp(`href="./\\?view=${view}"[^>]*aria-current="page"`))?.length,
        1,
        view,
      );
    }
    // A deferred command is back by itself (CM-4).
    await app.later(50 * hourMs);
    await app.jobsUntil(async () => await stateOf(app, put.id) === "delivered", "it is back");
    const again = app.cookieOf("ann");
    assert.ok(titles(await read(send, again)).includes("Put off"));
    assert.match(await read(send, again, "?view=later"), /Nothing here/);
    const wrong = await read(send, again, "?view=nonsense");
    assert.match(wrong, /role="alert"/);
    assert.deepEqual(titles(wrong), []);
    assert.ok((await stateOf(app, late.id)) !== undefined);
  });
});

Deno.test("UI-9 DL-10: the search looks through everything, narrows by its filters, and a row keeps it in its address", async () => {
  await withApp(async (send, app) => {
    await app.person("dora");
    await app.preferences("ann", { categories: { feet: "allow" } });
    const old = await app.command("bob", "ann", {
      title: "Crème brûlée",
      kind: "message",
      categories: ["feet"],
    });
    await app.answer("ann", old.id, "completed");
    await app.later(30 * hourMs);
    const cookie = app.cookieOf("ann");
    const fresh = await app.command("dora", "ann", { title: "Creme for the cake" });
    await app.command("bob", "ann", { title: "Something else" });
    await read(send, cookie);
    const found = async (query: string) => titles(await read(send, cookie, query));
    assert.deepEqual(await found("?q=CREME"), ["Creme for the cake", "Crème brûlée"]);
    assert.deepEqual(await found("?q=creme&view=all"), ["Creme for the cake"]);
    assert.deepEqual(await found("?q=creme&from=%40dora"), ["Creme for the cake"]);
    assert.deepEqual(await found("?kind=message"), ["Crème brûlée"]);
    assert.deepEqual(await found("?category=feet"), ["Crème brûlée"]);
    assert.deepEqual(await found("?state=completed"), ["Crème brûlée"]);
    assert.deepEqual(await found("?q=creme&since=day"), ["Creme for the cake"]);
    assert.deepEqual(await found("?q=creme&since=week"), ["Creme for the cake", "Crème brûlée"]);
    const html = await read(send, cookie, "?q=creme&from=dora");
    assert.ok(html.includes(`href="./?q=creme&amp;from=dora&amp;open=${fresh.id}"`));
    assert.match(html, /<a href="\.\/">Clear filters/);
    assert.match(html, /name="q" value="creme"/);
    const open = await read(send, cookie, `?q=creme&open=${fresh.id}`);
    assert.match(open, /<form[^>]*action="\/\?q=creme"/, "an answer leads back to the search");
    assert.match(await read(send, cookie, "?q=nowhere"), /No matches/);
    assert.match(await read(send, cookie, "?q=creme&kind=%21"), /id="kind-error"/);
    assert.match(await read(send, cookie, "?q=creme&since=1800"), /id="since-error"/);
  });
});

Deno.test("UI-9: an address opens a row in its place, also one that the view has no room for; nobody else's", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const mine = await app.command("bob", "ann", { title: "Mine" });
    const other = await app.command("ann", "bob", { title: "Not mine" });
    await read(send, cookie);
    const open = await read(send, cookie, `?open=${mine.id}`);
    assert.match(open, /<h3><a href=".\/" aria-current="true">Mine/, "the same link closes it");
    assert.match(part(open, /<div class="item-whole">[^]*/), /name="state" value="accepted"/);
    assert.doesNotMatch(open, />general</, "the usual is not said");
    assert.doesNotMatch(open, /Expires/);
    assert.match(await read(send, cookie, `?view=done&open=${mine.id}`), /class="item-whole"/);
    const alone = await read(send, cookie, `?open=${mine.id}&only`);
    assert.deepEqual(titles(alone), ["Mine"]);
    for (const id of [other.id, "x"]) {
      const html = await read(send, cookie, `?open=${id}`);
      assert.doesNotMatch(html, /class="item-whole"|Not mine/);
    }
  });
});

Deno.test("UI-9 CM-13: without scripts several are answered by one form and taken back within ten seconds", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const sent = [];
    for (const title of ["One", "Two", "Three"]) sent.push((await app.command("bob", "ann", { title })).id);
    await read(send, cookie);
    const ids = (some: string[]): [string, string][] => some.map((id) => ["ids", id]);
    const declined = await send(
      "/?view=all",
      form([...ids(sent.slice(0, 2)), ["state", "declined"]], cookie),
    );
    assert.equal(declined.status, 303);
    const next = declined.headers.get("location")!;
    const html = await read(send, cookie, next.slice(1));
    assert.deepEqual(titles(html), ["Three"]);
    assert.match(html, /2 commands: Declined\./);
    const undo = part(html, /<form class="row"[^]*?<\/form>/);
    assert.match(undo, /name="undo"/);
    const back = await send("/", form([...ids(sent.slice(0, 2)), ["undo", "yes"]], cookie));
    assert.equal(back.status, 303);
    assert.equal(titles(await read(send, cookie)).length, 3);

    // Later, by the form's own time.
    await send("/", form([...ids(sent), ["state", "deferred"], ["minutes", "240"]], cookie));
    assert.equal(titles(await read(send, cookie, "?view=later")).length, 3);
    const { state } = await app.commandOf("ann", sent[0]!);
    assert.equal(state?.until, new Date(app.clock.now() + 4 * hourMs).toISOString());
    await app.later(limits.answerUndoMs + 1);
    const late = await send("/", form([...ids(sent), ["undo", "yes"]], cookie));
    assert.equal(late.status, 409);
    assert.match(await late.text(), /3 commands were not changed/);
    const again = await read(send, cookie, `?answered=${sent.join("+")}&as=deferred`);
    assert.doesNotMatch(again, /name="undo"/, "nothing can be taken back any more");

    await app.answer("ann", sent[0]!, "completed");
    const partly = await send("/", form([...ids(sent), ["state", "declined"]], cookie));
    assert.match(await partly.text(), /role="alert"[^]*1 command was not changed/);
    assert.deepEqual(await Promise.all(sent.map((id) => stateOf(app, id))), [
      "completed",
      "declined",
      "declined",
    ]);
    assert.equal((await send("/", form([["state", "declined"], ["ids", "x"]], cookie))).status, 400);
  });
});

Deno.test("CO-12: a sealed command is declined or put off unopened", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    await app.preferences("ann", { categories: { feet: "ask" } });
    const [one, two] = [
      await app.command("bob", "ann", { categories: ["feet"] }),
      await app.command("bob", "ann", { categories: ["feet"] }),
    ];
    await read(send, cookie);
    // By the buttons of their rows, which belong to one form.
    const row = await read(send, cookie);
    for (const [id, state] of [[one.id, "declined"], [two.id, "deferred"]]) {
      assert.match(
        row,
        new RegExp(`form="one"[^>]* value="${id} ${state}"|value="${id} ${state}"[^>]* form="one"`),
      );
      assert.equal((await send("/", form({ one: `${id} ${state}`, minutes: "60" }, cookie))).status, 303);
    }
    for (const [id, state] of [[one.id, "declined"], [two.id, "deferred"]] as const) {
      const detail = await app.commandOf("ann", id);
      assert.equal(detail.state?.state, state);
      assert.ok("sealed" in detail.command, "and stays closed");
    }
  });
});

Deno.test("UI-9 CM-9 CM-2: questions show what there is to choose; filters know every kind, those of clients too", async () => {
  await withApp(async (send, app) => {
    const options = [{ id: "1", label: "Soup" }, { id: "2", label: "Salad <b>" }];
    const food = await app.command("bob", "ann", { kind: "choice", title: "Food?", data: { options } });
    const { id } = await app.command("bob", "ann", { kind: "x-lamp", title: "Lamp", data: { on: true } });
    const cookie = app.cookieOf("ann");
    const card = await read(send, cookie, `?open=${food.id}`);
    assert.ok(!card.includes("For another app"));
    assert.ok((await read(send, cookie, `?open=${id}`)).includes("For another app: x-lamp."));
    assert.match(card, /aria-label="Options"><li><bdi>Soup<\/bdi><\/li><li><bdi>Salad &lt;b><\/bdi>/);
    for (const kind of ["choice", "form", "timer", "x-lamp"]) {
      assert.match(card, new RegExp(`<option value="${kind}"`));
    }
    assert.deepEqual(titles(await read(send, cookie, "?kind=choice")), ["Food?"]);
    const lamp = await read(send, cookie, "?kind=x-lamp");
    assert.deepEqual(titles(lamp), ["Lamp"]);
    assert.match(await read(send, cookie, "?kind=x-bell"), /<option value="x-bell" selected/);
  });
});

Deno.test("CO-4: the inbox says how many the person's own rules hold, and until when", async () => {
  await withApp(async (send, app) => {
    await app.command("bob", "ann", { title: "Before" });
    await read(send, app.cookieOf("ann"));
    await app.preferences("ann", { quietHours: { from: "00:00", to: "07:00" } });
    for (const title of ["Held", "Held too"]) await app.command("bob", "ann", { title });
    const html = await read(send, app.cookieOf("ann"));
    assert.deepEqual(titles(html), ["Before"]);
    const held = part(html, /<p class="held">[^]*?<\/p>/);
    assert.match(held, /2 held until <time dateTime="2026-01-01T07:00:00.000Z"/i);
    assert.match(held, /href="\/preferences"/);
  });
});
