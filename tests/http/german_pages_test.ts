import assert from "node:assert/strict";
import { type FileObject, Refusal } from "../../lib/protocol/mod.ts";
import { type Section, wordsOf } from "../../lib/words/mod.ts";
import { must } from "../fakes/accounts_rig.ts";
import { png } from "../fakes/account_world.ts";
import { AppRig, withApp } from "../fakes/app_rig.ts";
import { joined } from "../fakes/form_bodies.ts";
import { form, messagesOf } from "../fakes/page_forms.ts";
import { told } from "../fakes/told.ts";
import { answerNext } from "../fakes/replaced_calls.ts";

/** The sections of the pages that are looked at here. */
const sections = [
  "bar",
  "command",
  "commands",
  "failures",
  "file",
  "files",
  "frame",
  "history",
  "inbox",
  "send",
  "sent",
  "upload",
] as const satisfies readonly Section[];

/** Below this a word may be the same in both languages, or a part of another. */
const leastLetters = 12;

/** Parts of a language's messages that stand in a page as they are, longer than a word or two. */
function sentences(language: "en" | "de"): string[] {
  const words = wordsOf(language);
  return sections.flatMap((name) => messagesOf(words[name])).flatMap((message) =>
    message.split(/\{[a-zA-Z]+\}/)
  )
    .map((part) => part.trim()).filter((part) => part.length > leastLetters);
}

const people = ["ann", "bob", "carla"];

const german = (cookie: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { ...init.headers, cookie, "accept-language": "de-AT,de;q=0.9,en;q=0.5" },
});

const dayMs = 24 * 3600_000;

/** Something of everything that these pages can show, as ann sees it; answers with the paths that show it. */
async function furnish(app: AppRig): Promise<{ paths: string[]; received: string; sent: string }> {
  const { services } = app;
  const root = await app.caller("root");
  must(await services.categories.add(root, { slug: "readers", title: "Readers", description: "-" }));
  await app.preferences("ann", { categories: { readers: "allow", feet: "ask" } });
  await app.preferences("carla", { categories: { readers: "allow" } });
  for (const who of ["ann", "bob"]) await app.setRole(who, "member", { broadcast: true });
  await app.group("readers", { ann: "sender", bob: "sender", carla: "member" });
  const [kept, gone, bad] = [await app.file("bob"), await app.file("bob"), await app.file("bob")];
  const attachments = [kept, gone, bad].map(({ id }) => id);
  const { get } = services.files;
  // What became of two files since.
  services.files.get = async function (caller, id) {
    if (id === gone.id) return new Refusal("not_found", "file.missing");
    const found = await get.call(this, caller, id);
    return id === bad.id ? { ...(found as FileObject), state: "rejected" } : found;
  };
  const states = ["delivered", "seen", "accepted", "submitted", "deferred", "returned"] as const;
  let received = "";
  for (const [at, state] of states.entries()) {
    const requires = (["proof", "review", "confirmation", "none"] as const)[at % 4]!;
    const audience = at % 2 === 0
      ? { kind: "group" as const, group: "readers" }
      : { kind: "category" as const, category: "readers" };
    const { id } = await app.command("bob", audience, {
      title: "",
      requires,
      attachments,
      categories: ["readers", ...(at % 2 === 0 ? ["feet"] : [])],
      dueAt: at % 2 === 0 ? "2030-03-01T10:00:00.000Z" : new Date(app.clock.now() + 3600_000).toISOString(),
    });
    received ||= id;
    const until = new Date(app.clock.now() + dayMs).toISOString();
    await app.answer("ann", id, "seen");
    if (state === "returned") {
      await app.answer("ann", id, "submitted", { note: "Da" });
      await app.review("bob", id, "ann", false, "Noch");
    } else if (state !== "delivered" && state !== "seen") {
      await app.answer("ann", id, state, state === "deferred" ? { until } : {});
    }
  }
  await app.command("bob", { kind: "category", category: "readers" }, { title: "An alle, die lesen" });
  const sealed = await app.command("bob", "ann", { categories: ["feet"] });
  for (const state of ["clean", "held", "rejected"] as const) {
    await app.file("ann", { state, name: `${state}.png`, content: joined([png(), state]) });
  }
  await app.befriend("ann", "carla");
  const scanning = await app.file("ann", { state: "scanning", name: "scanning.png" });
  const sent = await app.command("ann", "bob", {
    requires: "review",
    audience: { kind: "user", to: ["bob", "carla"] },
    attachments: [(await app.file()).id],
  });
  await app.answer("bob", sent.id, "submitted", { note: "Hier" });
  await app.answer("carla", sent.id, "seen");
  await app.command("ann", "bob", { attachments: [scanning.id] });
  await app.command("ann", "bob", { deliverAt: new Date(app.clock.now() + 60 * dayMs).toISOString() });
  await app.command("ann", { kind: "all" });
  const paths = [
    "/",
    "/send",
    "/sent",
    `/sent/${sent.id}`,
    "/sent?notice=checking",
    "/history",
    "/history?box=outbox",
    "/history?state=completed",
    `/history/${received}`,
    `/history/${sealed.id}`,
    "/files",
    "/files?notice=uploaded",
  ];
  return { paths, received, sent: sent.id };
}

Deno.test("UI-6: the pages of commands and files are German from the first word to the data of their islands", async () => {
  await using app = await AppRig.start({ people });
  const { wholeSend: send } = app;
  const cookie = app.cookieOf("ann");
  const own = new Set(sentences("de"));
  const english = sentences("en").filter((sentence) => !own.has(sentence));
  assert.ok(english.length > 120, `only ${english.length} sentences`);
  const look = async (path: string, init: RequestInit = {}) => {
    const response = await send(path, german(cookie, init));
    const html = await response.text();
    assert.match(html, /<html lang="de">/, path);
    const found = english.filter((sentence) => html.includes(escaped(sentence)) || html.includes(sentence));
    assert.deepEqual(found, [], `${response.status} ${path}`);
  };
  for (const path of ["/", "/sent", "/history", "/files"]) await look(path);
  const { paths, received: id, sent } = await furnish(app);
  for (const path of paths) await look(path);
  // Refused forms come back in the same language, whatever the service said.
  const unreal = new Refusal("conflict", told("This says nothing that a catalogue has."));
  for (const method of ["update", "cancel", "send"] as const) {
    answerNext(app.services.commands, method, unreal);
  }
  await look("/", form({ id, state: "declined" }, cookie));
  await look("/sent", form({ id: sent }, cookie));
  await look(
    "/send",
    form({ key: "1", to: "bob", kind: "message", body: "Hallo", requires: "none" }, cookie),
  );
  await look("/files", form({ id, action: "remove" }, cookie));
  await app.services.safety.stop(await app.caller("ann"));
  await look("/");
});

/** As it stands in an attribute or between tags. */
const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

Deno.test("UI-6: what a German page says is German, with its dates, numbers and forms of plurals", async () => {
  await withApp(async (send, app) => {
    const page = async (path: string) => await (await send(path, german(app.cookieOf("ann")))).text();
    assert.match(await page("/"), />Nichts zu tun<\/h2>/);
    await furnish(app);
    await app.later(3 * dayMs);
    const inbox = await page("/");
    assert.match(inbox, /<title>Eingang · Behest<\/title>/);
    assert.match(inbox, /title="1\. März 2030, 10:00 UTC" data-due>in [\d.]+ T\.<\/time>/);
    assert.match(
      inbox,
      /class="late" title="1\. Jan\. 2026, 01:00 UTC" data-due>2 T\. 23 Std\. zu spät<\/time>/,
    );
    const ids = new Set([...inbox.matchAll(/[?&;]open=([0-9A-Z]{26})/g)].map(([, id]) => id!));
    const open = (await Promise.all([...ids].map((id) => page(`/?open=${id}`)))).join("\n");
    assert.ok(
      open.includes("An eine Gruppe gesendet, der du beigetreten bist.") &&
        open.includes("Du erlaubst Readers. Für Füße hast du „Fragen“ gewählt"),
    );
    assert.ok(open.includes("Der Absender hat deine Abgabe zurückgegeben: „Noch“"));
    assert.ok(open.includes(">Versiegelt<") && open.includes("An alle, die Readers erlauben"));
    const { items } = await app.services.commands.list(await app.caller("ann"), { box: "outbox" });
    const many = { ...items[0]!, totals: { completed: 1204, queued: 9 } };
    answerNext(app.services.commands, "list", { items: [many], next: null });
    const outbox = await page("/history?box=outbox");
    assert.ok(outbox.includes("1.204 erledigt, 9 wartet"));
    assert.ok(outbox.includes("14 Tage lang aufbewahrt."));
    const sent = await page("/sent");
    assert.ok(sent.includes("1 abgegeben") && sent.includes("Notiz an @bob") && sent.includes("<p>Hier</p>"));
    const files = await page("/files");
    assert.ok(files.includes("PNG-Bild, ") && files.includes("Jede Art, bis zu 1 MiB."));
    const form = await page("/send");
    assert.ok(form.includes(">Senden</button>") && form.includes("Bis zu 10 deiner Dateien."));
  }, { people });
});
