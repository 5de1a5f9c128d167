import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decide,
  newPreferences,
  type Numbers,
  type Question,
  type Standing,
  type StoredGrant,
} from "../../lib/consent/mod.ts";

const noon = Date.UTC(2026, 0, 15, 12, 0, 0);
const none: Numbers = { all: 0, by: new Map() };

/** One random case, in the words of the rules. */
interface Case {
  kind: "user" | "group" | "category" | "all";
  /** It was delivered before. */
  delivered: boolean;
  commandKind: "message" | "task";
  category: "general" | "feet";
  general: "allow" | "ask" | "block";
  acceptFrom: "contacts" | "nobody";
  broadcasts: boolean;
  contact: boolean;
  blocked: boolean;
  stopped: boolean;
  quiet: boolean;
  dailyFull: boolean;
  /** The grant for the contact and the one for the group, each with its end in minutes from now; null: there is none. */
  user: GrantCase | null;
  group: GrantCase | null;
  /** Grants for another contact, another group, and a group and a contact of the same names. */
  others: GrantCase | null;
  ceiling: { kinds: "task" | "none"; open: boolean; perDay: boolean };
}

interface GrantCase {
  endsInMin: number | null;
  accept: boolean;
  choice: "allow" | "ask" | "block" | null;
  kinds: "task" | null;
  hours: "now" | "later" | null;
  perDay: "full" | "free" | null;
  open: "full" | "free" | null;
  paused: boolean;
}

/** CO-9 and CO-12 as the specification words them: the first line that applies. */
function expected(one: Case): string {
  const inForce = (grant: GrantCase | null) =>
    grant !== null && (grant.endsInMin === null || grant.endsInMin > 0) ? grant : null;
  const [user, group] = [inForce(one.user), inForce(one.group)];
  const grant = one.kind === "user" ? user : one.kind === "group" ? group : null;
  if (one.stopped) return "hold stopped";
  if (!one.delivered && (user?.paused || (one.kind === "group" && group?.paused))) return "hold paused";
  if (one.blocked) return "withhold";
  if (one.kind === "user" && !one.contact) return "withhold";
  if (one.kind === "user" && one.acceptFrom === "nobody" && !grant?.accept) return "withhold";
  if ((one.kind === "category" || one.kind === "all") && !one.broadcasts) return "withhold";
  const choice = grant?.choice ?? one.general;
  if (choice === "block") return "withhold";
  if (one.ceiling.kinds === "task" && one.commandKind !== "task") return "withhold";
  if (grant?.kinds === "task" && one.commandKind !== "task") return "withhold";
  if (grant?.hours ? grant.hours === "later" && !one.delivered : one.quiet) return "hold quiet_hours";
  const delivered = choice === "ask" ? "deliver sealed" : "deliver open";
  if (one.delivered) return delivered;
  if (one.ceiling.perDay) return "hold daily_limit";
  if (grant?.perDay ? grant.perDay === "full" : one.dailyFull) return "hold daily_limit";
  if (one.ceiling.open || grant?.open === "full") return "hold open_limit";
  return delivered;
}

function grantOf(id: string, grant: GrantCase | null, category: string): StoredGrant[] {
  if (grant === null) return [];
  const { endsInMin, accept, choice, kinds, hours, perDay, open, paused } = grant;
  return [{
    id,
    to: id.startsWith("user:") ? { user: id.slice(5) } : { group: id.slice(6) },
    sinceMs: noon - 86_400_000,
    untilMs: endsInMin === null ? null : noon + endsInMin * 60_000,
    ...(accept ? { accept } : {}),
    ...(choice === null ? {} : { categories: { [category]: choice } }),
    ...(kinds === null ? {} : { kinds: [kinds] }),
    ...(hours === null
      ? {}
      : { hours: [hours === "now" ? { from: "11:00", to: "13:00" } : { from: "18:00", to: "20:00" }] }),
    ...(perDay === null ? {} : { perDay: perDay === "full" ? 3 : 4 }),
    ...(open === null ? {} : { open: open === "full" ? 5 : 6 }),
    ...(paused ? { paused } : {}),
  }];
}

function actual(one: Case): string {
  const by = new Map([["user:ann", 3], ["group:choir", 3]]);
  const openBy = new Map([["user:ann", 5], ["group:choir", 5]]);
  const standing: Standing = {
    preferences: {
      ...newPreferences,
      categories: { [one.category]: one.general },
      acceptFrom: one.acceptFrom,
      broadcasts: one.broadcasts,
      blockedUsers: one.blocked ? ["ann"] : [],
      quietHours: one.quiet ? [{ from: "11:00", to: "13:00" }] : null,
      dailyLimit: 2,
      limits: {
        kinds: one.ceiling.kinds === "task" ? ["task"] : null,
        open: one.ceiling.open ? 10 : null,
        perDay: one.ceiling.perDay ? 6 : null,
      },
    },
    grants: {
      current: [
        ...["user:cat", "group:tennis", "user:choir", "group:ann"].flatMap((id) =>
          grantOf(id, one.others, one.category)
        ),
        ...grantOf("user:ann", one.user, one.category),
        ...grantOf("group:choir", one.group, one.category),
      ],
      past: [],
    },
    stopped: one.stopped,
    timeZone: "UTC",
    deliveredToday: one.dailyFull ? 2 : 1,
    counts: { today: { all: 6, by }, open: { all: 10, by: openBy } },
  };
  const question: Question = {
    from: { username: "ann" },
    audience: one.kind === "group" ? { kind: "group", name: "choir" } : { kind: one.kind },
    kind: one.commandKind,
    categories: [one.category],
    ...(one.delivered ? { delivered: true } : {}),
  };
  const before = JSON.stringify([standing, question]);
  const decision = decide(standing, { contact: one.contact, sharesGroup: true }, question, noon);
  assert.equal(JSON.stringify([standing, question]), before, "decide changes nothing");
  switch (decision.verdict) {
    case "deliver":
      return `deliver ${decision.sealed ? "sealed" : "open"}`;
    case "hold":
      assert.ok(decision.untilMs === null || decision.untilMs > noon, "a hold ends later");
      return `hold ${decision.rule}`;
    case "withhold":
      return "withhold";
    default:
      return decision satisfies never;
  }
}

const plainGrant: GrantCase = {
  endsInMin: null,
  accept: false,
  choice: null,
  kinds: null,
  hours: null,
  perDay: null,
  open: null,
  paused: false,
};
const grantCase: fc.Arbitrary<GrantCase> = fc.record({
  endsInMin: fc.constantFrom(null, -60, 0, 1, 600),
  accept: fc.boolean(),
  choice: fc.constantFrom(null, "allow" as const, "ask" as const, "block" as const),
  kinds: fc.constantFrom(null, null, "task" as const),
  hours: fc.constantFrom(null, "now" as const, "later" as const),
  perDay: fc.constantFrom(null, "full" as const, "free" as const),
  open: fc.constantFrom(null, "full" as const, "free" as const),
  paused: fc.constantFrom(false, false, false, true),
});
const often = fc.constantFrom(false, false, false, true);
const anyCase: fc.Arbitrary<Case> = fc.record({
  kind: fc.constantFrom(
    "user" as const,
    "user" as const,
    "group" as const,
    "category" as const,
    "all" as const,
  ),
  delivered: often,
  commandKind: fc.constantFrom("message" as const, "task" as const),
  category: fc.constantFrom("general" as const, "feet" as const),
  general: fc.constantFrom("allow" as const, "allow" as const, "ask" as const, "block" as const),
  acceptFrom: fc.constantFrom("contacts" as const, "nobody" as const),
  broadcasts: fc.boolean(),
  contact: fc.constantFrom(true, true, false),
  blocked: often,
  stopped: often,
  quiet: often,
  dailyFull: often,
  user: fc.option(grantCase, { freq: 4 }),
  group: fc.option(grantCase, { freq: 4 }),
  others: fc.option(grantCase, { freq: 1 }),
  ceiling: fc.record({
    kinds: fc.constantFrom("none" as const, "none" as const, "task" as const),
    open: often,
    perDay: often,
  }),
});

Deno.test("CO-9, CO-12: grants, pauses, ceiling and time are decided in the order of the specification", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(anyCase, (one) => {
      const want = expected(one);
      seen.add(want);
      assert.equal(actual(one), want);
    }),
    { numRuns: 6_000, seed: 12 },
  );
  assert.equal(seen.size, 8);
});

Deno.test("CO-12: a grant for one source changes nothing for any other", () => {
  fc.assert(
    fc.property(
      anyCase,
      grantCase,
      fc.option(grantCase),
      fc.option(grantCase),
      (one, others, user, group) => {
        assert.equal(actual({ ...one, others }), actual({ ...one, others: null }));
        if (one.kind === "user") assert.equal(actual({ ...one, group }), actual(one));
        if (one.kind === "group") {
          const unpaused = (grant: GrantCase | null) => grant && { ...grant, paused: false };
          assert.equal(
            actual({ ...one, user: unpaused(user) }),
            actual({ ...one, user: unpaused(one.user) }),
          );
        }
        if (one.kind === "all" || one.kind === "category") {
          const paused = one.user !== null && one.user.paused ? one.user : null;
          assert.equal(actual({ ...one, user: paused, group }), actual(one));
        }
      },
    ),
    { numRuns: 2_000, seed: 13 },
  );
});

Deno.test("CO-12: another sender's grant, a group's, a contact's and a block are told apart", () => {
  const allows = (id: string, feet: "allow" | "block") =>
    grantOf(id, { ...plainGrant, choice: feet }, "feet");
  const about = (from: string, group: string | null, grants: StoredGrant[], blockedUsers: string[] = []) => {
    const decision = decide(
      {
        preferences: { ...newPreferences, blockedUsers },
        grants: { current: grants, past: [] },
        stopped: false,
        timeZone: "UTC",
        deliveredToday: 0,
      },
      { contact: true, sharesGroup: true },
      {
        from: { username: from },
        audience: group === null ? { kind: "user" } : { kind: "group", name: group },
        kind: "task",
        categories: ["feet"],
      },
      noon,
    );
    return decision.verdict === "withhold" ? decision.rule : decision.verdict;
  };
  const ann = allows("user:ann", "allow");
  assert.equal(about("ann", null, ann), "deliver");
  assert.equal(about("cat", null, ann), "category:feet", "another sender's grant");
  assert.equal(about("ann", "choir", ann), "category:feet", "a contact's grant is not about a group");
  const choir = allows("group:choir", "allow");
  assert.equal(about("cat", "choir", choir), "deliver");
  assert.equal(about("cat", "tennis", choir), "category:feet", "another group's grant");
  assert.equal(about("ann", null, choir), "category:feet", "a group's grant is not about its members");
  const [noFeetFromAnn, noFeetInChoir] = [allows("user:ann", "block"), allows("group:choir", "block")];
  assert.equal(about("ann", "choir", [...choir, ...noFeetFromAnn]), "deliver");
  assert.equal(about("ann", null, [...ann, ...noFeetInChoir]), "deliver");
  for (const group of [null, "choir"]) {
    assert.equal(about("ann", group, [...ann, ...choir], ["ann"]), "blocked_user", "a block is above both");
  }
});

Deno.test("CO-12: an ended grant decides as if it had never been", () => {
  fc.assert(
    fc.property(anyCase, fc.integer({ min: -1e6, max: 0 }), (one, endsInMin) => {
      const ended = (grant: GrantCase | null) => grant && { ...grant, endsInMin };
      assert.equal(
        actual({ ...one, user: ended(one.user), group: ended(one.group) }),
        actual({ ...one, user: null, group: null }),
      );
    }),
    { numRuns: 2_000, seed: 14 },
  );
});

Deno.test("CO-12: a Stop, a block and the ceiling are stricter than any grant", () => {
  fc.assert(
    fc.property(anyCase, (one) => {
      assert.equal(actual({ ...one, stopped: true }), "hold stopped");
      assert.ok(!actual({ ...one, blocked: true }).startsWith("deliver"));
      const fresh = { ...one, delivered: false };
      assert.ok(!actual({ ...fresh, ceiling: { ...one.ceiling, open: true } }).startsWith("deliver"));
      assert.ok(!actual({ ...fresh, ceiling: { ...one.ceiling, perDay: true } }).startsWith("deliver"));
      const kinds = { ...one, commandKind: "message" as const };
      assert.ok(!actual({ ...kinds, ceiling: { ...one.ceiling, kinds: "task" } }).startsWith("deliver"));
    }),
    { numRuns: 1_000, seed: 15 },
  );
});

Deno.test("CO-8, CO-12: the decision names the grant or the ceiling that has the rule", () => {
  const standing: Standing = {
    preferences: { ...newPreferences, limits: { kinds: ["message", "task"] } },
    grants: {
      current: [{
        id: "user:ann",
        to: { user: "ann" },
        sinceMs: 0,
        untilMs: noon + 1,
        categories: { feet: "allow", general: "block" },
        kinds: ["message"],
        open: 1,
      }],
      past: [],
    },
    stopped: false,
    timeZone: "UTC",
    deliveredToday: 0,
  };
  const about = (slug: string, kind = "message", over: Partial<Standing> = {}) =>
    decide(
      { ...standing, ...over },
      { contact: true, sharesGroup: false },
      { from: { username: "ann" }, audience: { kind: "user" }, kind, categories: [slug] },
      noon,
    );
  assert.deepEqual(about("feet"), {
    verdict: "deliver",
    sealed: false,
    allowedBy: "acceptFrom=contacts (contact); feet=allow; grant=user:ann",
    by: "user:ann",
  });
  assert.deepEqual(about("general"), { verdict: "withhold", rule: "category:general", by: "user:ann" });
  assert.deepEqual(about("censored"), { verdict: "withhold", rule: "category:censored" });
  assert.deepEqual(about("feet", "task"), { verdict: "withhold", rule: "kind", by: "user:ann" });
  assert.deepEqual(about("feet", "link"), { verdict: "withhold", rule: "kind", by: "limits" });
  const counts = { today: none, open: { all: 1, by: new Map([["user:ann", 1]]) } };
  assert.deepEqual(about("feet", "message", { counts }), {
    verdict: "hold",
    rule: "open_limit",
    untilMs: noon + 1,
    by: "user:ann",
  });
});

Deno.test("CO-12: hours by weekday begin and end at the person's own time, over midnight and over a clock change", () => {
  const at = (timeZone: string, hours: StoredGrant["hours"], now: number) =>
    decide(
      {
        preferences: newPreferences,
        grants: {
          current: [{ id: "user:ann", to: { user: "ann" }, sinceMs: 0, untilMs: null, hours: hours! }],
          past: [],
        },
        stopped: false,
        timeZone,
        deliveredToday: 0,
      },
      { contact: true, sharesGroup: false },
      { from: { username: "ann" }, audience: { kind: "user" }, kind: "message", categories: ["general"] },
      now,
    );
  const until = (decision: ReturnType<typeof at>) =>
    decision.verdict === "hold" && decision.untilMs !== null
      ? new Date(decision.untilMs).toISOString()
      : decision.verdict;
  // 15 January 2026 is a Thursday.
  const friday = [{ days: ["fr" as const], from: "22:00", to: "02:00" }];
  assert.equal(until(at("UTC", friday, Date.UTC(2026, 0, 15, 12))), "2026-01-16T22:00:00.000Z");
  assert.equal(until(at("UTC", friday, Date.UTC(2026, 0, 16, 22))), "deliver");
  assert.equal(until(at("UTC", friday, Date.UTC(2026, 0, 17, 1, 59))), "deliver");
  assert.equal(until(at("UTC", friday, Date.UTC(2026, 0, 17, 2))), "2026-01-23T22:00:00.000Z");
  assert.equal(until(at("Asia/Tokyo", friday, Date.UTC(2026, 0, 16, 13))), "deliver");
  const morning = [{ from: "08:00", to: "09:00" }];
  assert.equal(until(at("Europe/Berlin", morning, Date.UTC(2026, 2, 28, 20))), "2026-03-29T06:00:00.000Z");
});
