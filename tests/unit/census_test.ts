import assert from "node:assert/strict";
import { Census } from "../../lib/consent/census.ts";
import { type ConsentStore, newPreferences, type Question, withheldBy } from "../../lib/consent/mod.ts";
import type { Preferences } from "../../lib/protocol/mod.ts";
import { firstIdAt } from "../../lib/platform/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { seededRandom } from "../fakes/random.ts";

const toAll: Question = {
  from: { username: "ann" },
  audience: { kind: "all" },
  kind: "message",
  categories: ["general"],
};

/** Accounts and preferences in memory, and how often they were walked through. */
class FakeStore {
  readonly people = new Set<string>();
  readonly preferences = new Map<string, Preferences>();
  idsRead = 0;
  preferencesRead = 0;
  /** Called before each person's preferences are given. */
  before: (userId: string) => Promise<void> | void = () => {};

  async *userIdsAfter(after: string | null): AsyncGenerator<string> {
    for (const userId of [...this.people].sort()) {
      if (after !== null && userId <= after) continue;
      this.idsRead++;
      yield await Promise.resolve(userId);
    }
  }

  async *allPreferences() {
    for (const [userId, preferences] of [...this.preferences]) {
      await this.before(userId);
      this.preferencesRead++;
      yield { userId, preferences };
    }
  }
}

function open(exclusive = true) {
  const store = new FakeStore();
  const clock = new FakeClock();
  const census = new Census({ store: store as unknown as ConsentStore, clock, exclusive });
  let joined = 0;
  const join = (name: string, at = clock.now() - 3600_000) => {
    const userId = firstIdAt(at).slice(0, -8) + String(joined++).padStart(4, "0") +
      name.toUpperCase().slice(0, 4);
    store.people.add(userId);
    return userId;
  };
  const prefer = (userId: string, change: Partial<Preferences>) => {
    const preferences = { ...newPreferences, ...change };
    store.preferences.set(userId, preferences);
    census.changed(userId, preferences);
  };
  const sender = join("send");
  const count = async (question = toAll, senderId = sender, online: string[] = []) => {
    const { matched, online: connected, excluded } = await census.count(senderId, question, online);
    return { matched, online: connected, excluded: Object.fromEntries(excluded) };
  };
  return { store, clock, census, sender, join, prefer, count };
}

Deno.test("BR-3: everybody is counted by their rules, the sender is not", async () => {
  const { sender, join, prefer, count } = open();
  const [ann, bob, carl, dora] = ["ann", "bob", "carl", "dora"].map((name) => join(name)) as [
    string,
    string,
    string,
    string,
  ];
  prefer(bob, { broadcasts: false });
  prefer(carl, { categories: { general: "ask" } });
  assert.deepEqual(await count(toAll, ann, [ann, bob, dora]), {
    matched: 3,
    online: 1,
    excluded: { broadcasts: 1 },
  });
  assert.deepEqual(await count({ ...toAll, categories: ["feet"] }, ann), {
    matched: 0,
    online: 0,
    excluded: { broadcasts: 1, "category:feet": 3 },
  });
  prefer(dora, { blockedUsers: ["ann", "eve"], broadcasts: false });
  prefer(ann, { categories: { general: "block" } });
  const counts = {
    matched: 1,
    online: 1,
    excluded: { broadcasts: 1, blocked_user: 1, "category:general": 1 },
  };
  assert.deepEqual(await count(toAll, sender, [ann, bob, carl, dora, sender]), counts);
  assert.deepEqual(await count(toAll, ann, [ann, dora, sender]), {
    matched: 2,
    online: 1,
    excluded: { broadcasts: 1, blocked_user: 1 },
  });
  prefer(dora, { blockedUsers: ["eve"] });
  assert.deepEqual((await count()).excluded, { broadcasts: 1, "category:general": 1 });
});

Deno.test("BR-3: who joins and what changes after the first reading is counted, without walking through all again", async () => {
  const { store, clock, join, prefer, count } = open();
  const people = Array.from({ length: 100 }, (_, n) => join(`p${n}`));
  prefer(people[0]!, { broadcasts: false });
  assert.equal((await count()).matched, 99);
  assert.deepEqual([store.idsRead, store.preferencesRead], [101, 1]);
  clock.advance(1000);
  join("late", clock.now());
  clock.advance(120_000);
  const later = join("later", clock.now());
  prefer(people[0]!, { broadcasts: true });
  prefer(people[1]!, { blockedUsers: ["ann"] });
  assert.deepEqual(await count(), { matched: 101, online: 0, excluded: { blocked_user: 1 } });
  prefer(later, { categories: { general: "block" } });
  assert.deepEqual((await count()).excluded, { blocked_user: 1, "category:general": 1 });
  assert.equal(store.preferencesRead, 1);
  assert.ok(store.idsRead <= 101 + 3, `${store.idsRead} ids`);
});

Deno.test("BR-3: an account whose id was drawn before it was written is found all the same", async () => {
  const { clock, join, count } = open();
  join("ann");
  const drawnMs = clock.now() - 500;
  clock.advance(5000);
  join("quick", clock.now() - 1);
  assert.equal((await count()).matched, 2);
  join("slow", drawnMs);
  assert.equal((await count()).matched, 3);
});

Deno.test("BR-3: what was changed before the first reading is read, and what changes during it is kept", async () => {
  const { store, census, join, prefer, count } = open();
  const [bob, carl] = [join("bob"), join("carl")];
  prefer(bob, { broadcasts: false });
  prefer(carl, { broadcasts: false });
  assert.equal(store.preferencesRead, 0);
  store.before = (userId) => {
    if (userId !== bob) return;
    // Carl changes his mind while the walk, which still has the old choice of his, is at Bob.
    census.changed(carl, newPreferences);
  };
  assert.deepEqual(await count(), { matched: 1, online: 0, excluded: { broadcasts: 1 } });
});

Deno.test("BR-3: counts at the same time share one reading", async () => {
  const { store, join, count } = open();
  for (let n = 0; n < 10; n++) join(`p${n}`);
  const counts = await Promise.all([count(), count(), count()]);
  assert.deepEqual(counts.map(({ matched }) => matched), [10, 10, 10]);
  assert.equal(store.idsRead, 11);
});

Deno.test("OP-7: where other processes write too, what they changed is seen half a minute later", async () => {
  const { store, clock, join, count } = open(false);
  const bob = join("bob");
  assert.equal((await count()).matched, 1);
  store.preferences.set(bob, { ...newPreferences, broadcasts: false });
  clock.advance(29_000);
  assert.equal((await count()).matched, 1);
  clock.advance(1000);
  assert.deepEqual((await count()).excluded, { broadcasts: 1 });
});

Deno.test("BR-3: whatever people choose, join and change, the counts are those of asking each of them", async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const { clock, store, sender, join, prefer, count } = open(seed % 5 !== 0);
    const random = seededRandom(seed);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random.fraction() * of.length)]!;
    const people = [sender];
    for (let step = 0; step < 120; step++) {
      clock.advance(pick([0, 1, 500, 31_000]));
      switch (pick(["join", "join", "prefer", "prefer", "count"])) {
        case "join":
          people.push(join("p", clock.now()));
          break;
        case "prefer":
          prefer(pick(people), {
            broadcasts: pick([true, true, false]),
            blockedUsers: pick([[], [], ["ann"], ["eve", "ann"], ["eve"]]),
            categories: { general: pick(["allow", "ask", "block"]), feet: pick(["allow", "block"]) },
          });
          break;
        default: {
          const categories = pick([["general"], ["feet"], ["general", "feet"]]);
          const question: Question = {
            from: { username: pick(["ann", "eve"]) },
            audience: { kind: "all" },
            kind: "message",
            categories,
          };
          const online = people.filter(() => random.fraction() < 0.5);
          const senderId = pick(people);
          const expected = { matched: 0, online: 0, excluded: {} as Record<string, number> };
          for (const userId of people.filter((userId) => userId !== senderId)) {
            const preferences = store.preferences.get(userId) ?? newPreferences;
            const rule = withheldBy({ preferences }, { contact: false, sharesGroup: false }, question, 0);
            if (rule !== null) expected.excluded[rule] = (expected.excluded[rule] ?? 0) + 1;
            else expected.matched++;
            if (rule === null && online.includes(userId)) expected.online++;
          }
          assert.deepEqual(await count(question, senderId, online), expected, `seed ${seed}, step ${step}`);
        }
      }
    }
  }
});

Deno.test("BR-3: what was read in the background is not read again by the first broadcast", async () => {
  const { store, census, join, prefer, count } = open();
  prefer(join("bob"), { broadcasts: false });
  await census.warm(new AbortController().signal);
  const read = store.preferencesRead;
  assert.equal(read, 1);
  assert.deepEqual(await count(), { matched: 0, online: 0, excluded: { broadcasts: 1 } });
  assert.equal(store.preferencesRead, read);
});

Deno.test("BR-3: a reading that was given up counts nobody twice", async () => {
  const { store, census, join, prefer, count } = open();
  prefer(join("bob"), { broadcasts: false });
  prefer(join("cat"), {});
  const giveUp = new AbortController();
  store.before = () => giveUp.abort();
  await assert.rejects(census.warm(giveUp.signal), { name: "AbortError" });
  store.before = () => {};
  assert.deepEqual(await count(), { matched: 1, online: 0, excluded: { broadcasts: 1 } });
});
