import assert from "node:assert/strict";
import { RequestError, ticketFrom } from "../../lib/client/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { settle } from "../fakes/clock.ts";
import { ClientRig, commandId, type FakeSocket } from "../fakes/client_rig.ts";

const draft = { audience: { kind: "user" as const, to: ["bob"] }, kind: "message", body: "Come home" };
const rateLimited = (retryAfterMs?: number) => ({
  code: -32000,
  message: "Too fast.",
  data: { kind: "rate_limited", ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
});

function keys(socket: FakeSocket): unknown[] {
  return socket.calls("command.send").map((frame) => frame.params?.key);
}

Deno.test("WS-6: a refused request rejects with kind, code, message, fields and wait; the connection stays", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  const cases: [unknown, Partial<RequestError>][] = [
    [{ code: -32000, message: "No such command.", data: { kind: "not_found" } }, {
      kind: "not_found",
      code: -32000,
      message: "No such command.",
      retryAfterMs: undefined,
    }],
    [rateLimited(250), { kind: "rate_limited", retryAfterMs: 250 }],
    [{ code: -32602, message: "Wrong.", data: { kind: "invalid_params", fields: { id: "must be an id" } } }, {
      kind: "invalid_params",
      fields: { id: "must be an id" },
    }],
    [{ code: -32602, message: "Wrong." }, { kind: "invalid_params" }],
    [{ code: -32601, message: "No such method." }, { kind: "internal", code: -32601 }],
  ];
  for (const [error, wanted] of cases) {
    const answer = rig.client.request("command.get", { id: commandId(1) });
    socket.refuse(socket.sent.at(-1)!, error);
    const refused = await answer.then(() => undefined, (reason: unknown) => reason);
    assert.ok(refused instanceof RequestError);
    for (const [name, value] of Object.entries(wanted)) {
      assert.deepEqual(refused[name as keyof RequestError], value, name);
    }
  }
  assert.equal(rig.kind, "online");
});

Deno.test("UI-2: answers find their requests in whatever order they come", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  const first = rig.client.request("preferences.get", {});
  const second = rig.client.request("contact.list", {});
  socket.answer(socket.sent[1]!, { contacts: [] });
  socket.answer(socket.sent[0]!, { dailyLimit: 1 });
  assert.deepEqual(await second, { contacts: [] });
  assert.deepEqual(await first, { dailyLimit: 1 });
});

Deno.test("UI-2: a request that is not answered in time rejects; a late answer does no harm", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  const short = assert.rejects(rig.client.request("preferences.get", {}, { timeoutMs: 100 }), {
    kind: "timed_out",
  });
  const usual = assert.rejects(rig.client.request("contact.list", {}), { kind: "timed_out" });
  await rig.clock.advanceAsync(100);
  await short;
  await rig.clock.advanceAsync(limits.clientRequestMs - 100);
  await usual;
  socket.answer(socket.sent[0]!, {});
  assert.equal(rig.kind, "online");
});

Deno.test("CM-1: the library makes the key, keeps the caller's, and repeats under the same one", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  const made = rig.client.request("command.send", draft);
  const own = rig.client.request("command.send", { ...draft, key: "mine" });
  const [key, mine] = keys(socket);
  assert.equal(mine, "mine");
  assert.match(String(key), /^[0-9A-Z]{26}$/);
  socket.end();
  const next = await rig.online();
  assert.deepEqual(keys(next), [key], "again, in order, one after the other");
  next.answer(next.calls("command.send")[0]!, { first: true });
  assert.deepEqual(await made, { first: true });
  assert.deepEqual(keys(next), [key, "mine"]);
  next.answer(next.calls("command.send")[1]!, { second: true });
  assert.deepEqual(await own, { second: true });
});

Deno.test("UI-2: what the person does while the connection is down goes out in order when it is back", async () => {
  await using rig = new ClientRig();
  const waiting: number[] = [];
  rig.client.on("outbox", (outbox) => void waiting.push(outbox.waiting));
  await rig.online();
  rig.socket.end();
  const done: string[] = [];
  const note = (name: string) => () => void done.push(name);
  const all = Promise.all([
    rig.client.request("preferences.set", { dailyLimit: 3 }).then(note("set")),
    rig.client.request("command.send", draft).then(note("send")),
    rig.client.request("contact.accept", { username: "bob" }).then(note("accept")),
    rig.client.request("command.update", { id: commandId(1), state: "accepted" }).then(note("update")),
  ]);
  assert.equal(rig.client.waiting, 4);
  const socket = await rig.online();
  for (let turn = 0; turn < 4; turn++) {
    assert.equal(socket.methods.length, turn + 1);
    socket.answer(socket.sent[turn]!, {});
    await settle();
  }
  await all;
  assert.deepEqual(socket.methods, ["preferences.set", "command.send", "contact.accept", "command.update"]);
  assert.deepEqual(done, ["set", "send", "accept", "update"]);
  assert.deepEqual(waiting, [1, 2, 3, 4, 3, 2, 1, 0]);
});

Deno.test("UI-2: what is done while older requests still wait does not overtake them; questions do not wait", async () => {
  await using rig = new ClientRig();
  const first = rig.client.request("command.send", { ...draft, key: "a" });
  const socket = await rig.online();
  const second = rig.client.request("command.send", { ...draft, key: "b" });
  const asked = rig.client.request("preferences.get", {});
  assert.deepEqual(keys(socket), ["a"]);
  socket.answer(socket.calls("preferences.get")[0]!, {});
  await asked;
  socket.answer(socket.calls("command.send")[0]!, {});
  await first;
  await settle();
  assert.deepEqual(keys(socket), ["a", "b"]);
  socket.answer(socket.calls("command.send")[1]!, {});
  await second;
});

Deno.test("UI-2: in flight when the connection broke: what may be repeated is, the rest says that nobody knows", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  const review = rig.client.request("command.review", { id: commandId(1), recipient: "bob", accept: true });
  const resume = rig.client.request("safety.resume", { confirm: true });
  const cancel = rig.client.request("command.cancel", { id: commandId(1) });
  const page = rig.client.request("inbox.list", {});
  assert.equal(socket.methods.length, 4);
  socket.end();
  await assert.rejects(review, { kind: "broken" });
  await assert.rejects(resume, { kind: "broken" });
  await assert.rejects(rig.client.request("safety.resume", { confirm: true }), { kind: "offline" });
  const next = await rig.online();
  assert.deepEqual(next.methods.sort(), ["command.cancel", "inbox.list"]);
  for (const frame of next.sent) next.answer(frame, { again: true });
  assert.deepEqual(await cancel, { again: true });
  assert.deepEqual(await page, { again: true });
});

Deno.test("DL-5: what was in flight when the connection broke keeps its place before what came after", async () => {
  await using rig = new ClientRig();
  const sent: Promise<unknown>[] = [];
  await rig.online();
  sent.push(rig.client.request("command.send", { ...draft, key: "a" }));
  sent.push(rig.client.request("command.send", { ...draft, key: "b" }));
  const off = rig.client.on("connection", (state) => {
    // Asked for before the older ones are back in the queue.
    if (state.kind === "offline") sent.push(rig.client.request("command.send", { ...draft, key: "c" }));
  });
  rig.socket.end();
  off();
  const socket = await rig.online();
  socket.onSent = (frame) => socket.answer(frame, {});
  socket.answer(socket.sent[0]!, {});
  await Promise.all(sent);
  assert.deepEqual(keys(socket), ["a", "b", "c"]);
});

Deno.test("UI-2: requests in flight are bounded; of those that broke, as many as fit are kept", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  const sent: Promise<unknown>[] = [];
  for (let place = 0; place < limits.clientInFlight; place++) {
    sent.push(rig.client.request("command.update", { id: commandId(place), state: "seen" }));
  }
  await assert.rejects(rig.client.request("preferences.get", {}), { kind: "queue_full" });
  assert.equal(socket.sent.length, limits.clientInFlight);
  const ended = Promise.allSettled(sent);
  socket.end();
  await settle();
  assert.equal(rig.client.waiting, limits.clientOutbox);
  await rig.client.close();
  const kinds = (await ended).map((one) => one.status === "rejected" ? one.reason.kind : "fulfilled");
  assert.equal(kinds.filter((kind) => kind === "closed").length, limits.clientOutbox);
  assert.equal(kinds.filter((kind) => kind === "broken").length, limits.clientInFlight - limits.clientOutbox);
});

Deno.test("UI-2: what waits is bounded; a stop always fits", async () => {
  await using rig = new ClientRig();
  await rig.online();
  rig.socket.end();
  const kept: Promise<unknown>[] = [];
  for (let place = 0; place < limits.clientOutbox; place++) {
    kept.push(rig.client.request("command.update", { id: commandId(place), state: "seen" }));
  }
  await assert.rejects(rig.client.request("command.send", draft), { kind: "queue_full" });
  await assert.rejects(rig.client.request("preferences.get", {}), { kind: "queue_full" });
  kept.push(rig.client.request("safety.stop", {}));
  assert.equal(rig.client.waiting, limits.clientOutbox + 1);
  const ended = Promise.allSettled(kept);
  const closed = rig.client.close();
  rig.socket.end();
  await closed;
  assert.ok((await ended).every((one) => one.status === "rejected" && one.reason.kind === "closed"));
});

Deno.test("WS-9: a kept request that is refused for its rate waits as told and goes again, in order", async () => {
  await using rig = new ClientRig();
  const first = rig.client.request("command.send", { ...draft, key: "a" });
  const second = rig.client.request("command.send", { ...draft, key: "b" });
  const socket = await rig.online();
  socket.refuse(socket.sent.at(-1)!, rateLimited(700));
  await rig.clock.advanceAsync(699);
  assert.deepEqual(keys(socket), ["a"]);
  await rig.clock.advanceAsync(1);
  assert.deepEqual(keys(socket), ["a", "a"]);
  socket.answer(socket.sent.at(-1)!, {});
  await first;
  await settle();
  assert.deepEqual(keys(socket), ["a", "a", "b"]);
  socket.answer(socket.sent.at(-1)!, {});
  await second;
});

Deno.test("WS-9: kept requests give up after a bounded number of refusals, and the next one goes on", async () => {
  await using rig = new ClientRig();
  const unlucky = rig.client.request("command.send", { ...draft, key: "a" });
  const rejected = assert.rejects(unlucky, { kind: "rate_limited" });
  const lucky = rig.client.request("command.send", { ...draft, key: "b" });
  const socket = await rig.online();
  for (let time = 0; time <= limits.clientRetries; time++) {
    assert.equal(socket.sent.at(-1)?.params?.key, "a");
    socket.refuse(socket.sent.at(-1)!, rateLimited(10));
    await rig.clock.advanceAsync(10);
  }
  await rejected;
  socket.answer(socket.sent.at(-1)!, {});
  await lucky;
});

Deno.test("WS-9: a direct request that is refused for its rate rejects at once", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  const sent = rig.client.request("command.send", draft);
  socket.refuse(socket.sent.at(-1)!, rateLimited(700));
  await assert.rejects(sent, { kind: "rate_limited", retryAfterMs: 700 });
  assert.equal(rig.client.waiting, 0);
});

Deno.test("UI-2: a request that breaks the connection again and again is given up, and the next one goes on", async () => {
  await using rig = new ClientRig();
  const poison = rig.client.request("command.send", { ...draft, key: "poison" });
  const rejected = assert.rejects(poison, { kind: "broken" });
  const good = rig.client.request("command.send", { ...draft, key: "good" });
  for (let time = 0; time <= limits.clientRetries; time++) {
    const socket = await rig.online();
    assert.deepEqual(keys(socket), ["poison"]);
    socket.end(4500);
    await settle();
  }
  await rejected;
  const socket = await rig.online();
  assert.deepEqual(keys(socket), ["good"]);
  socket.answer(socket.sent.at(-1)!, {});
  await good;
});

Deno.test("WS-2: what no frame can hold is refused here, before it costs the connection", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  await assert.rejects(
    rig.client.request("command.send", { ...draft, body: "x".repeat(limits.frameInBytes) }),
    { kind: "too_large" },
  );
  const loop: Record<string, string> = {};
  Object.assign(loop, { loop });
  await assert.rejects(rig.client.request("command.send", { ...draft, data: loop }), {
    kind: "invalid_params",
  });
  assert.equal(socket.sent.length, 0);
});

Deno.test("CM-1: what went out once is not sent again after the server forgot its key", async () => {
  await using rig = new ClientRig();
  const sent = rig.client.request("command.send", draft);
  await rig.online();
  rig.socket.end();
  await settle();
  const rejected = assert.rejects(sent, { kind: "expired" });
  const until = rig.clock.now() + limits.keyKeptMs;
  while (rig.clock.now() < until) {
    await rig.clock.advanceAsync(rig.retryInMs);
    rig.socket.end();
  }
  await rig.online();
  await rejected;
  assert.deepEqual(keys(rig.socket), []);
});

Deno.test("UI-2: no connection will come by itself: questions reject, what the person did is kept for after the login", async () => {
  await using rig = new ClientRig();
  await rig.online();
  rig.socket.end();
  const asked = rig.client.request("preferences.get", {});
  const sent = rig.client.request("command.send", draft);
  await rig.clock.advanceAsync(rig.retryInMs);
  rig.socket.end(4401);
  await assert.rejects(asked, { kind: "offline" });
  await assert.rejects(rig.client.request("contact.list", {}), { kind: "offline" });
  const socket = await rig.online();
  assert.equal(keys(socket).length, 1);
  socket.answer(socket.sent[0]!, {});
  await sent;
});

Deno.test("AU-5: ticketFrom asks for a ticket and tells a session that is over from a server that is away", async () => {
  const asked: string[] = [];
  const source = (status: number, body: unknown) =>
    ticketFrom("https://behest.example", {
      token: "t",
      fetch: (input, init) => {
        asked.push(`${init.method} ${input} ${new Headers(init.headers).get("authorization")}`);
        return Promise.resolve(Response.json(body, { status }));
      },
    });
  assert.equal(await source(200, { ticket: "abc", expiresAt: "" })(), "abc");
  assert.equal(await source(401, {})(), null);
  assert.deepEqual(await source(403, { detail: "This account is suspended." })(), {
    refused: "This account is suspended.",
  });
  await assert.rejects(source(502, {})());
  await assert.rejects(source(200, { ticket: 7 })());
  assert.equal(asked[0], "POST https://behest.example/api/v1/auth/ticket Bearer t");
});
