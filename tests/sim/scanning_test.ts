import assert from "node:assert/strict";
import { ScanningWorld } from "./scanning_world.ts";

/**
 * Measured on 2 cores with Deno 2.9.6: 100 seeds of 400 steps take 8 s. `SEED=n` runs one seed and shows all its steps, `SEEDS=n` another number of them from `FIRST=n` on.
 */
const seeds = Number(Deno.env.get("SEEDS") ?? 100);
const first = Number(Deno.env.get("FIRST") ?? 1);
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
    for (let seed = first; seed < first + seeds; seed++) {
      const { scans, concluded } = await simulate(seed);
      all.scans += scans;
      all.concluded += concluded;
    }
    // Dozens of blobs a seed, and more scans than blobs, or the simulation proves nothing.
    assert.ok(all.concluded > seeds * 30, `${all.concluded} blobs`);
    assert.ok(all.scans > all.concluded * 1.2, `${all.scans} scans of ${all.concluded} blobs`);
  });
}
