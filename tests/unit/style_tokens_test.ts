import assert from "node:assert/strict";
import { tokens } from "../../components/DesignTokens.tsx";

const read = (name: string) => Deno.readTextFileSync(new URL(`../../static/${name}`, import.meta.url));

/** The stylesheet without comments, apart from its token blocks. */
function parts(css: string): { blocks: string[]; rest: string } {
  const plain = css.replaceAll(/\/\*[^]*?\*\//g, "");
  const block = /:root\s*\{[^}]*\}/g;
  return { blocks: plain.match(block) ?? [], rest: plain.replaceAll(block, "") };
}

const namesIn = (block: string) => [...block.matchAll(/(--[a-z][\w-]*)\s*:/g)].map(([, name = ""]) => name);

/** Colours by value; `currentcolor` and `transparent` are none. */
const colour =
  /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(|(?<![-\w])(?:white|black|gr[ae]y|red|green|blue|orange|yellow)(?![-\w])/i;

Deno.test("UI-6: colours stand in the token blocks and nowhere else", () => {
  for (const name of ["styles.css", "frame.css", "sent.css", "preferences.css", "design.css"]) {
    for (const line of parts(read(name)).rest.split("\n")) {
      assert.ok(!colour.test(line), `${name}: ${line.trim()}`);
    }
  }
  assert.ok(colour.test("color: #0e5a53;") && colour.test("background: rgb(0 0 0 / 40%)"));
});

Deno.test("UI-6: what is used is a token, and what is a token is used", () => {
  const css = read("styles.css") + read("frame.css");
  const { blocks, rest } = parts(css);
  const made = new Set(blocks.flatMap(namesIn));
  const used = new Set([...css.matchAll(/var\((--[\w-]+)\)/g)].map(([, name = ""]) => name));
  assert.deepEqual([...used].filter((name) => !made.has(name)), []);
  assert.deepEqual([...made].filter((name) => !used.has(name)), []);
  for (const duration of rest.matchAll(/\b\d+m?s\b/g)) assert.fail(`${duration[0]} is no token`);
});

Deno.test("UI-6: dark has its own of every colour, and less motion of every motion", () => {
  const { blocks } = parts(read("styles.css"));
  const [first = "", still = ""] = [blocks[0], blocks.at(-1)];
  const values = [...first.matchAll(/(--[a-z][\w-]*)\s*:([^;]+);/g)];
  // Each colour is one for light and one for dark, so that a person can choose either in place of the device's.
  const single = values.filter(([, , value = ""]) =>
    colour.test(value.replaceAll(/light-dark\((?:[^()]|\([^()]*\))*\)/g, ""))
  );
  assert.deepEqual(single.map(([, name]) => name), []);
  const colours = values.filter(([, name = "", value = ""]) =>
    value.includes("light-dark(") && !/shadow/.test(name)
  );
  assert.deepEqual(colours.map(([, name]) => name).sort(), tokens.colours.map((name) => `--${name}`).sort());
  assert.deepEqual(namesIn(still).sort(), tokens.motion.map((name) => `--${name}`).sort());
});

Deno.test("MO-4: the design page shows every token of colour, space, type, corner and motion", () => {
  const [light = ""] = parts(read("styles.css")).blocks;
  const classes = read("design.css");
  const shown = Object.values(tokens).flat();
  for (const name of shown) {
    assert.ok(namesIn(light).includes(`--${name}`), name);
    assert.ok(classes.includes(`.token-${name} {`), name);
  }
  const families = /^--(?:s\d|text-\w+|r-\w+|motion[\w-]*|serif|sans)$/;
  assert.deepEqual(
    namesIn(light).filter((name) => families.test(name) && !shown.some((one) => `--${one}` === name)),
    [],
  );
});
