import assert from "node:assert/strict";
import fc from "fast-check";
import { renderToString } from "preact-render-to-string";
import { h } from "preact";
import { RichText } from "../../components/RichText.tsx";
import { plainText, type Rich, richText } from "../../lib/text/rich_text.ts";

const htmlOf = (text: string) =>
  renderToString(h(RichText, { text })).replace(/^<div class="body">/, "").replace(/<\/div>$/, "");
const textOf = (part: Rich): string => typeof part === "string" ? part : part.parts.map(textOf).join("");
const linksIn = (part: Rich): string[] =>
  typeof part === "string"
    ? []
    : part.with !== undefined && "href" in part.with
    ? [part.with.href]
    : part.parts.flatMap(linksIn);

Deno.test("CM-2: bold, italics, code and lists are shown as such", () => {
  for (
    const [text, html] of [
      [
        "The **ferns** first, *please*, _now_.",
        "<p>The <strong>ferns</strong> first, <em>please</em>, <em>now</em>.</p>",
      ],
      ["**bold with *italics* inside**", "<p><strong>bold with <em>italics</em> inside</strong></p>"],
      ["Press `**x**`.", "<p>Press <code>**x**</code>.</p>"],
      [
        "Then:\n- tomatoes\n- **basil**\n\nDone",
        "<p>Then:</p><ul><li>tomatoes</li><li><strong>basil</strong></li></ul><p>Done</p>",
      ],
      ["3. three\n4) four", '<ol start="3"><li>three</li><li>four</li></ol>'],
      ["- one\n  goes on\n- two", "<ul><li>one\n  goes on</li><li>two</li></ul>"],
      ["```\n<b> - *x*\n```\nafter", "<pre><code>&lt;b> - *x*</code></pre><p>after</p>"],
      ["line\nbreak\n\nparagraph", "<p>line\nbreak</p><p>paragraph</p>"],
    ] as const
  ) assert.equal(htmlOf(text), html, text);
});

Deno.test("CM-2: a line of the inbox has the words without their marks", () => {
  for (
    const [text, plain] of [
      ["Some **bold** text.\n\n- one\n- two", "Some bold text. one two"],
      ["```\nls\n```\nSee https://example.org/a_b_c", "ls See https://example.org/a_b_c"],
      ["2 * 3 * 4", "2 * 3 * 4"],
      [" \n ", ""],
    ] as const
  ) assert.equal(plainText(text), plain);
});

Deno.test("CM-2: what only looks like Markdown stays as it is typed", () => {
  for (
    const text of [
      "2*3*4 and snake_case_name and * alone **",
      "# no heading, > no quote, | no | table",
      "[words](https://evil.example) hide no address".replace("https://", "http://"),
      "-5 degrees",
      "http://plain.example is not opened",
      "javascript:alert(1) data:text/html,x",
      "**not\nover lines**",
    ]
  ) assert.equal(htmlOf(text), `<p>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</p>`, text);
  assert.equal(htmlOf("<img src=x onerror=alert(1)>"), "<p>&lt;img src=x onerror=alert(1)></p>");
});

Deno.test("CM-2 CH-3: only https addresses become links, which say where they lead and tell the place nothing", () => {
  const linked = (text: string) =>
    htmlOf(text).match(/<a href="([^"]*)" ([^>]*)>([^<]*)<\/a>(.*)<\/p>/)?.slice(1);
  const attributes = 'target="_blank" rel="noopener noreferrer nofollow ugc" dir="ltr"';
  assert.deepEqual(linked("See https://example.org/ferns."), [
    "https://example.org/ferns",
    attributes,
    "https://example.org/ferns",
    ".",
  ]);
  assert.deepEqual(linked("(https://example.org/a_(b))")?.[2], "https://example.org/a_(b))");
  assert.deepEqual(linked("(https://example.org/a_b)")?.slice(2), ["https://example.org/a_b", ")"]);
  assert.deepEqual(linked("**https://example.org/x**")?.[2], "https://example.org/x");
  assert.equal(linked("https://bank.example@evil.example/"), undefined);
  assert.equal(linked("https://"), undefined);
  // A host that only looks like another one is shown as it is called.
  const [href, , shown] = linked("https://b\u0430nk.example/xn--bnk-5cd.example")!;
  assert.ok(href!.startsWith("https://xn--"));
  assert.equal(shown, href);
  // Read from the left, whatever direction its text is given: otherwise it would begin with another host.
  const turned = linked("https://evil.example/\u202emoc.knab//:sptth")!;
  assert.deepEqual(turned[2], "https://evil.example/%E2%80%AEmoc.knab//:sptth");
  assert.match(htmlOf("\u202ehttps://evil.example/moc.knab//:sptth"), /dir="ltr">https:\/\/evil/);
  assert.deepEqual(linked("[the bank](https://evil.example)")?.[2], "https://evil.example");
});

Deno.test("CM-2: no text is lost, and no link leaves https, whatever is typed", () => {
  const piece = fc.constantFrom(
    "*",
    "**",
    "_",
    "`",
    "```",
    "\n",
    "- ",
    "1. ",
    "  ",
    "a",
    "ä",
    " ",
    "https://x.example/",
    ")",
    ".",
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join("")), (text) => {
    const blocks = richText(text);
    const kept = [...blocks.map(textOf).join("")].filter((letter) => /[ä/:]/.test(letter)).join("");
    assert.equal(kept, [...text].filter((letter) => /[ä/:]/.test(letter)).join(""));
    assert.ok(blocks.flatMap(linksIn).every((href) => href.startsWith("https://x.example/")));
  }));
});

Deno.test("CM-2: the longest text of nothing but openings is read", () => {
  for (const opening of ["**a ", "*a ", "`", "_*", "https://", "- ", "```\n", "**_a "]) {
    const text = opening.repeat(4000).slice(0, 4000);
    assert.ok(richText(text).length > 0, opening);
  }
});
