import assert from "node:assert/strict";
import { countText, excludedText, previewText } from "../../components/count_text.ts";
import { pathWith } from "../../components/Pages.tsx";
import { distanceText } from "../../components/page_text.ts";
import { adminPlaces, isAt, placeTitle } from "../../components/places.ts";
import { inOrder, isCancellable, readSentAction, withChange } from "../../components/sent_items.ts";
import { whyText } from "../../components/why_text.ts";
import { confirmProblem } from "../../lib/broadcast_form.ts";
import { decide } from "../../lib/consent/mod.ts";
import type { ListItem, Preferences, RecipientState } from "../../lib/protocol/mod.ts";

const preferences: Preferences = {
  categories: { general: "allow", feet: "ask" },
  acceptFrom: "contacts",
  broadcasts: true,
  blockedUsers: [],
  quietHours: null,
  dailyLimit: null,
  shareLimits: false,
};

Deno.test("CO-8: every rule that consent writes down is told in plain words", () => {
  const seen = new Set<string>();
  for (const kind of ["user", "group", "category", "all"] as const) {
    for (const acceptFrom of ["anyone", "groups", "contacts"] as const) {
      for (const contact of [true, false]) {
        for (const categories of [["general"], ["feet"], ["general", "feet"]]) {
          const standing = {
            preferences: { ...preferences, acceptFrom },
            stopped: false,
            timeZone: "UTC",
            deliveredToday: 0,
          };
          const question = { from: { username: "bob" }, audience: { kind }, categories };
          const decision = decide(standing, { contact, sharesGroup: true }, question, 0);
          if (decision.verdict !== "deliver") continue;
          const text = whyText(decision.allowedBy);
          assert.ok(text !== null, decision.allowedBy);
          assert.equal(text.includes("allow general"), categories.includes("general"), text);
          assert.equal(text.includes("asked about feet"), categories.includes("feet"), text);
          seen.add(text.split(". ")[0] ?? "");
        }
      }
    }
  }
  assert.equal(seen.size, 5);
});

Deno.test("CO-8: a rule that the page does not know is left as it is", () => {
  const wrong = [
    "",
    "contacts",
    "membership",
    "membership; ",
    "membership; general=block",
    "membership; general",
    "acceptFrom=contacts (contact); general=allow; more",
    '"><script>; general=allow',
  ];
  for (const rule of wrong) assert.equal(whyText(rule), null, rule);
  assert.equal(
    whyText("membership; a=allow,b=allow,c=allow"),
    "You accepted being a member of the group that it was sent to. You allow a, b and c.",
  );
});

Deno.test("BR-3: counts are a plain sentence, and small ones stay small", () => {
  const counts = (matched: number | "<5", online: number | "<5", offline: number | "<5") =>
    previewText({ matched, online, offline, excluded: {} });
  assert.equal(counts(1204, 200, 1004), "It is for 1,204 people: 200 online now, 1,004 offline.");
  assert.equal(counts("<5", "<5", "<5"), "It is for fewer than 5 people.");
  assert.equal(counts(20, "<5", 17), "It is for 20 people: fewer than 5 online now, 17 offline.");
  assert.equal(counts(1, 1, 0), "It is for 1 person: 1 online now, 0 offline.");
  assert.match(counts(1, "<5", "<5"), /^That account exists\./);
  assert.match(counts(0, 0, 0), /nobody/);
  assert.equal(countText("<5"), "fewer than 5");
  assert.equal(excludedText("category:feet"), "They do not allow feet");
  assert.equal(excludedText("some_new_rule"), "some new rule");
});

Deno.test("MO-4: more than 100 people are confirmed by typing how many they are", () => {
  const problem = (matched: number | "<5", fields: Record<string, string>) =>
    confirmProblem({ matched, online: 0, offline: 0, excluded: {} }, new URLSearchParams(fields));
  assert.equal(problem(100, {}), null);
  assert.equal(problem("<5", {}), null);
  assert.match(problem(101, {}) ?? "", /Type 101/);
  assert.match(problem(101, { counted: "101", confirm: "100" }) ?? "", /not the number/);
  assert.match(problem(101, { counted: "101", confirm: "yes" }) ?? "", /Type 101/);
  assert.equal(problem(101, { confirm: "101" }), null);
  assert.equal(problem(1204, { counted: "1204", confirm: "1,204" }), null);
  assert.equal(problem(1204, { counted: "1200", confirm: "1200" }), null, "a few came meanwhile");
  assert.match(problem(2000, { counted: "120", confirm: "120" }) ?? "", /has changed/);
});

Deno.test("UI-1: how far a moment is from now", () => {
  const hour = 3600_000;
  assert.equal(distanceText(0, 10_000), "now");
  assert.equal(distanceText(60_000, 0), "in 1 minute");
  assert.equal(distanceText(5 * hour, 0), "in 5 hours");
  assert.equal(distanceText(0, 47 * hour), "47 hours ago");
  assert.equal(distanceText(0, 72 * hour), "3 days ago");
});

Deno.test("UI-1: titles and places follow the path", () => {
  assert.equal(placeTitle("/admin/users/ann"), "Users · Admin");
  assert.equal(placeTitle("/admin"), "Admin");
  assert.equal(placeTitle("/sent/01"), "Sent");
  assert.equal(placeTitle("/"), "Inbox");
  assert.equal(placeTitle("/sentinel"), "Behest");
  assert.ok(!isAt("/admin/users-too", "/admin/users"));
  assert.deepEqual(adminPlaces("member"), []);
  const moderated = ["/admin/users", "/admin/files", "/admin/incidents"];
  assert.deepEqual(adminPlaces("moderator").map(([path]) => path), moderated);
  assert.equal(pathWith("/history", { a: null, b: "", c: "x&y" }), "/history?c=x%26y");
});

const recipient = (username: string, state: RecipientState["state"], updatedAt: string): RecipientState => ({
  username,
  displayName: username,
  state,
  updatedAt,
  note: null,
  proof: [],
});

Deno.test("CM-7: what is heard of a sent command changes its row", () => {
  const command = { id: "1" } as ListItem["command"];
  const item: ListItem = {
    command,
    totals: { delivered: 2 },
    recipients: [recipient("bob", "delivered", "1"), recipient("carl", "delivered", "2")],
  };
  const one = withChange(item, { id: "1", recipient: "bob", state: "submitted", note: "Here", at: "3" });
  assert.deepEqual(one.totals, { submitted: 1, delivered: 1 });
  assert.equal(one.recipients?.[0]?.note, "Here");
  assert.deepEqual(inOrder(one.recipients ?? []).map(({ username }) => username), ["bob", "carl"]);
  const many = withChange({ command, totals: { queued: 9 } }, { id: "1", totals: { completed: 9 }, at: "4" });
  assert.deepEqual(many.totals, { completed: 9 });
  assert.ok(isCancellable(item) && !isCancellable(many));
});

Deno.test("CM-5: a review's form says whom, what and why", () => {
  const form = new URLSearchParams({ id: "1", recipient: "bob", verdict: "return", note: " Again " });
  assert.deepEqual(readSentAction(form), {
    action: "review",
    id: "1",
    recipient: "bob",
    accept: false,
    note: "Again",
  });
  assert.deepEqual(readSentAction(new URLSearchParams({ id: "1" })), { action: "cancel", id: "1" });
});
