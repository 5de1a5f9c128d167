import assert from "node:assert/strict";
import { limits, profileChange } from "../../lib/protocol/mod.ts";
import { kindOf, must } from "../fakes/accounts_rig.ts";
import { adminRig } from "../fakes/admin_rig.ts";

Deno.test("AU-8: a profile has its defaults, and what is left out of a change stays", async () => {
  await using rig = await adminRig();
  const ann = await rig.person("ann");
  const first = {
    username: "ann",
    displayName: "ann",
    bio: "",
    pronouns: "",
    timeZone: "UTC",
    language: "en",
    avatar: null,
  };
  assert.deepEqual(must(await rig.profiles.get(ann)), first);
  const change = { displayName: "Ann", bio: "I paint.", pronouns: "she/her" };
  assert.deepEqual(must(await rig.profiles.change(ann, change)), { ...first, ...change });
  must(await rig.profiles.change(ann, { language: "de-AT", bio: undefined }));
  assert.deepEqual(must(await rig.profiles.get(ann)), { ...first, ...change, language: "de-AT" });
  assert.deepEqual(rig.zoneChanges, []);
});

Deno.test("AU-8: the new name and time zone are what the other rooms know at once", async () => {
  await using rig = await adminRig();
  const ann = await rig.person("ann");
  assert.equal(await rig.people.timeZoneOf(ann.userId), "UTC");
  must(await rig.profiles.change(ann, { displayName: "Ann", timeZone: "Europe/Berlin" }));
  assert.equal(await rig.people.timeZoneOf(ann.userId), "Europe/Berlin");
  assert.equal((await rig.people.byIds([ann.userId])).get(ann.userId)?.displayName, "Ann");
  assert.equal(rig.callers.now(ann).displayName, "Ann");
  assert.deepEqual(rig.zoneChanges, [ann.userId]);
  must(await rig.profiles.change(ann, { timeZone: "Europe/Berlin" }));
  assert.deepEqual(rig.zoneChanges, [ann.userId], "the same zone is no change");
});

Deno.test("MO-2: a muted person sets no new name and no new picture, which others see; the rest is theirs", async () => {
  await using rig = await adminRig();
  const [ann, root] = [await rig.person("ann"), await rig.person("root", "admin")];
  must(await rig.users.sanction(root, "ann", { kind: "mute", reason: "Spam." }));
  const change = (what: Parameters<typeof rig.profiles.change>[1]) => rig.profiles.change(ann, what);
  for (const what of [{ displayName: "Buy here" }, { avatar: "two" }, { displayName: "Ann", avatar: null }]) {
    assert.equal(kindOf(await change(what)), "forbidden", JSON.stringify(what));
  }
  // A page sends all fields: those that stay are no change.
  const same = { displayName: "ann", avatar: null, bio: "I paint.", timeZone: "Europe/Berlin" };
  assert.equal(must(await change(same)).bio, "I paint.");
  await rig.store.kv.set(["profile", ann.userId], { bio: "", pronouns: "", language: "", avatar: "one" });
  assert.equal(kindOf(await change({ avatar: "one" })), "not_found", "not because of the mute");
  assert.equal(kindOf(await change({ avatar: "two" })), "forbidden");
});

Deno.test("AU-8: changes at once are all kept", async () => {
  await using rig = await adminRig();
  const ann = await rig.person("ann");
  await Promise.all([
    rig.profiles.change(ann, { bio: "b" }),
    rig.profiles.change(ann, { pronouns: "p" }),
    rig.profiles.change(ann, { displayName: "d" }),
  ]);
  const { bio, pronouns, displayName } = must(await rig.profiles.get(ann));
  assert.deepEqual([bio, pronouns, displayName], ["b", "p", "d"]);
});

Deno.test("UI-6: a language is chosen by who says one, and by nothing else that they change", async () => {
  await using rig = await adminRig();
  const ann = await rig.person("ann");
  assert.equal(await rig.profiles.language(ann), null);
  must(await rig.profiles.change(ann, { bio: "I paint." }));
  assert.equal(await rig.profiles.language(ann), null);
  assert.equal(must(await rig.profiles.get(ann)).language, "en");
  must(await rig.profiles.change(ann, { language: "de-AT" }));
  must(await rig.profiles.change(ann, { bio: "I draw." }));
  assert.equal(await rig.profiles.language(ann), "de-AT");
  assert.equal(await rig.profiles.language({ ...ann, userId: "gone" }), null);
});

Deno.test("AU-8: there is no profile without an account", async () => {
  await using rig = await adminRig();
  const ann = { ...await rig.person("ann"), userId: "gone" };
  assert.equal(kindOf(await rig.profiles.get(ann)), "not_found");
  assert.equal(kindOf(await rig.profiles.change(ann, { bio: "x" })), "not_found");
});

Deno.test("AU-8: the longest text fits the store, and wrong fields are refused", async () => {
  await using rig = await adminRig();
  const ann = await rig.person("ann");
  const longest = {
    displayName: "\u{1f600}".repeat(limits.displayName),
    bio: "\u{1f600}".repeat(limits.bio),
    pronouns: "\u{1f600}".repeat(limits.pronouns),
  };
  assert.equal(must(await rig.profiles.change(ann, profileChange.parse(longest))).bio, longest.bio);
  const wrong = [
    { displayName: "" },
    { displayName: "two\nlines" },
    { bio: "x".repeat(limits.bio + 1) },
    { timeZone: "Mars/Olympus" },
    { timeZone: "" },
    { language: "not a tag" },
    { username: "other" },
    { avatar: "x" },
  ];
  for (const change of wrong) {
    assert.equal(profileChange.safeParse(change).success, false, JSON.stringify(change));
  }
});
