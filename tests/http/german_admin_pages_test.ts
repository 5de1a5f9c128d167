import assert from "node:assert/strict";
import { limits, Refusal, say } from "../../lib/protocol/mod.ts";
import { type Section, wordsOf } from "../../lib/words/mod.ts";
import { must } from "../fakes/accounts_rig.ts";
import { png } from "../fakes/account_world.ts";
import { AppRig } from "../fakes/app_rig.ts";
import { cybertipService } from "../fakes/cybertip_service.ts";
import { matchedBytes } from "../fakes/matched_bytes.ts";
import { form, messagesOf } from "../fakes/page_forms.ts";
import { told } from "../fakes/told.ts";
import { answerNext } from "../fakes/replaced_calls.ts";

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
  "overview",
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
async function furnish(app: AppRig) {
  const { adminFiles, categories, contacts, incidents, users } = app.services;
  const ann = await app.caller("ann");
  for (const who of ["bob", "carl"]) await app.befriend("ann", who);
  await app.preferences("bob", { categories: { feet: "allow" }, shareLimits: true });
  must(await contacts.request(await app.caller("dora"), { username: "ann", note: "Hallo" }));
  must(await contacts.request(ann, { username: "emil", note: "Hallo" }));
  for (const role of ["member", "sender", "owner"] as const) {
    await app.group(`${role}-in`, { ann: role, bob: ["asked", "member"] });
  }
  // No more invitations of one person a day.
  await app.later(25 * 3600_000);
  // AU-13: decisions need a login that is not older than ten minutes.
  const root = await app.caller("root");
  for (const role of ["member", "sender", "owner"] as const) {
    await app.group(`${role}-asked`, { ann: ["asked", role] });
  }
  must(await categories.add(root, { slug: "old", title: "old", description: "-" }));
  must(await categories.change(root, "old", { retired: true }));
  await app.file("dora", { state: "scanning" });
  const { sha256: held } = await app.file("dora", { name: "lake.png", content: png(), state: "held" });
  const { sha256: rejected } = await app.file("dora", { state: "rejected" });
  for (const release of [true, false]) {
    const { sha256 } = await app.file("dora", { state: "held" });
    must(await adminFiles.decide(root, sha256, { release, reason: "Grund" }));
  }
  const { id: open } = await matchedBytes(app, ["bob", "carl"]);
  const { id: reported } = await matchedBytes(app, ["dora"]);
  const { id: closed } = await matchedBytes(app, ["emil"]);
  const draft = { incidentType: "Child Sex Tourism", escalate: null, additionalInfo: null } as const;
  for (const id of [open, reported]) must(await incidents.draft(root, id, draft));
  must(await incidents.submit(root, reported));
  must(await incidents.close(root, closed, { reason: "Grund", reinstate: ["emil"] }));
  const until = new Date(app.clock.now() + 3600_000).toISOString();
  await app.setRole("bob", "member", { broadcast: true });
  must(await users.sanction(root, "bob", { kind: "warn", reason: "Grund" }));
  must(await users.sanction(root, "bob", { kind: "mute", reason: "Grund" }));
  must(await users.sanction(root, "bob", { kind: "suspend", reason: "Grund", until }));
  const paths = [
    ...["request", "accept", "decline", "remove"].map((notice) => `/contacts?notice=${notice}`),
    ...["accept", "decline", "leave"].map((notice) => `/groups?notice=${notice}`),
    ...["invite", "role", "remove"].map((notice) => `/groups/owner-in?notice=${notice}`),
    "/admin",
    "/admin/users",
    "/admin/users?after=ann",
    ...["rights", "sanction"].map((notice) => `/admin/users/bob?notice=${notice}`),
    ...["held", "scanning", "rejected"].map((state) => `/admin/files?state=${state}&notice=${"released"}`),
    "/admin/files?state=rejected&notice=rejected",
    ...[held, rejected].map((sha256) => `/admin/files/${sha256}`),
    ...["open", "reported", "closed"].map((state) => `/admin/incidents?state=${state}`),
    ...["drafted", "submitted", "closed"].map((notice) => `/admin/incidents/${open}?notice=${notice}`),
    ...[reported, closed].map((id) => `/admin/incidents/${id}`),
    ...["add", "saved", "moved", "retire", "restore"].map((notice) => `/admin/categories?notice=${notice}`),
    "/admin/groups",
    "/admin/groups/owner-in?notice=created",
    "/admin/audit",
    "/admin/audit?before=0000000000000000000a",
  ];
  return { paths, held, incident: open };
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

interface Reader extends AsyncDisposable {
  app: AppRig;
  cookie: string;
  look(path: string, init?: RequestInit): Promise<string>;
}

/** Ann, who administers the server, in front of a German browser. */
async function reader(env: Record<string, string> = {}): Promise<Reader> {
  const app = await AppRig.start({ env, people: ["ann", "bob", "carl", "dora", "emil"] });
  await app.setRole("ann", "admin");
  const { wholeSend: send } = app;
  const cookie = app.cookieOf("ann");
  return {
    app,
    cookie,
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
    async look(path, init = {}) {
      const headers = {
        ...init.headers,
        cookie: app.cookieOf("ann"),
        "accept-language": "de-AT,de;q=0.9,en;q=0.5",
      };
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
  await using tipline = cybertipService();
  const { url, credentials: { user, password } } = tipline;
  await using anns = await reader({
    BEHEST_CYBERTIP_URL: url,
    BEHEST_CYBERTIP_USER: user,
    BEHEST_CYBERTIP_PASSWORD: password,
  });
  const { app, look } = anns;
  for (const path of emptyPaths) await look(path);
  for (const path of (await furnish(app)).paths) await look(path);
});

Deno.test("UI-6: what holds uploads is said in German, the reasons of scanners that are known too", async () => {
  await using anns = await reader({ BEHEST_MODE: "production" });
  const { app, look } = anns;
  const scanner = { scanner: "clamd", version: "1.4.6", real: true, ok: false };
  app.services.scanning.status = () =>
    Promise.resolve({
      backlog: 1204,
      virus: { ...scanner, reason: "scanner.silent" },
      csam: { ...scanner, real: false, reason: null },
    });
  const html = await look("/admin");
  assert.ok(html.includes("Virenscanner clamd ist ausgefallen: antwortet nicht."), html);
  assert.ok(html.includes("Kein Abgleichdienst eingerichtet: kein Grund angegeben."));
  assert.ok(html.includes(">1.204</strong>") && html.includes(">Dateien zu prüfen<"));
});

Deno.test("UI-6: refused forms come back in German, each message and each field", async () => {
  await using anns = await reader();
  const { app, look, cookie } = anns;
  await app.group("owner-in", { ann: "owner" });
  const { sha256: held } = await app.file("dora", { state: "held" });
  const { id: incident } = await matchedBytes(app, ["bob"]);
  const post = (path: string, fields: Record<string, string>) => look(path, form(fields, cookie));
  const full = new Refusal("queue_full", say("contact.requests", { count: limits.contactRequestsOpen }));
  answerNext(app.services.contacts, "request", full);
  const asked = await post("/contacts", { action: "request", username: "bob" });
  assert.ok(
    asked.includes(`Du hast ${limits.contactRequestsOpen} offene Anfragen. Zieh zuerst eine zurück.`),
  );
  const wrong = await post("/contacts", { action: "request", username: "!" });
  assert.ok(wrong.includes("Prüf die markierten Felder."));
  assert.ok(wrong.includes('id="username-error">Muss 3 bis 32 Zeichen aus a–z, 0–9, _ und - haben'));
  assert.ok((await post("/contacts", { action: "burn" })).includes("Muss 3 bis 32 Zeichen"));
  const strange = new Refusal("conflict", told("Something that no catalogue has."));
  answerNext(app.services.groups, "leave", strange);
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
  await post(`/admin/files/${held}`, { decision: "reject" });
  await post(`/admin/files/${held}`, { decision: "x", confirm: "yes" });
  for (const action of ["draft", "submit", "close", "x"]) {
    await post(`/admin/incidents/${incident}`, { action });
  }
  await post(`/admin/incidents/${incident}`, { action: "close", sure: "yes" });
});

Deno.test("UI-6: a broadcast is counted, confirmed and refused in German", async () => {
  await using anns = await reader();
  const { app, look, cookie } = anns;
  const { commands } = app.services;
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
  await using anns = await reader();
  const languageFor = async (accepted: string, chosen?: string) => {
    // Of those who chose none: bob.
    const who = chosen === undefined ? "bob" : "ann";
    if (chosen !== undefined) await anns.app.profile("ann", { language: chosen });
    const headers = { cookie: anns.app.cookieOf(who), "accept-language": accepted };
    const html = await (await anns.app.send("/profile", { headers })).text();
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
