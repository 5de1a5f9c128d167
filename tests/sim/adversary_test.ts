import assert from "node:assert/strict";
import { complain } from "../../lib/platform/console.ts";
import { seededRandom } from "../fakes/random.ts";
import { adversary, AdversaryWorld, type HiddenRule } from "./adversary.ts";
import { Steps } from "./adversary_steps.ts";

/** `SEED` runs one history, `SEEDS` that many. */
const one = Deno.env.get("SEED");
const firstSeed = one === undefined ? Math.floor(Math.random() * 1_000_000) : Number(one);
const seeds = one === undefined ? Number(Deno.env.get("SEEDS") ?? 3) : 1;
const steps = 40;

/** The quiet hours end: from then on another rule holds or withholds. */
const noQuiet = ["preferences.set", { quietHours: null }] as const;
const [contact, club] = [{ user: "mallory" }, { group: "club" }];

/** The person's rules in the other worlds, from some step of the history on. In the first world quiet hours hold everything. */
const rules: HiddenRule[] = [
  {
    name: "blocks all",
    calls: [["preferences.set", { blockedUsers: [...adversary] }]],
    keepsOut: "texts",
    keepsChat: true,
  },
  {
    name: "blocks two",
    calls: [["preferences.set", { blockedUsers: ["mallory", "puppet-1"] }]],
    keepsOut: "commands",
    keepsChat: true,
  },
  {
    name: "accepts nothing",
    calls: [[
      "preferences.set",
      { acceptFrom: "nobody", broadcasts: false, categories: { general: "block", feet: "block" } },
    ]],
    keepsOut: "commands",
    keepsChat: true,
  },
  {
    name: "pauses everybody",
    calls: [...adversary.map((user) => ["grant.set", { to: { user }, paused: true }] as const), noQuiet],
    keepsOut: "commands",
    keepsChat: true,
  },
  {
    name: "pauses a contact who is granted more, and the group, and takes nothing of others",
    calls: [
      ["grant.set", { to: contact, accept: true, categories: { censored: "allow" }, paused: true }],
      ["grant.set", { to: club, perDay: 5, open: 5, paused: true }],
      ["preferences.set", { acceptFrom: "contacts", broadcasts: false, quietHours: null }],
    ],
    keepsOut: "commands",
    keepsChat: true,
  },
  {
    name: "withholds by grants",
    calls: [
      ["grant.set", { to: contact, categories: { general: "block" }, kinds: ["link"] }],
      ["grant.set", { to: club, kinds: ["message"] }],
      ["preferences.set", { acceptFrom: "contacts", broadcasts: false, quietHours: null }],
    ],
    keepsOut: "commands",
  },
  {
    name: "withholds by a ceiling, whatever grants allow",
    calls: [
      ["preferences.set", { limits: { kinds: ["message"], open: 1, perDay: 1 } }],
      ["grant.set", { to: contact, accept: true, hours: [{ from: "00:00", to: "00:00" }], open: 50 }],
      ["grant.set", { to: club, categories: { censored: "allow" }, perDay: 50 }],
      noQuiet,
    ],
    keepsOut: "commands",
  },
];

/** Runs a history; the person takes up the rule before the step `from`. */
async function run(
  seed: number,
  rule: HiddenRule | null,
  from: number,
  shares: boolean,
): Promise<AdversaryWorld> {
  await using world = await AdversaryWorld.open(seed, shares);
  const history = new Steps(seededRandom(seed));
  for (let step = 0; step < steps; step++) {
    if (step === from && rule !== null) await world.hide(rule);
    world.seen.push(`step ${step}`);
    await history.draw()(world);
    await world.rest();
    await world.pass(0);
  }
  await world.pass(20 * 24 * 3600_000);
  return world;
}

/** Ids by the order in which they are first seen: nobody can compare them between worlds. */
function canonical(seen: readonly string[]): string[] {
  const names = new Map<string, string>();
  return seen.map((line) =>
    line.replaceAll(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, (id) => {
      if (!names.has(id)) names.set(id, `id-${names.size}`);
      return names.get(id)!;
    })
  );
}

Deno.test("CO-10, CO-11, CO-12, CO-3, CH-3, CH-4: accounts that call everything together cannot tell a world in which a person blocks, pauses, grants or has a ceiling from one in which they wait", async () => {
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const random = seededRandom(seed + 17);
    const from = Math.floor(random.fraction() * steps / 2);
    const rule = rules[seed % rules.length]!;
    const shares = rule.keepsChat === true;
    const waits = await run(seed, null, from, shares);
    const expected = canonical(waits.seen);
    assert.ok(waits.sent.length > 0 || steps < 20, `seed ${seed}: nothing was sent`);
    assert.deepEqual(waits.leaked, [], `seed ${seed}: reached a stopped person`);
    const hides = await run(seed, rule, from, shares);
    const seen = canonical(hides.seen);
    const at = expected.findIndex((line, index) => line !== seen[index]);
    if (at >= 0 || seen.length !== expected.length) {
      complain(`SEED=${seed}, the person ${rule.name} from step ${from}`);
      const before = expected.slice(0, at).findLast((line) => line.startsWith("step "));
      assert.equal(seen[at], expected[at], `seed ${seed}: the adversary can tell (${before})`);
      assert.equal(seen.length, expected.length, `seed ${seed}: the adversary can tell`);
    }
    assert.deepEqual(hides.leaked, [], `seed ${seed}: reached a person who ${rule.name}`);
  }
});
