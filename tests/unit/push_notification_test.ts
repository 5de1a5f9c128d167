import assert from "node:assert/strict";
import { type PushChoices, pushLimits } from "../../lib/protocol/mod.ts";
import { type Alert, Notifications, type PushBody, refKey, type Shown, Tickets } from "../../lib/push/mod.ts";
import { choicesOf } from "../../lib/push/levels.ts";
import { type Known, planFor, type Telling } from "../../lib/push/plan.ts";
import { deviceOf } from "../fakes/memory_pushes.ts";
import { pushWords } from "../fakes/push_words.ts";

const tickets = new Tickets(new Uint8Array(32).fill(3));
const notifications = new Notifications(tickets, () => pushWords);
const untilMs = 3600_000;
const question: Alert = {
  what: "command",
  id: "01JQ0000000000000000000000",
  topic: "choice",
  from: "bob",
  group: null,
  expiresMs: untilMs,
  commandId: "01JQ0000000000000000000000",
  actions: ["accept", "later", "decline", "stop"],
  options: [{ key: "aaaaaaaa", label: "Zinnober" }, { key: "bbbbbbbb", label: "Quecksilber" }],
  verdict: "tell",
};
const telling: Telling = { level: "normal", one: question, count: 1, tag: "tag", expiresMs: untilMs };

function pushOf(choices: Partial<PushChoices>, device = deviceOf("ann"), gone: readonly string[] = []) {
  const { text } = notifications.of(device, telling, gone, choicesOf(choices), 0);
  assert.ok(new TextEncoder().encode(text).length <= pushLimits.pushBytes);
  return { text, body: JSON.parse(text) as PushBody };
}

Deno.test("UI-12 CM-9: options are buttons, with the sender's words, only for people who want those on their screens", () => {
  for (const choices of [{}, { says: "count" }, { says: "name", options: true }] as const) {
    assert.doesNotMatch(pushOf(choices).text, /Zinnober|Quecksilber/, JSON.stringify(choices));
  }
  assert.equal(pushOf({ says: "name", options: true }).body.notification.actions, undefined);
  const { actions = [] } = pushOf({ options: true }).body.notification;
  assert.deepEqual(actions.map(({ title }) => title), [
    "Zinnober",
    "Quecksilber",
    "Stop",
    "Later",
    "Decline",
  ]);
  const opened = actions.map(({ navigate }) => tickets.open(new URL(navigate).searchParams.get("ticket")!));
  const about = { deviceId: "device-of-ann", commandId: question.id, untilMs };
  assert.deepEqual(opened.slice(0, 3), [
    { ...about, action: "answer", option: "aaaaaaaa" },
    { ...about, action: "answer", option: "bbbbbbbb" },
    { ...about, action: "stop" },
  ]);
});

Deno.test("UI-12: in discreet mode a device shows a neutral name without the icon, whatever its person chose", () => {
  const device = deviceOf("ann", { discreet: true });
  const { body: { notification, plain } } = pushOf({ says: "count", options: true }, device);
  assert.deepEqual([notification.title, notification.body, notification.actions, plain], [
    "Notes",
    undefined,
    undefined,
    true,
  ]);
  const tested = JSON.parse(notifications.test(device).text) as PushBody;
  assert.deepEqual([tested.notification.title, tested.notification.body, tested.plain], [
    "Notes",
    undefined,
    true,
  ]);
  assert.equal(pushOf({ says: "name" }).body.plain, true);
  assert.equal(pushOf({}).body.plain, undefined);
});

Deno.test("UI-12: a push has room for the longest name of a server, and for what it takes away", () => {
  const origin = `https://${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.example`;
  const gone = Array.from({ length: pushLimits.pushGone }, (_, at) => `${at}`.padStart(24, "x"));
  const { body } = pushOf({ options: true }, deviceOf("ann", { origin, language: "de" }), gone);
  assert.deepEqual(body.gone, gone);
  const titles = body.notification.actions?.map(({ title }) => title) ?? [];
  assert.deepEqual(titles.slice(0, 2), ["Zinnober", "Quecksilber"], "what has no room is at the end");
});

Deno.test("UI-12: all that was dealt with is taken away, as much at a time as a push has room for", () => {
  const shown = Array.from({ length: pushLimits.pushShown }, (_, at): Shown => ({
    what: "command",
    id: `c${at}`,
    tag: `tag${at}`,
  }));
  const known: Known = {
    news: { log: { alerts: [], upTo: null, more: false }, notices: { alerts: [], upTo: null } },
    now: new Map(),
    choices: choicesOf(null),
    nowMs: 0,
    whole: true,
    tagOf: refKey,
  };
  const gone: string[] = [];
  let device = deviceOf("ann", { shown });
  for (let more = true; more;) {
    const plan = planFor(device, known);
    assert.ok(plan.gone.length <= pushLimits.pushGone);
    gone.push(...plan.gone);
    device = { ...device, ...plan.next };
    more = plan.more;
  }
  assert.deepEqual(planFor(deviceOf("ann", { shown }), { ...known, whole: false }).gone, [], "not looked at");
  assert.deepEqual(gone.sort(), shown.map(({ tag }) => tag).sort());
  assert.deepEqual(device.shown, []);
});
