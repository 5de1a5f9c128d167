import assert from "node:assert/strict";
import { acceptedLanguage, fill, languageOf, languages, plural, wordsOf } from "../../lib/words/mod.ts";

/** Every message of a catalogue under its path; a form of a plural is a message too. */
function messages(words: object, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(words)) {
    if (typeof value === "string") found.set(`${path}${name}`, value);
    else for (const [inner, text] of messages(value, `${path}${name}.`)) found.set(inner, text);
  }
  return found;
}

const places = (message: string) => [...new Set(message.match(/\{[a-zA-Z]+\}/g) ?? [])].sort();

Deno.test("UI-6: each language has every message, none of them empty, with the same places to fill", () => {
  const english = messages(wordsOf("en"));
  for (const [language] of languages) {
    const own = messages(wordsOf(language));
    assert.deepEqual([...own.keys()].sort(), [...english.keys()].sort());
    for (const [path, text] of own) {
      assert.notEqual(text.trim(), "", `${language}: ${path}`);
      // A form for one thing may leave the number out.
      if (path.endsWith(".one")) continue;
      assert.deepEqual(places(text), places(english.get(path)!), `${language}: ${path}`);
    }
  }
});

Deno.test("UI-6: the language is the best that the browser accepts, and English for the rest", () => {
  for (
    const [header, expected] of [
      [null, "en"],
      ["", "en"],
      ["de", "de"],
      ["de-AT,de;q=0.9,en;q=0.8", "de"],
      ["fr,en;q=0.5,de;q=0.7", "de"],
      ["de;q=0,en", "en"],
      ["fr", "en"],
      ["*", "en"],
      ["de;q=x, en;q=0.1", "en"],
      [",".repeat(100_000), "en"],
    ] as const
  ) assert.equal(acceptedLanguage(header), expected, String(header).slice(0, 40));
});

Deno.test("UI-6: tags lead to their language, and names of JavaScript's own to none", () => {
  assert.equal(languageOf("DE-ch"), "de");
  assert.equal(languageOf("constructor"), null);
  assert.equal(languageOf(""), null);
});

Deno.test("UI-6: places are filled once, with what was given and nothing else", () => {
  assert.equal(fill("{a} and {b} and {a}", { a: "{b}", b: 2 }), "{b} and 2 and {b}");
  assert.equal(fill("{constructor}", {}), "{constructor}");
});

Deno.test("UI-6: numbers choose their form and are written as the language does", () => {
  const forms = { one: "one file", other: "{count} files of {name}" };
  assert.equal(plural("en", forms, 1), "one file");
  assert.equal(plural("en", forms, 1234, { name: "ann" }), "1,234 files of ann");
  assert.equal(plural("de", forms, 1234, { name: "ann" }), "1.234 files of ann");
  assert.equal(plural("de", { other: "{count} mal" }, 1), "1 mal");
});
