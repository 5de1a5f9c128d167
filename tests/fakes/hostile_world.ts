import type { Caller } from "../../lib/platform/mod.ts";
import { type FileObject, Refusal } from "../../lib/protocol/mod.ts";
import { must } from "./accounts_rig.ts";
import { Authenticator } from "./authenticator.ts";
import { freeTextFields } from "./free_text.ts";
import { openTestServices, person, testConfig } from "./open_services.ts";
import { ScriptedCsamMatcher, ScriptedVirusScanner } from "./scanners.ts";

/** What a page would have to keep apart from its own markup: elements, scripts, templates, directions, characters of four bytes. */
const tails = [
  `"><img src=x onerror=hurt()>`,
  `</script><script>hurt()</script>`,
  `</title></textarea><svg onload=hurt()>{{7*7}}\${hurt()}<!--`,
  `\u202e\u2066&quot;javascript:hurt()&#x3c;\u{1f98a}'`,
];

/** Fields that no page shows: secrets, what only tells requests apart, and what browsers say of themselves. */
const unseen: readonly string[] = [
  "accountRemoval.code",
  "accountRemoval.password",
  "chatDraft.key",
  "commandDraft.key",
  "deviceQuery.accept",
  "deviceQuery.window",
  "incidentClose.reinstate",
  "loginBody.code",
  "loginBody.password",
  "loginBody.timeZone",
  "loginLinkUse.password",
  "loginLinkUse.token",
  "passkeyBody.response.authenticatorAttachment",
  "passkeyBody.response.response.transports",
  "passkeyLoginBody.response.authenticatorAttachment",
  "passkeyLoginBody.timeZone",
  "passkeyOptionsBody.password",
  "passwordAndCode.code",
  "passwordAndCode.password",
  "passwordBody.current",
  "passwordProof.password",
  "proofBody.code",
  "proofBody.password",
  "pushAnswer.ticket",
  "registerBody.invite",
  "renewBody.credential",
  "sanctionReason.text",
  "totpConfirm.code",
];

/** Typed by people and shown back to them alone, by a form that was refused or a search. */
const typedBack: readonly string[] = [
  "adminUserQuery.q",
  "auditExportQuery.action",
  "auditExportQuery.actor",
  "auditExportQuery.subject",
  "auditQuery.action",
  "auditQuery.actor",
  "auditQuery.subject",
  "chatSearchParams.q",
  "chatSearchQuery.q",
  "command.list.q",
  "inbox.list.q",
  "loginBody.username",
  "queueQuery.after",
  "removalQuery.code",
];

const heldBytes = 1001;
const matchedBytes = [1002, 1003];

/** The hostile text of each field; `fileName` and `href` are no schema's own. */
export class HostileTexts {
  readonly #fields = freeTextFields();
  readonly written = new Map<string, string>();

  /** As much of it as the field takes. The mark in it is this field's own. */
  of(field: string): string {
    const known = this.written.get(field);
    if (known !== undefined) return known;
    const takes = this.#fields.get(field)?.takes ?? (() => true);
    let text = `zq${String(this.written.size).padStart(2, "0")}qz`;
    for (const tail of tails) if (takes(text + tail)) text += tail;
    if (!text.includes("<")) throw new Error(`${field} takes too little to say anything.`);
    this.written.set(field, text);
    return text;
  }

  /** Of what may be in a file's name: no path. What turns the direction is cleaned out of it (FI-8). */
  fileName(): string {
    const text = `zq90qz${tails[0]}\u202e\u{1f98a}'{{7*7}}.txt`;
    this.written.set("fileName", text.replace("\u202e", ""));
    return text;
  }

  /** Https, as the rules want it; the rest is as bad as it gets. Shown as browsers write addresses. */
  href(): string {
    const text = `https://example.org/?zq91qz"><img/src=x/onerror=hurt()>`;
    this.written.set("href", new URL(text).href);
    return text;
  }

  /** CM-9: what a question, an option or a field says: one line that turns no direction. */
  label(): string {
    const text = `zq92qz${tails[0]}${tails[1]}`;
    this.written.set("label", text);
    return text;
  }

  /** Fields of a schema that nothing was written to, and that are in no list. */
  forgotten(): string[] {
    return [...this.#fields.keys()].filter((field) =>
      !this.written.has(field) && !unseen.includes(field) && !typedBack.includes(field)
    );
  }
}

export type Reader = "ann" | "bob" | "carl" | "dora" | "mona" | "admin";

export type HostileWorld = Awaited<ReturnType<typeof hostileWorld>>;

/** The real services, with people who wrote the worst they could wherever they could. */
export async function hostileWorld() {
  const texts = new HostileTexts();
  const say = (field: string) => texts.of(field);
  const virus = new ScriptedVirusScanner(({ sizeBytes }) => sizeBytes === heldBytes ? "incomplete" : "clean");
  const csam = new ScriptedCsamMatcher(({ sizeBytes }) =>
    matchedBytes.includes(sizeBytes) ? "match" : "not_applicable"
  );
  const admin = { username: "demo-admin", password: "a password of admins" };
  const open = await openTestServices({
    config: testConfig({ BEHEST_ADMIN_USERNAME: admin.username, BEHEST_ADMIN_PASSWORD: admin.password }),
    scanners: { virus, csam },
  });
  const { services } = open;
  const tokens = new Map<Reader, string>();
  const enter = async (reader: Reader, username: string): Promise<Caller> => {
    const { caller, token } = await person(open, username);
    tokens.set(reader, token);
    return caller;
  };
  const ann = await enter("ann", "demo-ann");
  const bob = await enter("bob", "demo-bob");
  const carl = await enter("carl", "carl");
  const dora = await enter("dora", "dora");
  await enter("mona", "mona");
  const origin = { address: "192.0.2.1", device: "web", requestId: "test" };
  const { token } = must(await services.accounts.login(origin, admin));
  tokens.set("admin", token);
  const boss = must(await services.accounts.authenticate(token, origin));
  must(await services.users.change(boss, "mona", { role: "moderator" }));
  const mona = await enter("mona", "mona");

  must(
    await services.profiles.change(ann, {
      displayName: say("profileChange.displayName"),
      bio: say("profileChange.bio"),
      pronouns: say("profileChange.pronouns"),
    }),
  );
  const place = { rpId: "localhost", origin: "http://localhost:8000" };
  const password = services.demo?.password ?? "";
  const { challenge } = must(await services.twoFactor.passkeyOptions(ann, place, { password }));
  const response = await (await Authenticator.make()).create(challenge, place.origin);
  must(await services.twoFactor.addPasskey(ann, { name: say("passkeyBody.name"), response }));
  for (const to of ["demo-ann", "demo-bob"]) {
    must(await services.contacts.request(carl, { username: to, note: say("contact.request.note") }));
  }
  must(
    await services.categories.add(boss, {
      slug: "bad",
      title: say("categoryBody.title"),
      description: say("categoryBody.description"),
    }),
  );
  must(
    await services.categories.change(boss, "feet", {
      title: say("categoryChange.title"),
      description: say("categoryChange.description"),
    }),
  );
  must(await services.groups.create(boss, { name: "bad", title: say("groupBody.title") }));
  must(await services.groups.create(boss, { name: "worse", title: "Worse" }));
  must(await services.groups.rename(boss, "worse", { title: say("groupChange.title") }));
  for (
    const [username, role] of [["demo-ann", "owner"], ["demo-bob", "member"], ["carl", "member"]] as const
  ) {
    must(await services.groups.setMember(boss, "bad", username, { role }));
  }
  for (const who of [ann, bob]) must(await services.groups.accept(who, { group: "bad" }));

  const upload = async (who: Caller, size: number): Promise<FileObject> => {
    const name = texts.fileName();
    const from = { ...origin, port: 50_000 };
    const bytes = new Uint8Array(size).fill(97 + size % 7);
    return must(await services.files.upload(who, from, { name, size }, new Blob([bytes]).stream()));
  };
  const plain = await upload(ann, 100);
  const held = await upload(bob, heldBytes);
  // By two people: whoever had one matched adds no other.
  const { caller: erin } = await person(open, "erin");
  await upload(dora, matchedBytes[0]!);
  await upload(erin, matchedBytes[1]!);
  // Scanned now, and what a match leads to after that.
  for (let turn = 0; turn < 3; turn++) await open.runDueJobs();

  const draft = {
    title: say("commandDraft.title"),
    body: say("commandDraft.body"),
    audience: { kind: "user" as const, to: ["demo-bob"] },
  };
  const data = { href: texts.href(), [say("commandDraft.data")]: say("commandDraft.data") };
  const send = async (key: string, more: object) =>
    must(await services.commands.send(ann, { key, kind: "task", ...draft, ...more })).command.id;
  const reviewed = await send("reviewed", { requires: "review", attachments: [plain.id] });
  await send("link", { kind: "link", data });
  await send("own", { kind: "x-own", data });
  // Nobody is handed it, so it stays to be edited.
  must(
    await services.commands.edit(ann, {
      id: await send("edited", { deliverAt: new Date(Date.now() + 24 * 3600_000).toISOString() }),
      kind: "link",
      title: say("commandChange.title"),
      body: say("commandChange.body"),
      data: { href: texts.href(), [say("commandChange.data")]: say("commandChange.data") },
    }),
  );
  await send("group", { audience: { kind: "group", group: "bad" } });
  const label = texts.label();
  const options = [{ id: "a", label }, { id: "b", label }];
  const asked = [
    await send("choice", { kind: "choice", data: { options } }),
    await send("form", {
      kind: "form",
      data: { fields: [{ id: "one", type: "long", label }, { id: "two", type: "choice", label, options }] },
    }),
  ];
  const answer = say("command.update.answer");
  must(await services.commands.update(bob, { id: asked[0]!, state: "completed", answer: "a" }));
  must(
    await services.commands.update(bob, {
      id: asked[1]!,
      state: "completed",
      answer: { one: answer, two: "b" },
    }),
  );
  await send("open question", { kind: "choice", data: { options } });
  const note = say("command.update.note");
  must(await services.commands.update(bob, { id: reviewed, state: "accepted" }));
  must(await services.commands.update(bob, { id: reviewed, state: "submitted", note }));
  const recipient = "demo-bob";
  const back = say("command.review.note");
  must(await services.commands.review(ann, { id: reviewed, recipient, accept: false, note: back }));
  const declined = await send("declined", {});
  must(await services.commands.update(bob, { id: declined, state: "declined", note }));

  const later = await send("later", {});
  must(
    await services.commands.updateSome(bob, {
      ids: [later],
      state: "declined",
      note: say("inbox.update.note"),
    }),
  );
  must(await services.chat.send(ann, { key: "talk", to: "demo-bob", body: say("chatDraft.body") }));
  must(
    await services.accounts.createToken(ann, { name: say("accessTokenBody.name"), scopes: ["read"] }),
  );
  must(
    await services.accounts.createToken(ann, {
      name: "Hook",
      scopes: ["send"],
      hook: {
        audience: draft.audience,
        kind: "task",
        title: say("hookBody.title"),
        body: say("hookBody.body"),
      },
    }),
  );
  must(
    await services.sanctionReasons.set(boss, [{
      title: say("sanctionReason.title"),
      text: "Only moderators' programs read this so far.",
    }]),
  );
  must(
    await services.reports.create(bob, {
      about: { command: reviewed },
      reason: "other",
      note: say("reportBody.note"),
    }),
  );
  const [reported] = must(await services.queue.list(mona, { kind: "report" })).items;
  if (reported === undefined) throw new Error("The report is in no queue.");
  must(await services.queue.claim(mona, reported.id, {}));
  must(await services.queue.note(mona, reported.id, say("queueNote.text")));
  const decision = { outcome: "dismissed" as const, reason: say("queueDecision.reason") };
  must(await services.queue.decide(mona, reported.id, decision));
  must(await services.queue.undo(mona, reported.id, say("queueUndo.reason")));
  const [report] = must(await services.queue.get(mona, reported.id)).reports;
  must(
    await services.removals.request(origin, {
      hashes: [plain.sha256],
      contact: say("removalBody.contact"),
      statement: say("removalBody.statement"),
      declared: true,
    }),
  );
  const [removal] = must(await services.queue.list(mona, { kind: "removal" })).items;

  for (const kind of ["warn", "mute"] as const) {
    must(await services.users.sanction(boss, "carl", { kind, reason: say("sanctionBody.reason") }));
  }
  const { id: warning } = must(
    await services.users.sanction(boss, "carl", { kind: "warn", reason: say("sanctionBody.reason") }),
  );
  const [muted] = must(await services.sanctions.list(carl)).sanctions.filter(({ kind }) => kind === "mute");
  const appeal = say("appealBody.text");
  texts.written.set("sanction.appeal.text", appeal);
  must(await services.sanctions.appeal(carl, { id: muted!.id, text: appeal }));
  must(await services.users.lift(boss, "carl", warning, say("liftBody.reason")));
  must(await services.loginLinks.create(boss, "carl", say("loginLinkBody.reason")));
  must(await services.personFacts.endSessions(boss, "carl", say("logOutBody.reason")));
  must(await services.twoFactor.reset(boss, "carl", { reason: say("twoFactorReset.reason") }));
  must(await services.users.sanction(boss, "dora", { kind: "suspend", reason: say("sanctionBody.reason") }));
  must(
    await services.adminFiles.decide(mona, held.sha256, {
      release: false,
      reason: say("fileDecision.reason"),
    }),
  );
  const [drafted, closed] = must(await services.incidents.list(mona, {})).incidents;
  if (drafted === undefined || closed === undefined) {
    throw new Error("The matched files opened no two incidents.");
  }
  must(
    await services.incidents.draft(mona, drafted.id, {
      incidentType: "Child Sex Tourism",
      escalate: say("reportDraft.escalate"),
      additionalInfo: say("reportDraft.additionalInfo"),
    }),
  );
  must(await services.incidents.close(mona, closed.id, { reason: say("incidentClose.reason") }));
  // Sanctions and resets end sessions: who was hit is here again, as far as they are let in.
  for (const [reader, username] of [["carl", "carl"], ["dora", "dora"]] as const) {
    const login = await services.accounts.login(origin, { username, password: "a long enough passphrase" });
    if (!(login instanceof Refusal)) tokens.set(reader, login.token);
  }
  const casePaths = [`/admin/reports/${report!.id}`, `/admin/queue?item=${removal!.id}`];
  return { open, services, texts, tokens, people: { ann, bob, boss }, draft, casePaths };
}
