import assert from "node:assert/strict";
import { ScanningWorld } from "./scanning_world.ts";

/**
 * `SEED=n` runs one seed and shows all its steps, `SEEDS=n` so many of them from `FIRST=n` on; a hundred take 8 s. Without these, those
 * of the first hundred run that run lines and branches of `lib/` which the others do not (V8's block coverage).
 */
const count = Deno.env.get("SEEDS");
const first = Number(Deno.env.get("FIRST") ?? 1);
const seeds = count === undefined
  ? [1, 4, 8, 9, 28, 36, 54, 67, 79, 84, 88, 99]
  : Array.from({ length: Number(count) }, (_, at) => first + at);
const one = Deno.env.get("SEED");
const stepsEach = 400;
const stepsShown = 40;

async function simulate(seed: number): Promise<{ scans: number; concluded: number }> {
  const world = new ScanningWorld(seed);
  try {
    for (let done = 0; done < stepsEach; done++) await world.step();
    await world.settleAll();
    await world.close();
    return { scans: world.scans, concluded: world.concluded };
  } catch (error) {
    const last = one === undefined ? world.steps.slice(-stepsShown) : world.steps;
    throw new Error(`SEED=${seed} fails. The last steps:\n${last.join("\n")}\n${(error as Error).message}`, {
      cause: error,
    });
  }
}

const rules = "SC-1 SC-2 SC-4";

if (one !== undefined) {
  Deno.test(`${rules}: seed ${one}`, async () => void await simulate(Number(one)));
} else {
  Deno.test(`${rules}: whatever happens, each blob gets the verdict of one whole scan, one at a time, and none is lost`, async () => {
    const all = { scans: 0, concluded: 0 };
    for (const seed of seeds) {
      const { scans, concluded } = await simulate(seed);
      all.scans += scans;
      all.concluded += concluded;
    }
    // Dozens of blobs a seed, and more scans than blobs, or the simulation proves nothing.
    assert.ok(all.concluded > seeds.length * 30, `${all.concluded} blobs`);
    assert.ok(all.scans > all.concluded * 1.2, `${all.scans} scans of ${all.concluded} blobs`);
  });
}
