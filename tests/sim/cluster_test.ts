import assert from "node:assert/strict";
import { Cluster } from "./cluster.ts";

/** `SEEDS=n` runs another number of them, `STEPS` of so many steps; `SEED=n` runs one. */
const one = Deno.env.get("SEED");
const first = Number(Deno.env.get("FIRST") ?? 1);
const seeds = one === undefined
  ? Array.from({ length: Number(Deno.env.get("SEEDS") ?? 6) }, (_, at) => first + at)
  : [Number(one)];
const steps = Number(Deno.env.get("STEPS") ?? 150);

Deno.test("OP-7, CO-6, DL-9: with several instances that are halted, cut off and killed, what was answered holds", async () => {
  const all = { handed: 0, stops: 0, blocks: 0, halted: 0, lost: 0, killed: 0 };
  for (const seed of seeds) {
    try {
      const world = new Cluster(seed);
      await world.start();
      for (let step = 0; step < steps; step++) await world.step();
      await world.finishAll();
      await world.close();
      for (const [what, count] of Object.entries(world.counts)) all[what as keyof typeof all] += count;
    } catch (error) {
      throw new Error(`SEED=${seed} fails: ${(error as Error).message}`, { cause: error });
    }
  }
  if (seeds.length > 1) {
    for (const [what, count] of Object.entries(all)) assert.ok(count > 0, `nothing shows ${what}`);
  }
  // deno-lint-ignore no-console -- whoever asks for many wants to know what they had
  if (Deno.env.has("SEEDS")) console.log(all);
});
