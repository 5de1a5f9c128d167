import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { checked, english, type Message, methods, Refusal, say } from "../../lib/protocol/mod.ts";
import * as protocol from "../../lib/protocol/mod.ts";
import { type MessageKey, messages } from "../../lib/protocol/messages/mod.ts";
import type { Template } from "../../lib/protocol/templates.ts";
import { renderMessage } from "../../lib/words/mod.ts";
import { german } from "../../lib/words/refusals.ts";
import { isCode, projectFiles } from "../../tools/module_imports.ts";

const keys = Object.keys(messages) as MessageKey[];

function placesOf(template: Template): string[] {
  const texts = typeof template === "string" ? [template] : Object.values(template);
  const places = texts.map((text) => [...text.matchAll(/\{([a-zA-Z]+)\}/g)].map(([place]) => place).sort());
  for (const each of places) assert.deepEqual(each, places[0], `other places in ${JSON.stringify(template)}`);
  return places[0]!;
}

Deno.test("UI-6: both catalogues have the same messages, with the same places", () => {
  assert.deepEqual(Object.keys(german).sort(), [...keys].sort());
  for (const key of keys) {
    assert.deepEqual(placesOf(german[key]), placesOf(messages[key]), key);
    if (typeof messages[key] !== "string") assert.ok(placesOf(messages[key]).includes("{count}"), key);
  }
});

Deno.test("every message is told somewhere", () => {
  const sources = projectFiles()
    .filter((file) => isCode(file) && /^(lib|routes|components)\//.test(file))
    .filter((file) => !/^lib\/(words\/de|protocol\/messages)\//.test(file))
    .map((file) => Deno.readTextFileSync(file)).join("\n");
  assert.deepEqual(keys.filter((key) => !sources.includes(`"${key}"`)), []);
});

Deno.test("a field's reason stands alone: lower case, no full stop, never `is …`", () => {
  for (const key of keys.filter((key) => key.startsWith("field."))) {
    const template: Template = messages[key];
    for (const text of typeof template === "string" ? [template] : Object.values(template)) {
      assert.match(text, /^[a-z]/, key);
      assert.doesNotMatch(text, /\.$|^(holds|names|lies) /, key);
    }
  }
});

Deno.test("UI-6: a message is told in the reader's language with what stands in it", () => {
  const until = say("muted.until", { time: "2026-01-01T00:00:00.000Z", reason: "Log in {first}." });
  const told: [Message, string, string][] = [
    ["login.none", "Log in first.", "Melde dich zuerst an."],
    [
      say("send.person", { name: "<b>{name}" }),
      'Nobody here is called "<b>{name}". Check the name.',
      "Hier heißt niemand „<b>{name}“. Prüf den Namen.",
    ],
    [
      until,
      "You are muted and cannot send until 2026-01-01T00:00:00.000Z. Reason: Log in {first}.",
      "Du bist stummgeschaltet und kannst bis 2026-01-01T00:00:00.000Z nichts senden. Grund: Log in {first}.",
    ],
    [say("field.long", { count: 1 }), "must be at most 1 character", "darf höchstens 1 Zeichen haben"],
    [say("field.many", { count: 2 }), "must have at most 2 entries", "darf höchstens 2 Einträge haben"],
    [
      say("report.incomplete", { problems: [say("field.high", { count: 3 }), { key: "field.empty" }] }),
      "The report is not complete: must be at most 3; must not be empty.",
      "Die Meldung ist nicht vollständig: darf höchstens 3 sein; darf nicht leer sein.",
    ],
    [say("verbatim", { text: "As it was said." }), "As it was said.", "As it was said."],
  ];
  for (const [message, en, de] of told) {
    assert.equal(renderMessage("en", message), en);
    assert.equal(renderMessage("de", message), de);
  }
});

Deno.test("a message of a newer version is shown by its key, not as a fault", () => {
  assert.equal(english({ key: "of.tomorrow" as MessageKey }), "of.tomorrow");
});

/** Every schema that the room exports and every method's params. */
function schemas(): [string, z.ZodType][] {
  const exported = Object.entries(protocol).flatMap(([name, value]): [string, z.ZodType][] =>
    (value as unknown) instanceof z.ZodType ? [[name, value as z.ZodType]] : []
  );
  const params = Object.entries(methods).map(([name, { params }]): [string, z.ZodType] => [name, params]);
  return [...exported, ...params];
}

/** Junk of each shape, and objects of junk under the names that the schema has. */
function junkFor(schema: z.ZodType): fc.Arbitrary<unknown> {
  const leaf = fc.oneof(
    fc.constantFrom(undefined, null, true, Number.NaN, Infinity, -1, 0.5, 1e20, "", "x".repeat(70_000), "\0"),
    fc.constantFrom("\ud800", "2026-13-01", "user", "all", [], {}, Array.from({ length: 2_000 }, () => "a")),
    fc.jsonValue(),
    fc.string(),
  );
  if (!(schema instanceof z.ZodObject)) return leaf;
  const named = Object.fromEntries(
    Object.entries(schema.shape).map((
      [name, inner],
    ) => [name, fc.oneof(leaf, junkFor(inner as z.ZodType))]),
  );
  return fc.oneof(leaf, fc.record({ ...named, more: leaf }, { requiredKeys: [] }));
}

Deno.test("no schema's refusal has the validator's own words, in either language", () => {
  const all = schemas();
  assert.ok(all.length > 80, `only ${all.length} schemas`);
  const reasons = new Set<string>();
  for (const [name, schema] of all) {
    fc.assert(
      fc.property(junkFor(schema), (junk) => {
        const refused = checked(schema, junk);
        if (!(refused instanceof Refusal)) return;
        for (const reason of Object.values(refused.detail.fields ?? {})) {
          const key = typeof reason === "string" ? reason : reason.key;
          assert.ok(Object.hasOwn(messages, key), `${name}: ${key}`);
          reasons.add(key);
          assert.doesNotMatch(english(reason) + renderMessage("de", reason), /\{[a-zA-Z]+\}|undefined/, name);
        }
      }),
      { numRuns: 25 },
    );
  }
  assert.ok(reasons.size > 25, `only ${[...reasons].join(", ")}`);
});
