import assert from "node:assert/strict";
import type { Caller } from "../../lib/platform/mod.ts";
import { type QueueDecision, type ReportAbout, reportReasons } from "../../lib/protocol/mod.ts";
import { must } from "../fakes/accounts_rig.ts";
import { AppRig } from "../fakes/app_rig.ts";
import { unzipped } from "../fakes/unzipped.ts";

const dayMs = 24 * 3600_000;
const count = reportReasons.length;
const numbers = Array.from({ length: count }, (_, at) => at);
const reported = (at: number) => `re${at}`;
const writer = (at: number) => `wr${at % count}`;

/** Whom each report comes from: the first of the two who could make it, or the second. */
type Reporters = "first" | "second";

/** A server with ten people who do something that two others each may report, two moderators and an administrator. */
class Week implements AsyncDisposable {
  readonly #subjects: ReportAbout[] = [];
  readonly cases = new Map<number, string>();
  readonly #reporters: Reporters;

  private constructor(readonly app: AppRig, reporters: Reporters) {
    this.#reporters = reporters;
  }

  static async start(reporters: Reporters): Promise<Week> {
    const people = numbers.flatMap((at) => [reported(at), writer(at)]);
    const week = new Week(await AppRig.start({ people }), reporters);
    const { app } = week;
    for (const name of ["mod", "max"]) await app.person(name, "moderator");
    for (const at of numbers) week.#subjects.push(await week.#deed(at));
    return week;
  }

  reporter(at: number): string {
    return writer(this.#reporters === "second" ? at + 1 : at);
  }

  caller(name: string): Promise<Caller> {
    return this.app.caller(name);
  }

  /** What the person does, to both who may report it: a command, a message, a profile, a file or a group. */
  async #deed(at: number): Promise<ReportAbout> {
    const { app } = this;
    const [by, to] = [reported(at), [writer(at), writer(at + 1)]];
    for (const name of to) await app.befriend(by, name);
    if (at === 6) return { user: by };
    if (at === 8) {
      await app.group(
        `group${at}`,
        Object.fromEntries([[by, "owner"], ...to.map((name) => [name, "member"])]),
      );
      return { group: `group${at}` };
    }
    if (at === 5) {
      // Nobody else has the talk: both of it are the first's in one world, the second's in the other.
      const talks = await Promise.all(to.map(async (name) => {
        const body = { key: `to-${name}`, to: name, body: "You will see what comes of it." };
        const { message } = must(await app.services.chat.send(await this.caller(by), body));
        must(await app.services.chat.list(await this.caller(name), { with: by }));
        return message.id;
      }));
      return { message: talks[this.#reporters === "second" ? 1 : 0]! };
    }
    const files = at === 7 ? [await app.file(by, { content: "a file of theirs" })] : [];
    const command = await app.command(by, { kind: "user", to }, { attachments: files.map(({ id }) => id) });
    for (const name of to) await app.answer(name, command.id, "seen");
    return files.length > 0 ? { file: files[0]!.id } : { command: command.id };
  }

  async report(at: number): Promise<void> {
    const { reports } = this.app.services;
    const body = { about: this.#subjects[at]!, reason: reportReasons[at]!, note: `Note ${at}` };
    must(await reports.create(await this.caller(this.reporter(at)), body));
    const { items } = must(await this.app.services.queue.list(await this.caller("mod"), { kind: "report" }));
    const item = items.find(({ reason }) => reason === reportReasons[at]);
    this.cases.set(at, item!.id);
  }

  async decide(by: string, at: number, decision: Partial<QueueDecision> & Pick<QueueDecision, "outcome">) {
    const { queue } = this.app.services;
    const caller = await this.caller(by);
    const id = this.cases.get(at)!;
    if (decision.second !== true) must(await queue.claim(caller, id));
    return must(await queue.decide(caller, id, { reason: `Reason ${at}`, ...decision }));
  }

  /** All that somebody can read by the API, and their archive; what differs by chance is named by its turn. */
  async seenBy(name: string): Promise<string> {
    const { app } = this;
    const lines: string[] = [];
    const paths = [
      "account/sanctions",
      "notices",
      "profile",
      "commands?box=inbox",
      "commands?box=outbox",
      "chat",
      "reports",
      "files",
      "auth/sessions",
    ];
    for (const path of paths) {
      const response = await app.wholeSend(`/api/v1/${path}`, { headers: app.bearerOf(name) });
      lines.push(`${path} ${response.status} ${await response.text()}`);
    }
    const { archive } = must(await app.services.accountData.export(await this.restricted(name)));
    for (const [path, bytes] of unzipped(await new Response(archive).bytes())) {
      lines.push(`${path} ${new TextDecoder().decode(bytes)}`);
    }
    const turns = new Map<string, string>();
    return lines.join("\n").replaceAll(/\b[0-9A-HJKMNP-TV-Z]{26}\b|\b[0-9a-f]{20}\b/g, (id) => {
      if (!turns.has(id)) turns.set(id, `id${turns.size}`);
      return turns.get(id)!;
    });
  }

  /** Also of somebody who is suspended. */
  async restricted(name: string): Promise<Caller> {
    const origin = { address: "192.0.2.1", device: "web", requestId: "test" };
    const token = this.app.tokenOf(name);
    return must(await this.app.services.accounts.authenticate(token, origin, ["suspended"]));
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.app[Symbol.asyncDispose]();
  }
}

/** Seven days of two moderators and an administrator: every case is decided, one undone, two appealed. */
async function work(week: Week): Promise<void> {
  const { app } = week;
  const { queue, sanctions } = app.services;
  const later = iso(app.clock.now() + 30 * dayMs);
  const act = (...kinds: ("warn" | "mute" | "limit" | "suspend")[]) => ({
    outcome: "upheld" as const,
    actions: kinds.map((kind) => ({ kind, until: kind === "warn" ? null : later })),
  });
  // Danger: a moderator proposes, the other agrees.
  assert.equal((await week.decide("mod", 0, act("suspend"))).decided, null);
  assert.equal((await week.decide("max", 0, act("suspend"))).decided?.outcome, "upheld");
  await week.decide("root", 1, act("suspend"));
  await week.decide("mod", 2, act("mute"));
  await week.decide("max", 3, act("warn", "mute"));
  await week.decide("mod", 4, act("limit"));
  await app.later(dayMs);
  await week.decide("max", 5, { outcome: "dismissed" });
  await week.decide("mod", 6, { outcome: "dismissed", badFaith: true });
  await week.decide("max", 7, act("warn"));
  await week.decide("mod", 8, { outcome: "upheld" });
  await week.decide("max", 9, { outcome: "fine" });
  await app.later(dayMs);
  // Planned: the wrong person was muted.
  must(await queue.undo(await week.caller("max"), week.cases.get(2)!, "The wrong person."));
  await week.decide("max", 2, { outcome: "dismissed" });
  await app.later(dayMs);
  for (const [at, outcome, by] of [[1, "refused", "mod"], [4, "granted", "max"]] as const) {
    const person = await week.restricted(reported(at));
    const [one] = (await sanctions.list(person)).sanctions;
    must(await sanctions.appeal(person, { id: one!.id, text: "It was not like that." }));
    const [appeal] = must(await queue.list(await week.caller(by), { kind: "appeal" })).items;
    must(await queue.decide(await week.caller(by), appeal!.id, { outcome, reason: `Answer ${at}` }));
  }
  await app.later(4 * dayMs);
}

const iso = (ms: number) => new Date(ms).toISOString();

Deno.test("MO-1, MO-2, MO-7: a week of ten kinds of reports: all are decided and explained, and nothing that the reported can read depends on who reported", async () => {
  await using first = await Week.start("first");
  await using second = await Week.start("second");
  for (const week of [first, second]) {
    for (const at of numbers) {
      const before = await week.seenBy(reported(at));
      await week.report(at);
      assert.equal(await week.seenBy(reported(at)), before, `${reportReasons[at]}: a report shows`);
    }
    await week.app.later(dayMs);
  }
  for (const week of [first, second]) await work(week);
  for (const at of numbers) {
    const [one, other] = await Promise.all([first.seenBy(reported(at)), second.seenBy(reported(at))]);
    assert.equal(one, other, `${reportReasons[at]}: who reported shows`);
    assert.equal(
      one!.includes(`Reason ${at}`),
      [0, 1, 2, 3, 4, 7].includes(at),
      `${reportReasons[at]}: explained`,
    );
  }

  for (const week of [first, second]) {
    const { services } = week.app;
    const mod = await week.caller("mod");
    assert.deepEqual(must(await services.queue.list(mod, {})).items, [], "the queue is empty");
    const outcomes = await Promise.all(numbers.map(async (at) => {
      const { reports } = await services.reports.list(await week.caller(week.reporter(at)), {});
      return reports.map(({ outcome }) => outcome);
    }));
    const acted = [0, 1, 3, 4, 7, 8];
    assert.deepEqual(outcomes, numbers.map((at) => [acted.includes(at) ? "acted" : "none"]));
    const told = await Promise.all(numbers.map(async (at) => {
      const { sanctions } = await services.sanctions.list(await week.restricted(reported(at)));
      return sanctions.map(({ kind, reason, appeal }) =>
        `${kind}: ${reason}, ${appeal?.state ?? "no appeal"}`
      ).sort();
    }));
    assert.deepEqual(told, [
      ["suspend: Reason 0, no appeal"],
      ["suspend: Reason 1, refused"],
      [],
      ["mute: Reason 3, no appeal", "warn: Reason 3, no appeal"],
      [],
      [],
      [],
      ["warn: Reason 7, no appeal"],
      [],
      [],
    ]);
    const { entries } = must(await services.audit.page(await week.caller("root"), { limit: 100 }));
    const counted = (action: string) => entries.filter((entry) => entry.action === action).length;
    assert.deepEqual([counted("queue.decide"), counted("queue.undo"), counted("queue.second")], [13, 1, 1]);
  }
});
