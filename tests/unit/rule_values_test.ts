import assert from "node:assert/strict";
import {
  grantParts,
  type Outcome,
  outcomeReason,
  reachSentence,
  ruleName,
  ruleValue,
  titlesOf,
} from "../../lib/text/mod.ts";
import { wordsOf } from "../../lib/words/mod.ts";

const told = (language: "en" | "de", rule: string, value: unknown) =>
  ruleValue(wordsOf(language), language, rule, value === undefined ? null : JSON.stringify(value));

Deno.test("CO-12: the history says a rule's value in the words of the page where it is set, in both languages", () => {
  const cases: [rule: string, value: unknown, en: string, de: string][] = [
    ["category:feet", "ask", "Ask", "Fragen"],
    ["category:feet", undefined, "not set", "nicht gesetzt"],
    ["blocked:bob", true, "yes", "ja"],
    ["blocked:bob", undefined, "no", "nein"],
    ["acceptFrom", "contacts", "My contacts", "Meine Kontakte"],
    ["quietHours", { from: "22:00", to: "07:00" }, "22:00 to 07:00", "22:00 bis 07:00"],
    ["quietHours", null, "not set", "nicht gesetzt"],
    ["dailyLimit", 5, "5", "5"],
    [
      "limits",
      { kinds: ["task"], perDay: 3, open: null },
      "Only Tasks · At most 3 a day",
      "Nur Aufgaben · Höchstens 3 am Tag",
    ],
    ["limits", {}, "not set", "nicht gesetzt"],
  ];
  for (const [rule, value, en, de] of cases) {
    assert.equal(told("en", rule, value), en);
    assert.equal(told("de", rule, value), de);
  }
});

Deno.test('CO-12: "What can reach me?" calls categories by their titles, and one without a title by its slug', () => {
  const { reach, grants } = wordsOf("en");
  const categories = [{ slug: "feet", title: "Bare feet" }, { slug: "general", title: "Everyday" }];
  const titles = titlesOf(categories);
  const blocked: Outcome = { verdict: "withhold", rule: "category:feet" };
  const table = [
    { ...categories[0]!, outcomes: [blocked] },
    { ...categories[1]!, outcomes: [{ verdict: "deliver", sealed: false } as const] },
  ];
  for (
    const [text, title] of [
      [reachSentence(reach, "en", table), "Everyday"],
      [outcomeReason(reach, blocked, titles), "Bare feet"],
      [outcomeReason(reach, { ...blocked, rule: "category:retired" }, titles), "retired"],
      [ruleName(reach, "category:feet", titles), "Bare feet"],
      [
        grantParts(grants, "en", { categories: { feet: "allow" }, until: null }, titles).join(),
        "Bare feet",
      ],
    ] as const
  ) {
    assert.ok(text.includes(title), `${text}: ${title}`);
    assert.doesNotMatch(text, /\bfeet\b(?<!Bare feet)|general/);
  }
});
