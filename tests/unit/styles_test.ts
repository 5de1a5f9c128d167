import assert from "node:assert/strict";

interface Rule {
  selectors: string[];
  declarations: [property: string, value: string][];
}

/** The rules of a stylesheet, those inside of at-rules too. Enough for ours: no braces inside of strings. */
function rulesOf(css: string): Rule[] {
  const text = css.replace(/\/\*[^]*?\*\//g, "");
  return [...text.matchAll(/([^{};]+)\{([^{}]*)\}/g)].map(([, selectors = "", body = ""]) => ({
    selectors: selectors.split(",").map((one) => one.trim().replaceAll(/\s+/g, " ")),
    declarations: body.split(";").filter((one) => one.includes(":")).map((one) => {
      const at = one.indexOf(":");
      return [one.slice(0, at).trim(), one.slice(at + 1).trim().replaceAll(/\s+/g, " ")];
    }),
  }));
}

const sides = /^(left|right)$|-(left|right)(-|$)|^(float|clear)$/;
/** Shorthands whose four values go around a box: the second is the right side, the fourth the left one. */
const boxes = /^(padding|margin|inset|border-width|border-style|border-color|scroll-(padding|margin))$/;

/** Values of a shorthand, with those in brackets kept together. */
const valuesOf = (value: string) => value.match(/[^\s(]+(\([^()]*(\([^()]*\)[^()]*)*\))?/g) ?? [];

/** What says "left" or "right" of the screen, where it should say the start or the end of a line. */
function isPhysical(property: string, value: string): boolean {
  if (property.startsWith("--")) return false;
  if (sides.test(property)) return true;
  if (property === "text-align" || property === "justify-content") return /\b(left|right)\b/.test(value);
  const around = valuesOf(value);
  return boxes.test(property) && around.length === 4 && around[1] !== around[3];
}

/** What points to a side and has no logical way to say so: it needs a twin for the other direction. */
function points(property: string, value: string): boolean {
  if (property === "transform") return /(rotate|translateX|translate|skewX?)\(/.test(value);
  if (property.startsWith("background")) return /\b(left|right)\b/.test(value);
  return property === "box-shadow" && /inset -?[1-9.][\w.]* /.test(value.replaceAll(/\b0\.(?=\d)/g, "."));
}

function problemsOf(css: string): string[] {
  const rules = rulesOf(css);
  const twins = new Map<string, Set<string>>();
  for (const { selectors, declarations } of rules) {
    for (const selector of selectors.filter((one) => one.startsWith('[dir="rtl"] '))) {
      const known = twins.get(selector.slice('[dir="rtl"] '.length)) ?? new Set();
      for (const [property] of declarations) known.add(property);
      twins.set(selector.slice('[dir="rtl"] '.length), known);
    }
  }
  return rules.flatMap(({ selectors, declarations }) =>
    declarations.flatMap(([property, value]) => {
      if (isPhysical(property, value)) return [`${selectors[0]}: ${property}: ${value}`];
      if (!points(property, value)) return [];
      return selectors.filter((one) => !one.startsWith("[dir=") && !twins.get(one)?.has(property))
        .map((one) => `${one}: ${property} points to a side and has no twin for right-to-left`);
    })
  );
}

Deno.test("UI-6: the stylesheet says start and end, never left and right; what points is mirrored", () => {
  const css = ["styles", "frame", "sent"].map((name) => Deno.readTextFileSync(`static/${name}.css`)).join(
    "\n",
  );
  assert.ok(rulesOf(css).length > 150, "the rules are found");
  assert.deepEqual(problemsOf(css), []);
});

Deno.test("UI-6: the look at the stylesheet finds what it looks for", () => {
  const wrong = [
    ".a { margin-left: 1px; }",
    ".a { left: 0; }",
    ".a { border-top-right-radius: 1px; }",
    ".a { text-align: right; }",
    ".a { float: left; }",
    "@media (width < 1rem) { .a { padding: 1px 2px 3px 4px; } }",
    ".a { padding: 1px calc(1px + (2px)) 3px 4px; }",
    ".a { transform: translateX(1px); }",
    '.a { transform: rotate(45deg); } [dir="rtl"] .b { transform: rotate(45deg); }',
    ".a { background: linear-gradient(to bottom left, red, blue); }",
    ".a { box-shadow: inset 0.25rem 0 0 red; }",
  ];
  for (const css of wrong) assert.equal(problemsOf(css).length, 1, css);
  const right = [
    ".a { margin-inline-start: 1px; padding: 1px 2px 3px; inset: 1px 2px 3px 2px; }",
    ".a { text-align: start; transform: translateY(1px); box-shadow: inset 0 -0.25rem 0 red; }",
    '.a { transform: rotate(45deg); } [dir="rtl"] .a { transform: rotate(-45deg); }',
    "/* left: 0 */ .left { color: red; }",
    ".a { padding: 1px clamp(1px, 2vw, 3px) 2px clamp(1px, 2vw, 3px); }",
  ];
  for (const css of right) assert.deepEqual(problemsOf(css), [], css);
});
