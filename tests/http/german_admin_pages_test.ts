import assert from "node:assert/strict";
import { type AdminFile, type Incident, limits, neverEnds, Refusal, say } from "../../lib/protocol/mod.ts";
import { type Section, wordsOf } from "../../lib/words/mod.ts";
import { form, messagesOf, type Send, wholeSite } from "../fakes/pages.ts";
import { type FakeServices, fakeServices } from "../fakes/services.ts";
import { told } from "../fakes/told.ts";

/** The sections of the pages that are looked at here. */
const sections = [
  "admin",
  "broadcast",
  "categories",
  "contacts",
  "frame",
  "groups",
  "incidents",
  "inputs",
  "invites",
  "lists",
  "moderation",
  "preferences",
  "preview",
  "safety",
  "scanning",
  "sending",
  "users",
] as const satisfies readonly Section[];

/** Below this a word may be the same in both languages, or a part of another. */
const leastLetters = 12;

function sentences(language: "en" | "de"): string[] {
  const words = wordsOf(language);
  return sections.flatMap((name) => messagesOf(words[name])).flatMap((text) => text.split(/\{[a-zA-Z]+\}/))
    .map((part) => part.trim()).filter((part) => part.length > leastLetters);
}

const own = new Set(sentences("de"));
const english = sentences("en").filter((sentence) => !own.has(sentence));

const at = "2026-01-02T03:04:05.000Z";
const incidentId = "01JGFJJZ00000000000000000K";
const hashOf = (digit: string) => digit.repeat(64);

const blob = (over: Partial<AdminFile> = {}): AdminFile => ({
  sha256: hashOf("a"),
  size: 2048,
  type: "image/png",
  state: "held",
  createdAt: at,
  verdicts: ([
    ["virus", "clean"],
    ["virus", "infected"],
    ["csam", "match"],
    ["csam", "incomplete"],
    ["csam", "not_applicable"],
    ["csam", "error"],
    ["moderator", "clean"],
    ["moderator", "infected"],
  ] as const).map(([check, verdict], index) => ({
    check,
    verdict,
    scanner: "shield",
    version: String(index),
    answer: "x",
    at,
  })),
  uploads: [{ fileId: incidentId, name: "lake.png", owner: "bob", createdAt: at }],
  attempts: 3,
  nextAttemptAt: at,
  quarantinedUntil: null,
  ...over,
});

const incident = (over: Partial<Incident> = {}): Incident => {
  const upload = { fileId: null, name: "x.png", userId: "1", at, address: "192.0.2.7", port: 50123 };
  return {
    id: incidentId,
    state: "open",
    sha256: hashOf("b"),
    size: 4096,
    type: "image/jpeg",
    createdAt: at,
    provider: "shield",
    classification: "csam",
    matchType: "near",
    answer: "",
    uploads: [{ ...upload, username: "bob" }, { ...upload, at: "later", username: "carl", port: null }],
    evidence: "sealed",
    holdUntil: "2027-01-02T03:04:05.000Z",
    report: null,
    closed: null,
    ...over,
  };
};

const report: NonNullable<Incident["report"]> = {
  incidentType: "Child Sex Tourism",
  escalate: null,
  additionalInfo: null,
  updatedAt: at,
  updatedBy: "ann",
  submittedAt: null,
  reportId: null,
};

const emptyPaths = [
  "/contacts",
  "/groups",
  "/preferences",
  "/preferences?notice=saved",
  "/resume",
  "/admin",
  "/admin/users?q=nobody-of-this-name",
  "/admin/files",
  "/admin/files?state=scanning",
  "/admin/files?state=rejected",
  "/admin/incidents",
  "/admin/incidents?state=reported",
  "/admin/incidents?state=closed",
  "/admin/categories/general",
  "/admin/groups",
  "/admin/broadcast",
  "/admin/audit",
];

/** Something of everything that these pages can show, as ann sees it, who administers; answers with the paths that show it. */
function furnish({ world }: FakeServices): string[] {
  const person = (username: string) => ({ username, displayName: username, note: "Hallo", createdAt: at });
  world.contacts = {
    contacts: [
      { username: "bob", displayName: "Bob", online: true, allows: ["feet"] },
      { username: "carl", displayName: "Carl", online: false, allows: [] },
    ],
    incoming: [person("dora")],
    outgoing: [person("emil")],
  };
  for (const role of ["member", "sender", "owner"] as const) {
    for (const since of [at, null]) {
      const name = `${role}-${since === null ? "asked" : "in"}`;
      const member = { username: "ann", displayName: "ann", role, since };
      const others = { username: "bob", displayName: "bob", role: "member" as const, since: null };
      world.groups.push({ name, title: name, createdAt: at, members: [member, others] });
    }
  }
  world.categories.push({ slug: "old", title: "old", description: "-", order: 9, retired: true });
  const sanction = { id: "1", reason: "Grund", createdAt: at, by: "ann" };
  world.sanctions.set("bob", [
    { ...sanction, kind: "warn", until: null },
    { ...sanction, kind: "mute", until: neverEnds },
    { ...sanction, kind: "suspend", until: at },
  ]);
  world.people.get("bob")!.user.rights.broadcast = true;
  for (const subject of ["user:bob", null]) {
    world.audit.push({
      cursor: "0000000000000000000a",
      at,
      actor: "ann",
      action: "user.change",
      subject,
      address: "192.0.2.1",
      reason: "Grund",
      detail: {},
      hash: "abc",
    });
  }
  world.adminFiles.push(
    blob(),
    blob({ sha256: hashOf("c"), state: "scanning", verdicts: [], attempts: 0, nextAttemptAt: null }),
    blob({ sha256: hashOf("d"), state: "rejected" }),
  );
  const ended = { ...report, submittedAt: at, reportId: "17" };
  const evidences = ["sealing", "destroyed", "none"] as const;
  const others = evidences.map((evidence, index) => `01JGFJJZ0000000000000000${evidence.length}${index}`);
  world.incidents.push(
    incident({ report }),
    ...evidences.map((evidence, index) =>
      incident({
        id: others[index]!,
        state: (["open", "reported", "closed"] as const)[index]!,
        evidence,
        report: index === 0 ? null : ended,
        closed: index === 2 ? { at, by: "ann", reason: "Grund" } : null,
        uploads: incident().uploads.slice(index),
      })
    ),
  );
  return [
    ...["request", "accept", "decline", "remove"].map((notice) => `/contacts?notice=${notice}`),
    ...["accept", "decline", "leave"].map((notice) => `/groups?notice=${notice}`),
    ...["invite", "role", "remove"].map((notice) => `/groups/owner-in?notice=${notice}`),
    "/admin",
    "/admin/users",
    "/admin/users?after=ann",
    ...["rights", "sanction"].map((notice) => `/admin/users/bob?notice=${notice}`),
    ...["held", "scanning", "rejected"].map((state) => `/admin/files?state=${state}&notice=${"released"}`),
    "/admin/files?state=rejected&notice=rejected",
    `/admin/files/${hashOf("a")}`,
    ...["open", "reported", "closed"].map((state) => `/admin/incidents?state=${state}`),
    ...["drafted", "submitted", "closed"].map((notice) => `/admin/incidents/${incidentId}?notice=${notice}`),
    ...others.map((id) => `/admin/incidents/${id}`),
    ...["add", "saved", "moved", "retire", "restore"].map((notice) => `/admin/categories?notice=${notice}`),
    "/admin/groups",
    "/admin/groups/owner-in?notice=created",
    "/admin/audit",
    "/admin/audit?before=0000000000000000000a",
  ];
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

interface Reader {
  fake: FakeServices;
  send: Send;
  cookie: string;
  look(path: string, init?: RequestInit): Promise<string>;
}

/** Ann, who administers the server, in front of a German browser. */
async function reader(over: Parameters<typeof fakeServices>[0] = {}): Promise<Reader> {
  const fake = fakeServices(over);
  fake.world.people.get("ann")!.user.role = "admin";
  const send = await wholeSite(fake);
  const cookie = fake.cookieOf("ann");
  return {
    fake,
    send,
    cookie,
    async look(path, init = {}) {
      const headers = { ...init.headers, cookie, "accept-language": "de-AT,de;q=0.9,en;q=0.5" };
      const response = await send(path, { ...init, headers });
      const html = await response.text();
      assert.ok([200, 400, 404, 409, 503].includes(response.status), `${response.status} ${path}`);
      assert.match(html, /<html lang="de">/, path);
      const found = english.filter((sentence) => html.includes(escaped(sentence)) || html.includes(sentence));
      assert.deepEqual(found, [], `${response.status} ${path}`);
      return html;
    },
  };
}

Deno.test("UI-6: contacts, groups, preferences and administration are German when there is nothing and when there is much", async () => {
  assert.ok(english.length > 250, `only ${english.length} sentences`);
  assert.deepEqual(sentences("en").filter((sentence) => own.has(sentence)), [], "not translated");
  const { fake, look } = await reader();
  for (const path of emptyPaths) await look(path);
  for (const path of furnish(fake)) await look(path);
});

Deno.test("UI-6: what holds uploads is said in German, the reasons of scanners that are known too", async () => {
  const { fake, look } = await reader({ mode: "production" });
  const scanner = { scanner: "clamd", version: "1.4.6", real: true, ok: false };
  fake.world.scanStatus = {
    backlog: 1204,
    virus: { ...scanner, reason: "scanner.silent" as const },
    csam: { ...scanner, real: false, reason: null },
  };
  const html = await look("/admin");
  assert.ok(html.includes("Virenscanner clamd ist ausgefallen: antwortet nicht."), html);
  assert.ok(html.includes("Kein Abgleichdienst eingerichtet: kein Grund angegeben."));
  assert.ok(html.includes(">1.204</strong>") && html.includes(">Dateien zu prüfen<"));
});

Deno.test("UI-6: refused forms come back in German, each message and each field", async () => {
  const { fake, look, cookie } = await reader();
  furnish(fake);
  const post = (path: string, fields: Record<string, string>) => look(path, form(fields, cookie));
  fake.world.refuse.set(
    "contact.request",
    new Refusal(
      "queue_full",
      say("contact.requests", { count: limits.contactRequestsOpen }),
    ),
  );
  const asked = await post("/contacts", { action: "request", username: "bob" });
  assert.ok(
    asked.includes(`Du hast ${limits.contactRequestsOpen} offene Anfragen. Zieh zuerst eine zurück.`),
  );
  const wrong = await post("/contacts", { action: "request", username: "!" });
  assert.ok(wrong.includes("Prüf die markierten Felder."));
  assert.ok(wrong.includes('id="username-error">Muss 3 bis 32 Zeichen aus a–z, 0–9, _ und - haben'));
  assert.ok((await post("/contacts", { action: "burn" })).includes("Muss 3 bis 32 Zeichen"));
  fake.world.refuse.set("group.leave", new Refusal("conflict", told("Something that no catalogue has.")));
  const unknown = await post("/groups", { action: "leave", group: "owner-in" });
  assert.ok(unknown.includes("Something that no catalogue has."), "better than nothing");
  assert.ok((await post("/resume", {})).includes("Setz den Haken"));
  const quiet = await post("/preferences", { quiet: "yes", quietFrom: "x", dailyLimit: "0" });
  assert.ok(quiet.includes('id="quietFrom-error">Muss eine Uhrzeit sein wie 22:00.'));
  assert.ok(quiet.includes('id="dailyLimit-error">Muss mindestens 1 sein.'));
  assert.ok((await post("/groups/owner-in", { action: "invite", username: "x" })).includes("username-error"));
  assert.ok((await post("/admin/groups", { name: "owner-in", title: "" })).includes("Darf nicht leer sein."));
  const taken = await post("/admin/groups", { name: "owner-in", title: "Noch einmal" });
  assert.ok(taken.includes("Eine Gruppe mit diesem Namen gibt es schon.") && taken.includes("ist vergeben."));
  await post("/admin/categories", { action: "add", slug: "feet", title: "x" });
  assert.ok((await post("/admin/categories/feet", { title: "x", order: "x" })).includes("von 0 bis 10.000"));
  const sanction = await post("/admin/users/bob", { action: "sanction" });
  assert.ok(
    sanction.includes("Wähle eine Sanktion.") &&
      sanction.includes("Gib einen Grund an. Er kommt ins Protokoll."),
  );
  await post(`/admin/files/${hashOf("a")}`, { decision: "reject" });
  await post(`/admin/files/${hashOf("a")}`, { decision: "x", confirm: "yes" });
  for (const action of ["draft", "submit", "close", "x"]) {
    await post(`/admin/incidents/${incidentId}`, { action });
  }
  await post(`/admin/incidents/${incidentId}`, { action: "close", sure: "yes" });
});

Deno.test("UI-6: a broadcast is counted, confirmed and refused in German", async () => {
  const { fake, look, cookie } = await reader();
  const { commands } = fake.services;
  const fields = { key: "1", audience: "all", kind: "message", body: "Hallo", requires: "none" };
  const post = (over: Record<string, string> = {}) =>
    look("/admin/broadcast", form({ ...fields, ...over }, cookie));
  commands.preview = () =>
    Promise.resolve({
      matched: 1204,
      online: "<5",
      offline: 1200,
      excluded: Object.fromEntries(
        [
          "blocked_user",
          "accept_from",
          "broadcasts",
          "no_category",
          "stopped",
          "quiet_hours",
          "daily_limit",
          "queue_full",
          "suspended",
          "category:feet",
        ].map((rule) => [rule, 7]),
      ),
    });
  const many = await post();
  assert.ok(many.includes("Für 1.204 Personen: weniger als 5 online, 1.200 offline."));
  assert.ok(many.includes(">An 1.204 Personen senden</button>"));
  assert.ok((await post({ do: "send" })).includes('id="confirm-error">Gib 1204 ein'));
  assert.ok((await post({ do: "send", confirm: "7" })).includes("Falsche Zahl."));
  for (const matched of ["<5", 1, 0] as const) {
    commands.preview = () => Promise.resolve({ matched, online: "<5", offline: "<5", excluded: {} });
    await post();
  }
  const link = await post({ audience: "category", kind: "link", href: "http://example.org" });
  assert.ok(link.includes("Gib eine Adresse ein, die mit https:// beginnt."));
  assert.ok(link.includes("Wähle eine Kategorie."));
});

Deno.test("UI-6: behind a login the profile's language goes before the browser's, where there are words for it", async () => {
  const { fake, send, cookie } = await reader();
  const languageFor = async (accepted: string, chosen?: string) => {
    fake.world.profiles.clear();
    if (chosen !== undefined) {
      const { services } = fake;
      const caller = await services.accounts.authenticate("token-ann", {
        address: "",
        device: "web",
        requestId: "1",
      });
      assert.ok(!(caller instanceof Refusal));
      await services.profiles.change(caller, { language: chosen });
    }
    const html = await (await send("/profile", { headers: { cookie, "accept-language": accepted } })).text();
    const [, language] = /<html lang="([^"]*)"/.exec(html) ?? [];
    // What the form would save is what was chosen, or what is read now.
    assert.ok(html.includes(`value="${chosen ?? language}"`), html);
    return language;
  };
  assert.equal(await languageFor("de"), "de");
  assert.equal(await languageFor("en"), "en");
  assert.equal(await languageFor("en", "de-AT"), "de");
  assert.equal(await languageFor("de", "en"), "en");
  assert.equal(await languageFor("de", "fr"), "de", "there are no French words");
});
