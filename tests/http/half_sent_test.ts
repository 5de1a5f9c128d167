import assert from "node:assert/strict";
import { limits } from "../../lib/protocol/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { RawHttp } from "../fakes/raw_http.ts";
import { until } from "../fakes/until.ts";
import { WholeServer } from "../fakes/whole_server.ts";

Deno.test("OP-9: calls whose body stops half-way are answered after its time", async () => {
  const clock = new FakeClock();
  await using server = await WholeServer.start({}, { clock });
  using open = new DisposableStack();
  const calls = await Promise.all(Array.from({ length: 50 }, async () => {
    const call = open.use(await RawHttp.open(server.port));
    await call.head("POST", "/api/v1/auth/login", {
      "content-type": "application/json",
      "content-length": "99",
    });
    await call.send(new TextEncoder().encode('{"username":'));
    return call;
  }));
  const answers = calls.map((call) => call.answer());
  let done = 0;
  for (const answer of answers) void answer.then(() => done++);
  await until(async () => {
    await clock.advanceAsync(limits.bodyMs);
    return done === calls.length;
  }, "an answer to each");
  for (const answer of answers) {
    const { status, body } = await answer;
    assert.equal(status, 400);
    assert.match(body, /The limit is 30 seconds for the whole body/);
  }
});
