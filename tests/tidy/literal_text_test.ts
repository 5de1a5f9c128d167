import assert from "node:assert/strict";
import { literalTexts } from "./literal_text.ts";
import { projectFiles } from "../../tools/module_imports.ts";

/**
 * Files whose words are not in the catalogues yet. The list only ever gets shorter: a new file takes its words from
 * `lib/words/`, and a file that is clean leaves the list. Adding to it is forbidden.
 */
const unconverted: readonly string[] = [];

const pages = projectFiles().filter((file) => /^(routes|components|islands)\/.*\.tsx$/.test(file));

Deno.test("UI-6: no page, component or island holds words of its own", () => {
  assert.ok(pages.length > 60, `only ${pages.length} files were found`);
  const found = pages.map((file) => ({ file, texts: literalTexts(Deno.readTextFileSync(file)) }))
    .filter(({ texts }) => texts.length > 0);
  const wrong = found.filter(({ file }) => !unconverted.includes(file));
  assert.deepEqual(
    wrong.map(({ file, texts }) => `${file}: ${texts.join(" | ")}`),
    [],
    "put them into lib/words",
  );
  const clean = unconverted.filter((name) => !found.some(({ file }) => file === name));
  assert.deepEqual(clean, [], "clean, or not there: take them off the list");
});

Deno.test("UI-6: the search for words finds them between tags, in attributes and in what is chosen from", () => {
  const banned = [
    "<p>Hello there</p>",
    "<p>{yes ? <b>x</b> : 'No way'}</p>",
    "<p>{yes ? 'Yes, so' : words.no}</p>",
    "<p>{name ?? `Nobody ${count}`}</p>",
    "<p>{'Once ' + count}</p>",
    '<input aria-label="Search" />',
    "<Field label={`About ${name}`} />",
    "<Field {...rest} hint={more ? 'More' : undefined} />",
    "<>{list.map((one) => <li title='Of all'>{one}</li>)}</>",
    "<Notice>Saved. It\u2019s done, so go on (or not).</Notice>",
    "<span>Grüße</span>",
  ];
  for (const element of banned) {
    const source = `export function A() {\n  return ${element};\n}`;
    assert.equal(literalTexts(source).length, 1, element);
  }
  const fine = [
    '<p class="soft small" id="list">{words.title}</p>',
    '<a href="/admin/files?state=held" data-tone={ok ? "good" : "bad"}>{words.look}</a>',
    '<p>{state === "held" ? words.held : null}</p>',
    "<button type='submit'>×</button>",
    '<Filled text={words.by} name={<b class="person">@{name}</b>} />',
    '<Check name="confirm" label={words.sure} value="yes" />',
    "<code>SHA-256</code>",
    "<p>{one.note?.trim() ? <q>{one.note}</q> : null}</p>",
    '<p>{fill(words.size, { size: "x y" })}</p>',
  ];
  for (const element of fine) {
    const source = `// A comment with words.\nexport function A() {\n  return ${element};\n}`;
    assert.deepEqual(literalTexts(source), [], element);
  }
});
