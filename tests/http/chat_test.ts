import assert from "node:assert/strict";
import { chatPage, chatTalks, limits } from "../../lib/protocol/mod.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";

interface Answer {
  status: number;
  // deno-lint-ignore no-explicit-any -- each test reads what it asked for
  body: any;
}

/** A call below `/api/v1/chat`, as a person. */
async function ask(app: AppRig, who: string, path: string, body?: unknown): Promise<Answer> {
  const headers = { ...app.bearerOf(who), "content-type": "application/json" };
  const response = await app.send(`/api/v1/chat${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

Deno.test("CH-1: chat over REST: send, list, read, retract, talks; refusals are problems", async () => {
  await withApp(async (_send, app) => {
    await app.befriend("ann", "bob");
    const sent = await ask(app, "ann", "", { key: "k", to: "bob", body: "hello" });
    assert.equal(sent.status, 201);
    const { message } = sent.body;
    const page = chatPage.parse((await ask(app, "bob", "/messages?with=ann")).body);
    assert.deepEqual(page.messages.map(({ body, to }) => [body, to]), [["hello", "bob"]]);
    assert.equal(chatTalks.parse((await ask(app, "bob", "")).body).unread, 1);
    assert.deepEqual((await ask(app, "bob", "/read", { with: "ann", upTo: message.id })).body, {
      readUpTo: message.id,
    });
    assert.equal(chatTalks.parse((await ask(app, "bob", "")).body).unread, 0);
    const found = await ask(app, "bob", "/search?q=HELL");
    assert.deepEqual(found.body.messages.map(({ body }: { body: string }) => body), ["hello"]);
    assert.equal((await ask(app, "bob", "/search")).status, 400);
    const retracted = await ask(app, "ann", `/messages/${message.id}/retract`, {});
    assert.equal(typeof retracted.body.message.retractedAt, "string");
    const refused: [string, unknown, number][] = [
      ["", { key: "k2", body: "to nobody" }, 400],
      ["", { key: "k2", to: "root", body: "no contact" }, 403],
      ["", { key: "k2", to: "bob", body: "x".repeat(4001) }, 400],
      ["", { key: "k2", to: "bob", body: "", attachments: [] }, 400],
      ["/messages/01ARZ3NDEKTSV4RRFFQ69G5FAV/retract", {}, 404],
      ["/read", { with: "bob", upTo: "01ARZ3NDEKTSV4RRFFQ69G5FAV" }, 404],
    ];
    for (const [path, body, status] of refused) {
      assert.equal((await ask(app, "ann", path, body)).status, status, JSON.stringify(body));
    }
    assert.equal((await ask(app, "ann", "/messages")).status, 400);
    assert.equal((await app.send("/api/v1/chat")).status, 401);
  });
});

Deno.test("FI-5, FI-6: a message waits for its files; its recipient reads them, and nobody else, until it is taken back", async () => {
  await withApp(async (send, app) => {
    await app.person("cleo");
    await app.befriend("ann", "bob");
    await app.befriend("cleo", "bob");
    const file = await app.file("ann", { name: "piano.txt", content: "notes" });
    const content = async (who: string, id = file.id) => {
      const response = await send(`/api/v1/files/${id}/content`, { headers: app.bearerOf(who) });
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(await content("bob"), 404);
    const draft = { key: "k", to: "bob", body: "", attachments: [file.id] };
    const { body: { message } } = await ask(app, "ann", "", draft);
    assert.equal(message.state, undefined);
    assert.deepEqual([await content("bob"), await content("cleo")], [200, 404]);
    const bad = await app.file("ann", { name: "bad.txt", content: "bad", state: "held" });
    const held = await ask(app, "ann", "", { key: "h", to: "bob", body: "see", attachments: [bad.id] });
    assert.equal(held.body.message.state, "checking");
    const texts = async (who: string, other: string) =>
      chatPage.parse((await ask(app, who, `/messages?with=${other}`)).body).messages.map(({ body }) => body);
    assert.deepEqual(await texts("bob", "ann"), [""]);
    assert.deepEqual(await texts("ann", "bob"), ["", "see"]);
    assert.equal(await content("bob", bad.id), 404);
    await ask(app, "ann", `/messages/${message.id}/retract`, {});
    assert.equal(await content("bob"), 404);
    // Somebody else's file cannot be sent on.
    const stolen = await ask(app, "cleo", "", { key: "s", to: "bob", body: "", attachments: [file.id] });
    assert.equal(stolen.status, 404);
  });
});

Deno.test("CH-4, MO-1: a reported message has what was around it, as its reporter saw it; others cannot report it", async () => {
  await withApp(async (send, app) => {
    await app.befriend("ann", "bob");
    const ids: string[] = [];
    for (
      const [who, to, body] of [["ann", "bob", "one"], ["bob", "ann", "two"], [
        "ann",
        "bob",
        "three",
      ]] as const
    ) {
      ids.push((await ask(app, who, "", { key: body, to, body })).body.message.id);
    }
    await ask(app, "bob", "/messages?with=ann");
    const report = async (who: string, message = ids[2]) => {
      const headers = { ...app.bearerOf(who), "content-type": "application/json" };
      const body = JSON.stringify({ about: { message }, reason: "spam" });
      return await send("/api/v1/reports", { method: "POST", headers, body });
    };
    assert.equal((await report("root")).status, 404);
    assert.equal((await report("bob")).status, 201);
    const headers = app.bearerOf("root");
    const { items: [item] } = await (await send("/api/v1/admin/queue", { headers })).json();
    assert.deepEqual([item.about, item.user], ["message", "ann"]);
    const { reports: [{ snapshot }] } = await (await send(`/api/v1/admin/queue/${item.id}`, { headers }))
      .json();
    assert.equal(snapshot.text, "three");
    const lines = snapshot.context.map((line: { by: string; text: string }) => [line.by, line.text]);
    assert.deepEqual(lines, [["reported", "one"], ["reporter", "two"]]);
    // However long the messages are: nobody makes themselves impossible to report.
    const long: string[] = [];
    for (let at = 0; at <= 2 * limits.reportedAround; at++) {
      const draft = { key: `long ${at}`, to: "bob", body: "ж".repeat(limits.body) };
      long.push((await ask(app, "ann", "", draft)).body.message.id);
    }
    await ask(app, "bob", "/messages?with=ann");
    assert.equal((await report("bob", long[limits.reportedAround])).status, 201);
  });
});
