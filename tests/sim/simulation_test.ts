import assert from "node:assert/strict";
import { MemoryKv } from "../fakes/memory_kv.ts";
import { settleAll, step } from "./checks.ts";
import { coveringSeeds, failedChatSeeds, failedGrantSeeds, failedSeeds } from "./failed_seeds.ts";
import { Judge } from "./judge.ts";
import type { Backend } from "./schedule.ts";
import { PushJudge } from "./push_judge.ts";
import { World } from "./world.ts";

/**
 * `SEED=n` runs one seed and shows all its steps. `SEEDS=n` runs so many from `FIRST=n` on, `GRANTS=n` as many with grants, pauses and
 * ceilings too, `CHAT=n` with people who chat, every other with grants. A seed takes 0.4 s of a core. Without these, those that show
 * the most run. The first 200 of each kind were run once.
 */
const first = Number(Deno.env.get("FIRST") ?? 1);
const stepsEach = 500;
const stepsShown = 40;
const one = Deno.env.get("SEED");
/** `PUSHES=n`: in so many seeds people have phones that are pushed to, and chat; `SEED=n CHAT=1 PUSHES=1` runs one of them. */
const pushSeeds = Number(Deno.env.get("PUSHES") ?? 6);

function seedsOf(variable: "SEEDS" | "GRANTS" | "CHAT", covering: readonly number[]): readonly number[] {
  const count = Deno.env.get(variable);
  return count === undefined ? covering : Array.from({ length: Number(count) }, (_, at) => first + at);
}

async function simulate(
  seed: number,
  backend: Backend = new MemoryKv(),
  what: { grants?: boolean; chat?: boolean; pushes?: PushJudge } = {},
): Promise<World["reached"]> {
  const world = new World(seed, backend, what);
  what.pushes?.watch(world);
  const judge = new Judge(world);
  try {
    await world.start();
    for (let done = 0; done < stepsEach; done++) await step(world, judge);
    await settleAll(world, judge);
    await world.close();
    world.assertSound();
    return world.reached;
  } catch (error) {
    const last = one === undefined ? world.steps.slice(-stepsShown) : world.steps;
    throw new Error(`SEED=${seed} fails. The last steps:\n${last.join("\n")}\n${(error as Error).message}`, {
      cause: error,
    });
  }
}

const rules = "DL-2 DL-3 DL-4 DL-5 DL-8 DL-9 BR-4 CM-4 CM-7 CO-2 CO-4 CO-6";

if (one !== undefined) {
  Deno.test(`${rules}: seed ${one}`, async () => {
    const chat = Deno.env.has("CHAT");
    const grants = chat ? Number(one) % 2 === 0 : Deno.env.has("GRANTS");
    const pushes = Deno.env.has("PUSHES") ? { pushes: new PushJudge() } : {};
    await simulate(Number(one), new MemoryKv(), { grants, chat, ...pushes });
  });
} else {
  const seeds = seedsOf("SEEDS", coveringSeeds.plain);
  Deno.test(`${rules}: whatever happens, everybody gets what they allow, once, and nothing else`, async () => {
    const reached = { all: 0, broadcasts: 0 };
    for (const seed of seeds) {
      const { all, broadcasts } = await simulate(seed);
      reached.all += all;
      reached.broadcasts += broadcasts;
    }
    // The people of a seed are handed dozens of commands, or the simulation proves nothing.
    assert.ok(reached.all > seeds.length * 50, `${reached.all} commands were handed over`);
    assert.ok(
      reached.broadcasts > seeds.length * 20,
      `${reached.broadcasts} commands to many were handed over`,
    );
  });

  Deno.test("CO-9 CO-12 DL-9: the same while grants, pauses and ceilings begin, change and end", async () => {
    let handed = 0;
    const grantSeeds = new Set([...seedsOf("GRANTS", coveringSeeds.grants), ...failedGrantSeeds]);
    for (const seed of grantSeeds) {
      handed += (await simulate(seed, new MemoryKv(), { grants: true })).all;
    }
    assert.ok(handed > grantSeeds.size * 30, `${handed} commands were handed over`);
  });

  Deno.test("CH-1 CH-3 CH-4 DL-3 DL-5 CO-6: the same while people chat: each message once on every device, in order", async () => {
    let messages = 0;
    const chatSeeds = new Set([...seedsOf("CHAT", coveringSeeds.chat), ...failedChatSeeds]);
    for (const seed of chatSeeds) {
      messages += (await simulate(seed, new MemoryKv(), { grants: seed % 2 === 0, chat: true })).messages;
    }
    assert.ok(messages > chatSeeds.size * 15, `${messages} messages were handed over`);
  });

  Deno.test("UI-12 CO-3 CO-6 DL-9: the same while phones are pushed to: of what rules let through then, and never a word of it", async () => {
    let told = 0;
    for (let seed = first; seed < first + pushSeeds; seed++) {
      const pushes = new PushJudge();
      await simulate(seed, new MemoryKv(), { chat: true, grants: seed % 2 === 0, pushes });
      told += pushes.told;
    }
    assert.ok(told > pushSeeds * 50, `${told} pushes`);
  });

  for (const seed of failedSeeds.filter((seed) => !seeds.includes(seed))) {
    Deno.test(`${rules}: seed ${seed}, which failed once`, async () => void await simulate(seed));
  }

  Deno.test(`${rules}: the same on the real store`, async () => {
    for (const seed of coveringSeeds.real) {
      const kv = await Deno.openKv(":memory:");
      try {
        await simulate(seed, kv);
      } finally {
        kv.close();
      }
    }
  });
}
