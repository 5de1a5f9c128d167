import assert from "node:assert/strict";
import { StopSaving } from "../../lib/commands/stop_saving.ts";
import { FakeClock } from "../fakes/clock.ts";
import { FakeLog } from "../fakes/realtime.ts";

/** Saving over a store that takes writes only while it may, and room for so many more writes in reserve. */
function rig(parts: number) {
  const clock = new FakeClock();
  const log = new FakeLog();
  const stops = new Map<string, number>();
  const saved: string[] = [];
  const state = {
    writable: false,
    reserve: parts,
    error: new TypeError("database or disk is full"),
    writes: 0,
  };
  let room = 0;
  const saving = new StopSaving({
    clock,
    log,
    store: {
      setStop(userId, sinceMs) {
        state.writes++;
        if (!state.writable && room-- <= 0) {
          room = 0;
          return Promise.reject(state.error);
        }
        stops.set(userId, sinceMs);
        return Promise.resolve({ sinceMs, versionstamp: "1", version: "1" });
      },
      clearStop: (userId) => Promise.resolve(stops.delete(userId)),
    },
    reserve: {
      release() {
        if (state.reserve === 0) return Promise.resolve(false);
        state.reserve--;
        room = 1;
        return Promise.resolve(true);
      },
    },
    saved: (userId) => Promise.resolve(void saved.push(userId)),
  });
  return { clock, log, stops, saved, saving, state };
}

Deno.test("OP-9, CO-6: a stop on a full disk takes the room that is kept for it, and no more than it needs", async () => {
  const { saving, state, stops, clock } = rig(3);
  assert.equal((await saving.save("ann", 100))?.sinceMs, 100);
  assert.equal(state.reserve, 2);
  assert.equal((await saving.save("bob", 200))?.sinceMs, 200);
  assert.equal(state.reserve, 1);
  assert.deepEqual([...stops], [["ann", 100], ["bob", 200]]);
  assert.equal(clock.pending, 0);
});

Deno.test("OP-9, CO-6: a stop that cannot be written is tried again with the time of its press until it is", async () => {
  const { saving, state, stops, saved, clock, log } = rig(0);
  assert.equal(await saving.save("ann", 100), null);
  assert.equal(await saving.save("ann", 500), null, "pressed again");
  assert.equal(saving.unsavedSinceMs("ann"), 100);
  await clock.advanceAsync(60_000);
  assert.ok(state.writes >= 12, `${state.writes} tries in a minute`);
  state.writable = true;
  await clock.advanceAsync(5_000);
  assert.deepEqual([...stops], [["ann", 100]]);
  assert.deepEqual(saved, ["ann"]);
  assert.equal(saving.unsavedSinceMs("ann"), undefined);
  assert.equal(clock.pending, 0);
  assert.ok(log.lines.some(({ event }) => event === "stop.saved"));
});

Deno.test("OP-9, CO-6: a broken disk, like a read-only one, is no full one: nothing is given away for it", async () => {
  const { saving, state, clock } = rig(3);
  state.error = new TypeError("attempt to write a readonly database");
  assert.equal(await saving.save("ann", 100), null);
  assert.equal(state.reserve, 3);
  assert.equal(saving.unsavedSinceMs("ann"), 100);
  state.writable = true;
  await clock.advanceAsync(5_000);
  assert.equal(saving.unsavedSinceMs("ann"), undefined);
});

Deno.test("OP-9, CO-6: what was resumed before it could be written is not written", async () => {
  const { saving, state, stops, clock } = rig(0);
  assert.equal(await saving.save("ann", 100), null);
  saving.forget("ann");
  state.writable = true;
  await clock.advanceAsync(60_000);
  assert.deepEqual([...stops], []);
  assert.equal(clock.pending, 0);
});

Deno.test("OP-9, CO-6: an end of the process with an unsaved stop is in the log", async () => {
  const { saving, clock, log } = rig(0);
  assert.equal(await saving.save("ann", 100), null);
  saving.close();
  assert.equal(clock.pending, 0);
  assert.deepEqual(log.lines.filter(({ event }) => event === "stop.lost").map(({ fields }) => fields.user), [
    "ann",
  ]);
});
