import {
  type CommandDetail,
  type CommandPage,
  english,
  type ListItem,
  Refusal,
} from "../../lib/protocol/mod.ts";
import { checkTalks, checkTold } from "./chat_checks.ts";
import { chatSteps } from "./chat_steps.ts";
import { Device } from "./device.ts";
import { type Judge, taken } from "./judge.ts";
import { closedStates } from "./rules.ts";
import { endGrant, freeGrant, grantSteps } from "./grant_steps.ts";
import { peopleSteps, resume } from "./people_steps.ts";
import type { Sent } from "./sent.ts";
import { steps } from "./steps.ts";
import type { World } from "./world.ts";

const dayMs = 24 * 3600_000;

/** Everybody who listens has what they allowed (DL-2, DL-9). */
export async function checkOwed(world: World): Promise<void> {
  const { model } = world;
  await world.pass(1100);
  await world.pass(100);
  model.tick();
  const now = world.clock.now();
  for (const device of world.devices) {
    const to = model.person(device.person);
    if (!device.live || to.stopped.value || device.unacked.length >= device.window) continue;
    for (const sent of model.owed(to, now)) {
      if (model.mayWait(to, sent, now)) continue;
      if (device.accept !== null && !device.accept.has(sent.kind)) continue;
      if (!device.got.has(sent.id!)) {
        world.fail(
          `${device.person}/${device.name} never got ${sent.secret} (${sent.id}, ${
            sent.parts.get(to.name)!.state
          })`,
        );
      }
    }
  }
  checkTold(world);
  world.assertSound();
}

/** Histories agree, hold what was handed over and nothing else, and every line knows how things stand (DL-8, DL-10). */
export async function checkHistory(world: World, judge: Judge, name: string): Promise<void> {
  const { model, clock } = world;
  await world.rest();
  const to = model.person(name);
  const listed = await listOf(world, name);
  for (const { command, state } of listed) {
    const sent = model.byId.get(command.id);
    if (sent === undefined) {
      world.fail(`${name} lists ${command.id}, which nobody sent`);
      continue;
    }
    const part = sent.parts.get(name);
    const wrong = judge.wrongContent(name, sent, command);
    if (wrong !== null) world.fail(`${name} lists ${sent.secret} though ${wrong}`);
    if (part === undefined) world.fail(`${name} lists ${sent.secret}, which is not for them`);
    else if (!part.known) {
      const why = model.wrongToHand(to, sent, clock.now());
      if (why !== null) world.fail(`${name} lists ${sent.secret} (${state!.state}) though ${why}`);
      part.onPage = true;
      judge.reached(name, sent);
    }
    if (part !== undefined) {
      part.inHistory = true;
      const expected = model.stateOf(sent, part, clock.now());
      if (
        expected !== null && expected !== "queued" && expected !== "deferred" && state!.state !== expected
      ) {
        world.fail(`${name} lists ${sent.secret} as ${state!.state}, not ${expected}`);
      }
    }
  }
  const ids = new Map(listed.map(({ command, state }) => [command.id, state!.state]));
  for (const sent of model.sent) {
    const part = sent.parts.get(name);
    if (part?.inHistory && sent.expiresMs + 14 * dayMs > clock.now() && !ids.has(sent.id!)) {
      world.fail(`${name} does not list ${sent.secret}, which they had`);
    }
  }
  await checkLines(world, name, ids);
  const again = new Map((await listOf(world, name)).map(({ command, state }) => [command.id, state!.state]));
  for (const id of new Set([...ids.keys(), ...again.keys()])) {
    if (ids.get(id) === again.get(id)) continue;
    const { secret } = model.byId.get(id)!;
    world.fail(`${name} lists ${secret} as ${ids.get(id)}, and the second time as ${again.get(id)}`);
  }
  world.assertSound();
}

function checkLines(world: World, name: string, ids: ReadonlyMap<string, string>): void {
  for (const device of world.devices) {
    if (device.person !== name || !device.live) continue;
    for (const [id, state] of device.states) {
      const now = ids.get(id);
      const sent = world.model.byId.get(id);
      if (sent !== undefined && now === undefined && sent.expiresMs + 14 * dayMs < world.clock.now()) {
        continue;
      }
      // Handed over and not acknowledged is no move that a device is told of.
      const same = now === state || (now === "delivered" && state === "queued");
      const unlisted = now === undefined && sent?.parts.get(name)?.inHistory !== true;
      if (!same && !unlisted) {
        world.fail(`${name}/${device.name} shows ${sent?.secret} as ${state}, and the history says ${now}`);
      }
    }
  }
}

async function listOf(world: World, name: string): Promise<ListItem[]> {
  const caller = world.caller(name);
  const items: ListItem[] = [];
  for (let before: string | null = null;;) {
    const page: CommandPage = taken(
      await world.finish(
        world.services.commands.inboxList(caller, { limit: 40, ...(before === null ? {} : { before }) }),
      ),
    );
    items.push(...page.items);
    if (page.next === null) return items;
    before = page.next;
  }
}

/** What senders see adds up (CM-7, CO-3). */
export async function checkSent(world: World, judge: Judge, most: number): Promise<void> {
  const { model, clock } = world;
  await world.rest();
  const kept = model.sent.filter((sent) => sent.expiresMs + 13 * dayMs > clock.now());
  for (const sent of most >= kept.length ? kept : Array.from({ length: most }, () => world.pick(kept))) {
    const detail = await world.finish(world.services.commands.get(world.caller(sent.from), { id: sent.id! }));
    if (detail instanceof Refusal) {
      world.fail(`${sent.from} cannot see ${sent.secret} any more: ${english(detail.message)}`);
      continue;
    }
    judge.checkTotals(sent, detail.totals ?? {});
    checkAnswers(world, sent, detail);
    if (sent.isBroadcast && sent.group === null) continue;
    const names = (detail.recipients ?? []).map(({ username }) => username);
    if (!sent.isBroadcast && names.toSorted().join() !== [...sent.parts.keys()].sort().join()) {
      world.fail(`${sent.secret} went to ${names}, not to ${[...sent.parts.keys()]}`);
    }
    for (const { username, state } of detail.recipients ?? []) {
      judge.seenBySender(sent, username, state);
      const part = sent.parts.get(username)!;
      if (part.doubts === 0 && part.over && !closedStates.has(state)) {
        world.fail(`${sent.secret} has ended for ${username} (${part.state}), and the sender sees ${state}`);
      }
    }
  }
  world.assertSound();
}

/** Everybody takes what they are owed, on every device and on a new one. */
export async function settleAll(world: World, judge: Judge): Promise<void> {
  await world.rest();
  for (const [name, person] of world.model.people) {
    resume(world, name);
    await world.rest();
    const { value } = person.preferences;
    const free = { quietHours: null, dailyLimit: null, limits: null };
    if (value.quietHours !== null || value.dailyLimit !== null || value.limits !== null) {
      person.preferences.change({ ...value, ...free });
      world.model.rulesMove([name]);
      taken(await world.finish(world.services.preferences.set(world.caller(name), free)));
      person.preferences.settle(true);
    }
    // Half of the grants keep their categories and kinds, and hold nothing back any more.
    for (const id of Object.keys(person.grants.value)) {
      const done = world.chance(0.5) ? endGrant(world, name, id) : freeGrant(world, name, id);
      if (done !== null) world.steps.push(done);
      await world.rest();
    }
    world.devices.push(new Device(judge, "last", name, 3, null));
  }
  for (const device of world.devices) {
    device.notice();
    device.connect(
      (socket, opening) => world.services.realtime.open(socket, opening),
      world.caller(device.person),
    );
  }
  await world.rest();
  for (let turn = 0; world.devices.some((device) => device.acknowledge(64)); turn++) {
    for (const device of world.devices) device.acknowledge(64);
    await world.rest();
    if (turn > 1000) throw new Error("Deliveries go on and on.");
  }
  await checkOwed(world);
  await checkSent(world, judge, Infinity);
  for (const name of world.model.people.keys()) {
    await checkHistory(world, judge, name);
    await checkTalks(world, judge, name, Infinity);
  }
}

type AnyStep = readonly [number, (world: World, judge: Judge) => string | null | Promise<string | null>];
const plainSteps = [...steps, ...peopleSteps] as readonly AnyStep[];
const allSteps: readonly AnyStep[] = [...plainSteps, ...grantSteps];
const withChat = (steps: readonly AnyStep[]): readonly AnyStep[] => [...steps, ...chatSteps];
const [plainChatSteps, allChatSteps] = [withChat(plainSteps), withChat(allSteps)];

/** One step that the seed decides, and what of its work is done before the next. */
export async function step(world: World, judge: Judge): Promise<void> {
  const all = world.chat
    ? world.grants ? allChatSteps : plainChatSteps
    : world.grants
    ? allSteps
    : plainSteps;
  let at = world.random.fraction() * all.reduce((sum, [weight]) => sum + weight, 0);
  const [, chosen] = all.find(([weight]) => (at -= weight) < 0) ?? all[0]!;
  world.clock.leap(1);
  world.model.tick();
  if (world.pushes !== null && world.chance(0.02)) {
    const says = world.pick(["name", "kind", "count"] as const);
    await world.pushes.choose(world.anybody(), { says, options: world.chance(0.5) });
  }
  const done = await chosen(world, judge);
  if (done === null) return;
  world.steps.push(done);
  if (world.chance(0.3)) await world.rest();
  else await world.some(world.int(8));
  world.assertSound();
  if (world.chance(0.03)) await checkOwed(world);
  if (world.chance(0.03)) await checkHistory(world, judge, world.pick([...world.model.people.keys()]));
  if (world.chance(0.03)) await checkSent(world, judge, 4);
  if (world.chat && world.chance(0.04)) {
    await checkTalks(world, judge, world.pick([...world.model.people.keys()]), 3);
  }
}

/** CM-9: whoever submitted a choice is counted once, at the option that they chose. */
function checkAnswers(
  world: World,
  sent: Sent,
  { answers, totals = {}, recipients = [] }: CommandDetail,
): void {
  if (sent.kind !== "choice") return;
  const counts = answers?.questions[0]?.options.map(({ count }) => count) ?? [];
  const sum = counts.reduce((all, count) => all + count, 0);
  const done = (totals.completed ?? 0) + (totals.submitted ?? 0);
  const named = recipients.filter(({ answer }) => answer !== undefined).length;
  if (answers?.answers !== sum || sum < done || named > sum) {
    world.fail(
      `${sent.secret} has ${answers?.answers} answers, ${counts} by option, ${done} done, ${named} named`,
    );
  }
}
