import assert from "node:assert/strict";
import { type CommandDetail, type CommandState, Refusal } from "../../lib/protocol/mod.ts";
import { type Section, wordsOf } from "../../lib/words/mod.ts";
import { form, messagesOf, type Send, wholeSite, withPages } from "../fakes/pages.ts";
import { type FakeServices, fakeServices } from "../fakes/services.ts";
import { told } from "../fakes/told.ts";

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

const german = (cookie: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { ...init.headers, cookie, "accept-language": "de-AT,de;q=0.9,en;q=0.5" },
});

const recipient = (username: string, state: CommandState, note: string | null = null) => ({
  username,
  displayName: username,
  state,
  updatedAt: "2026-03-01T10:00:00.000Z",
  note,
  proof: [],
});

/** Something of everything that these pages can show, as ann sees it; answers with the paths that show it. */
function furnish(fake: FakeServices): string[] {
  const { world } = fake;
  world.people.get("ann")!.user.rights.broadcast = true;
  const files = (["clean", "scanning", "held", "rejected"] as const).map((state) =>
    fake.file({ state, name: `${state}.png`, type: "image/png" })
  );
  const carried = files.map(({ id, sha256, name, size, type }) => ({ fileId: id, sha256, name, size, type }));
  const time = "2030-03-01T10:00:00.000Z";
  const states = ["delivered", "seen", "accepted", "submitted", "deferred", "returned"] as const;
  for (const [at, state] of states.entries()) {
    const requires = (["proof", "review", "confirmation", "none"] as const)[at % 4]!;
    const given = at % 2 === 0 ? "group" : "category";
    const command = fake.command("bob", {
      title: null,
      requires,
      attachments: carried,
      dueAt: at % 2 === 0 ? time : "2020-03-01T10:00:00.000Z",
      audience: { kind: given, name: "readers" },
    });
    const item = fake.item(command, state);
    item.state = {
      ...item.state!,
      until: time,
      note: at === 5 ? "Noch" : null,
      allowedBy: "membership; a=allow,b=ask",
    };
    world.inbox.push(item);
  }
  const { id, from, categories, createdAt, expiresAt } = fake.command("bob");
  const sealed = {
    id,
    from,
    categories,
    createdAt,
    expiresAt,
    deliverAt: null,
    dueAt: null,
    sealed: true as const,
  };
  world.inbox.push(fake.item(sealed, "delivered"));
  const review: CommandDetail["recipients"] = [
    recipient("bob", "submitted", "Hier"),
    recipient("carla", "seen"),
  ];
  const sent = fake.command("ann", { requires: "review", attachments: carried, deliverAt: time });
  world.outbox.push(
    { command: sent, totals: { submitted: 1, seen: 1 }, recipients: review },
    { command: fake.command("ann", { attachments: carried }), totals: { scheduled: 2 }, recipients: [] },
    { command: fake.command("ann", { audience: { kind: "all" } }), totals: { completed: 1204, queued: 9 } },
  );
  return [
    "/",
    "/send",
    "/sent",
    `/sent/${sent.id}`,
    "/sent?notice=checking",
    "/history",
    "/history?box=outbox",
    "/history?state=completed",
    `/history/${world.inbox[0]!.command.id}`,
    `/history/${sealed.id}`,
    "/files",
    "/files?notice=uploaded",
  ];
}

Deno.test("UI-6: the pages of commands and files are German from the first word to the data of their islands", async () => {
  const fake = fakeServices();
  const send = await wholeSite(fake);
  const cookie = fake.cookieOf("ann");
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
  for (const path of furnish(fake)) await look(path);
  fake.world.stoppedSince = "2026-03-01T10:00:00.000Z";
  await look("/");
  // Refused forms come back in the same language, whatever the service said.
  const { id } = fake.world.inbox[0]!.command;
  const unreal = new Refusal("conflict", told("This says nothing that a catalogue has."));
  fake.world.refuse.set("command.update", unreal).set("command.cancel", unreal).set("command.send", unreal);
  await look("/", form({ id, state: "declined" }, cookie));
  await look("/sent", form({ id: fake.world.outbox[0]!.command.id }, cookie));
  await look(
    "/send",
    form({ key: "1", to: "bob", kind: "message", body: "Hallo", requires: "none" }, cookie),
  );
  await look("/files", form({ id, action: "remove" }, cookie));
});

/** As it stands in an attribute or between tags. */
const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

Deno.test("UI-6: what a German page says is German, with its dates, numbers and forms of plurals", async () => {
  await withPages(async (send: Send, fake) => {
    const cookie = fake.cookieOf("ann");
    const page = async (path: string) => await (await send(path, german(cookie))).text();
    assert.match(await page("/"), />Nichts zu tun<\/h2>/);
    furnish(fake);
    const inbox = await page("/");
    assert.match(inbox, /<title>Eingang · Behest<\/title>/);
    assert.match(
      inbox,
      /Fällig: <time datetime="[^"]*" data-utc>1\. März 2030, 10:00 UTC<\/time>, in [\d.]+ Tagen/,
    );
    assert.match(
      inbox,
      /class="late">War fällig: <time[^>]*>1\. März 2020, 10:00 UTC<\/time>, vor [\d.]+ Tagen/,
    );
    assert.ok(
      inbox.includes("An eine Gruppe gesendet, der du beigetreten bist.") &&
        inbox.includes("Du erlaubst a. Für b hast du „Fragen“ gewählt"),
    );
    assert.ok(inbox.includes("Der Absender hat deine Abgabe zurückgegeben: „Noch“"));
    assert.ok(inbox.includes(">Versiegelt<") && inbox.includes("An alle, die readers erlauben"));
    const outbox = await page("/history?box=outbox");
    assert.ok(outbox.includes("1.204 erledigt, 9 wartet"));
    assert.ok(outbox.includes("14 Tage lang aufbewahrt."));
    const sent = await page("/sent");
    assert.ok(sent.includes(">Abgegeben<") && sent.includes("Notiz an @bob") && sent.includes("„Hier“"));
    const files = await page("/files");
    assert.ok(files.includes("PNG-Bild, ") && files.includes("Jede Art, bis zu 1 MiB."));
    const form = await page("/send");
    assert.ok(form.includes(">Senden</button>") && form.includes("Bis zu 10 deiner Dateien."));
  });
});
