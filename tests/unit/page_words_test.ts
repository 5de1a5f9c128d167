import assert from "node:assert/strict";
import { countText, excludedText, previewText } from "../../lib/text/counts.ts";
import { pathWith } from "../../components/Pages.tsx";
import { failureText } from "../../lib/browser/failures.ts";
import { factsText, sizeText, typeText } from "../../lib/text/files.ts";
import { audienceText, countedState, distanceText, stateWords } from "../../lib/text/commands.ts";
import { readTimeFormat, timeText, utcText } from "../../lib/words/times.ts";
import { adminPlaces, isAt, placeTitle } from "../../lib/web/places.ts";
import { inOrder, isCancellable, readSentAction } from "../../lib/browser/sent_items.ts";
import { whyText } from "../../lib/text/why.ts";
import { confirmProblem } from "../../lib/web/forms/broadcast.ts";
import { RequestError } from "../../lib/client/mod.ts";
import { decide } from "../../lib/consent/mod.ts";
import {
  type ListItem,
  type Preferences,
  type RecipientState,
  type RefusalKind,
  refusalTable,
} from "../../lib/protocol/mod.ts";
import { wordsOf } from "../../lib/words/mod.ts";

const en = wordsOf("en");
const de = wordsOf("de");

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
      for (const tie of [{ contact: true }, { contact: false }, { contact: false, self: true as const }]) {
        for (const categories of [["general"], ["feet"], ["general", "feet"]]) {
          const standing = {
            preferences: { ...preferences, acceptFrom },
            stopped: false,
            timeZone: "UTC",
            deliveredToday: 0,
          };
          const question = { from: { username: "bob" }, audience: { kind }, kind: "message", categories };
          const decision = decide(standing, { ...tie, sharesGroup: true }, question, 0);
          if (decision.verdict !== "deliver") continue;
          const text = whyText(en.command, "en", decision.allowedBy);
          assert.ok(text !== null, decision.allowedBy);
          assert.equal(text.includes("allow general"), categories.includes("general"), text);
          assert.equal(text.includes("chose Ask for feet"), categories.includes("feet"), text);
          seen.add(text.split(". ")[0] ?? "");
        }
      }
    }
  }
  assert.equal(seen.size, 6);
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
  for (const rule of wrong) assert.equal(whyText(en.command, "en", rule), null, rule);
  assert.equal(
    whyText(en.command, "en", "membership; a=allow,b=allow,c=allow"),
    "Sent to a group you joined. You allow a, b and c.",
  );
});

Deno.test("BR-3: counts are a plain sentence, and small ones stay small", () => {
  const counts = (matched: number | "<5", online?: number, offline?: number) =>
    previewText(en.preview, "en", { matched, online, offline, excluded: {} });
  assert.equal(counts(1204, 200, 1004), "For 1,204 people: 200 online, 1,004 offline.");
  assert.equal(counts("<5"), "For fewer than 5 people. Their preferences decide who gets it.");
  assert.equal(counts(1, 1, 0), "For 1 person: 1 online, 0 offline.");
  assert.match(counts(1), /^This account exists\./);
  assert.match(counts(0, 0, 0), /nobody/);
  assert.equal(countText(en.preview, "en", "<5"), "fewer than 5");
  assert.equal(excludedText(en.preview, "category:feet"), "They do not allow feet");
  assert.equal(excludedText(en.preview, "some_new_rule"), "some new rule");
});

Deno.test("MO-4: more than 100 people are confirmed by typing how many they are", () => {
  const problem = (matched: number | "<5", fields: Record<string, string>) =>
    confirmProblem(
      en.broadcast,
      { matched, online: 0, offline: 0, excluded: {} },
      new URLSearchParams(fields),
    );
  assert.equal(problem(100, {}), null);
  assert.equal(problem("<5", {}), null);
  assert.match(problem(101, {}) ?? "", /Enter 101/);
  assert.match(problem(101, { counted: "101", confirm: "100" }) ?? "", /^Wrong number/);
  assert.match(problem(101, { counted: "101", confirm: "yes" }) ?? "", /Enter 101/);
  assert.equal(problem(101, { confirm: "101" }), null);
  assert.equal(problem(1204, { counted: "1204", confirm: "1,204" }), null);
  assert.equal(problem(1204, { counted: "1200", confirm: "1200" }), null, "a few came meanwhile");
  assert.match(problem(2000, { counted: "120", confirm: "120" }) ?? "", /The number is now/);
});

Deno.test("UI-1: how far a moment is from now", () => {
  const hour = 3600_000;
  assert.equal(distanceText("en", 0, 10_000), "now");
  assert.equal(distanceText("en", 60_000, 0), "in 1 minute");
  assert.equal(distanceText("en", 5 * hour, 0), "in 5 hours");
  assert.equal(distanceText("en", 0, 47 * hour), "47 hours ago");
  assert.equal(distanceText("en", 0, 72 * hour), "3 days ago");
  assert.equal(distanceText("de", 0, 0), "jetzt");
  assert.equal(distanceText("de", 5 * hour, 0), "in 5 Stunden");
  assert.equal(distanceText("de", 0, 72 * hour), "vor 3 Tagen");
});

Deno.test("UI-6: dates, numbers and lists are written as the language does", () => {
  const time = "2026-03-01T15:04:05Z";
  assert.equal(utcText("en", time), "1 Mar 2026, 15:04 UTC");
  assert.equal(utcText("de", time), "1. März 2026, 15:04 UTC");
  assert.equal(utcText("de", "soon"), "soon", "what is no time stays as it is");
  assert.equal(sizeText(en.file, "en", 1), "1 byte");
  assert.equal(sizeText(de.file, "de", 1000), "1.000 Byte");
  assert.equal(sizeText(de.file, "de", 1536 * 1024), "1,5 MiB");
  assert.equal(countedState(en.commands, "en", "delivered", 1204), "1,204 delivered");
  assert.equal(countedState(de.commands, "de", "completed", 1204), "1.204 erledigt");
  const rule = "membership; a=allow,b=allow,c=ask";
  assert.equal(
    whyText(de.command, "de", rule),
    `${de.command.byMembership} Du erlaubst a und b. Für c hast du „Fragen“ gewählt, deshalb kam der Auftrag versiegelt.`,
  );
});

Deno.test("UI-6: the server writes times as the browser said, if that is a locale of the page's language and a time zone", () => {
  const time = "2026-03-01T15:04:00.000Z";
  const text = (language: "en" | "de", name: string) => {
    const format = readTimeFormat(language, name);
    return format === null ? null : timeText(format, time);
  };
  assert.equal(text("en", "en-GB~Pacific/Auckland"), "2 Mar 2026, 04:04");
  assert.equal(text("de", "de-AT~Europe/Vienna"), "01.03.2026, 16:04");
  const odd = [
    "",
    "~",
    "en-GB",
    "en-GB~",
    "~UTC",
    "de-DE~UTC",
    "en-GB~Mars/Olympus",
    "en-GB~UTC~UTC",
    "en_~UTC",
  ];
  for (const name of [...odd, `en-${"x".repeat(5000)}~UTC`, "en-GB~<script>"]) {
    assert.equal(text("en", name), null, name);
  }
  assert.equal(timeText(readTimeFormat("en", "en-GB~UTC")!, "soon"), "soon");
});

Deno.test("UI-6: types of files are words where there are some, and stay as they are otherwise", () => {
  assert.equal(typeText(en.file, "image/png"), "PNG picture");
  assert.equal(typeText(de.file, "image/png"), "PNG-Bild");
  assert.equal(typeText(de.file, "application/zip"), "ZIP-Archiv");
  assert.equal(typeText(de.file, "audio/x-wav"), "WAV-Audio");
  for (
    const strange of [
      "",
      "x",
      "image/",
      "image/{format}",
      "image/<b>",
      "constructor/x",
      "application/x-thing",
    ]
  ) {
    assert.equal(typeText(de.file, strange), strange);
  }
  assert.equal(factsText(de.file, "de", { type: "application/pdf", size: 2048 }), "PDF-Dokument, 2 KiB");
});

Deno.test("UI-6: a failure is said in the reader's language, in the server's own words where those are in it", () => {
  const kinds = [
    ...Object.keys(refusalTable) as RefusalKind[],
    "offline",
    "broken",
    "timed_out",
    "closed",
  ] as const;
  for (const kind of kinds) {
    const error = new RequestError(kind, "This is what the server says.");
    assert.equal(failureText(en.failures, "en", error), "This is what the server says.");
    assert.match(failureText(de.failures, "de", error), /^[A-ZÄÖÜ].+\.$/, kind);
  }
  const forbidden = new RequestError("forbidden", "No.");
  assert.equal(failureText(de.failures, "de", forbidden), "Das darfst du nicht.");
  // What was thrown is a bug, and its message is for nobody here.
  assert.equal(failureText(en.failures, "en", new TypeError("x is undefined")), en.failures.unknown);
  assert.equal(failureText(de.failures, "de", null), de.failures.unknown);
});

Deno.test("UI-6: what people write is never read as a place to fill", () => {
  const name = "{name} {count}";
  assert.equal(audienceText(en.commands, { kind: "group", name }), "To the group {name} {count}");
  assert.equal(audienceText(en.commands, { kind: "group" }), "To a group");
  assert.equal(audienceText(de.commands, { kind: "user" }), "");
  assert.equal(stateWords(de.commands, "delivered", "sender").label, "Zugestellt");
});

Deno.test("UI-1: titles and places follow the path", () => {
  assert.equal(placeTitle(en.frame, "/admin/users/ann"), "Users · Admin");
  assert.equal(placeTitle(en.frame, "/admin"), "Admin");
  assert.equal(placeTitle(en.frame, "/sent/01"), "Sent");
  assert.equal(placeTitle(en.frame, "/"), "Inbox");
  assert.equal(placeTitle(en.frame, "/sentinel"), "Behest");
  assert.ok(!isAt("/admin/users-too", "/admin/users"));
  assert.deepEqual(adminPlaces(en.frame, "member"), []);
  const moderated = ["/admin/queue", "/admin/users", "/admin/files", "/admin/incidents"];
  assert.deepEqual(adminPlaces(en.frame, "moderator").map(({ path }) => path), moderated);
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

Deno.test("CM-7: who waits for a review comes first, then the latest change; only what is open can be cancelled", () => {
  const recipients = [
    recipient("bob", "delivered", "1"),
    recipient("carl", "submitted", "2"),
    recipient("dora", "seen", "3"),
  ];
  assert.deepEqual(inOrder(recipients).map(({ username }) => username), ["carl", "dora", "bob"]);
  const command = { id: "1" } as ListItem["command"];
  assert.ok(isCancellable({ command, totals: { completed: 1, delivered: 2 } }));
  assert.ok(!isCancellable({ command, totals: { completed: 9 } }));
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
