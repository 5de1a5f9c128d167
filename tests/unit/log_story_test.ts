import assert from "node:assert/strict";
import { decidedFor } from "../../lib/commands/sent_line.ts";
import { FakeLog } from "../fakes/realtime.ts";
import { type LiveDevice, LiveRig } from "../fakes/live_rig.ts";
import { until } from "../fakes/until.ts";

type Told = [event: string, fields: Record<string, unknown>];

/** What the log tells of a command, in order; the time that a commit took is left out. */
function storyOf({ lines }: FakeLog, commandId: string): Told[] {
  return lines.filter(({ level, fields }) => level === "info" && JSON.stringify(fields).includes(commandId))
    .map(({ event, fields: { storedMs: _, command: __, ...fields } }) => [
      event,
      JSON.parse(JSON.stringify(fields)),
    ]);
}

async function open() {
  const log = new FakeLog();
  const live = await LiveRig.open({ log });
  const [ann, bob] = [live.rig.person("ann"), live.rig.person("bob")];
  live.rig.connect(ann, bob);
  return { log, live, ann, bob, [Symbol.asyncDispose]: () => live[Symbol.asyncDispose]() };
}

const draft = (key: string, to: string[]) => ({
  key,
  audience: { kind: "user", to },
  kind: "task",
  title: "Words of Ann",
  body: "More words",
});

/** The place of the last delivery that a device got. */
async function lastPlace({ socket }: LiveDevice): Promise<string> {
  await until(() => socket.delivered().length > 0, "a delivery");
  const last = socket.notified("command.deliver").at(-1)!.deliveries as { cursor: string }[];
  return last.at(-1)!.cursor;
}

const idOf = (sent: Record<string, unknown>) => (sent.command as { id: string }).id;

Deno.test("OP-3: the log tells a command by its id from the request to its end, with ids and no words", async () => {
  await using stage = await open();
  const { log, live, ann, bob } = stage;
  const [phone, hers] = [await live.connect(bob), await live.connect(ann)];
  const id = idOf(await live.answer(hers, "command.send", draft("k", ["bob"])));
  await live.answer(phone, "inbox.ack", { cursor: await lastPlace(phone) });
  await live.answer(phone, "command.update", { id, state: "accepted", note: "My words" });
  await live.answer(hers, "command.cancel", { id });
  const story = storyOf(log, id);
  const requestOf = (connection: string, turn: number) => `${connection}-${turn}`;
  assert.deepEqual(story, [
    ["command.sent", {
      requestId: requestOf(hers.connection.id, 1),
      user: ann.userId,
      kind: "task",
      audience: "user",
      people: 1,
    }],
    ["command.delivered", { connection: phone.connection.id, user: bob.userId, device: "phone" }],
    ["command.acknowledged", { user: bob.userId }],
    ["command.changed", {
      state: "accepted",
      user: bob.userId,
      requestId: requestOf(phone.connection.id, 2),
    }],
    ["command.ended", { state: "cancelled", user: bob.userId, requestId: requestOf(hers.connection.id, 2) }],
  ]);
  assert.doesNotMatch(JSON.stringify(log.lines), /words/i);
});

Deno.test("OP-3, CO-3: the log says the same of a command that is withheld as of one that waits", async () => {
  await using stage = await open();
  const { log, live, ann, bob } = stage;
  const cal = live.rig.person("cal");
  live.rig.connect(ann, cal);
  await live.rig.consent.set(cal, { blockedUsers: ["ann"] });
  const hers = await live.connect(ann);
  const [waits, withheld] = [
    idOf(await live.answer(hers, "command.send", draft("k1", ["bob"]))),
    idOf(await live.answer(hers, "command.send", draft("k2", ["cal"]))),
  ];
  await live.connect(cal);
  await live.rig.clock.advanceAsync(15 * 86_400_000);
  await live.rig.jobs.runDue();
  const plain = (id: string) =>
    storyOf(log, id).map(([event, { requestId: _, user, ...fields }]) => [
      event,
      { ...fields, whose: user === ann.userId ? "sender" : user === undefined ? null : "recipient" },
    ]);
  assert.deepEqual(plain(withheld), plain(waits));
  assert.deepEqual(plain(waits).map(([event]) => event), ["command.sent", "command.ended"]);
  assert.equal(bob.role, "member");
});

Deno.test("OP-3: a broadcast is one line when it goes out, and one a second for everyone who has it", async () => {
  await using stage = await open();
  const { log, live } = stage;
  const boss = live.rig.person("boss", "admin");
  const people = ["dan", "eve", "fay", "gus", "hal", "ida"].map((name) => live.rig.person(name));
  for (const one of people) await live.rig.consent.set(one, { broadcasts: true });
  const devices = [];
  for (const one of people) devices.push(await live.connect(one));
  const his = await live.connect(boss);
  const id = idOf(
    await live.answer(his, "command.send", {
      key: "all",
      audience: { kind: "all" },
      kind: "message",
      title: "To everyone",
    }),
  );
  for (const device of devices) {
    await live.answer(device, "inbox.ack", { cursor: await lastPlace(device) });
  }
  await live.rig.clock.advanceAsync(1_000);
  assert.deepEqual(storyOf(log, id).map(([event, { people, connections }]) => [event, people, connections]), [
    ["command.sent", 8, undefined],
    ["command.delivered", undefined, 6],
    ["command.acknowledged", 6, undefined],
  ]);
});

Deno.test("OP-3, CO-3: counts by rule tell of no small number of people, and of no block", () => {
  type Recipients = Parameters<typeof decidedFor>[0];
  const some = (count: number, rule: string | null) =>
    Array.from({ length: count }, () => ({
      rule,
      decision: rule === null ? { verdict: "deliver" } : { verdict: "withhold", rule },
    })) as unknown as Recipients;
  assert.equal(decidedFor(some(1, "kind")), undefined);
  assert.equal(decidedFor(some(9, "kind")), undefined);
  assert.equal(decidedFor(some(10, "kind")), undefined);
  assert.equal(decidedFor([...some(10, null), ...some(4, "kind")]), undefined);
  assert.deepEqual(decidedFor([...some(10, null), ...some(5, "kind")]), {
    deliver: 10,
    withhold: 5,
    "withhold kind": 5,
  });
  assert.deepEqual(decidedFor([...some(10, null), ...some(5, "blocked_user"), ...some(3, "kind")]), {
    deliver: 10,
    withhold: 8,
  });
});
