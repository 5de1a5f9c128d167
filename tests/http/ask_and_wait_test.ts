import assert from "node:assert/strict";
import { AppRig } from "../fakes/app_rig.ts";
import { settle } from "../fakes/clock.ts";
import { until } from "../fakes/until.ts";
import { limits } from "../../lib/protocol/mod.ts";

const ask = (key: string, to: string | string[] = "bob") => ({
  key,
  audience: { kind: "user", to: [to].flat() },
  kind: "choice",
  title: `Deploy ${key}?`,
  data: { options: [{ id: "yes", label: "Yes" }, { id: "no", label: "No" }] },
});

function posting(who: { authorization: string }, body: object, more: RequestInit = {}): RequestInit {
  const headers = { ...who, "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body), ...more };
}

/** One rig: a start costs more than all steps. */
Deno.test("AU-11, CM-9: POST /commands?wait answers when the person did", async (t) => {
  await using app = await AppRig.start({ people: ["ann", "bob", "eve"] });
  await app.befriend("ann", "bob");
  const ann = app.bearerOf("ann");
  const post = (body: object, wait: string, who = ann) =>
    app.wholeSend(`/api/v1/commands?wait=${wait}`, posting(who, body));
  const titles = async (who = "ann") =>
    new Map(
      (await app.sentBy(who)).map(({ command }) => ["title" in command ? command.title : "", command.id]),
    );
  const sentId = (key: string) => until(async () => (await titles()).get(`Deploy ${key}?`), key);

  await t.step("CM-9: 201 with the answer, at once; a look in between changes nothing", async () => {
    const answering = post(ask("one"), "60");
    let done = false;
    void answering.then(() => done = true);
    const id = await sentId("one");
    await app.answer("bob", id, "seen");
    await settle();
    assert.equal(done, false);
    await app.answer("bob", id, "completed", { answer: "no" });
    const response = await answering;
    const { command, recipient } = await response.json();
    assert.deepEqual([response.status, command.id], [201, id]);
    assert.deepEqual([recipient.username, recipient.state, recipient.answer], ["bob", "completed", {
      options: ["no"],
    }]);
    // CM-1: the same key again has the answer there and then.
    assert.equal((await post(ask("one"), "60")).status, 201);
  });

  await t.step("CM-9: 202 with where to look when the time is over, and the same key waits on", async () => {
    const answering = post(ask("two"), "5");
    const id = await sentId("two");
    app.clock.advance(5000);
    const response = await answering;
    assert.equal(response.status, 202);
    assert.equal(response.headers.get("location"), `/api/v1/commands/${id}`);
    assert.equal((await response.json()).recipient.state, "queued");
    const again = post(ask("two"), "5");
    await settle();
    await app.answer("bob", id, "declined", { note: "Not on a Friday." });
    const { command, recipient } = await (await again).json();
    assert.deepEqual([command.id, recipient.state, recipient.note], [id, "declined", "Not on a Friday."]);
  });

  await t.step("CO-3: a withheld command waits like one that nobody has seen", async () => {
    const outcomes = await Promise.all([["ann", "bob"], ["eve", "bob"]].map(async ([from], at) => {
      const answering = post(ask(`held-${at}`), "1", app.bearerOf(from!));
      await until(async () => (await titles(from!)).has(`Deploy held-${at}?`));
      await settle();
      app.clock.advance(1000);
      const response = await answering;
      const { recipient: { updatedAt: _, ...recipient } } = await response.json();
      return [response.status, recipient];
    }));
    assert.deepEqual(outcomes[0], outcomes[1]);
  });

  await t.step(
    "CO-12: a token that asks puts questions to its own person, under their rules, and does nothing else",
    async () => {
      const made = await app.send("/api/v1/tokens", posting(ann, { name: "Assistant", scopes: ["ask"] }));
      const { token } = await made.json();
      const asks = { authorization: `Bearer ${token}` };
      const answering = post(ask("own", "ann"), "60", asks);
      const id = await sentId("own");
      await app.answer("ann", id, "completed", { answer: "yes" });
      const { recipient } = await (await answering).json();
      assert.deepEqual([recipient.username, recipient.answer], ["ann", { options: ["yes"] }]);
      const more = { ...ask("other", "ann"), key: "other" };
      const wrong = [
        ask("other", "bob"),
        ask("other", ["ann", "bob"]),
        { ...more, audience: { kind: "all" } },
        { ...more, kind: "task", data: undefined },
        { ...more, kind: "timer", data: { seconds: 5 } },
        { ...more, attachments: [id] },
      ];
      for (const body of wrong) {
        const refused = await app.send("/api/v1/commands", posting(asks, body));
        assert.deepEqual(
          [refused.status, (await refused.json()).kind],
          [403, "forbidden"],
          JSON.stringify(body),
        );
      }
      assert.ok(!(await titles()).has("Deploy other?"));
      assert.equal((await app.send(`/api/v1/commands/${id}`, { headers: asks })).status, 403);
    },
  );

  await t.step("CM-9: bad waits are refused before anything is sent", async () => {
    const before = (await app.sentBy("ann")).length;
    for (const wait of ["0", "61", "-1", "1.5", "x", ""]) {
      assert.equal((await post(ask("bad"), wait)).status, 400, wait);
    }
    for (const body of [ask("bad", ["bob", "eve"]), { ...ask("bad"), audience: { kind: "all" } }]) {
      const response = await post(body, "5");
      assert.equal(response.status, 400);
      assert.deepEqual(Object.keys((await response.json()).fields), ["audience.to"]);
    }
    assert.equal((await app.sentBy("ann")).length, before);
  });

  await t.step(
    "CM-9, AU-3: waits are bounded, end with their client, their session and their server",
    async () => {
      const leaving = new AbortController();
      const waiting = Array.from({ length: limits.waitsOfOne }, (_, at) =>
        app.wholeSend(
          "/api/v1/commands?wait=60",
          posting(ann, ask(`many-${at}`), { signal: leaving.signal }),
        ));
      await until(async () =>
        [...(await titles()).keys()].filter((one) => one?.includes("many")).length === waiting.length
      );
      const refused = await post(ask("more"), "1");
      assert.equal(refused.status, 429);
      assert.equal(refused.headers.get("retry-after"), "5");
      assert.equal((await refused.json()).kind, "rate_limited");
      // A client that is gone may keep a place unnoticed, so a newer wait gets that of the oldest.
      app.clock.advance(limits.waitPlaceMs);
      const next = post(ask("next"), "60");
      assert.equal((await waiting[0]!).status, 202);
      await app.answer("bob", await sentId("next"), "completed", { answer: "yes" });
      assert.equal((await next).status, 201);
      // Their places are free again, although the clock stood still.
      leaving.abort();
      await Promise.all(waiting);
      assert.equal((await post(ask("one"), "60")).status, 201);
      const last = post(ask("last"), "60");
      const revoked = post(ask("revoked"), "60", app.bearerOf("bob"));
      await until(async () => (await app.sentBy("bob")).length > 0);
      await app.services.accounts.logout(await app.caller("bob"));
      app.services.commands.endWaits();
      assert.deepEqual([(await last).status, (await revoked).status], [202, 401]);
    },
  );
});
