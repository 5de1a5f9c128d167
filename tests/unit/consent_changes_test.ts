import assert from "node:assert/strict";
import { changed, newPreferences } from "../../lib/consent/changes.ts";
import { decide, type Standing, type StoredPreferences } from "../../lib/consent/mod.ts";
import { limits, type PreferencesChange } from "../../lib/protocol/mod.ts";

const dayMs = 24 * 3600_000;

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}-${at}-`.padEnd(32, "x"));
}

/** Preferences after changes, one a minute. */
function after(...changes: PreferencesChange[]): StoredPreferences {
  return changes.reduce<StoredPreferences | null>(
    (current, change, at) => changed(current, change, (at + 1) * 60_000),
    null,
  )!;
}

Deno.test("CO-4: quiet hours that are switched off are kept beside the preferences, until there are others", () => {
  const [night, noon] = [{ from: "22:00", to: "07:00" }, { from: "12:00", to: "14:00" }];
  const off = after({ quietHours: [night] }, { quietHours: null }, { dailyLimit: 3 });
  assert.deepEqual([off.quietHours, off.restingHours], [null, [night]]);
  const on = changed(off, { quietHours: [noon] }, 1);
  assert.deepEqual([on.quietHours, on.restingHours], [[noon], undefined]);
  assert.equal(after({ quietHours: null }).restingHours, undefined);
});

function ruleAbout(stored: StoredPreferences, sentMs: number, username: string, kind = "message"): string {
  const { openedAt = {}, restingHours: _, ...preferences } = stored;
  const standing: Standing = { preferences, openedAt, stopped: false, timeZone: "UTC", deliveredToday: 0 };
  const decision = decide(
    standing,
    { contact: false, sharesGroup: false },
    { from: { username }, audience: { kind: "all" }, kind, categories: ["general"], sentMs },
    dayMs,
  );
  return decision.verdict === "withhold" ? decision.rule : decision.verdict;
}

Deno.test("CO-1: whatever a person has set and loosened fits into one value of the store", async () => {
  const slugs = names("slug", limits.categoriesMade);
  const choices = (choice: "allow" | "block") => Object.fromEntries(slugs.map((slug) => [slug, choice]));
  const ceilings = Array.from({ length: 12 }, (_, at) => ({
    limits: { kinds: names(`x-${at}`, limits.grantKinds), open: 10_000, perDay: 10_000 },
  }));
  const stored = after(
    { categories: choices("block"), blockedUsers: names("one", limits.blockedUsers), broadcasts: false },
    { categories: choices("allow"), blockedUsers: names("two", limits.blockedUsers), broadcasts: true },
    ...ceilings,
    { blockedUsers: names("three", limits.blockedUsers), shareOnline: false, dailyLimit: 10_000 },
  );
  const kv = await Deno.openKv(":memory:");
  await kv.set(["preferences"], stored);
  kv.close();
});

Deno.test("DL-9: of many names that were unblocked, what any of them sent before stays withheld", () => {
  const many = names("one", 300);
  const stored = after({ blockedUsers: many }, { blockedUsers: many.slice(150) }, { blockedUsers: [] });
  assert.ok(Object.keys(stored.openedAt!.users!).length < 300);
  for (const [at, username] of many.entries()) {
    const unblockedMs = at < 150 ? 120_000 : 180_000;
    assert.equal(ruleAbout(stored, unblockedMs - 1, username), "blocked_user", username);
    assert.equal(ruleAbout(stored, 180_000, username), "deliver", username);
  }
  // What is not kept by name counts for everybody.
  assert.equal(ruleAbout(stored, 119_999, "ann"), "blocked_user");
  const later = changed(stored, { broadcasts: true }, 180_000 + 181 * dayMs);
  assert.deepEqual([later.openedAt!.users, later.openedAt!.usersBefore], [{}, undefined]);
  assert.equal(ruleAbout(newPreferences, 1, "ann"), "deliver");
});

Deno.test("DL-9, CO-12: of many earlier ceilings none is forgotten: what one of them left out stays withheld", () => {
  const ceiling = (...kinds: string[]) => ({ limits: { kinds } });
  const stored = after(
    ceiling("task"),
    ...Array.from({ length: 8 }, (_, at) => ceiling("message", "task", ...names(`x-${at}`, 2))),
    { limits: null },
  );
  assert.ok(stored.openedAt!.kinds!.length < 8);
  assert.equal(ruleAbout(stored, 90_000, "ann", "message"), "kind");
  assert.equal(ruleAbout(stored, 90_000, "ann", "task"), "deliver");
  assert.equal(ruleAbout(stored, 10 * 60_000, "ann", "message"), "deliver");
});
