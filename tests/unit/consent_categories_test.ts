import assert from "node:assert/strict";
import { limits } from "../../lib/protocol/mod.ts";
import { kindOf, must } from "../fakes/accounts_rig.ts";
import { adminRig } from "../fakes/admin_rig.ts";

async function rigWithRoot() {
  const rig = await adminRig();
  const root = await rig.person("root", "admin");
  const slugs = async () => (await rig.categories.offered()).map(({ slug }) => slug);
  return { ...rig, root, slugs, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

Deno.test("BR-5: a new category is offered at once, last in the order; its name is given once", async () => {
  await using rig = await rigWithRoot();
  assert.deepEqual(await rig.slugs(), ["general", "censored", "feet"]);
  const dogs = { slug: "dogs", title: "Dogs", description: "All of them." };
  assert.deepEqual(must(await rig.categoryAdmin.add(rig.root, dogs)), { ...dogs, order: 3, retired: false });
  assert.deepEqual(await rig.slugs(), ["general", "censored", "feet", "dogs"]);
  assert.equal(kindOf(await rig.categoryAdmin.add(rig.root, dogs)), "conflict");
  const both = await Promise.all(
    ["a", "b"].map((title) => rig.categoryAdmin.add(rig.root, { slug: "cats", title, description: "" })),
  );
  assert.deepEqual(both.map(kindOf).sort(), ["answered", "conflict"]);
});

Deno.test("BR-5: a retired category is not offered and not taken, but stays on the list and may come back", async () => {
  await using rig = await rigWithRoot();
  assert.equal(await rig.categories.unknown(["feet"]), null);
  const retired = must(await rig.categoryAdmin.change(rig.root, "feet", { retired: true }));
  assert.equal(retired.retired, true);
  assert.deepEqual(await rig.slugs(), ["general", "censored"]);
  assert.equal(kindOf(await rig.categories.unknown(["general", "feet"])), "invalid_params");
  assert.equal(await rig.categories.unknown(["feet"], { retiredToo: true }), null);
  assert.equal(must(await rig.categoryAdmin.all(rig.root)).length, 3);
  assert.equal(
    kindOf(await rig.categoryAdmin.add(rig.root, { slug: "feet", title: "F", description: "" })),
    "conflict",
  );
  must(await rig.categoryAdmin.change(rig.root, "feet", { retired: false }));
  assert.deepEqual(await rig.slugs(), ["general", "censored", "feet"]);
});

Deno.test("BR-5: general cannot be retired; an unknown category cannot be changed", async () => {
  await using rig = await rigWithRoot();
  assert.equal(kindOf(await rig.categoryAdmin.change(rig.root, "general", { retired: true })), "conflict");
  assert.equal(kindOf(await rig.categoryAdmin.change(rig.root, "none", { title: "X" })), "not_found");
  assert.equal(
    must(await rig.categoryAdmin.change(rig.root, "general", { title: "All", retired: false })).title,
    "All",
  );
});

Deno.test("BR-5: the order is the administrators'", async () => {
  await using rig = await rigWithRoot();
  must(await rig.categoryAdmin.change(rig.root, "feet", { order: 0 }));
  must(await rig.categoryAdmin.change(rig.root, "general", { order: 5 }));
  assert.deepEqual(await rig.slugs(), ["feet", "censored", "general"]);
});

Deno.test("BR-5: the list is bounded", async () => {
  await using rig = await rigWithRoot();
  for (let at = 3; at < limits.categoriesMade; at++) {
    must(await rig.categoryAdmin.add(rig.root, { slug: `c${at}`, title: "C", description: "" }));
  }
  assert.equal(
    kindOf(await rig.categoryAdmin.add(rig.root, { slug: "one-more", title: "C", description: "" })),
    "conflict",
  );
});

Deno.test("MO-3: changes of the list are in the audit log, with what changed and nothing else", async () => {
  await using rig = await rigWithRoot();
  must(await rig.categoryAdmin.add(rig.root, { slug: "dogs", title: "Dogs", description: "" }));
  must(await rig.categoryAdmin.change(rig.root, "dogs", { title: "Hounds", retired: true }));
  must(await rig.categoryAdmin.change(rig.root, "dogs", { title: "Hounds" }));
  assert.deepEqual(await rig.actions(), ["category.add", "category.change"]);
  const [entry] = must(await rig.audit.page(rig.root, {})).entries;
  assert.deepEqual([entry!.subject, entry!.detail], ["category:dogs", { title: "Hounds", retired: true }]);
});
