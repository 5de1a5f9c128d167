import assert from "node:assert/strict";
import { AccountWorld, password } from "../fakes/account_world.ts";

/** What may be left: others' commands, which name whom they were for. */
const left = ["audit", "command", "username"];

async function isGone(world: AccountWorld, what: string): Promise<void> {
  const traces = await world.traces();
  assert.deepEqual([...new Set(traces.map((key) => key.split("/")[0]))].sort(), left, `${what}: ${traces}`);
  assert.deepEqual(await world.server.stored("storage/files"), [], what);
}

/** Commits that a whole removal makes. */
async function commits(): Promise<number> {
  await using world = await AccountWorld.start();
  await world.fill();
  const before = world.dying.made;
  assert.equal((await world.remove(world.ann, { password })).status, 204);
  await world.finish();
  await isGone(world, "without a crash");
  return world.dying.made - before;
}

Deno.test("AU-9: a process that dies at any commit of a removal leaves one that the next process ends", async () => {
  const all = await commits();
  assert.ok(all > 10, String(all));
  for (let at = 0; at <= all; at++) {
    await using world = await AccountWorld.start();
    await world.fill();
    world.dying.left = at;
    const { status } = await world.remove(world.ann, { password });
    if (status === 204) {
      const refused = await world.server.ask(world.ann, "/profile");
      assert.equal(refused.status, 401, "gone from the first commit");
      await world.server.open.runDueJobs();
      world.clock.aheadMs += 11 * 60_000;
      await world.server.open.runDueJobs();
    }
    await world.restart();
    if (status !== 204) {
      // Nothing was answered, and nothing was done: it can be asked for again.
      assert.equal((await world.server.ask(world.ann, "/profile")).status, 200, String(at));
      assert.equal((await world.remove(world.ann, { password })).status, 204);
    }
    await world.finish();
    // What failed is tried again a little later.
    await world.finish();
    await isGone(world, `after ${at} commits`);
  }
});
