import assert from "node:assert/strict";

/** Requirements of ASVS 5.0.0 at levels 1 and 2, in each chapter. */
const inChapter = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7];

const text = Deno.readTextFileSync("docs/asvs.md");
const rows = [...text.matchAll(/^\| (V\d+\.\d+\.\d+) +\| ([^|]+?) +\| (.+?) +\|$/gm)]
  .map(([, id = "", words = "", shown = ""]) => ({ id, words, shown }));

async function* testFiles(dir: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(dir)) {
    const path = `${dir}/${entry.name}`;
    if (entry.isDirectory) yield* testFiles(path);
    else if (entry.name.endsWith("_test.ts")) yield path;
  }
}

Deno.test("AU-13: every requirement of ASVS 5.0 level 2 is answered once", () => {
  const ids = rows.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const counts = inChapter.map((_, at) => ids.filter((id) => id.startsWith(`V${at + 1}.`)).length);
  assert.deepEqual(counts, inChapter);
  for (const { id, shown } of rows) assert.ok(shown.replace("**Not met.**", "").trim().length > 5, id);
});

Deno.test("AU-13: every test that the answers to ASVS name exists", async () => {
  let sources = "";
  for await (const path of testFiles("tests")) sources += await Deno.readTextFile(path);
  const named = rows.flatMap(({ id, shown }) =>
    [...shown.matchAll(/`([A-Z]{2}-\d+[^`]*: [^`]+)`/g)].map(([, name = ""]) => ({ id, name }))
  );
  assert.ok(named.length > 100, String(named.length));
  assert.deepEqual(named.filter(({ name }) => !sources.includes(name)), []);
});
