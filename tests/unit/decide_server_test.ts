import assert from "node:assert/strict";
import { decide, newPreferences, type Relation, type Standing } from "../../lib/consent/mod.ts";
import { type Preferences, serverSender, weekdays } from "../../lib/protocol/mod.ts";

const noon = Date.UTC(2026, 0, 15, 12);
const direct = {
  from: { username: "demo-ann" },
  audience: { kind: "user" as const },
  kind: "message",
  categories: ["general"],
};

function standingOf(change: Partial<Preferences> = {}, rest: Partial<Standing> = {}): Standing {
  const preferences = { ...newPreferences, ...change };
  return { preferences, stopped: false, timeZone: "UTC", deliveredToday: 0, ...rest };
}

Deno.test("CO-9: what the server tells administrators passes choices of senders and categories, and obeys every hold and the ceiling", () => {
  const told = { ...direct, from: serverSender };
  const admin: Relation = { contact: false, sharesGroup: false, administers: true };
  const closed: Partial<Preferences> = {
    acceptFrom: "nobody",
    blockedUsers: [serverSender.username],
    categories: { general: "block" },
  };
  const verdict = (standing: Standing, relation = admin, command: Parameters<typeof decide>[2] = told) =>
    decide(standing, relation, command, noon).verdict;
  assert.deepEqual(decide(standingOf(closed), admin, told, noon), {
    verdict: "deliver",
    sealed: false,
    allowedBy: "server",
  });
  assert.equal(verdict(standingOf({}, { stopped: true })), "hold");
  assert.equal(
    verdict(standingOf({ quietHours: [{ days: [...weekdays], from: "11:00", to: "13:00" }] })),
    "hold",
  );
  assert.equal(verdict(standingOf({ dailyLimit: 1 }, { deliveredToday: 1 })), "hold");
  assert.equal(verdict(standingOf({ limits: { kinds: ["task"], open: null, perDay: null } })), "withhold");
  // Whoever is no administrator, or is not known to be one, gets none.
  assert.equal(verdict(standingOf({ acceptFrom: "anyone" }), { ...admin, administers: false }), "withhold");
  assert.equal(
    verdict(standingOf({ acceptFrom: "anyone" }), { contact: true, sharesGroup: true }),
    "withhold",
  );
  // And the relation alone opens nothing for another sender.
  assert.equal(verdict(standingOf(closed), admin, direct), "withhold");
});
