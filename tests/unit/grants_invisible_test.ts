import assert from "node:assert/strict";
import { type Caller, iso } from "../../lib/platform/mod.ts";
import { CommandRig, dayMs, taken } from "../fakes/command_rig.ts";

type Ending = "expires" | "is cancelled" | "is stopped";
type World = { rig: CommandRig; bob: Caller };
/** What bob does before the command, and after it. */
interface Doing {
  before?: (world: World) => Promise<unknown>;
  after?: (world: World) => Promise<unknown>;
}

const to = { user: "ann" };
const group = { group: "choir" };
const feet = { feet: "allow" as const };
const set = ({ rig, bob }: World, change: Parameters<CommandRig["grant"]>[1]) => rig.grant(bob, change);
const soon = ({ rig }: World) => iso(rig.clock.now() + 500);

/**
 * All that a sender hears and reads of commands to somebody whose devices read but who gets none of them: one that waits, one that
 * is blocked, and those that grants, pauses and their ends hold or withhold.
 */
async function transcript({ before, after }: Doing, ending: Ending, category: string): Promise<unknown[]> {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  rig.join(ann, "choir", "sender");
  rig.join(bob, "choir");
  const world = { rig, bob };
  await before?.(world);
  const written: unknown[] = [];
  const draft = rig.draft(bob, { dueAt: iso(rig.clock.now() + dayMs), categories: [category] });
  written.push(await rig.room.sender.preview(ann, draft));
  const sent = taken(await rig.room.sender.send(ann, draft));
  const cast = await rig.broadcast(ann, { kind: "group", group: "choir" }, { categories: [category] });
  const later = await rig.send(ann, bob, {
    deliverAt: iso(rig.clock.now() + 1000),
    categories: [category],
  });
  written.push(sent, cast, later);
  await rig.runDue(1000);
  await after?.(world);
  // A device of theirs looks, unless nothing but absence keeps the command waiting.
  if (before !== undefined || after !== undefined) assert.deepEqual(await rig.take(bob), []);
  const read = async () => {
    for (const { id } of [sent.command, cast, later]) {
      written.push(await rig.room.history.get(ann, { id }));
    }
    for (const state of ["queued", "delivered", undefined] as const) {
      const filter = state === undefined ? {} : { state };
      written.push(await rig.room.history.list(ann, { box: "outbox", ...filter }));
    }
  };
  await read();
  switch (ending) {
    case "expires":
      await rig.runDue(15 * dayMs);
      break;
    case "is cancelled":
      for (const { id } of [sent.command, cast]) {
        written.push(await rig.room.transitions.cancel(ann, { id }));
      }
      break;
    case "is stopped":
      await rig.room.safety.stop(bob);
      break;
    default:
      ending satisfies never;
  }
  await rig.rest();
  await read();
  const heard = rig.bell.rung.filter(({ userId }) => userId === ann.userId && userId !== bob.userId);
  written.push(heard.filter(({ what }) => what === "notify").map((one) => JSON.stringify(one)).sort());
  return written;
}

const kept: Record<string, Doing> = {
  "blocked": { before: ({ rig, bob }) => rig.prefer(bob, { blockedUsers: ["ann"] }) },
  "paused": { before: (world) => set(world, { to, paused: true }) },
  "paused after the send": { after: (world) => set(world, { to, paused: true }) },
  "withheld by a grant": {
    before: async (world) => {
      await set(world, { to, categories: { general: "block" } });
      await set(world, { to: group, categories: { general: "block" } });
    },
  },
  "of a kind that a grant leaves out": {
    before: async (world) => {
      await set(world, { to, kinds: ["task"] });
      await set(world, { to: group, kinds: ["task"] });
    },
  },
  "outside of a grant's hours": {
    before: async (world) => {
      const at = (minutes: number) => iso(world.rig.clock.now() + minutes * 60_000).slice(11, 16);
      await set(world, { to, hours: [{ from: at(60), to: at(61) }] });
      await set(world, { to: group, hours: [{ from: at(60), to: at(61) }] });
    },
  },
  "over the ceiling": { before: ({ rig, bob }) => rig.prefer(bob, { limits: { kinds: ["task"] } }) },
};

for (const ending of ["expires", "is cancelled", "is stopped"] as const) {
  Deno.test(`CO-10, CO-12: whatever keeps a command from them, it looks like one that waits and ${ending}`, async () => {
    const waiting = await transcript({}, ending, "general");
    assert.equal(JSON.stringify(waiting).includes("queued"), true);
    for (const [name, doing] of Object.entries(kept)) {
      assert.deepEqual(await transcript(doing, ending, "general"), waiting, name);
    }
  });

  Deno.test(`CO-10, CO-12: a grant that never was, is in force, paused or ended looks the same when a command ${ending}`, async () => {
    const never = await transcript({ after: () => Promise.resolve() }, ending, "feet");
    const granted: Record<string, Doing> = {
      "ended by its time": {
        before: async (world) => {
          await set(world, { to, categories: feet, until: soon(world) });
          await set(world, { to: group, categories: feet, until: soon(world) });
        },
      },
      "ended by the person": {
        before: async (world) => {
          await set(world, { to, categories: feet });
          await set(world, { to: group, categories: feet });
        },
        after: async ({ rig, bob }) => {
          for (const id of ["user:ann", "group:choir"]) taken(await rig.grants.end(bob, { id }));
        },
      },
      "paused": {
        before: async (world) => {
          await set(world, { to, categories: feet, paused: true });
          await set(world, { to: group, categories: feet });
        },
      },
    };
    for (const [name, doing] of Object.entries(granted)) {
      assert.deepEqual(await transcript(doing, ending, "feet"), never, name);
    }
  });
}

Deno.test("CO-10, CO-12: nobody but the person hears of a grant, its change or its end", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  await rig.grant(bob, { to, categories: feet, until: iso(rig.clock.now() + 1000) });
  await rig.grant(bob, { to, paused: true });
  rig.clock.advance(2000);
  await rig.grant(bob, { to, perDay: 1 });
  taken(await rig.grants.end(bob, { id: "user:ann" }));
  assert.deepEqual(rig.bell.rung.filter(({ userId }) => userId !== bob.userId), []);
  assert.equal(rig.bell.rung.filter(({ method }) => method === "grant.changed").length, 4);
});

Deno.test("CO-12: a shown grant shows what it allows and until when, never a pause; any other shows nothing", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const until = iso(rig.clock.now() + 1000);
  const shown = () => rig.consent.shownGrant(bob.userId, "ann");
  await rig.grant(bob, { to, categories: feet, until });
  assert.equal(await shown(), undefined);
  await rig.grant(bob, { to, shown: true });
  assert.deepEqual(await shown(), { categories: feet, until });
  await rig.grant(bob, { to, paused: true });
  assert.deepEqual(await shown(), { categories: feet, until });
  await rig.prefer(bob, { blockedUsers: ["ann"] });
  assert.deepEqual(await shown(), { categories: feet, until });
  rig.clock.advance(1000);
  assert.equal(await shown(), undefined);
});

Deno.test("CO-10: a burst of sends to somebody with grants and numbers takes as many commits as one that waits", async () => {
  const commits = async (doing: Doing["before"]) => {
    await using rig = await CommandRig.open();
    const [ann, bob] = [rig.person("ann"), rig.person("bob")];
    rig.connect(ann, bob);
    await doing?.({ rig, bob });
    await Promise.all(Array.from({ length: 20 }, () => rig.send(ann, bob)));
    const versions = new Set<string>();
    for await (const { versionstamp } of rig.store.kv.list({ prefix: ["state", bob.userId] })) {
      versions.add(versionstamp);
    }
    return versions.size;
  };
  const waiting = await commits(undefined);
  assert.equal(waiting, 20);
  for (
    const change of [{ to, paused: true }, { to, open: 1 }, { to, categories: { general: "block" as const } }]
  ) assert.equal(await commits((world) => set(world, change)), waiting);
});
