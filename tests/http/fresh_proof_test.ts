import assert from "node:assert/strict";
import { proofs } from "../../lib/compose/fresh_proof.ts";
import type { Caller } from "../../lib/platform/mod.ts";
import { limits, loginAnswer, Refusal } from "../../lib/protocol/mod.ts";
import { en } from "../../lib/words/en/mod.ts";
import { alice, boss, cookieSite } from "../fakes/cookie_browser.ts";

type Site = Awaited<ReturnType<typeof cookieSite>>;

async function loggedIn(site: Site, who: typeof alice) {
  const { token } = loginAnswer.parse(await (await site.post("/api/v1/auth/login", who)).json());
  const headers = { authorization: `Bearer ${token}` };
  const caller = await site.services.accounts.authenticate(token, {
    address: "192.0.2.1",
    device: "test",
    requestId: "test",
  });
  assert.ok(!(caller instanceof Refusal));
  return { headers, caller };
}

Deno.test("AU-13: every call of the table is refused without a fresh proof, whoever makes it", async () => {
  await using site = await cookieSite();
  const { caller } = await loggedIn(site, boss);
  site.clock.advance(limits.proofMs);
  type Call = (caller: Caller, ...rest: unknown[]) => Promise<unknown>;
  const services = site.services as unknown as Record<string, Record<string, Call>>;
  for (const [service, calls] of Object.entries(proofs)) {
    for (const [name, asked] of Object.entries(calls)) {
      if (asked !== "fresh" && asked !== "office") continue;
      const refused = await services[service]![name]!(caller, "nothing", {});
      assert.ok(refused instanceof Refusal && refused.detail.proof === true, `${service}.${name}`);
    }
  }
});

Deno.test("AU-13: a member's own group asks for a proof when it ends, an administrator's hand in it always", async () => {
  await using site = await cookieSite();
  const { groups } = site.services;
  const [{ caller: root }, { caller: ann }] = [await loggedIn(site, boss), await loggedIn(site, alice)];
  assert.ok(!(await groups.create(root, { name: "choir", title: "Choir" }) instanceof Refusal));
  assert.ok(!(await groups.setMember(root, "choir", "alice", { role: "owner" }) instanceof Refusal));
  assert.ok(!(await groups.accept(ann, { group: "choir" }) instanceof Refusal));
  site.clock.advance(limits.proofMs);
  const proofIsNeeded = (answer: unknown) => answer instanceof Refusal && answer.detail.proof === true;
  assert.ok(!(await groups.rename(ann, "choir", { title: "Singers" }) instanceof Refusal));
  assert.ok(!(await groups.setMember(ann, "choir", "boss", { role: "sender" }) instanceof Refusal));
  assert.ok(!(await groups.removeMember(ann, "choir", "boss") instanceof Refusal));
  for (
    const answer of [
      await groups.rename(root, "choir", { title: "Choir" }),
      await groups.setMember(root, "choir", "boss", { role: "owner" }),
      await groups.removeMember(root, "choir", "alice"),
      await groups.end(root, "choir"),
      await groups.end(ann, "choir"),
    ]
  ) assert.ok(proofIsNeeded(answer));
});

Deno.test("AU-13: by REST: refused, proven, and done", async () => {
  await using site = await cookieSite();
  const { headers } = await loggedIn(site, boss);
  site.clock.advance(limits.proofMs);
  const change = () =>
    site.send("/api/v1/admin/users/alice", {
      method: "PATCH",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ role: "moderator" }),
    });
  const refused = await change();
  assert.equal(refused.status, 403);
  const { kind, proof } = await refused.json();
  assert.deepEqual([kind, proof], ["forbidden", true]);
  const bad = [{}, { password: "x", code: "y" }, { password: 7 }, { passwords: "x" }];
  for (const body of bad) {
    assert.equal((await site.post("/api/v1/auth/proof", body, headers)).status, 400, JSON.stringify(body));
  }
  assert.equal((await site.post("/api/v1/auth/proof", { password: "wrong" }, headers)).status, 403);
  assert.equal((await change()).status, 403);
  const proven = await site.post("/api/v1/auth/proof", { password: boss.password }, headers);
  assert.equal(Date.parse((await proven.json()).until), site.clock.now() + limits.proofMs);
  assert.equal((await change()).status, 200);
});

Deno.test("AU-13: a page leads to the proof and back, with the form that needed it", async () => {
  await using site = await cookieSite();
  const browser = site.browser();
  await browser.go("/login", boss);
  site.clock.advance(limits.proofMs);
  const fields = { action: "sanction", kind: "warn", reason: "Be kind to others." };
  const asked = await browser.go("/admin/users/alice", fields);
  assert.equal(asked.response.status, 403);
  assert.ok(asked.at.startsWith("/prove?next="), asked.at);
  const page = await asked.response.text();
  assert.ok(page.includes(en.prove.title) && page.includes("Be kind to others."));
  const carried = /name="carried" value="([^"]*)"/.exec(page)?.[1]?.replaceAll("&quot;", '"') ?? "";
  const next = "/prove?next=%2Fadmin%2Fusers%2Falice";
  const wrong = await browser.go(next, { proof: "yes", carried, password: "wrong" });
  assert.equal(wrong.response.status, 403);
  assert.ok((await wrong.response.text()).includes("Be kind to others."), "nothing typed is lost");
  const right = await browser.go(next, { proof: "yes", carried, password: boss.password });
  const ready = await right.response.text();
  assert.ok(ready.includes(en.prove.provenLead) && ready.includes('action="/admin/users/alice"'));
  const done = await browser.go("/admin/users/alice", fields);
  assert.ok(done.at.startsWith("/admin/users/alice?"), done.at);
});

Deno.test("AU-13: the pages of categories and groups lead to the proof, and nothing typed is lost", async () => {
  await using site = await cookieSite();
  const browser = site.browser();
  await browser.go("/login", boss);
  await browser.go("/admin/groups", { name: "choir", title: "Choir" });
  site.clock.advance(limits.proofMs);
  const forms: [path: string, fields: Record<string, string>, typed: string][] = [
    [
      "/admin/categories",
      { action: "add", slug: "music", title: "Music to learn", description: "" },
      "Music to learn",
    ],
    ["/admin/groups/choir", { action: "invite", username: "alice", role: "sender" }, "alice"],
  ];
  for (const [path, fields, typed] of forms) {
    const asked = await browser.go(path, fields);
    assert.equal(asked.response.status, 403, path);
    assert.equal(asked.at, `/prove?next=${encodeURIComponent(path)}&form=1`);
    assert.match(await asked.response.text(), new RegExp(`name="carried"[^>]*${typed}`));
  }
});

Deno.test("AU-9, AU-13: the archive of an account needs a fresh proof, on the page too", async () => {
  await using site = await cookieSite();
  const browser = site.browser();
  await browser.go("/login", alice);
  const now = await browser.go("/account", { action: "download" });
  assert.equal(now.response.headers.get("content-type"), "application/zip");
  await now.response.body?.cancel();
  site.clock.advance(limits.proofMs);
  const asked = await browser.go("/account", { action: "download" });
  assert.ok(asked.at.startsWith("/prove?next=%2Faccount"), asked.at);
  assert.equal((await browser.once("/api/v1/account/export")).status, 403);
});

Deno.test("AU-13: the way back from a proof is a path of this site", async () => {
  await using site = await cookieSite();
  const browser = site.browser();
  await browser.go("/login", alice);
  for (const next of ["https://evil.example/", "//evil.example", "javascript:alert(1)"]) {
    const response = await browser.once(`/prove?next=${encodeURIComponent(next)}`, {
      proof: "yes",
      password: alice.password,
    });
    assert.equal(response.headers.get("location"), "/", next);
  }
});
