import assert from "node:assert/strict";
import { type Clock, silentLog } from "../../lib/platform/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";
import type { Connection } from "../../lib/realtime/connection.ts";
import { WebSocketTransport } from "../../lib/realtime/websocket_transport.ts";

/** The runtime's socket as far as the transport uses it. */
class FakeWebSocket {
  readyState: number = WebSocket.OPEN;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  closedWith: number | null = null;

  close(code: number): void {
    this.readyState = WebSocket.CLOSING;
    this.closedWith = code;
  }
}

/** One timer at a time, which a test runs as late as it likes. */
class LateClock implements Clock {
  #now = 1_000_000;
  timer: { ms: number; call: () => void } | null = null;

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void) {
    const timer = { ms, call };
    this.timer = timer;
    const cancel = () => {
      if (this.timer === timer) this.timer = null;
    };
    return { cancel, [Symbol.dispose]: cancel };
  }

  run(lateMs: number, meanwhile: () => void = () => {}): void {
    const { timer } = this;
    assert.ok(timer, "No timer waits.");
    this.timer = null;
    this.#now += 1;
    meanwhile();
    this.#now += timer.ms - 1 + lateMs;
    timer.call();
  }
}

function stage() {
  const socket = new FakeWebSocket();
  const clock = new LateClock();
  const transport = new WebSocketTransport(socket as unknown as WebSocket, clock, silentLog, () => {});
  const connection = { start: () => Promise.resolve(), receive() {}, lost() {} };
  transport.attach(connection as unknown as Connection);
  return { socket, clock, transport, message: () => socket.onmessage?.({ data: "{}" }) };
}

Deno.test("WS-11, WS-6: a client that sent nothing for long may have frames unread: it is closed after a look too", () => {
  const { socket, clock, transport, message } = stage();
  transport.close(4403, "suspended");
  assert.equal(socket.closedWith, null);
  // The process did not run, and frames waited.
  clock.run(500);
  assert.equal(socket.closedWith, null);
  clock.run(0, message);
  assert.equal(socket.closedWith, null);
  clock.run(0);
  assert.equal(socket.closedWith, 4403);
  assert.equal(clock.timer, null);
});

Deno.test("WS-11: a client that sends all the time, if not without any pause, is closed within one", () => {
  const { socket, clock, transport, message } = stage();
  message();
  transport.close(4400, "bad frame");
  let passedMs = 0;
  // A frame every 20 ms.
  while (socket.closedWith === null && passedMs < limits.closeLingerMs) {
    const ms = clock.timer!.ms;
    clock.run(0, Math.floor((passedMs + ms) / 20) > Math.floor(passedMs / 20) ? message : () => {});
    passedMs += ms;
  }
  assert.ok(passedMs < 20, `closed after ${passedMs} ms`);
});

Deno.test("WS-6: a client that is still sending is closed at its first pause, so that it sees the code", () => {
  const { socket, clock, transport, message } = stage();
  message();
  transport.close(4429, "too many refusals");
  for (let look = 0; look < 5; look++) clock.run(0, message);
  assert.equal(socket.closedWith, null);
  clock.run(0);
  assert.equal(socket.closedWith, 4429);
  assert.equal(clock.timer, null);
});

Deno.test("WS-6: a pause that this process slept through is none, as frames may wait unread", () => {
  const { socket, clock, transport, message } = stage();
  message();
  transport.close(4429, "too many refusals");
  clock.run(10 * limits.closeQuietMs);
  assert.equal(socket.closedWith, null);
  clock.run(0);
  assert.equal(socket.closedWith, 4429);
});

Deno.test("WS-6: a client that never pauses is closed after a bounded number of looks", () => {
  const { socket, clock, transport, message } = stage();
  message();
  transport.close(4429, "too many refusals");
  let looks = 0;
  for (; socket.closedWith === null && looks < 10_000; looks++) clock.run((looks % 2) * 1000, message);
  assert.equal(looks, limits.closeLingerMs / limits.closeQuietMs);
});

Deno.test("WS-6: no look at a socket is left over after its client hung up", () => {
  const { socket, clock, transport, message } = stage();
  message();
  transport.close(4401, "session over");
  socket.readyState = WebSocket.CLOSED;
  socket.onclose?.();
  assert.equal(clock.timer, null);
  assert.equal(socket.closedWith, null);
});
