import assert from "node:assert/strict";
import { record } from "../fakes/recorded_transcripts.ts";
import { readTranscripts, type Step } from "../fakes/transcript.ts";

/** RFC 3339. A step of the clock can come before or after a frame that is on its way, so times differ between two recordings. */
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Whether `now` has all that `before` has; a newer server may say more. */
function includes(now: unknown, before: unknown): boolean {
  if (typeof before === "string" && time.test(before)) return typeof now === "string" && time.test(now);
  if (before === null || typeof before !== "object") return now === before;
  if (now === null || typeof now !== "object") return false;
  if (Array.isArray(before)) {
    return Array.isArray(now) && now.length === before.length &&
      before.every((one, at) => includes(now[at], one));
  }
  return Object.entries(before).every(([name, value]) =>
    includes((now as Record<string, unknown>)[name], value)
  );
}

Deno.test("OP-11: the real server says what the recorded transcripts have", async () => {
  const stored = (await readTranscripts()).filter(({ recorded }) => recorded);
  const fresh = new Map((await record()).map((transcript) => [transcript.name, transcript.steps]));
  assert.deepEqual([...fresh.keys()].sort(), stored.map(({ name }) => name));
  for (const { name, steps } of stored) {
    const now = fresh.get(name)!;
    const kinds = (list: readonly Step[]) => list.map((step) => Object.keys(step)[0]);
    assert.deepEqual(kinds(now), kinds(steps), `${name}: run \`deno task transcripts ${name}\``);
    for (const [at, step] of steps.entries()) {
      const same = "in" in step ? includes(now[at], step) : JSON.stringify(now[at]) === JSON.stringify(step);
      assert.ok(same, `${name}, step ${at + 1}:\n${JSON.stringify(step)}\n${JSON.stringify(now[at])}`);
    }
  }
});
