import { type CommandDraft, english } from "../../lib/protocol/mod.ts";
import { Refusal } from "../../lib/protocol/mod.ts";
import { Device } from "./device.ts";
import type { Judge } from "./judge.ts";
import { Sent } from "./sent.ts";
import { closedStates } from "./rules.ts";
import type { World } from "./world.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
export const slugs = ["general", "censored", "feet"] as const;

/** One random step: what was done, or null when there was nothing to do. */
type Step = (world: World, judge: Judge) => string | null | Promise<string>;

/** What a choice asks. */
const options = ["yes", "no"].map((id) => ({ id, label: id }));

type Audience = "user" | "group" | "category" | "all";

/** `plain`: from whom to which group, as a message that everybody takes at once. */
export function send(
  world: World,
  judge: Judge,
  audience: Audience,
  plain?: { from: string; group: string },
): string | null {
  const { model, clock } = world;
  const from = plain?.from ??
    (audience === "user" || audience === "group" ? world.anybody() : world.pick(["ada", "ben"]));
  const now = clock.now();
  const everybody = [...model.people.keys()].filter((name) => name !== from);
  const to = audience === "user" ? [...new Set([world.other(from), world.other(from)])] : everybody;
  const group = plain?.group ?? (audience === "group" ? world.pick(model.ties.groups) : null);
  const given = plain !== undefined || world.chance(0.6)
    ? ["general"]
    : [...new Set([world.pick(slugs), world.pick(slugs)])];
  const own = audience === "category" ? world.pick(slugs) : null;
  const deliverMs = plain === undefined && world.chance(0.12)
    ? now + (1 + world.int(3 * 24 * 60)) * minuteMs
    : null;
  const expiresMs = (deliverMs ?? now) +
    (plain === undefined && world.chance(0.2) ? (1 + world.int(2 * 24 * 60)) * minuteMs : 14 * dayMs);
  const secret = `secret-${world.next()}-`;
  const requires = world.pick(["none", "none", "confirmation", "review"] as const);
  const kind = world.pick(["message", "task"]);
  const sent = new Sent({
    secret,
    from,
    audience,
    group,
    categories: own === null ? given : [...new Set([...given, own])],
    // CM-9: some tasks ask, without another draw, so that earlier seeds go on as before.
    kind: kind === "task" && requires === "confirmation" ? "choice" : kind,
    requires,
    deliverMs,
    expiresMs,
  });
  const draft: CommandDraft = {
    key: secret,
    audience: audience === "user"
      ? { kind: "user", to }
      : audience === "group"
      ? { kind: "group", group: group! }
      : audience === "category"
      ? { kind: "category", category: own! }
      : { kind: "all" },
    kind: sent.kind,
    ...(sent.kind === "choice" ? { data: { options } } : {}),
    body: secret,
    categories: given,
    requires,
    deliverAt: deliverMs === null ? null : new Date(deliverMs).toISOString(),
    expiresAt: deliverMs === null && expiresMs === now + 14 * dayMs
      ? null
      : new Date(expiresMs).toISOString(),
  };
  model.begin(sent, to);
  const sender = world.caller(from);
  world.call({
    what: `send ${secret}`,
    make: (services) => services.commands.send(sender, draft),
    done: (answer) => {
      if (answer instanceof Refusal) {
        model.refused(sent);
        // Only a group refuses those who do not send to it.
        const member = group === null ? [null] : model.ties.member(group, from).options;
        if (group === null || (answer.kind !== "not_found" && answer.kind !== "forbidden")) {
          world.fail(`${secret} was refused: ${english(answer.message)} ${member.length}`);
        }
        return;
      }
      model.answered(sent, answer.command.id);
      judge.answered(sent);
    },
  });
  const when = deliverMs === null ? "" : ` in ${(deliverMs - now) / minuteMs} min`;
  return `${from} sends ${secret} to ${audience} ${group ?? (audience === "user" ? to.join(",") : "")} ` +
    `[${sent.categories}] ${sent.kind}${when}, ends in ${Math.round((expiresMs - now) / minuteMs)} min`;
}

function connect(world: World, judge: Judge): string {
  const person = world.anybody();
  const own = world.devices.filter((device) => device.person === person);
  let device = own.length === 0 || (own.length < 3 && world.chance(0.1)) ? undefined : world.pick(own);
  if (device === undefined) {
    const kinds = world.chat && world.chance(0.5) ? ["message", "chat"] : ["message"];
    const accept = world.chance(0.15) ? new Set(kinds) : null;
    device = new Device(judge, `d${own.length}`, person, world.pick([1, 2, 5, 64]), accept);
    world.devices.push(device);
  }
  device.connect((socket, opening) => world.services.realtime.open(socket, opening), world.caller(person));
  return `${person}/${device.name} connects`;
}

function drop(world: World): string | null {
  const live = world.devices.filter((device) => device.live);
  if (live.length === 0) return null;
  const device = world.pick(live);
  const silently = world.chance(0.5);
  device.drop(silently);
  return `${device.person}/${device.name} ${silently ? "falls silent" : "hangs up"}`;
}

function notice(world: World): string {
  for (const device of world.devices) device.notice();
  return "silent lines are noticed";
}

function acknowledge(world: World): string | null {
  const waiting = world.devices.filter((device) => device.live && device.unacked.length > 0);
  if (waiting.length === 0) return null;
  const device = world.pick(waiting);
  const count = world.chance(0.6) ? device.unacked.length : 1 + world.int(device.unacked.length);
  const ids = device.unacked.slice(0, count).map(({ id }) => world.model.byId.get(id)?.secret);
  device.acknowledge(count);
  return `${device.person}/${device.name} acknowledges ${ids}`;
}

const answers = [
  "seen",
  "seen",
  "accepted",
  "submitted",
  "completed",
  "declined",
  "failed",
  "deferred",
] as const;

function update(world: World): string | null {
  const { model, clock } = world;
  const device = world.devices.length === 0 ? null : world.pick(world.devices);
  const known = [...device?.got ?? []].filter((id) => model.byId.has(id));
  if (device === null || known.length === 0) return null;
  const id =
    known[world.chance(0.7) ? Math.max(0, known.length - 1 - world.int(3)) : world.int(known.length)]!;
  const sent = model.byId.get(id)!;
  const part = sent.parts.get(device.person)!;
  const state = world.pick(answers);
  const until = state === "deferred" && world.chance(0.7)
    ? new Date(clock.now() + (1 + world.int(600)) * minuteMs).toISOString()
    : null;
  const note = state === "submitted" ? "Here it is." : undefined;
  const asked = sent.kind === "choice" && (state === "submitted" || state === "completed");
  const answer = options[part.begun % options.length]!.id;
  const opens = state !== "deferred" && state !== "declined" && state !== "failed";
  const wasClosed = part.doubts === 0 && part.over;
  const wasState = part.state;
  const begunAlone = part.doubts === 0;
  const begun = ++part.begun;
  if (opens) part.opening++;
  part.doubts++;
  const caller = world.caller(device.person);
  world.call({
    what: `update ${sent.secret}`,
    make: (services) =>
      services.commands.update(caller, { id, state, until, note, ...(asked ? { answer } : {}) }),
    done: (done, again) => {
      if (done instanceof Refusal) {
        // Whether it was taken before the crash shows in no answer.
        if (again) return;
        part.doubts--;
        if (opens) part.opening--;
        return;
      }
      part.doubts--;
      if (opens) part.opening--;
      part.opened ||= opens;
      if (wasClosed && wasState !== "unknown" && wasState !== state) {
        world.fail(`${sent.secret} went from its end ${wasState} to ${state}`);
      }
      // Of two that were under way at once the last is not known, unless one was the end.
      const alone = begunAlone && part.doubts === 0 && part.begun === begun;
      if (part.over) part.state = wasClosed ? part.state : "unknown";
      else part.state = alone || closedStates.has(state) ? state : "unknown";
      part.inHistory = true;
      part.known = true;
      if (closedStates.has(state)) part.over = true;
      if (done.state.state !== state) {
        world.fail(`${sent.secret} was set to ${state} and is ${done.state.state}`);
      }
      if (asked && done.state.answer === undefined) world.fail(`${sent.secret} lost its answer`);
    },
  });
  return `${device.person} sets ${sent.secret} to ${state}`;
}

function cancel(world: World): string | null {
  const sent = world.model.sent.filter((one) => one.answeredAt !== null && !one.cancelled).at(
    -1 - world.int(12),
  );
  if (sent === undefined) return null;
  const caller = world.caller(sent.from);
  for (const part of sent.parts.values()) part.doubts++;
  const startedMs = world.clock.now();
  world.call({
    what: `cancel ${sent.secret}`,
    make: (services) => services.commands.cancel(caller, { id: sent.id! }),
    done: (answer) => {
      for (const part of sent.parts.values()) {
        part.doubts--;
        if (!(answer instanceof Refusal)) part.end("cancelled", sent, startedMs);
      }
      if (!(answer instanceof Refusal)) sent.cancelled = true;
    },
  });
  return `${sent.from} cancels ${sent.secret}`;
}

async function pass(world: World, ms: number, what: string): Promise<string> {
  await world.pass(ms);
  return `${what} pass`;
}

export const steps: readonly (readonly [weight: number, step: Step])[] = [
  [13, (world, judge) => send(world, judge, "user")],
  [4, (world, judge) => send(world, judge, "all")],
  [3, (world, judge) => send(world, judge, "category")],
  [4, (world, judge) => send(world, judge, "group")],
  [12, connect],
  [6, drop],
  [2, notice],
  [16, acknowledge],
  [12, update],
  [3, cancel],
  [4, (world) => pass(world, 1 + world.int(2000), "moments")],
  [6, (world) => pass(world, (1 + world.int(60)) * minuteMs, "minutes")],
  [3, (world) => pass(world, (1 + world.int(14)) * 60 * minuteMs, "hours")],
  [0.7, (world) => pass(world, (1 + world.int(5)) * dayMs, "days")],
  [0.7, async (world) => (await world.restart(), "the server restarts")],
  [0.7, async (world) => (await world.crash(), "the server is killed and starts")],
];
