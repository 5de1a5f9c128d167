import assert from "node:assert/strict";
import { FakeLog } from "../fakes/realtime.ts";
import { WholeServer } from "../fakes/whole_server.ts";

Deno.test("OP-10: a form that is refused for its origin is one line in the log, with the server's own", async () => {
  const log = new FakeLog();
  await using server = await WholeServer.start({}, { log });
  const send = async (origin: string) => {
    const answer = await fetch(`${server.origin}/login`, {
      method: "POST",
      headers: { origin, "content-type": "application/x-www-form-urlencoded" },
      body: "username=ann&password=wrong",
    });
    await answer.body?.cancel();
    return answer.status;
  };
  assert.notEqual(await send(server.origin), 403);
  const refused = () =>
    log.lines.filter(({ event }) => event === "origin.refused").map(({ fields }) => fields);
  assert.deepEqual(refused(), []);
  assert.equal(await send("https://behest.example"), 403);
  assert.deepEqual(refused().map(({ origin, own, path }) => ({ origin, own, path })), [
    { origin: "https://behest.example", own: server.origin, path: "/login" },
  ]);
});
