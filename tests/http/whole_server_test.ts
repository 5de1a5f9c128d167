import assert from "node:assert/strict";
import { type Method, methods } from "../../lib/protocol/mod.ts";
import { systemRandom } from "../../lib/platform/mod.ts";
import { RawSocket } from "../fakes/raw_socket.ts";
import { WholeServer } from "../fakes/whole_server.ts";

/** A whole server with a secret of its own, and one of the demo people logged in. */
async function serve() {
  const server = await WholeServer.start({}, { secret: systemRandom.bytes(32) });
  const { token } = await server.person("demo-ann");
  return {
    server,
    token,
    open: (device: string, bearer = token) =>
      RawSocket.open(server.port, `/api/ws?device=${device}`, { authorization: `Bearer ${bearer}` }),
    rest: async (method: string, path: string, bearer = token) => {
      const answer = await fetch(server.origin + path, {
        method,
        headers: { authorization: `Bearer ${bearer}` },
      });
      return { status: answer.status, text: await answer.text() };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const someId = "01M83118ZK337D4JA61W3M85SJ";
const draft = { key: "k", audience: { kind: "user", to: ["demo-bob"] }, kind: "message", title: "Title" };

/** Params that pass, with a marker in one text field each. */
const withText: [Method, (text: string) => Record<string, unknown>][] = [
  ["command.send", (text) => ({ ...draft, key: text })],
  ["command.send", (text) => ({ ...draft, title: text })],
  ["command.send", (text) => ({ ...draft, body: text })],
  ["command.send", (text) => ({ ...draft, kind: text })],
  ["command.send", (text) => ({ ...draft, data: { value: text } })],
  ["command.send", (text) => ({ ...draft, data: { [text]: 1 } })],
  ["command.send", (text) => ({ ...draft, data: { list: [[text]] } })],
  ["command.send", (text) => ({ ...draft, kind: "link", data: { href: `https://example.com/${text}` } })],
  ["command.send", (text) => ({ ...draft, categories: [text] })],
  ["command.send", (text) => ({ ...draft, attachments: [text] })],
  ["command.send", (text) => ({ ...draft, deliverAt: text })],
  ["command.send", (text) => ({ ...draft, audience: { kind: "user", to: [text] } })],
  ["command.send", (text) => ({ ...draft, audience: { kind: "group", group: text } })],
  ["command.send", (text) => ({ ...draft, audience: { kind: "category", category: text } })],
  ["command.preview", (text) => ({ ...draft, title: text })],
  ["command.update", (text) => ({ id: someId, state: "seen", note: text })],
  ["command.update", (text) => ({ id: text, state: "seen" })],
  ["command.update", (text) => ({ id: someId, state: text })],
  ["command.review", (text) => ({ id: someId, recipient: text, accept: true })],
  ["command.review", (text) => ({ id: someId, recipient: "demo-bob", accept: true, note: text })],
  ["command.get", (text) => ({ id: text })],
  ["command.cancel", (text) => ({ id: text })],
  ["command.list", (text) => ({ box: text })],
  ["inbox.list", (text) => ({ before: text })],
  ["inbox.list", (text) => ({ category: text })],
  ["inbox.ack", (text) => ({ cursor: text })],
  ["preferences.set", (text) => ({ categories: { [text]: "allow" } })],
  ["preferences.set", (text) => ({ categories: { general: text } })],
  ["preferences.set", (text) => ({ blockedUsers: [text] })],
  ["preferences.set", (text) => ({ quietHours: { from: text, to: "07:00" } })],
  ["contact.request", (text) => ({ username: text })],
  ["contact.request", (text) => ({ username: "demo-bob", note: text })],
  ["contact.accept", (text) => ({ username: text })],
];

/** Fewer than the refusals that close a connection (WS-6). */
const casesPerConnection = 25;

Deno.test("WS-2, WS-6: NUL and lone surrogates in any text field are refused, and the connection stays", async () => {
  await using served = await serve();
  const cases = ["a\0b", "a\ud800b", "\udfff"].flatMap((text) =>
    withText.map(([method, params]) => ({ method, params: params(text) }))
  );
  for (let at = 0; at < cases.length; at += casesPerConnection) {
    await using socket = await served.open(`fields-${at}`);
    await socket.seen((frame) => frame.method === "session.ready");
    for (const [index, { method, params }] of cases.slice(at, at + casesPerConnection).entries()) {
      await socket.text(JSON.stringify({ jsonrpc: "2.0", id: index, method, params }));
      const { error } = await socket.seen((frame) => frame.id === index);
      assert.equal(
        error?.code,
        -32602,
        `${method} ${JSON.stringify(params)} was answered ${JSON.stringify(error)}`,
      );
      assert.equal(error?.data?.kind, "invalid_params");
    }
    assert.equal(socket.closeCode, null);
  }
});

Deno.test("WS-2: an unknown field is refused in every method", async () => {
  await using served = await serve();
  const names = Object.keys(methods);
  for (let at = 0; at < names.length; at += casesPerConnection) {
    await using socket = await served.open(`unknown-${at}`);
    await socket.seen((frame) => frame.method === "session.ready");
    for (const method of names.slice(at, at + casesPerConnection)) {
      await socket.text(JSON.stringify({ jsonrpc: "2.0", id: method, method, params: { extra: 1 } }));
      const { error } = await socket.seen((frame) => frame.id === method);
      assert.equal(error?.code, -32602, `${method} took an unknown field`);
    }
  }
});

Deno.test("AU-3: a revoked session's sockets close with 4401 and its token is refused, at once", async () => {
  await using served = await serve();
  const { token: other } = await served.server.person("demo-ann");
  await using socket = await served.open("revoked", other);
  await socket.seen((frame) => frame.method === "session.ready");
  const listed = JSON.parse((await served.rest("GET", "/api/v1/auth/sessions", other)).text);
  const current = listed.sessions.find((session: { current: boolean }) => session.current);
  const { status } = await served.rest("DELETE", `/api/v1/auth/sessions/${current.id}`);
  assert.equal(status, 204);
  // Nothing is waited for: the very next request is refused.
  assert.equal((await served.rest("GET", "/api/v1/auth/sessions", other)).status, 401);
  assert.equal(await socket.closed(), 4401);
  await using refused = await served.open("revoked", other);
  assert.equal(refused.status, 401);
});

Deno.test("AU-13: log out all others closes a copy of the own session too; the connection that asked goes on", async () => {
  await using served = await serve();
  await using socket = await served.open("here");
  const { params } = await socket.seen((frame) => frame.method === "session.ready");
  const { connection } = params as { connection: string };
  await using copy = await served.open("copy");
  await copy.seen((frame) => frame.method === "session.ready");
  const answer = await fetch(`${served.server.origin}/api/v1/auth/sessions`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${served.token}`, "behest-connection": connection },
  });
  assert.equal(answer.status, 200);
  const { token, expiresAt } = await answer.json();
  assert.equal(await copy.closed(), 4401);
  const heard = await socket.seen((frame) => frame.method === "session.renewed");
  assert.deepEqual(heard.params, { sessionExpiresAt: expiresAt });
  await using refused = await served.open("copy");
  assert.equal(refused.status, 401);
  assert.equal((await served.rest("GET", "/api/v1/auth/sessions", token)).status, 200);
  // A revocation of the new session reaches the connection that went on with it.
  assert.equal((await served.rest("POST", "/api/v1/auth/logout", token)).status, 204);
  assert.equal(await socket.closed(), 4401);
});

Deno.test("AU-3, WS-1: a token of another server is refused on REST and socket", async () => {
  await using one = await serve();
  await using another = await serve();
  assert.equal((await one.rest("GET", "/api/v1/auth/sessions", another.token)).status, 401);
  await using socket = await one.open("foreign", another.token);
  assert.equal(socket.status, 401);
  assert.equal(JSON.parse(socket.body).kind, "unauthorized");
});
