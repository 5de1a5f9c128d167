import assert from "node:assert/strict";
import { UploadMeter } from "../../lib/browser/upload_pace.ts";
import { paceText } from "../../lib/text/files.ts";
import { wordsOf } from "../../lib/words/mod.ts";

const kib = 1024;

Deno.test("UI-5: an upload's pace is that of its last seconds, and begins anew after a pause", () => {
  const meter = new UploadMeter();
  meter.add(500 * kib, 0);
  meter.add(600 * kib, 500);
  assert.equal(meter.pace(1000 * kib), null, "too early to say");
  meter.add(700 * kib, 2000);
  assert.deepEqual(meter.pace(1000 * kib), { perSecond: 100 * kib, leftMs: 3000 });
  meter.add(900 * kib, 9000);
  // What the first half second brought is over.
  assert.equal(Math.round(meter.pace(1000 * kib)!.perSecond / kib), Math.round(200 / 7));
  meter.restart();
  assert.equal(meter.pace(1000 * kib), null);
  meter.add(900 * kib, 60_000);
  meter.add(100 * kib, 61_500);
  assert.equal(meter.pace(1000 * kib), null, "the server had less than was thought");
});

Deno.test("UI-5: what is left is rounded up, in the unit that one would say", () => {
  const { upload, file } = wordsOf("en");
  const text = (leftMs: number) => paceText(upload, file, "en", { perSecond: 1536 * kib, leftMs });
  assert.equal(text(0), "1.5 MiB/s · 1 s left");
  assert.equal(text(2100), "1.5 MiB/s · 3 s left");
  assert.equal(text(125_000), "1.5 MiB/s · 3 min left");
  assert.equal(text(2 * 3600_000 + 1), "1.5 MiB/s · 3 h left");
});
