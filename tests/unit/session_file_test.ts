import assert from "node:assert/strict";
import { ClientSession, type KeptSession } from "../../lib/client/mod.ts";
import { SessionFile } from "../../lib/client/session_file.ts";
import { FakeClock } from "../fakes/clock.ts";

const session = (count: number): KeptSession => ({
  token: `token-${count}`,
  expiresAt: "2026-01-02T00:00:00.000Z",
  renewal: { credential: `credential-${count}`, expiresAt: "2026-02-01T00:00:00.000Z" },
});

async function inDirectory(run: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await run(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const namesIn = (dir: string) => Array.from(Deno.readDirSync(dir), ({ name }) => name);

Deno.test("AU-13: a client's file has its session, for its person alone, and nothing beside it", () =>
  inDirectory(async (dir) => {
    const path = `${dir}/session.json`;
    const file = new SessionFile(path);
    assert.equal(await file.read(), null);
    await file.write(session(1));
    await file.write(session(2));
    assert.deepEqual(await file.read(), session(2));
    assert.deepEqual(namesIn(dir), ["session.json"]);
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    // A file that others could read is replaced, not written into.
    await Deno.chmod(path, 0o644);
    await file.write(session(3));
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    assert.deepEqual(await new SessionFile(path).read(), session(3), "another process");
    await file.write(null);
    await file.write(null);
    assert.deepEqual([await file.read(), namesIn(dir)], [null, []]);
  }));

Deno.test("AU-13: of writes at the same time the last one stays, and one that fails leaves the file as it was", () =>
  inDirectory(async (dir) => {
    const path = `${dir}/session.json`;
    const file = new SessionFile(path);
    await Promise.all([1, 2, 3, 4, 5].map((count) => file.write(session(count))));
    assert.deepEqual(await file.read(), session(5));
    const nowhere = new SessionFile(`${dir}/missing/session.json`);
    await assert.rejects(nowhere.write(session(6)), { code: "ENOENT" });
    await assert.rejects(nowhere.write(session(7)), { code: "ENOENT" });
    // A directory is in the way of the rename.
    await Deno.mkdir(`${dir}/taken/inside`, { recursive: true });
    await assert.rejects(new SessionFile(`${dir}/taken`).write(session(8)));
    assert.deepEqual(namesIn(dir).toSorted(), ["session.json", "taken"], "nothing stays aside");
    assert.deepEqual(await file.read(), session(5));
  }));

Deno.test("AU-13: what is no session in the file means logging in again; a file that cannot be read is an error", () =>
  inDirectory(async (dir) => {
    const path = `${dir}/session.json`;
    const file = new SessionFile(path);
    for (const text of ["", "{", "null", "[]", "{}", '{"token":1,"expiresAt":"x"}', '"x"', "\u0000"]) {
      await Deno.writeTextFile(path, text);
      assert.equal(await file.read(), null, JSON.stringify(text));
    }
    await assert.rejects(new SessionFile(dir).read());
  }));

Deno.test("AU-13: a client that is killed after a renewal's answer goes on with it, or with the one before", () =>
  inDirectory(async (dir) => {
    const path = `${dir}/session.json`;
    const clock = new FakeClock();
    await new SessionFile(path).write({
      ...session(1),
      expiresAt: new Date(clock.now() + 1000).toISOString(),
    });
    const used: string[] = [];
    const start = () =>
      new ClientSession("https://behest.example", new SessionFile(path), {
        clock,
        fetch: (_path, { body }) => {
          used.push(JSON.parse(String(body)).credential);
          const expiresAt = new Date(clock.now() + 24 * 3600_000).toISOString();
          return Promise.resolve(Response.json({ ...session(used.length + 1), expiresAt }));
        },
      });
    assert.equal(await start().token(), "token-2");
    // Another process, a day later: it has what the first one was answered.
    clock.advance(24 * 3600_000);
    assert.equal(await start().token(), "token-3");
    assert.deepEqual(used, ["credential-1", "credential-2"]);
  }));
