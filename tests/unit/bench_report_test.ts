import assert from "node:assert/strict";
import { sectionOf, updatedRecord } from "../bench/report.ts";
import { alone, besides, ms } from "../bench/part.ts";

const slow = besides("a broadcast", 30, { is: 10, name: "raw" }, ms, { most: 1.5 });
const fast = besides("a broadcast", 10, { is: 10, name: "raw" }, ms, { most: 1.5 });
const plain = alone("a lone number", 3, ms);

Deno.test("the record of the bench lists what misses its target first, and keeps the parts that were not run", () => {
  const names = ["broadcast", "sends"];
  const first = updatedRecord(
    "",
    new Map([
      ["sends", sectionOf("sends", { rows: [plain], notes: ["a note"] }, "Measured: then.")],
      ["broadcast", sectionOf("broadcast", { rows: [slow], notes: [] }, "Measured: then.")],
    ]),
    names,
  );
  const missedIn = (record: string) =>
    record.slice(record.indexOf("## Missed"), record.indexOf("## broadcast"));
  assert.match(missedIn(first), /3\.00 ×.*a broadcast/);
  assert.ok(first.indexOf("## broadcast") < first.indexOf("## sends"));

  const section = sectionOf("broadcast", { rows: [fast], notes: [] }, "Measured: now.");
  const second = updatedRecord(first, new Map([["broadcast", section]]), names);
  assert.match(missedIn(second), /None\./);
  assert.match(
    second,
    /Measured: now\.[\s\S]*## sends\n\nMeasured: then\.[\s\S]*a lone number[\s\S]*- a note/,
  );
  assert.equal(second.match(/## Missed/g)!.length, 1);
});

Deno.test("a row of the bench says whether a time is low enough and a rate is high enough", () => {
  const rate = (value: number) => `${value}/s`;
  assert.deepEqual([slow.met, fast.met, plain.met], [false, true, null]);
  assert.equal(besides("sends", 50, { is: 100, name: "raw" }, rate, { least: 0.5 }).met, true);
  assert.equal(besides("sends", 49, { is: 100, name: "raw" }, rate, { least: 0.5 }).met, false);
});
