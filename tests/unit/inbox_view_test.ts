import assert from "node:assert/strict";
import fc from "fast-check";
import { filtered } from "../../lib/browser/inbox_filter.ts";
import { bounded, type OpenItems, withDelivered } from "../../lib/browser/open_items.ts";
import type { ListItem } from "../../lib/protocol/mod.ts";

const id = (number: number) => String(number).padStart(5, "0");

function row(number: number, over: Record<string, unknown> = {}): ListItem {
  const command = {
    id: id(number),
    title: null,
    body: null,
    categories: ["general"],
    from: { id: "x", username: "bob", displayName: "Bob B." },
    ...over,
  };
  return { command } as unknown as ListItem;
}

const ids = (items: readonly ListItem[]) => items.map(({ command }) => Number(command.id));
const wanted = 5;

Deno.test("UI-1: the view of the newest holds the newest, however much is delivered in whatever order", () => {
  fc.assert(fc.property(
    fc.uniqueArray(fc.nat({ max: 500 }), { maxLength: 60 }),
    fc.array(fc.nat({ max: 500 }), { maxLength: 60 }),
    (first, delivered) => {
      const start = first.toSorted((a, b) => b - a);
      // As the server renders it: the newest page, and where the next one begins.
      const items = start.slice(0, wanted).map((one) => row(one));
      let view: OpenItems = { items, next: start.length > wanted ? items.at(-1)!.command.id : null };
      for (const one of delivered) view = withDelivered(view, row(one), wanted);
      const shown = ids(view.items);
      assert.ok(shown.length <= 2 * wanted);
      const all = [...new Set([...start, ...delivered])].sort((a, b) => b - a);
      assert.deepEqual(shown, all.slice(0, shown.length), "newest first, and none left out between them");
      // What is not shown comes behind the last that is, where the older ones begin.
      if (shown.length < all.length) assert.equal(view.next, id(shown.at(-1)!));
      else assert.equal(view.next, null);
    },
  ));
});

Deno.test("UI-1: a known row changes in place, and an older one that is not shown stays away", () => {
  const view: OpenItems = { items: [row(9), row(7)], next: id(7) };
  assert.equal(withDelivered(view, row(5), wanted), view);
  const changed = withDelivered(view, row(7, { title: "Other" }), wanted);
  assert.deepEqual(ids(changed.items), [9, 7]);
  assert.equal((changed.items[1]?.command as { title?: string }).title, "Other");
  assert.deepEqual(ids(withDelivered({ items: [], next: id(7) }, row(3), wanted).items), [3]);
  const small: OpenItems = { items: [row(9)], next: null };
  assert.equal(bounded(small, wanted), small);
});

Deno.test("UI-1: the filter looks at title, text, category and sender, for every word", () => {
  const rows = [
    row(1, { title: "Water the PLANTS", body: "By the window." }),
    row(2, { title: "Paint", categories: ["gardens"], from: { username: "cleo", displayName: "Cléo" } }),
    row(3, { sealed: true, title: undefined, body: undefined, categories: ["feet"] }),
  ];
  const found = (query: string) => ids(filtered(rows, query));
  assert.equal(filtered(rows, "  "), rows);
  assert.deepEqual(found("plants window"), [1]);
  assert.deepEqual(found("WATER"), [1]);
  assert.deepEqual(found("gardens"), [2]);
  assert.deepEqual(found("cléo"), [2]);
  assert.deepEqual(found("@bob"), [1, 3]);
  assert.deepEqual(found("feet bob"), [3]);
  assert.deepEqual(found("plants paint"), []);
  assert.deepEqual(found("(["), []);
});
