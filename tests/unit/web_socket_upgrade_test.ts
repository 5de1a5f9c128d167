import assert from "node:assert/strict";
import { Refusal } from "../../lib/protocol/mod.ts";
import { isForeign, isUpgrade, offersSubProtocol, readSocketQuery } from "../../lib/web/socket_upgrade.ts";

function read(query: string) {
  return readSocketQuery(new URLSearchParams(query));
}

Deno.test("WS-1: the query of a socket and its defaults", () => {
  assert.deepEqual(read(""), { device: "default", window: 64, accept: null });
  assert.deepEqual(read("device=My.phone_1-2&window=256&token=x"), {
    device: "My.phone_1-2",
    window: 256,
    accept: null,
  });
});

for (
  const query of [
    "device=",
    "device=a%20b",
    `device=${"a".repeat(65)}`,
    "device=%C3%BC",
    "window=0",
    "window=257",
    "window=1.5",
    "window=",
    "window=-1",
    "window=1e2",
    "accept=film",
    "accept=message,film",
    `accept=${Array(33).fill("task").join(",")}`,
  ]
) {
  Deno.test(`WS-1: refused and named: ?${query.slice(0, 30)}`, () => {
    const answer = read(query);
    assert.ok(answer instanceof Refusal);
    assert.equal(answer.kind, "invalid_params");
    assert.ok(Object.keys(answer.detail.fields ?? {})[0]?.startsWith(query.slice(0, query.indexOf("="))));
  });
}

Deno.test("WS-10: accept is a list of kinds; an empty one is all", () => {
  const answer = read("accept=message,%20task,x-poll");
  assert.ok(!(answer instanceof Refusal));
  assert.deepEqual(answer.accept, new Set(["message", "task", "x-poll"]));
  assert.deepEqual(read("accept="), { device: "default", window: 64, accept: null });
});

const upgrade = {
  upgrade: "WebSocket",
  connection: "keep-alive,Upgrade",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

Deno.test("WS-1: what is an upgrade and what is not", () => {
  assert.equal(isUpgrade("GET", new Headers(upgrade)), true);
  assert.equal(isUpgrade("HEAD", new Headers(upgrade)), false);
  for (const name of Object.keys(upgrade)) {
    const headers = new Headers(upgrade);
    headers.delete(name);
    assert.equal(isUpgrade("GET", headers), false, name);
  }
});

Deno.test("WS-1: the sub-protocol is found in any way of writing the list", () => {
  const offers = (list: string) => offersSubProtocol(new Headers({ "sec-websocket-protocol": list }));
  assert.equal(offers("behest.v1"), true);
  assert.equal(offers("other,behest.v1"), true);
  assert.equal(offers("other , behest.v1"), true);
  assert.equal(offers("behest.v10"), false);
  assert.equal(offersSubProtocol(new Headers()), false);
});

Deno.test("WS-1: foreign is an Origin that is neither our own nor allowed", () => {
  const own = "https://behest.example";
  assert.equal(isForeign(own, own, []), false);
  assert.equal(isForeign("https://app.example", own, ["https://app.example"]), false);
  assert.equal(isForeign(null, own, []), false);
  for (
    const origin of ["https://evil.example", "http://behest.example", "null", "https://behest.example:444"]
  ) {
    assert.equal(isForeign(origin, own, ["https://app.example"]), true);
  }
});
