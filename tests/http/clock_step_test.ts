import assert from "node:assert/strict";
import { logIn, ServerProcess } from "../fakes/server_process.ts";
import { libfaketime } from "../../tools/faketime.ts";
import { until } from "../fakes/until.ts";

const hourMs = 3_600_000;

/** A client of the socket that keeps what it was sent. */
function clientOf(origin: string, token: string) {
  const socket = new WebSocket(`${origin.replace("http", "ws")}/api/ws?token=${token}`);
  const frames: { id?: string; method?: string; result?: unknown; error?: unknown }[] = [];
  socket.onmessage = ({ data }) => frames.push(JSON.parse(data));
  let calls = 0;
  return {
    frames,
    ready: () => until(() => frames.find(({ method }) => method === "session.ready"), "session.ready"),
    async call(method: string, params: unknown) {
      const id = `${++calls}`;
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
      const { error, result } = await until(() => frames.find((frame) => frame.id === id), method);
      assert.equal(error, undefined, JSON.stringify(error));
      return result;
    },
    [Symbol.dispose]: () => socket.close(),
  };
}

const timeOfDay = (ms: number) => new Date(ms).toISOString().slice(11, 16);

Deno.test("OP-9, CO-4: what quiet hours hold comes within a minute after the clock was set forward past them", async () => {
  const dir = await Deno.makeTempDir({ prefix: "behest-clock-" });
  try {
    const offset = `${dir}/offset`;
    await Deno.writeTextFile(offset, "+0\n");
    await using server = await ServerProcess.start({
      BEHEST_DATA_DIR: dir,
      LD_PRELOAD: libfaketime,
      FAKETIME_TIMESTAMP_FILE: offset,
      FAKETIME_NO_CACHE: "1",
      // As when an operator sets the clock: timers run on.
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      // A heartbeat is not what this is about.
      BEHEST_HEARTBEAT_MS: "600000",
    });
    const password = await server.demoPassword();
    using ann = clientOf(server.origin, await logIn(server.origin, "demo-ann", password));
    using bob = clientOf(server.origin, await logIn(server.origin, "demo-bob", password));
    await Promise.all([ann.ready(), bob.ready()]);
    const now = Date.now();
    const quietHours = { from: timeOfDay(now - hourMs), to: timeOfDay(now + 5 * hourMs) };
    await bob.call("preferences.set", { quietHours });
    await ann.call("command.send", {
      key: "one",
      audience: { kind: "user", to: ["demo-bob"] },
      kind: "message",
      title: "for later",
      body: "After the quiet hours.",
    });
    const delivered = () => bob.frames.find(({ method }) => method === "command.deliver");
    // It is held: what bob asks after it is answered, and it has not come.
    await bob.call("category.list", {});
    assert.equal(delivered(), undefined);
    await Deno.writeTextFile(offset, "+6h\n");
    // Two minutes are more than it takes, and far less than the old wait.
    await until(delivered, "the delivery");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
