import assert from "node:assert/strict";
import { emptyPlace, operatorSql, sharedPort } from "../fakes/postgres_process.ts";
import { logIn, ServerProcess } from "../fakes/server_process.ts";

const sanitize = sharedPort !== undefined;

Deno.test({
  name:
    "OP-7, OP-8: a server on PostgreSQL keeps what it answered through SIGKILL, and ends when it loses the store",
  // The server of the database may be started by this test, and outlive it.
  sanitizeOps: sanitize,
  sanitizeResources: sanitize,
  async fn() {
    const place = await emptyPlace();
    const dir = await Deno.makeTempDir({ prefix: "behest-test-" });
    try {
      const url = `postgres://behest@${place.hosts[0]}/${place.database}?schema=${place.schema}`;
      const env = { BEHEST_DATA_DIR: dir, BEHEST_KV: url };
      let token: string;
      let id: string;
      let password: string;
      {
        await using server = await ServerProcess.start(env, { quiet: true });
        password = await server.demoPassword();
        token = await logIn(server.origin, "demo-ann", password);
        const answer = await fetch(`${server.origin}/api/v1/commands`, {
          method: "POST",
          headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
          body: JSON.stringify({
            key: "before-the-kill",
            audience: { kind: "user", to: ["demo-bob"] },
            kind: "message",
            title: "Still there",
          }),
        });
        const body = await answer.json();
        assert.equal(answer.status, 201, JSON.stringify(body));
        id = body.command.id;
        await server.signal("SIGKILL");
      }
      // At once: its directory shows that the one before is gone, whatever its lease says.
      await using again = await ServerProcess.start(env, { quiet: true });
      assert.equal(await again.demoPassword(), password);
      const kept = await fetch(`${again.origin}/api/v1/commands/${id}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      assert.equal(kept.status, 200);
      await kept.body?.cancel();
      assert.equal((await fetch(`${again.origin}/readyz`).then((ready) => ready.json())).status, "ok");
      // Somebody else has the store now: the next commit is refused, and the process ends by itself.
      await operatorSql(place, `update "${place.schema}".partition set owner = gen_random_uuid()`);
      await fetch(`${again.origin}/readyz`).then((ready) => ready.body?.cancel(), () => undefined);
      assert.equal((await again.ended).code, 1);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
