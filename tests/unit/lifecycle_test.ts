import assert from "node:assert/strict";
import { isClosed, mayMove, type Mover, waits } from "../../lib/commands/mod.ts";
import { closedStates, type CommandState, commandStates, type Requirement } from "../../lib/protocol/mod.ts";

/**
 * CM-4 and CM-5 as lines of `who: from > to to …`, written from the specification and not from the code. A file that a later
 * scan rejects (SC-4) fails what waits with it.
 */
const allowed = `
recipient: queued > seen accepted submitted completed deferred declined failed
recipient: delivered > seen accepted submitted completed deferred declined failed
recipient: seen > accepted submitted completed deferred declined failed
recipient: accepted > submitted completed deferred declined failed
recipient: submitted > completed failed
recipient: returned > submitted deferred declined failed
recipient: deferred > seen accepted submitted completed declined failed
sender: scheduled > cancelled
sender: queued > cancelled
sender: delivered > cancelled
sender: seen > cancelled
sender: accepted > cancelled
sender: submitted > completed returned cancelled
sender: returned > cancelled
sender: deferred > cancelled
system: scheduled > queued expired failed
system: queued > delivered expired stopped failed
system: delivered > expired stopped failed
system: seen > expired stopped failed
system: accepted > submitted completed stopped
system: submitted > stopped
system: returned > stopped
system: deferred > delivered expired stopped failed
`;

const movers: Mover[] = ["recipient", "sender", "system"];
const requirements: Requirement[] = ["none", "confirmation", "proof", "review"];
const closed: CommandState[] = ["completed", "declined", "failed", "expired", "cancelled", "stopped"];

const table = new Set(
  allowed.trim().split("\n").flatMap((row) => {
    const [, who, from, to] = /^(\w+): (\w+) > (.+)$/.exec(row)!;
    return to!.split(" ").map((state) => `${who} ${from} ${state}`);
  }),
);

/** CM-5: who may say that it is done. */
function completable(requires: Requirement): boolean {
  return requires !== "review";
}

Deno.test("CM-4: every pair of states, for every mover and requirement, moves exactly as the table says", () => {
  let looked = 0;
  for (const from of commandStates) {
    for (const to of commandStates) {
      for (const by of movers) {
        for (const requires of requirements) {
          const own = by === "recipient" && to === "completed";
          const expected = table.has(`${by} ${from} ${to}`) && (!own || completable(requires));
          assert.equal(
            mayMove(from, to, by, requires),
            expected,
            `${by}: ${from} > ${to}, requires ${requires}`,
          );
          looked++;
        }
      }
    }
  }
  assert.equal(looked, 14 * 14 * 3 * 4);
});

Deno.test("CM-4: closed states have no way out, and every other has one", () => {
  for (const state of commandStates) {
    assert.equal(isClosed(state), closed.includes(state), state);
    assert.equal(closedStates.has(state), closed.includes(state), `${state} in a browser`);
    const ways = movers.flatMap((by) => commandStates.filter((to) => mayMove(state, to, by, "none")));
    assert.equal(ways.length === 0, closed.includes(state), state);
  }
});

Deno.test("CO-6: every state that a command has in an inbox can be stopped, and only by the system", () => {
  const inAnInbox = commandStates.filter((state) => !closed.includes(state) && state !== "scheduled");
  for (const state of inAnInbox) {
    assert.equal(mayMove(state, "stopped", "system", "review"), true, state);
    assert.equal(mayMove(state, "stopped", "sender", "review"), false, state);
    assert.equal(mayMove(state, "stopped", "recipient", "review"), false, state);
  }
});

Deno.test("CM-6: the sender can take back whatever has not ended", () => {
  for (const state of commandStates) {
    assert.equal(mayMove(state, "cancelled", "sender", "none"), !closed.includes(state), state);
  }
});

Deno.test("DL-6: what waits runs out; what a person took on does not", () => {
  const waiting: CommandState[] = ["scheduled", "queued", "delivered", "seen", "deferred"];
  for (const state of commandStates) assert.equal(waits(state), waiting.includes(state), state);
});

Deno.test("CM-5: with review only the sender completes", () => {
  const open = commandStates.filter((state) => !closed.includes(state));
  for (const from of open) {
    assert.equal(mayMove(from, "completed", "recipient", "review"), false, from);
    assert.equal(mayMove(from, "completed", "sender", "review"), from === "submitted", from);
    assert.equal(mayMove(from, "returned", "sender", "review"), from === "submitted", from);
  }
});
