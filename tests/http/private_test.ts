import assert from "node:assert/strict";
import { logIn, ServerProcess } from "../fakes/server_process.ts";

/** Every path below a directory with its mode. */
async function modesIn(dir: string, under = ""): Promise<Map<string, number>> {
  const modes = new Map<string, number>();
  for await (const { name, isDirectory } of Deno.readDir(`${dir}${under}`)) {
    const path = `${under}/${name}`;
    modes.set(path, (await Deno.stat(`${dir}${path}`)).mode! & 0o777);
    if (isDirectory) { for (const [inner, mode] of await modesIn(dir, path)) modes.set(inner, mode); }
  }
  return modes;
}

const openToOthers = (modes: Map<string, number>) =>
  [...modes].filter(([, mode]) => (mode & 0o077) !== 0).map(([path, mode]) => `${path} ${mode.toString(8)}`);

const underUmask0 = ["sh", "-c", 'umask 0; exec "$0" "$@"'];

Deno.test("OP-9: with any umask and in any directory, what the server keeps is its owner's only", async () => {
  const dir = await Deno.makeTempDir({ prefix: "behest-private-" });
  try {
    await Deno.chmod(dir, 0o777);
    const use = async (server: ServerProcess) => {
      const token = await logIn(server.origin, "demo-ann", await server.demoPassword());
      const { ok, body } = await fetch(`${server.origin}/api/v1/files?name=a.txt`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: `text ${Math.random()}`,
      });
      await body?.cancel();
      assert.ok(ok);
      assert.equal((await fetch(`${server.origin}/readyz`).then((answer) => answer.json())).status, "ok");
    };
    const options = { under: underUmask0 };
    const env = { BEHEST_DATA_DIR: dir, BEHEST_LOG_LEVEL: "info", BEHEST_PUSH: "mailto:ops@example.org" };
    {
      await using server = await ServerProcess.start(env, { ...options, quiet: true });
      await use(server);
      const modes = await modesIn(dir);
      for (
        const path of ["/kv.sqlite3", "/kv.sqlite3-wal", "/kv.sqlite3-shm", "/kv.sqlite3.lock", "/secret.key"]
      ) {
        assert.ok(modes.has(path), `${path} is missing`);
      }
      assert.deepEqual(openToOthers(modes), []);
      assert.equal((await server.signal("SIGTERM")).code, 0);
    }
    // As after a copy that widened everything, which only the server's own directories can hide.
    for (const [path, mode] of await modesIn(dir)) {
      await Deno.chmod(`${dir}${path}`, mode | 0o066 | (mode & 0o100 ? 0o11 : 0));
    }
    await using server = await ServerProcess.start(env, { ...options, quiet: true });
    await use(server);
    const reachable = openToOthers(await modesIn(dir)).filter((path) =>
      !/^\/(storage|evidence|logs)\//.test(path)
    );
    assert.deepEqual(reachable, []);
    assert.equal((await Deno.stat(dir)).mode! & 0o777, 0o777, "the directory itself belongs to the operator");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
