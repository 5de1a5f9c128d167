import assert from "node:assert/strict";
import { isFoundBy, searchWords } from "../../lib/commands/search_text.ts";
import {
  categoryBody,
  type Command,
  commandDraft,
  fold,
  groupBody,
  isReserved,
  profileChange,
} from "../../lib/protocol/mod.ts";
import { accountsRig, goodPassword, kindOf, must } from "../fakes/accounts_rig.ts";
import { adminRig } from "../fakes/admin_rig.ts";

/** Each place where someone or something gets a name, with the name that comes out; null where it is refused. */
const named: Record<string, (name: string) => string | null | undefined> = {
  "display name": (displayName) => taken(profileChange.safeParse({ displayName }))?.displayName,
  "group": (title) => taken(groupBody.safeParse({ name: "readers", title }))?.title,
  "category": (title) => taken(categoryBody.safeParse({ slug: "art", title, description: "" }))?.title,
  "command": (title) =>
    taken(commandDraft.safeParse({ key: "k", audience: { kind: "all" }, kind: "message", title }))?.title,
};

function taken<T>(parsed: { success: boolean; data?: T }): T | null {
  return parsed.success ? parsed.data ?? null : null;
}

for (const [what, nameOf] of Object.entries(named)) {
  Deno.test(`AU-8: the name of a ${what} has something to see and does not turn the text around it`, () => {
    const refused = [
      " ",
      "\u00a0\u3000",
      "\u200b",
      "\u3164",
      "\u115f\u1160",
      "\u2800",
      "\u202e",
      "\u0301",
      "\ufe0f",
    ];
    const turning = ["\u202etoor", "a\u202ab", "\u2066a\u2069", "\u2067a"];
    const control = ["a\nb", "a\u0007", "a\u0085b", "a\u2028b"];
    for (const name of [...refused, ...turning, ...control]) {
      assert.equal(nameOf(name) ?? null, null, JSON.stringify(name));
    }
    for (const name of ["Zoë", "👩‍🚀", "नमस्ते", "שלום", "می‌خواهم", "—", "7"]) assert.equal(nameOf(name), name);
  });

  Deno.test(`AU-8: the name of a ${what} is kept in NFC`, () => {
    assert.equal(nameOf("Zoe\u0308"), "Zo\u00eb");
    assert.equal(nameOf("\u1112\u1161\u11ab"), "한");
  });
}

Deno.test("AU-8: an empty title of a command is none, and a long one stays too long however it is composed", () => {
  assert.equal(named.command!(""), "");
  assert.equal(named["display name"]!("e\u0301".repeat(60)), "é".repeat(60));
  assert.equal(named["display name"]!("e\u0301".repeat(61)) ?? null, null);
  assert.equal(named["display name"]!("e\u0301".repeat(100_000)) ?? null, null);
});

Deno.test("AU-1: a name that speaks for the server is recognised in its disguises", () => {
  const speaking = [
    "admin",
    "Admin",
    "ADMIN",
    "root",
    "support",
    "moderator",
    "system",
    "Behest",
    "no-reply",
    "admin1",
    "admin_2",
    "support-team",
    "Behest Support",
    "the admins",
    "r00t",
    "adm1n",
    "adrnin",
    "аdmin",
    "SUPP0RT",
    "ѕуѕtеm",
    "ａｄｍｉｎ",
    "ad\u200bmin",
    "a.d.m.i.n",
    "Ädmïn",
    "Süpport",
    "𝐑𝐨𝐨𝐭",
    "modеrator",
    "adm!n",
    "ɑdmin",
    "ᴀᴅᴍɪɴ",
    "sᴜᴘᴘᴏʀᴛ",
  ];
  for (const name of speaking) assert.ok(isReserved(name), name);
  const own = [
    "ali",
    "Zoë",
    "administrative-assistant",
    "beetroot",
    "modern",
    "serverin",
    "teamwork",
    "your-name",
    "demo-ann",
    "rooted",
    "Simon",
    "modesty",
    "the",
    "12345",
    "systematic",
    "한",
    "",
  ];
  for (const name of own) assert.ok(!isReserved(name), name);
});

Deno.test("AU-1: only an administrator has a name that speaks for the server", async () => {
  await using rig = await accountsRig();
  for (const username of ["admin", "support", "r00t", "moderator1"]) {
    const refused = await rig.accounts.register(rig.origin, {
      username,
      password: goodPassword,
      adult: true,
    });
    assert.equal(kindOf(refused), "conflict", username);
  }
  assert.equal(await rig.accountsStore.userNamed("admin"), null);
  await using admins = await adminRig();
  const ann = await admins.person("ann");
  for (const displayName of ["root", "Support", "Behest-Team", "Аdmin"]) {
    assert.equal(kindOf(await admins.profiles.change(ann, { displayName })), "invalid_params", displayName);
  }
  assert.equal(must(await admins.profiles.get(ann)).displayName, "ann");
  const boss = await admins.person("boss", "admin");
  assert.equal(must(await admins.profiles.change(boss, { displayName: "Support" })).displayName, "Support");
});

Deno.test("AU-1: a former administrator keeps no display name that speaks for the server", async () => {
  await using rig = await adminRig();
  const root = await rig.person("root", "admin");
  const boss = await rig.person("boss", "admin");
  must(await rig.profiles.change(boss, { displayName: "Support" }));
  assert.equal(must(await rig.users.change(root, "boss", { role: "member" })).displayName, "boss");
});

Deno.test("AU-1: a reserved display name of an older version stays while the rest of the profile changes", async () => {
  await using rig = await adminRig();
  const ann = await rig.person("support");
  must(await rig.profiles.change(ann, { displayName: "support", bio: "Older than the rule." }));
});

Deno.test("AU-8: folding takes case, accents and composition away", () => {
  for (
    const [one, other] of [
      ["Zoë", "zoe"],
      ["ZOE\u0308", "zoë"],
      ["Straße", "STRASSE"],
      ["ΣΊΣΥΦΟΣ", "σίσυφος"],
      ["Łódź", "lodz"],
      ["Søren", "soren"],
      ["ﬁle", "file"],
      ["İstanbul", "istanbul"],
      ["ＦＵＬＬ", "full"],
      ["Ёлка", "елка"],
    ] as const
  ) assert.equal(fold(one), fold(other), one);
  for (const [one, other] of [["zoe", "zoa"], ["a b", "ab"], ["a-b", "ab"]] as const) {
    assert.notEqual(fold(one), fold(other));
  }
});

Deno.test("AU-8: administrators find people whatever the case, accents and composition", async () => {
  await using rig = await adminRig();
  const root = await rig.person("root", "admin");
  const zoe = await rig.person("z-77");
  must(await rig.profiles.change(zoe, { displayName: "Zoë Żak" }));
  for (const q of ["zoe", "ZOË", "zoe\u0308", "zak", "Ë ż", " Zoë "]) {
    assert.deepEqual(
      must(await rig.users.list(root, { q })).users.map(({ username }) => username),
      ["z-77"],
      q,
    );
  }
  assert.deepEqual(must(await rig.users.list(root, { q: "zoa" })).users, []);
  assert.deepEqual(must(await rig.users.list(root, { q: "Z-77" })).users.length, 1);
});

Deno.test("AU-8: the search of the inbox finds commands whatever the case, accents and composition", () => {
  const command = {
    kind: "message",
    title: "Crème brûlée",
    body: null,
    data: null,
    categories: [],
    attachments: [],
    from: { username: "z-77", displayName: "Zoe\u0308" },
  } as unknown as Command;
  for (const query of ["creme", "BRULEE", "bru\u0302le\u0301e zoë", "@Z-77"]) {
    assert.ok(isFoundBy(false, command, searchWords(query)), query);
  }
  assert.ok(!isFoundBy(false, command, searchWords("creme caramel")));
});
