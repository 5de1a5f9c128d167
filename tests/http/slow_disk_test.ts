import assert from "node:assert/strict";
import { logIn, ServerProcess } from "../fakes/server_process.ts";
import { RawSocket } from "../fakes/raw_socket.ts";
import { request } from "../fakes/realtime.ts";
import { until } from "../fakes/until.ts";

/** Each sync of a file takes so much longer. */
const syncDelayMs = 5_000;

/** Makes the disk of a process slow, from when it resolves until it is disposed: a tracer holds up each sync, and nothing else. */
async function slowDiskOf(pid: number): Promise<AsyncDisposable> {
  const trace = [
    "-e",
    "trace=fsync,fdatasync",
    "-e",
    `inject=fsync,fdatasync:delay_exit=${syncDelayMs * 1000}`,
  ];
  const tracer = new Deno.Command("strace", {
    args: ["-f", "-o", "/dev/null", ...trace, "-p", String(pid)],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  const hearing = (async () => {
    for await (const text of tracer.stderr.pipeThrough(new TextDecoderStream())) said += text;
  })();
  await until(() => said.includes(" attached"), "the tracer");
  return {
    async [Symbol.asyncDispose]() {
      tracer.kill("SIGINT");
      await tracer.status;
      await hearing;
    },
  };
}

Deno.test("OP-9, WS-4, CO-6: a slow disk holds up what needs the store and nothing else: heartbeats go on, and a stop is answered when it is safe", async () => {
  const dir = await Deno.makeTempDir({ prefix: "behest-slow-" });
  try {
    await using server = await ServerProcess.start({ BEHEST_DATA_DIR: dir });
    const token = await logIn(server.origin, "demo-ann", await server.demoPassword());
    const path = `/api/ws?token=${token}`;
    await using socket = await RawSocket.open(Number(server.port), `${path}&device=desk`);
    await socket.seen(({ method }) => method === "session.ready");
    {
      await using _slow = await slowDiskOf(server.pid);
      const startedAt = performance.now();
      let stopped = false;
      await socket.text(request("stop", "safety.stop"));
      const stop = socket.seen(({ id }) => id === "stop").then((answer) => {
        stopped = true;
        return answer;
      });
      // While the stop is being synced, what does not ask the store is answered.
      await socket.text(request("beat", "heartbeat"));
      assert.ok((await socket.seen(({ id }) => id === "beat")).result);
      const health = await fetch(`${server.origin}/healthz`);
      assert.equal(health.status, 200);
      await health.body?.cancel();
      assert.equal(stopped, false, "the stop was answered before it was on the disk");
      assert.equal((await stop).error, undefined);
      assert.ok(performance.now() - startedAt >= syncDelayMs, "the disk is not slow");
    }
    assert.equal((await server.signal("SIGTERM")).code, 0);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
