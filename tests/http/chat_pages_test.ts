import assert from "node:assert/strict";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";
import { as, form, type Send } from "../fakes/page_forms.ts";

const text = async (send: Send, path: string, cookie: string) => await (await send(path, as(cookie))).text();

async function two(app: AppRig) {
  await app.befriend("ann", "bob");
  return { ann: app.cookieOf("ann"), bob: app.cookieOf("bob") };
}

Deno.test("UI-1, CH-1: the chat works by plain forms: the list, a talk, sending, reading, retracting", async () => {
  await withApp(async (send, app) => {
    const { ann, bob } = await two(app);
    assert.match(await text(send, "/chat", ann), /No conversations yet/);
    assert.match(await text(send, "/chat", ann), /href="\/chat\/bob"/);
    const sent = await send(
      "/chat/bob",
      form({ action: "send", body: "One\r\ntwo https://example.org/x." }, ann),
    );
    assert.deepEqual([sent.status, sent.headers.get("location")], [303, "/chat/bob?notice=send#latest"]);
    const list = await text(send, "/chat", bob);
    assert.match(list, /class="talk-count">.*1 unread/);
    assert.match(list, /data-count="chat"[^>]*>1</);
    assert.match(list, /href="\/chat\/ann#new"/);
    const talk = await text(send, "/chat/ann", bob);
    assert.match(talk, /One\ntwo/);
    assert.match(
      talk,
      /<a href="https:\/\/example\.org\/x" target="_blank" rel="noopener noreferrer nofollow ugc"/,
    );
    const upTo = /name="upTo" value="([0-9A-Z]{26})"/.exec(talk)?.[1];
    assert.ok(upTo);
    const read = await send("/chat/ann", form({ action: "read", upTo }, bob));
    assert.equal(read.headers.get("location"), "/chat/ann?notice=read#latest");
    assert.doesNotMatch(await text(send, "/chat", bob), /class="talk-count"/);
    const retracted = await send("/chat/bob", form({ action: "retract", id: upTo }, ann));
    assert.equal(retracted.status, 303);
    assert.match(await text(send, "/chat/ann", bob), /This message was retracted\./);
    assert.match(await text(send, "/chat/bob", ann), /You retracted this message\./);
  });
});

Deno.test("UI-10: a message that is refused stands in its form again, with the reason", async () => {
  await withApp(async (send, app) => {
    const { ann } = await two(app);
    const long = "x".repeat(4001);
    const refused = await send("/chat/bob", form({ action: "send", body: long }, ann));
    assert.equal(refused.status, 400);
    const html = await refused.text();
    assert.ok(html.includes(long) && html.includes('role="alert"'));
    assert.equal((await send("/chat/root", form({ action: "send", body: "hi" }, ann))).status, 403);
    assert.equal((await send("/chat/nobody-here", as(ann))).status, 404);
    assert.equal((await send("/chat/bob", form({ action: "burn" }, ann))).status, 400);
  });
});

Deno.test("CH-1: a command's pages lead both sides to its thread", async () => {
  await withApp(async (send, app) => {
    const { id } = await app.command("bob", "ann", { title: "Water them" });
    const [ann, bob] = [app.cookieOf("ann"), app.cookieOf("bob")];
    await app.answer("ann", id, "accepted");
    const path = `/chat/bob?thread=${id}`;
    assert.ok((await text(send, `/history/${id}`, ann)).includes(`action="${path}"`));
    assert.ok((await text(send, `/sent/${id}`, bob)).includes(`action="/chat/ann?thread=${id}"`));
    assert.equal((await send(path, form({ action: "send", body: "All of them?" }, ann))).status, 303);
    const html = await text(send, `/chat/ann?thread=${id}`, bob);
    assert.ok(html.includes("All of them?") && html.includes("About “Water them”"));
    assert.ok(html.includes(`href="/sent/${id}"`));
    assert.match(await text(send, "/chat", bob), /About “Water them”/);
  });
});

Deno.test("CH-1, CO-2: beside a talk stands what is open between the two, for each side with its own state", async () => {
  await withApp(async (send, app) => {
    const { ann, bob } = await two(app);
    assert.match(await text(send, "/chat/bob", ann), /No open commands\..*href="\/send\?to=bob"/);
    const { id } = await app.command("bob", "ann", { title: "Water <them>" });
    const { id: done } = await app.command("bob", "ann", { title: "Long done" });
    for (const state of ["accepted", "completed"] as const) await app.answer("ann", done, state);
    const theirs = await text(send, "/chat/bob", ann);
    assert.match(theirs, new RegExp(`href="/history/${id}"`));
    assert.match(theirs, /Water &lt;them/);
    assert.match(theirs, /from bob/);
    const own = await text(send, "/chat/ann", bob);
    assert.match(own, new RegExp(`href="/sent/${id}"`));
    assert.match(own, /from you.*Delivered/);
    for (const page of [theirs, own]) assert.ok(!page.includes("Long done"));
  });
});

Deno.test("CH-3: read marks and writing are switched on the talk's page, off at first", async () => {
  await withApp(async (send, app) => {
    const { ann } = await two(app);
    assert.doesNotMatch(await text(send, "/chat/bob", ann), /name="shareRead"[^>]*checked/);
    const saved = await send("/chat/bob", form({ action: "share", shareRead: "yes" }, ann));
    assert.equal(saved.status, 303);
    const html = await text(send, "/chat/bob", ann);
    assert.match(html, /name="shareRead"[^>]*checked/);
    assert.doesNotMatch(html, /name="shareWriting"[^>]*checked/);
  });
});

Deno.test("UI-8: what people write and call themselves is text in the chat", async () => {
  await withApp(async (send, app) => {
    const { ann, bob } = await two(app);
    await app.profile("bob", { displayName: nasty });
    await send("/chat/ann", form({ action: "send", body: `${nasty} javascript:alert(1)` }, bob));
    for (const path of ["/chat", "/chat/bob"]) assertNoMarkup(await text(send, path, ann));
    assert.doesNotMatch(await text(send, "/chat/bob", ann), /href="javascript/);
  });
});

Deno.test("CO-4: a talk says that messages wait for one's own quiet hours, and until when", async () => {
  await withApp(async (send, app) => {
    const { ann, bob } = await two(app);
    await app.preferences("bob", { quietHours: { from: "00:00", to: "23:59" } });
    await send("/chat/bob", form({ action: "send", body: "later" }, ann));
    const html = await text(send, "/chat/ann", bob);
    assert.ok(!html.includes("later") || html.indexOf("later") > html.indexOf("</main>"));
    assert.match(html, /More messages arrive/);
  });
});

Deno.test("CH-1, CH-2, CH-3: reactions, quotes, search and what one is told about work by plain forms", async () => {
  await withApp(async (send, app) => {
    const { ann, bob } = await two(app);
    await send("/chat/bob", form({ action: "send", body: "The **big** forks" }, ann));
    const talk = await text(send, "/chat/ann", bob);
    assert.match(talk, /<strong>big<\/strong>/);
    const id = /id="m-([0-9A-Z]{26})"/.exec(talk)![1]!;
    assert.ok(talk.includes(`href="/report?message=${id}"`));
    const reacted = await send("/chat/ann", form({ action: "👍", id }, bob));
    assert.equal(reacted.status, 303);
    assert.equal((await send("/chat/ann", form({ action: "👎", id }, bob))).status, 400);
    assert.match(await text(send, "/chat/bob", ann), /class="talk-chip"><span[^>]*>bob:<\/span> 👍/);
    const reply = await send("/chat/ann", form({ action: "reply", id }, bob));
    assert.equal(reply.headers.get("location"), `/chat/ann?reply=${id}#body`);
    const replying = await text(send, `/chat/ann?reply=${id}`, bob);
    assert.match(replying, new RegExp(`name="about" value="${id}"`));
    await send("/chat/ann", form({ action: "send", body: "Those?", about: id }, bob));
    assert.match(await text(send, "/chat/bob", ann), /class="talk-quote"><a href="#m-[^>]*>You<\/a>: The/);
    const found = await text(send, "/chat?q=FORKS", bob);
    const path = /href="(\/chat\/ann\?at=[0-9A-Z]{26})#m-/.exec(found)?.[1];
    assert.ok(path);
    assert.ok((await text(send, path, bob)).includes(`id="m-${id}"`));
    assert.match(await text(send, "/chat?q=spoons", bob), /No matches/);
    // A message of another talk has no page in this one.
    assert.equal((await send(`/chat/root?at=${id}`, as(bob))).status, 404);
    assert.equal((await send("/chat/ann", form({ action: "share", notify: "none" }, bob))).status, 303);
    assert.match(await text(send, "/chat/ann", bob), /<option value="none" selected/);
    await send("/chat/bob", form({ action: "send", body: "quiet" }, ann));
    assert.doesNotMatch(await text(send, "/chat", bob), /data-count="chat"[^>]*>[1-9]/);
    assert.equal((await send("/chat/ann", form({ action: "share", notify: "loud" }, bob))).status, 400);
  });
});
