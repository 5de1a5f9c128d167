import assert from "node:assert/strict";
import fc from "fast-check";
import { choiceOf, decide, newPreferences, type Standing } from "../../lib/consent/mod.ts";
import { type HoursWindow, type Preferences, weekdays } from "../../lib/protocol/mod.ts";

const noon = Date.UTC(2026, 0, 15, 12, 0, 30, 500);
const hourMs = 3600_000;
const choices = ["allow", "ask", "block", "unset"] as const;

function preferencesOf(change: Partial<Preferences> = {}): Preferences {
  return { ...newPreferences, ...change };
}

function standingOf(change: Partial<Preferences> = {}, rest: Partial<Standing> = {}): Standing {
  return {
    preferences: preferencesOf(change),
    stopped: false,
    timeZone: "UTC",
    deliveredToday: 0,
    ...rest,
  };
}

const contact = { contact: true, sharesGroup: false };
const direct = {
  from: { username: "demo-ann" },
  audience: { kind: "user" as const },
  kind: "message",
  categories: ["general"],
};

interface Case {
  acceptFrom: Preferences["acceptFrom"];
  contact: boolean;
  sharesGroup: boolean;
  blocked: boolean;
  broadcasts: boolean;
  kind: "user" | "group" | "category" | "all";
  choices: readonly (typeof choices[number])[];
  stopped: boolean;
  quiet: boolean;
  full: boolean;
}

/** CO-9 as the specification words it, first rule that applies. */
function expected(one: Case): string {
  if (one.stopped) return "hold stopped";
  if (one.blocked) return "withhold";
  if (one.kind === "user") {
    const accepted = {
      anyone: true,
      groups: one.contact || one.sharesGroup,
      contacts: one.contact,
      nobody: false,
    }[one.acceptFrom];
    if (!accepted) return "withhold";
  }
  if (one.kind === "group" && !one.sharesGroup) return "withhold";
  if ((one.kind === "category" || one.kind === "all") && !one.broadcasts) return "withhold";
  if (one.choices.some((choice) => choice === "block" || choice === "unset")) return "withhold";
  if (one.choices.length === 0) return "withhold";
  if (one.quiet) return "hold quiet_hours";
  if (one.full) return "hold daily_limit";
  return one.choices.includes("ask") ? "deliver sealed" : "deliver open";
}

function actual(one: Case): string {
  const slugs = ["general", "censored"].slice(0, one.choices.length);
  const categories: Preferences["categories"] = {};
  for (const [at, slug] of slugs.entries()) {
    const choice = one.choices[at]!;
    if (choice !== "unset") categories[slug] = choice;
  }
  const standing = standingOf({
    categories,
    acceptFrom: one.acceptFrom,
    broadcasts: one.broadcasts,
    blockedUsers: one.blocked ? ["somebody", "demo-ann"] : ["somebody"],
    quietHours: [one.quiet ? { from: "11:00", to: "13:00" } : { from: "13:00", to: "11:00" }],
    dailyLimit: 3,
  }, { stopped: one.stopped, deliveredToday: one.full ? 3 : 2 });
  const relation = { contact: one.contact, sharesGroup: one.sharesGroup };
  const question = {
    from: { username: "demo-ann" },
    audience: { kind: one.kind },
    kind: "message",
    categories: slugs,
  };
  const before = JSON.stringify([standing, relation, question]);
  const decision = decide(standing, relation, question, noon);
  assert.equal(JSON.stringify([standing, relation, question]), before, "decide changes nothing");
  switch (decision.verdict) {
    case "deliver":
      assert.notEqual(decision.allowedBy, "");
      return `deliver ${decision.sealed ? "sealed" : "open"}`;
    case "hold":
      return `hold ${decision.rule}`;
    case "withhold":
      return "withhold";
    default:
      return decision satisfies never;
  }
}

Deno.test("CO-9: every combination of rules is decided as the specification orders them", () => {
  const booleans = [false, true];
  const pairs: Case["choices"][] = [
    [],
    ...choices.map((one) => [one]),
    ...choices.flatMap((one) => choices.map((other) => [one, other])),
  ];
  let looked = 0;
  const seen = new Set<string>();
  for (const acceptFrom of ["anyone", "groups", "contacts", "nobody"] as const) {
    for (const kind of ["user", "group", "category", "all"] as const) {
      for (const choices of pairs) {
        for (let bits = 0; bits < 2 ** 7; bits++) {
          const [contact, sharesGroup, blocked, broadcasts, stopped, quiet, full] = Array.from(
            { length: 7 },
            (_, at) => booleans[(bits >> at) & 1]!,
          ) as [boolean, boolean, boolean, boolean, boolean, boolean, boolean];
          const one: Case = {
            acceptFrom,
            kind,
            choices,
            contact,
            sharesGroup,
            blocked,
            broadcasts,
            stopped,
            quiet,
            full,
          };
          const want = expected(one);
          if (actual(one) !== want) assert.equal(actual(one), want, JSON.stringify(one));
          seen.add(want);
          looked++;
        }
      }
    }
  }
  assert.equal(looked, 4 * 4 * 21 * 128);
  assert.equal(seen.size, 6);
});

Deno.test("CO-9: stopped comes before what would withhold, and what would withhold before what would hold", () => {
  const everything = {
    blockedUsers: ["demo-ann"],
    quietHours: [{ from: "00:00", to: "00:00" }],
    dailyLimit: 1,
  };
  const stopped = decide(standingOf(everything, { stopped: true, deliveredToday: 9 }), contact, direct, noon);
  assert.deepEqual(stopped, { verdict: "hold", rule: "stopped", untilMs: null });
  const withheld = decide(standingOf(everything, { deliveredToday: 9 }), contact, direct, noon);
  assert.deepEqual(withheld, { verdict: "withhold", rule: "blocked_user" });
  const quiet = decide(
    standingOf({ ...everything, blockedUsers: [] }, { deliveredToday: 9 }),
    contact,
    direct,
    noon,
  );
  assert.equal(quiet.verdict === "hold" && quiet.rule, "quiet_hours");
});

Deno.test("CO-1: what has no choice is blocked, whatever its name", () => {
  for (
    const slug of ["feet", "unknown", "constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"]
  ) {
    assert.equal(choiceOf(preferencesOf(), slug), "block", slug);
    const decision = decide(standingOf(), contact, { ...direct, categories: ["general", slug] }, noon);
    assert.deepEqual(decision, { verdict: "withhold", rule: `category:${slug}` });
  }
});

Deno.test("CO-1: a category that is named like a prototype's member is a category like any other", () => {
  const categories: Preferences["categories"] = Object.fromEntries([["constructor", "allow"]]);
  const standing = standingOf({ categories });
  const decision = decide(standing, contact, { ...direct, categories: ["constructor"] }, noon);
  assert.equal(decision.verdict, "deliver");
});

Deno.test("CO-9: a value that is not understood never lets anything through", () => {
  const odd = "perhaps" as never;
  const cases = [
    decide(standingOf({ acceptFrom: odd }), contact, direct, noon),
    decide(standingOf({ categories: { general: odd } }), contact, direct, noon),
    decide(standingOf({ broadcasts: odd }), contact, { ...direct, audience: { kind: "all" } }, noon),
    decide(standingOf(), contact, { ...direct, audience: { kind: odd } }, noon),
  ];
  for (const decision of cases) assert.equal(decision.verdict, "withhold", JSON.stringify(decision));
});

Deno.test("CM-1: what a person sends to themselves is not stopped by whom they accept, but by every other rule", () => {
  const self = { contact: false, sharesGroup: false, self: true } as const;
  for (const acceptFrom of ["anyone", "groups", "contacts", "nobody"] as const) {
    const decision = decide(standingOf({ acceptFrom }), self, direct, noon);
    assert.deepEqual(decision, { verdict: "deliver", sealed: false, allowedBy: "self; general=allow" });
  }
  const blocked = decide(standingOf({ categories: { general: "block" } }), self, direct, noon);
  assert.deepEqual(blocked, { verdict: "withhold", rule: "category:general" });
  assert.equal(decide(standingOf({}, { stopped: true }), self, direct, noon).verdict, "hold");
});

Deno.test("CO-8: a delivery names the rule that let it through", () => {
  const allowedBy = (standing: Standing, relation = contact, kind: "user" | "all" = "user") => {
    const decision = decide(standing, relation, { ...direct, audience: { kind } }, noon);
    return decision.verdict === "deliver" ? decision.allowedBy : null;
  };
  assert.equal(allowedBy(standingOf()), "acceptFrom=contacts (contact); general=allow");
  assert.equal(allowedBy(standingOf({ acceptFrom: "anyone" })), "acceptFrom=anyone (anyone); general=allow");
  assert.equal(
    allowedBy(standingOf({ acceptFrom: "groups" }), { contact: false, sharesGroup: true }),
    "acceptFrom=groups (shared_group); general=allow",
  );
  assert.equal(allowedBy(standingOf(), contact, "all"), "broadcasts=true; general=allow");
});

/** The end of quiet hours as `decide` tells it, or null when it does not hold. */
function quietUntil(now: number, quiet: HoursWindow | HoursWindow[], timeZone: string): number | null {
  const decision = decide(standingOf({ quietHours: [quiet].flat() }, { timeZone }), contact, direct, now);
  if (decision.verdict !== "hold") return null;
  assert.equal(decision.rule, "quiet_hours");
  return decision.untilMs;
}

Deno.test("CO-4: quiet hours cross midnight; the first minute is in, the last is out", () => {
  const night = { from: "22:00", to: "07:00" };
  const at = (hour: number, minute: number, second = 0) => Date.UTC(2026, 0, 15, hour, minute, second);
  const end = Date.UTC(2026, 0, 16, 7);
  assert.equal(quietUntil(at(21, 59, 59), night, "UTC"), null);
  assert.equal(quietUntil(at(22, 0), night, "UTC"), end);
  assert.equal(quietUntil(at(23, 59, 59), night, "UTC"), end);
  assert.equal(quietUntil(Date.UTC(2026, 0, 16), night, "UTC"), end);
  assert.equal(quietUntil(end - 1, night, "UTC"), end);
  assert.equal(quietUntil(end, night, "UTC"), null);
  const lunch = { from: "12:00", to: "12:30" };
  assert.equal(quietUntil(at(11, 59, 59), lunch, "UTC"), null);
  assert.equal(quietUntil(at(12, 10), lunch, "UTC"), at(12, 30));
  assert.equal(quietUntil(at(12, 30), lunch, "UTC"), null);
});

Deno.test("CO-4: equal times are the whole day", () => {
  const always = { from: "08:00", to: "08:00" };
  for (let hour = 0; hour < 24; hour++) {
    const now = Date.UTC(2026, 0, 15, hour, 30);
    const until = quietUntil(now, always, "UTC");
    assert.ok(until !== null && until > now && until <= now + 24 * hourMs);
  }
  assert.equal(
    quietUntil(Date.UTC(2026, 0, 15, 8), always, "UTC"),
    Date.UTC(2026, 0, 16, 8),
  );
});

Deno.test("CO-4: quiet hours are the person's own, in their zone", () => {
  const night = { from: "22:00", to: "07:00" };
  const now = Date.UTC(2026, 0, 15, 14);
  assert.equal(quietUntil(now, night, "UTC"), null);
  assert.equal(quietUntil(now, night, "Asia/Tokyo"), Date.UTC(2026, 0, 15, 22));
  assert.equal(quietUntil(now, night, "Asia/Kolkata"), null);
  assert.equal(quietUntil(now + 3 * hourMs, night, "Asia/Kolkata"), Date.UTC(2026, 0, 16, 1, 30));
});

Deno.test("CO-4: on the nights of a change of the clock quiet hours end when the clock says so", () => {
  const night = { from: "22:00", to: "07:00" };
  const nights = [
    // Spring: the night has an hour less. Local 23:00 to local 07:00.
    {
      timeZone: "Europe/Berlin",
      now: Date.UTC(2026, 2, 28, 22),
      end: Date.UTC(2026, 2, 29, 5),
    },
    { timeZone: "America/New_York", now: Date.UTC(2026, 2, 8, 4), end: Date.UTC(2026, 2, 8, 11) },
    // Autumn: it has an hour more.
    {
      timeZone: "Europe/Berlin",
      now: Date.UTC(2026, 9, 24, 21),
      end: Date.UTC(2026, 9, 25, 6),
    },
    { timeZone: "America/New_York", now: Date.UTC(2026, 10, 1, 3), end: Date.UTC(2026, 10, 1, 12) },
  ];
  for (const { timeZone, now, end } of nights) {
    assert.equal(quietUntil(now, night, timeZone), end, `${timeZone} ${new Date(now).toISOString()}`);
    assert.equal(quietUntil(end - 60_000, night, timeZone), end);
    assert.equal(quietUntil(end, night, timeZone), null);
  }
});

Deno.test("CO-4: whoever waits for the end of quiet hours gets there in few steps, in any zone and night", () => {
  const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago"];
  const clockTime = fc.integer({ min: 0, max: 1439 }).map((minute) =>
    `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`
  );
  const property = fc.property(
    fc.constantFrom(...zones),
    fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) }),
    clockTime,
    clockTime,
    (timeZone, from, quietFrom, quietTo) => {
      if (quietFrom === quietTo) return;
      let now = from;
      for (let steps = 0; steps < 4; steps++) {
        const until = quietUntil(now, { from: quietFrom, to: quietTo }, timeZone);
        if (until === null) return;
        assert.ok(until > now, "never a wait that does not pass");
        assert.ok(until <= now + 26 * hourMs);
        now = until;
      }
      assert.fail("still quiet after four waits");
    },
  );
  fc.assert(property, { numRuns: 300 });
});

/** CO-4 said another way: whether the local clock stands in one of the windows. */
function isInWindow(windows: readonly HoursWindow[], now: number, timeZone: string): boolean {
  const here = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const time = here.toPlainTime().toString({ smallestUnit: "minute" });
  const [today, yesterday] = [weekdays[here.dayOfWeek - 1]!, weekdays[(here.dayOfWeek + 5) % 7]!];
  return windows.some(({ days = weekdays, from, to }) =>
    from < to
      ? days.includes(today) && from <= time && time < to
      : (days.includes(today) && time >= from) || (days.includes(yesterday) && time < to)
  );
}

Deno.test("CO-1, CO-4: several windows by weekday hold until the last of those that touch ends", () => {
  const halfHours = fc.integer({ min: 0, max: 47 }).map((half) =>
    `${String(half >> 1).padStart(2, "0")}:${half % 2 === 0 ? "00" : "30"}`
  );
  const window = fc.record({
    days: fc.subarray([...weekdays], { minLength: 1 }),
    from: halfHours,
    to: halfHours,
  });
  const anyTime = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) });
  const property = fc.property(
    fc.constantFrom("UTC", "Asia/Kolkata", "Europe/Berlin"),
    fc.array(window, { minLength: 1, maxLength: 10 }),
    anyTime,
    (timeZone, windows, now) => {
      const until = quietUntil(now, windows, timeZone);
      assert.equal(until !== null, isInWindow(windows, now, timeZone));
      if (until === null) return;
      assert.ok(until > now && until <= now + 8 * 24 * hourMs);
      // Where clocks change, a minute of the end may be missing or be there twice.
      if (timeZone === "Europe/Berlin") return;
      const steps = Math.ceil((until - now) / (30 * 60_000));
      for (let step = 1; step < steps; step++) {
        assert.ok(isInWindow(windows, now + step * 30 * 60_000, timeZone), "quiet until then");
      }
      const always = Array.from({ length: 336 }, (_, half) => now + half * 30 * 60_000)
        .every((at) => isInWindow(windows, at, timeZone));
      assert.ok(always || !isInWindow(windows, until, timeZone), "not quiet then");
    },
  );
  fc.assert(property, { numRuns: 400 });
  const [friday, weekend] = [{ days: ["fr" as const], from: "22:00", to: "00:00" }, {
    days: ["sa" as const, "su" as const],
    from: "00:00",
    to: "00:00",
  }];
  // Friday, 23:00 to Monday.
  assert.equal(
    quietUntil(Date.UTC(2026, 0, 16, 23), [friday, weekend], "UTC"),
    Date.UTC(2026, 0, 19),
  );
});

Deno.test("CO-4: the daily limit holds until local midnight, which is not always 24 hours after the last", () => {
  const held = (now: number, timeZone: string, deliveredToday = 3) => {
    const standing = standingOf({ dailyLimit: 3 }, { timeZone, deliveredToday });
    const decision = decide(standing, contact, direct, now);
    return decision.verdict === "hold" && decision.rule === "daily_limit" ? decision.untilMs : null;
  };
  assert.equal(held(noon, "UTC", 2), null);
  assert.equal(held(Date.UTC(2026, 0, 15, 12), "UTC"), Date.UTC(2026, 0, 16));
  assert.equal(held(Date.UTC(2026, 0, 15, 12), "UTC", 1000), Date.UTC(2026, 0, 16));
  // 29 March has 23 hours in Berlin, 25 October has 25.
  assert.equal(held(Date.UTC(2026, 2, 28, 23, 30), "Europe/Berlin"), Date.UTC(2026, 2, 29, 22));
  assert.equal(held(Date.UTC(2026, 9, 24, 22, 30), "Europe/Berlin"), Date.UTC(2026, 9, 25, 23));
  const late = held(Date.UTC(2026, 0, 15, 23, 59, 59, 900), "UTC");
  assert.ok(late !== null && late >= Date.UTC(2026, 0, 16) && late <= Date.UTC(2026, 0, 16) + 1000);
});
