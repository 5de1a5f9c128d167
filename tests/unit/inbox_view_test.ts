import assert from "node:assert/strict";
import { withItem, withReading } from "../../lib/browser/open_items.ts";
import { didText } from "../../lib/text/answers.ts";
import { remainingText } from "../../lib/text/remaining.ts";
import type { ListItem } from "../../lib/protocol/mod.ts";
import { wordsOf } from "../../lib/words/mod.ts";

const row = (id: string, title = "") => ({ command: { id, title } }) as unknown as ListItem;
const ids = (items: readonly ListItem[]) => items.map(({ command }) => command.id);

Deno.test("UI-3: what changed while the list was read stays as it is, and what left stays away", () => {
  const then = [row("9"), row("7"), row("5")];
  const changed = row("7", "Other");
  const now = withItem(then.filter(({ command }) => command.id !== "5").slice(0, 1), changed);
  const read = withReading(then, now, [row("9"), row("8"), row("7"), row("5")]);
  assert.deepEqual(ids(read), ["9", "8", "7"]);
  assert.equal(read[2], changed);
});

Deno.test("UI-9: how far a time is, exact to the minute near it and in two units at most", () => {
  const minute = 60_000;
  const hour = 60 * minute;
  const { answers } = wordsOf("en");
  const said = (ms: number, past: "late" | "ago" = "late") => remainingText(answers, 1e12 + ms, 1e12, past);
  assert.equal(said(90 * minute), "in 1 h 30 min");
  // Rounded down: nobody is told of a minute that they do not have.
  assert.equal(said(90 * minute - 1), "in 1 h 29 min");
  assert.equal(said(2 * hour), "in 2 h");
  assert.equal(said(30_000), "now");
  assert.equal(said(-30_000), "now");
  assert.equal(said(-132 * minute), "2 h 12 min late");
  assert.equal(said(-132 * minute, "ago"), "2 h 12 min ago");
  assert.equal(said(51 * hour + 20 * minute), "in 2 d 3 h");
  assert.equal(said(24 * hour + 20 * minute), "in 1 d");
  assert.equal(said(200 * hour), "in 8 d");
  assert.equal(
    remainingText(wordsOf("de").answers, 1e12, 1e12 + 90 * minute, "late"),
    "1 Std. 30 Min. zu spät",
  );
});

Deno.test("CM-13: what was answered is said, of one command and of several", () => {
  const { answers } = wordsOf("en");
  assert.equal(didText(answers, "en", "declined", 1), "Declined.");
  assert.equal(didText(answers, "en", "declined", 40), "40 declined.");
  assert.equal(didText(answers, "en", "cancelled", 2), "2 answered.");
});
