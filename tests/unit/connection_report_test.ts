import assert from "node:assert/strict";
import {
  type ConnectionNotice,
  ConnectionReport,
  type ConnectionState,
  graceMs,
} from "../../lib/client/mod.ts";
import { closeCodes } from "../../lib/protocol/close_codes.ts";
import { FakeClock } from "../fakes/clock.ts";

const connecting: ConnectionState = { kind: "connecting", attempt: 0 };
const online: ConnectionState = { kind: "online", since: 0 };
const offline: ConnectionState = { kind: "offline", reason: "connection lost", retryAt: 0 };
const replaced: ConnectionState = { kind: "stopped", code: closeCodes.replaced.code, reason: "" };
const suspended: ConnectionState = { kind: "stopped", code: closeCodes.suspended.code, reason: "replaced" };

function reporting(first: ConnectionState = { kind: "idle" }) {
  const clock = new FakeClock();
  const said: ConnectionNotice[] = [];
  const report = new ConnectionReport(first, (notice) => said.push(notice), clock);
  return { clock, said, report };
}

Deno.test("UI-2: a page that connects in time never reports a problem, whatever happened on the way", () => {
  const { clock, said, report } = reporting();
  for (const state of [connecting, offline, connecting, replaced, connecting, online]) {
    report.changed(state);
    clock.advance(graceMs / 10);
  }
  assert.deepEqual(said, ["online"]);
  assert.equal(clock.pending, 0);
});

Deno.test("WS-12: a page says that it is online by a stream, and when a WebSocket works again", () => {
  const { clock, said, report } = reporting();
  for (const state of [connecting, { ...online, transport: "stream" } as const, offline, online]) {
    report.changed(state);
  }
  assert.deepEqual(said, ["stream", "connecting", "online"]);
  assert.equal(clock.pending, 0);
});

Deno.test("UI-2: a problem that lasts is reported after two seconds, not before, however often it is told", () => {
  const { clock, said, report } = reporting();
  for (let at = 0; at < graceMs; at += graceMs / 4) {
    assert.deepEqual(said, []);
    report.changed(at % 1000 === 0 ? offline : connecting);
    report.changed(offline);
    clock.advance(graceMs / 4);
  }
  assert.deepEqual(said, ["offline"]);
});

Deno.test("UI-2: attempts to reconnect do not change what is reported; the connection does", () => {
  const { clock, said, report } = reporting(offline);
  clock.advance(graceMs);
  for (const state of [connecting, offline, connecting, offline]) report.changed(state);
  assert.deepEqual([...new Set(said)], ["offline"]);
  report.changed(online);
  assert.equal(said.at(-1), "online");
});

Deno.test("UI-2: a lost connection says connecting first, then the problem", () => {
  const { clock, said, report } = reporting(online);
  report.changed(offline);
  assert.deepEqual(said, ["online", "connecting"]);
  clock.advance(graceMs - 1);
  assert.deepEqual(said, ["online", "connecting"]);
  clock.advance(1);
  assert.deepEqual(said, ["online", "connecting", "offline"]);
});

Deno.test("WS-5: the close code tells a replaced connection from another end, not the words of its reason", () => {
  for (const [state, notice] of [[replaced, "replaced"], [suspended, "closed"]] as const) {
    const { clock, said, report } = reporting(state);
    clock.advance(graceMs);
    assert.deepEqual(said, [notice]);
    report.changed(connecting);
    assert.deepEqual(said, [notice, "connecting"], "the person connects again");
  }
});

Deno.test("UI-2: a page that goes leaves no timer", () => {
  const { clock, report } = reporting();
  report[Symbol.dispose]();
  assert.equal(clock.pending, 0);
});
