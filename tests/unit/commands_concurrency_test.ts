import assert from "node:assert/strict";
import fc from "fast-check";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { isClosed, type Mover } from "../../lib/commands/mod.ts";
import { mayMove } from "../../lib/commands/lifecycle.ts";
import { iso } from "../../lib/platform/mod.ts";
import type { CommandState } from "../../lib/protocol/mod.ts";
import { CommandRig } from "../fakes/command_rig.ts";
import { dump } from "../fakes/kv_stores.ts";

const hourMs = 3600_000;
const answers = ["seen", "accepted", "submitted", "completed", "deferred", "declined", "failed"] as const;
const movers: Mover[] = ["recipient", "sender", "system"];

type Act =
  | { do: "update"; which: number; state: typeof answers[number] }
  | { do: "cancel" | "expire" | "release" | "undefer" | "review"; which: number }
  | { do: "send" | "stop" | "resume" | "take" | "list" | "block" | "unblock" };

const which = fc.nat(3);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constant("update" as const), which, state: fc.constantFrom(...answers) }),
  fc.record({ do: fc.constantFrom("cancel" as const, "expire", "release", "undefer", "review"), which }),
  fc.record({ do: fc.constantFrom("send" as const, "stop", "resume", "take", "list", "block", "unblock") }),
);

/** Rounds of things that happen at once, with time between the rounds. */
const rounds = fc.array(
  fc.record({ acts: fc.array(act, { minLength: 1, maxLength: 6 }), thenMs: fc.constantFrom(0, 1, hourMs) }),
  { minLength: 1, maxLength: 5 },
);

Deno.test("CM-4, DL-7, CO-6: whatever happens at once, states follow the table and the log holds exactly what is open", async () => {
  const property = fc.asyncProperty(rounds, async (rounds) => {
    await using rig = await CommandRig.open();
    const [ann, bob] = [rig.person("ann"), rig.person("bob")];
    rig.connect(ann, bob);
    const now = rig.clock.now();
    const changes = [
      {},
      { expiresAt: iso(now + hourMs), requires: "review" },
      { deliverAt: iso(now + 1) },
      { requires: "proof" },
    ];
    const ids: string[] = [];
    for (const change of changes) ids.push((await rig.send(ann, bob, change)).id);
    const perform = async (act: Act): Promise<unknown> => {
      switch (act.do) {
        case "update": {
          const until = act.state === "deferred" ? iso(rig.clock.now() + hourMs) : null;
          return await rig.room.transitions.update(bob, { id: ids[act.which]!, state: act.state, until });
        }
        case "cancel":
          return await rig.room.transitions.cancel(ann, { id: ids[act.which]! });
        case "expire":
          return await rig.room.run({ kind: "expire", commandId: ids[act.which]! });
        case "release":
          return await rig.room.run({ kind: "release", commandId: ids[act.which]! });
        case "undefer":
          return await rig.room.transitions.undefer(bob.userId, ids[act.which]!);
        case "review":
          return await rig.room.transitions.review(ann, {
            id: ids[act.which]!,
            recipient: "bob",
            accept: false,
          });
        case "send":
          return ids.push((await rig.send(ann, bob)).id);
        case "stop":
          return await rig.room.safety.stop(bob);
        case "resume":
          return await rig.room.safety.resume(bob);
        case "take":
          return await rig.take(bob);
        case "list":
          return await rig.room.history.inboxList(bob, {});
        case "block":
          return await rig.prefer(bob, { blockedUsers: ["ann"] });
        case "unblock":
          return await rig.prefer(bob, { blockedUsers: [] });
        default:
          return act satisfies never;
      }
    };
    for (const { acts, thenMs } of rounds) {
      await Promise.all(acts.map(perform));
      rig.clock.advance(thenMs);
      await checkConsistent(rig, bob.userId, ids);
    }
    await rig.runDue();
    await checkConsistent(rig, bob.userId, ids);
  });
  await fc.assert(property, { numRuns: 120 });
});

async function checkConsistent(rig: CommandRig, userId: string, ids: readonly string[]): Promise<void> {
  const open: string[] = [];
  for (const stored of await rig.commands.states(ids.map((commandId) => ({ userId, commandId })))) {
    assert.ok(stored !== null);
    const { record, commandId } = stored;
    const path = record.timeline.map(({ state }) => state);
    assert.equal(path.at(-1), record.state);
    for (const [at, state] of path.entries()) {
      if (at > 0) assert.ok(mayFollow(path[at - 1]!, state), `${commandId}: ${path.join(" > ")}`);
    }
    assert.equal(path.filter(isClosed).length, isClosed(record.state) ? 1 : 0);
    const inLog = !isClosed(record.state) && record.state !== "scheduled" && record.withheldBy === null;
    assert.equal(record.place !== null, inLog, `${record.state} lies ${record.place}`);
    if (inLog) open.push(commandId);
  }
  const log = await dump(rig.store.kv, keys.inbox(userId));
  assert.deepEqual(log.map(([, value]) => (value as { commandId: string }).commandId).sort(), open.sort());
  assert.equal(await rig.commands.inboxCountAfter(userId, null), log.length);
}

/** Some mover may make this step, or it puts a deferral off. */
function mayFollow(from: CommandState, to: CommandState): boolean {
  if (from === "deferred" && to === "deferred") return true;
  return movers.some((by) => mayMove(from, to, by, "none"));
}

Deno.test("CM-4: of answers that exclude each other exactly one wins", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  for (let round = 0; round < 20; round++) {
    const { id } = await rig.send(ann, bob);
    await rig.take(bob);
    rig.bell.rung.length = 0;
    await Promise.all([
      rig.room.transitions.update(bob, { id, state: "completed" }),
      rig.room.transitions.update(bob, { id, state: "declined" }),
      rig.room.transitions.cancel(ann, { id }),
      rig.room.safety.stop(bob),
    ]);
    await rig.room.safety.resume(bob);
    const ends = rig.bell.changesOf(ann.userId).filter((change) => change.id === id).map(({ state }) =>
      state
    );
    assert.equal(ends.length, 1, ends.join());
    assert.equal((await rig.stateOf(bob, id))?.state, ends[0]);
  }
});
