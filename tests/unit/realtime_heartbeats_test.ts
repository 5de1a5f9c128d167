import assert from "node:assert/strict";
import fc from "fast-check";
import { iso } from "../../lib/platform/mod.ts";
import { methods } from "../../lib/protocol/mod.ts";
import { beatAnswer } from "../../lib/realtime/heartbeats.ts";
import { FakeRealtime } from "../fakes/realtime.ts";

const now = 1_800_000_000_123;

Deno.test("WS-4: the usual heartbeat is answered with its own id and the time", () => {
  for (const id of [0, 7, 123_456_789_012_345, "a", "h-1.2_3:4", "x".repeat(64)]) {
    for (const params of [{}, undefined]) {
      const answer = beatAnswer(JSON.stringify({ jsonrpc: "2.0", id, method: "heartbeat", params }), now);
      const { result, ...rest } = JSON.parse(answer!) as { result: unknown };
      assert.deepEqual(rest, { jsonrpc: "2.0", id });
      assert.deepEqual(methods.heartbeat.result.parse(result), { serverTime: iso(now) });
    }
  }
});

Deno.test("WS-2, WS-4: a heartbeat in any other form goes the way of all calls", () => {
  const others: unknown[] = [
    { jsonrpc: "2.0", method: "heartbeat", params: {} },
    { jsonrpc: "2.0", id: 1, method: "heartbeat", params: { extra: 1 } },
    { jsonrpc: "2.0", id: 1, method: "heartbeat", params: {}, extra: 1 },
    { jsonrpc: "1.0", id: 1, method: "heartbeat", params: {} },
    { jsonrpc: "2.0", id: null, method: "heartbeat", params: {} },
    { jsonrpc: "2.0", id: 1.5, method: "heartbeat", params: {} },
    { jsonrpc: "2.0", id: 2 ** 60, method: "heartbeat", params: {} },
    { jsonrpc: "2.0", id: 'a"b', method: "heartbeat", params: {} },
    { jsonrpc: "2.0", id: "x".repeat(65), method: "heartbeat", params: {} },
    { jsonrpc: "2.0", id: 1, method: "inbox.counts", params: {} },
    { id: 1, jsonrpc: "2.0", method: "heartbeat", params: {} },
  ];
  for (const other of others) {
    assert.equal(beatAnswer(JSON.stringify(other), now), null, JSON.stringify(other));
  }
  assert.equal(beatAnswer('{"jsonrpc":"2.0","id":01,"method":"heartbeat","params":{}}', now), null);
});

Deno.test("WS-4: both ways answer alike", async () => {
  const realtime = new FakeRealtime();
  const { connection, socket } = await realtime.connect();
  fc.assert(fc.property(fc.oneof(fc.nat(), fc.stringMatching(/^[\w.:-]{1,64}$/)), (id) => {
    connection.receive(JSON.stringify({ jsonrpc: "2.0", id, method: "heartbeat", params: {} }));
    connection.receive(JSON.stringify({ id, method: "heartbeat", params: {}, jsonrpc: "2.0" }));
    const [one, other] = socket.texts.slice(-2);
    assert.equal(one, other);
  }));
  assert.equal(socket.closeCode(), null);
});
