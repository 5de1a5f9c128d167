import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  decide,
  type Numbers,
  type Question,
  type Standing,
  type StoredGrant,
} from "../../lib/consent/mod.ts";
import type { Caller } from "../../lib/platform/mod.ts";
import { type GrantChange, type PreferencesChange, Refusal } from "../../lib/protocol/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import { siteTest } from "../fakes/browser_site.ts";
import { person } from "../fakes/open_services.ts";

const bob = "/contacts/demo-bob";
const group = "/groups/choir/rules";
const reach = "/preferences/reach";
const thursday = (hour: number) => Date.UTC(2030, 0, 3, hour);

/** A command that might come: from bob directly unless said otherwise, a general message at noon of a Thursday. */
interface Sent {
  from?: "demo-bob" | "cat";
  to?: "choir" | "everyone";
  kind?: string;
  category?: string;
  hour?: number;
  /** After today. */
  days?: number;
  /** Delivered today, or open, before it: from bob and from all. */
  before?: { today?: number; open?: number };
}

interface Wish {
  wish: string;
  /** What is true before. */
  given?: { preferences?: PreferencesChange; grant?: GrantChange };
  page: string;
  /** `Question: answer`, or the name of a button or box; at most four. */
  taps: readonly string[];
  allows: Sent | null;
  /** Withheld, or held. */
  keeps: Sent | null;
}

const save = "Save rules";
const toBob = { user: "demo-bob" };

const wishes: readonly Wish[] = [
  {
    wish: "Feet, from Bob only",
    page: bob,
    taps: ["Feet: Allow", save],
    allows: { category: "feet" },
    keeps: { category: "feet", from: "cat" },
  },
  {
    wish: "Feet, from Bob only, until Sunday, at most five open",
    page: bob,
    taps: ["Feet: Allow", "At most open at a time: 5", "Until: The end of Sunday", save],
    allows: { category: "feet", days: 0, before: { open: 4 } },
    keeps: { category: "feet", days: 0, before: { open: 5 } },
  },
  {
    wish: "Feet from Bob, but not after this week",
    page: bob,
    taps: ["Feet: Allow", "Until: In one week", save],
    allows: { category: "feet", days: 6 },
    keeps: { category: "feet", days: 9 },
  },
  {
    wish: "Bob sends me tasks and nothing else",
    page: bob,
    taps: ["Only these kinds: Tasks", save],
    allows: { kind: "task" },
    keeps: { kind: "message" },
  },
  {
    wish: "Bob sends me pictures and links only",
    page: bob,
    taps: ["Only these kinds: Media", "Only these kinds: Links", save],
    allows: { kind: "media" },
    keeps: { kind: "task" },
  },
  {
    wish: "Bob reaches me at night, nobody else does",
    given: { preferences: { quietHours: { from: "22:00", to: "07:00" } } },
    page: bob,
    taps: ["When: At any time", save],
    allows: { hour: 23 },
    keeps: { hour: 23, from: "cat" },
  },
  {
    wish: "Bob only in the evening",
    page: bob,
    taps: ["When: 18:00 to 22:00", save],
    allows: { hour: 20 },
    keeps: { hour: 12 },
  },
  {
    wish: "Bob only at weekends",
    page: bob,
    taps: ["When: Saturday and Sunday", save],
    allows: { hour: 12 + 48 },
    keeps: { hour: 12 },
  },
  {
    wish: "One command a day from Bob",
    page: bob,
    taps: ["At most a day: 1", save],
    allows: {},
    keeps: { before: { today: 1 } },
  },
  {
    wish: "No more than three open from Bob",
    page: bob,
    taps: ["At most open at a time: 3", save],
    allows: { before: { open: 2 } },
    keeps: { before: { open: 3 } },
  },
  {
    wish: "Nothing from Bob for now, without telling him",
    page: bob,
    taps: ["Pause"],
    allows: { from: "cat" },
    keeps: {},
  },
  {
    wish: "Bob may go on",
    given: { grant: { to: toBob, paused: true } },
    page: bob,
    taps: ["Resume"],
    allows: {},
    keeps: { category: "feet" },
  },
  {
    wish: "I take nothing from anyone, but Bob may send",
    given: { preferences: { acceptFrom: "nobody" } },
    page: bob,
    taps: ["Accept direct commands from demo-bob", save],
    allows: {},
    keeps: { from: "cat" },
  },
  {
    wish: "From Bob no everyday messages, only feet",
    page: bob,
    taps: ["General: Block", "Feet: Allow", save],
    allows: { category: "feet" },
    keeps: { category: "general" },
  },
  {
    wish: "What I allowed Bob is over",
    given: { grant: { to: toBob, categories: { feet: "allow" } } },
    page: bob,
    taps: ["End these rules"],
    allows: { category: "general" },
    keeps: { category: "feet" },
  },
  {
    wish: "Feet from the choir, today only",
    page: group,
    taps: ["Feet: Allow", "Until: The end of today", save],
    allows: { to: "choir", category: "feet", days: 0 },
    keeps: { to: "choir", category: "feet", days: 2 },
  },
  {
    wish: "The choir is quiet for now, its people are not",
    page: group,
    taps: ["Pause"],
    allows: {},
    keeps: { to: "choir" },
  },
  {
    wish: "Not more than ten open from everyone together",
    page: reach,
    taps: ["At most open at a time: 10", "Save ceiling"],
    allows: { before: { open: 9 } },
    keeps: { to: "everyone", before: { open: 10 } },
  },
  {
    wish: "Five a day are enough, whoever sends, even with rules for Bob",
    given: { grant: { to: toBob, perDay: 100 } },
    page: reach,
    taps: ["At most a day: 5", "Save ceiling"],
    allows: { before: { today: 4 } },
    keeps: { before: { today: 5 } },
  },
  {
    wish: "Nobody sends me links",
    page: reach,
    taps: [
      "Only these kinds: Messages",
      "Only these kinds: Tasks",
      "Only these kinds: Media",
      "Save ceiling",
    ],
    allows: { kind: "task" },
    keeps: { kind: "link" },
  },
  {
    wish: "Bob sees that I allow him feet",
    page: bob,
    taps: ["Feet: Allow", "Show demo-bob", save],
    allows: { category: "feet" },
    keeps: { category: "censored" },
  },
];

async function tap(page: Page, name: string): Promise<void> {
  const [, legend, answer] = /^(.+?): (.+)$/.exec(name) ?? [];
  if (legend !== undefined) {
    return await page.getByRole("group", { name: legend, exact: true })
      .locator("label").filter({ hasText: new RegExp(`^${answer}$`) }).click();
  }
  const button = page.getByRole("button", { name, exact: true });
  if (await button.count() > 0) return await button.click();
  await page.locator("label").filter({ hasText: name }).click();
}

/** What `decide()` says with the rules as the server has them now. */
async function outcome(services: Services, ann: Caller, sent: Sent): Promise<string> {
  const { from = "demo-bob", to, kind = "message", category = "general", hour = 12, days, before = {} } =
    sent;
  const { grants } = await services.grants.list(ann);
  const { today = 0, open = 0 } = before;
  const numbers = (all: number): Numbers => ({ all, by: new Map([["user:demo-bob", all]]) });
  const standing: Standing = {
    preferences: await services.preferences.get(ann),
    grants: {
      current: grants.map(({ until, since: _, ...grant }) => ({
        ...grant as unknown as StoredGrant,
        sinceMs: 0,
        untilMs: until === null ? null : Date.parse(until),
      })),
      past: [],
    },
    stopped: false,
    timeZone: "UTC",
    deliveredToday: today,
    counts: { today: numbers(today), open: numbers(open) },
  };
  const audience: Question["audience"] = to === "choir"
    ? { kind: "group", name: "choir" }
    : { kind: to === "everyone" ? "all" : "user" };
  const question = { from: { username: from }, audience, kind, categories: [category] };
  const at = days === undefined ? thursday(hour) : services.clock.now() + days * 24 * 3600_000;
  return decide(standing, { contact: true, sharesGroup: true }, question, at).verdict;
}

siteTest(
  "CO-12: wishes in plain words take at most four taps each, on a narrow phone and without scripts",
  async ({ open, services, base, visit }) => {
    assert.ok(wishes.length >= 20);
    const { caller: ann, token } = await person(open, "demo-ann");
    const root = { ...(await person(open, "demo-bob")).caller, role: "admin" as const };
    const good = <T>(answer: T | Refusal): T => {
      assert.ok(!(answer instanceof Refusal), String(answer instanceof Refusal && answer.message.key));
      return answer;
    };
    good(await services.groups.create(root, { name: "choir", title: "Choir" }));
    good(await services.groups.setMember(root, "choir", "demo-ann", { role: "member" }));
    good(await services.groups.accept(ann, { group: "choir" }));
    const page = await visit({ scripts: false });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.context().addCookies([{ name: "behest_session", value: token, url: base }]);
    for (const { wish, given = {}, page: path, taps, allows, keeps } of wishes) {
      for (const { id } of (await services.grants.list(ann)).grants) {
        good(await services.grants.end(ann, { id }));
      }
      good(
        await services.preferences.set(ann, {
          acceptFrom: "contacts",
          quietHours: null,
          limits: null,
          categories: { general: "allow", feet: "block", censored: "block" },
          ...given.preferences,
        }),
      );
      if (given.grant !== undefined) good(await services.grants.set(ann, given.grant));
      assert.ok(taps.length <= 4, wish);
      await page.goto(base + path);
      for (const name of taps) await tap(page, name);
      await page.locator("main .notice").first().waitFor();
      if (allows !== null) assert.equal(await outcome(services, ann, allows), "deliver", wish);
      if (keeps !== null) assert.notEqual(await outcome(services, ann, keeps), "deliver", wish);
    }
    const [ofBob] = (await services.contacts.list(root)).contacts;
    assert.deepEqual(ofBob?.grant, { categories: { feet: "allow" }, until: null });
  },
);
