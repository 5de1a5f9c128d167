import { transformSync } from "esbuild";
import { balanced, parts } from "./source_text.ts";

/** Attributes, and properties of our components, that people read or hear. */
const readable =
  /^(label|hint|title|lead|aria-label|aria-description|aria-roledescription|placeholder|alt|legend|summary|text)$/;

/** Names and signs that are the same in every language. */
const names = /\bBehest\b|\bSHA-256\b|\/readyz\b/g;

const factory = "elementOf";

/** Each text of a file's elements that stands there itself, instead of in a catalogue (UI-6). */
export function literalTexts(source: string): string[] {
  const { code } = transformSync(source, {
    loader: "tsx",
    jsx: "transform",
    jsxFactory: factory,
    jsxFragment: "null",
    charset: "utf8",
  });
  const found: string[] = [];
  for (const { index, 0: { length } } of code.matchAll(new RegExp(`\\b${factory}\\(`, "g"))) {
    const [, props = "", ...children] = parts(balanced(code, index + length - 1), ",");
    found.push(...children.flatMap(textsOf));
    if (!props.trim().startsWith("{")) continue;
    for (const entry of parts(balanced(props.trim(), 0), ",")) {
      const named = /^\s*"?([\w-]+)"?:/.exec(entry);
      if (named !== null && readable.test(named[1]!)) found.push(...textsOf(entry.slice(named[0].length)));
    }
  }
  return found;
}

/** The texts that an expression may come to, as far as they stand in it. */
function textsOf(expression: string): string[] {
  const text = expression.trim();
  const pieces = ["?", ":", "+"].map((separator) => parts(text, separator)).find((some) => some.length > 1);
  if (pieces !== undefined) return pieces.flatMap(textsOf);
  const literal = /(?:^|(?:\?\?|\|\||&&)\s*)("(?:[^"\\]|\\.)*"|`[^`]*`)$/.exec(text)?.[1];
  if (literal === undefined) return [];
  const said = literal.slice(1, -1).replace(/\$\{[^}]*\}/g, "").replace(names, "").trim();
  return /\p{L}{2}/u.test(said) ? [said] : [];
}
