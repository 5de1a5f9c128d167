import assert from "node:assert/strict";
import {
  type OperatorNews,
  type OperatorProblem,
  type OperatorState,
  OperatorWatch,
} from "../../lib/moderation/mod.ts";
import { commandDraft, say } from "../../lib/protocol/mod.ts";
import { operatorText } from "../../lib/text/mod.ts";
import { Ids } from "../../lib/platform/mod.ts";
import { KeptLog } from "../fakes/accounts_rig.ts";
import { FakeClock } from "../fakes/clock.ts";
import { seededRandom } from "../fakes/random.ts";

const minute = 60_000;

/** A watch with a store and people in memory; what it tells is kept as `begun cause` and `over cause`. */
function rig() {
  const clock = new FakeClock();
  const log = new KeptLog();
  const now = {
    problems: [] as OperatorProblem[],
    mayBeThere: (_cause: string) => false,
    inboxWorks: true,
    breaksAt: "",
    programWorks: true,
  };
  const inbox: string[] = [];
  const program: OperatorNews[] = [];
  const withdrawn: string[] = [];
  let kept: OperatorState = { open: {}, untold: [] };
  let version = 0;
  const textOf = ({ cause, overMs }: OperatorNews) => `${overMs === null ? "begun" : "over"} ${cause}`;
  const opened = () =>
    new OperatorWatch({
      problems: () => Promise.resolve({ problems: now.problems, mayBeThere: now.mayBeThere }),
      store: {
        read: () => Promise.resolve({ state: structuredClone(kept), version: String(version) }),
        write(state, seen) {
          if (seen !== String(version)) return Promise.resolve(false);
          [kept, version] = [structuredClone(state), version + 1];
          return Promise.resolve(true);
        },
      },
      tellers: {
        inbox(news, earlier) {
          if (news.cause === now.breaksAt) return Promise.reject(new Error("No text of a command."));
          if (!now.inboxWorks) return Promise.resolve({ commands: [], all: false });
          withdrawn.push(...earlier);
          inbox.push(textOf(news));
          return Promise.resolve({ commands: [`command ${inbox.length}`], all: true });
        },
        webhook(news) {
          program.push(news);
          return Promise.resolve(now.programWorks);
        },
      },
      clock,
      ids: new Ids(clock, seededRandom(1)),
      log,
    });
  const away = (...causes: string[]) =>
    void (now.problems = causes.map((cause) => ({ cause, reason: null })));
  return { clock, log, now, inbox, program, withdrawn, opened, away, textOf, state: () => kept };
}

Deno.test("OP-4: a problem that lasts is told once, over restarts too, and once more when it is over", async () => {
  const { clock, inbox, program, withdrawn, opened, away, textOf, state } = rig();
  let watch = opened();
  away("virus_scanner");
  await watch.look();
  clock.advance(3 * minute - 1);
  await watch.look();
  assert.deepEqual(inbox, [], "it may come back");
  clock.advance(1);
  await watch.look();
  assert.deepEqual(inbox, ["begun virus_scanner"]);
  watch = opened();
  for (let looks = 0; looks < 5; looks++) {
    clock.advance(3 * minute);
    await watch.look();
  }
  assert.equal(inbox.length, 1);
  // Back for a moment only.
  away();
  await watch.look();
  clock.advance(4 * minute);
  away("virus_scanner");
  await watch.look();
  away();
  await watch.look();
  clock.advance(5 * minute - 1);
  await watch.look();
  assert.equal(inbox.length, 1);
  clock.advance(1);
  await watch.look();
  assert.deepEqual(inbox, ["begun virus_scanner", "over virus_scanner"]);
  assert.deepEqual(program.map(textOf), inbox);
  assert.deepEqual(withdrawn, ["command 1"]);
  assert.deepEqual(state(), { open: {}, untold: [] });
});

Deno.test("OP-4: who could not be told is told later under the same id, the other one not again; at the end it is given up", async () => {
  const { clock, log, now, inbox, program, opened, away } = rig();
  const watch = opened();
  now.programWorks = false;
  away("incident:01");
  await watch.look();
  assert.deepEqual([inbox.length, program.length], [1, 1], "an incident has happened, and is told at once");
  await watch.look();
  assert.equal(program.length, 1, "not before its time");
  for (let tries = 2; tries <= 9; tries++) {
    clock.advance(10 * 60 * minute);
    await watch.look();
    assert.equal(program.length, tries);
  }
  clock.advance(24 * 60 * minute);
  await watch.look();
  assert.equal(program.length, 9);
  assert.equal(new Set(program.map(({ id }) => id)).size, 1);
  assert.equal(inbox.length, 1);
  assert.equal(log.lines.filter(({ event }) => event === "operator.untold").length, 9);
});

Deno.test("OP-4: who never heard that something began does not hear that it is over", async () => {
  const { now, inbox, program, opened, away, textOf, state } = rig();
  const watch = opened();
  now.inboxWorks = false;
  away("incident:01", "incident:02");
  await watch.look();
  now.inboxWorks = true;
  away();
  await watch.look();
  assert.deepEqual(inbox, []);
  assert.deepEqual(program.map(textOf), [
    "begun incident:01",
    "begun incident:02",
    "over incident:01",
    "over incident:02",
  ]);
  assert.deepEqual(state(), { open: {}, untold: [] });
});

Deno.test("OP-4: what cannot be told keeps nothing behind it from being told; a reason is the text of a command", async () => {
  const { now, inbox, opened, away } = rig();
  const watch = opened();
  now.breaksAt = "incident:01";
  away("incident:01", "incident:02");
  await watch.look();
  assert.deepEqual(inbox, ["begun incident:02"]);
  const reason = say("health.fault", { text: `\0${"😀".repeat(5000)}` });
  const { title, body } = operatorText("en", { cause: "kv", reason, sinceMs: 0, overMs: null });
  const draft = { key: "k", kind: "message", audience: { kind: "user", to: ["ann"] }, title, body };
  assert.ok(commandDraft.safeParse(draft).success);
  assert.match(body, /😀. See /u);
});

Deno.test("OP-4: a source that fails is logged once, and forgets no problem", async () => {
  const { clock, log, now, inbox, opened, away } = rig();
  away("incident:01");
  const watch = opened();
  watch.start();
  await clock.advanceAsync(30_000);
  assert.equal(inbox.length, 1);
  const working = now.problems;
  Object.defineProperty(now, "problems", {
    configurable: true,
    get() {
      throw new Error("the store is away");
    },
  });
  await clock.advanceAsync(10 * minute);
  assert.equal(log.lines.filter(({ event }) => event === "operator.look_failed").length, 1);
  Object.defineProperty(now, "problems", { value: working });
  await clock.advanceAsync(10 * minute);
  assert.equal(inbox.length, 1);
  await watch[Symbol.asyncDispose]();
  assert.equal(clock.pending, 0);
});

Deno.test("OP-4: a flood of incidents leaves room for a check that fails; one that was not read is not over", async () => {
  const { clock, now, inbox, opened, away } = rig();
  const watch = opened();
  const incidents = Array.from({ length: 60 }, (_, at) => `incident:${String(at).padStart(2, "0")}`);
  away(...incidents);
  await watch.look();
  assert.equal(inbox.length, 30);
  away(...incidents, "backup");
  await watch.look();
  clock.advance(3 * minute);
  await watch.look();
  assert.equal(inbox.at(-1), "begun backup");
  away("backup");
  now.mayBeThere = (cause) => cause < "incident:29";
  await watch.look();
  assert.deepEqual(inbox.slice(31), ["over incident:29"]);
});
