import { english, Refusal } from "../../lib/protocol/mod.ts";
import { retractMs, Said, type TalkOf } from "./chat_model.ts";
import type { Judge } from "./judge.ts";
import type { World } from "./world.ts";

/** How the protocol names a talk, for one side of it. */
export function whereOf({ other, thread }: TalkOf): { with: string; thread?: string } {
  return { with: other, ...(thread === null ? {} : { thread: thread.id! }) };
}

function say(world: World): string | null {
  const talk = world.chance(0.65) ? direct(world) : onThread(world);
  return talk === null ? null : sayIn(world, talk);
}

/** Mostly to contacts. */
function direct(world: World): TalkOf {
  const one = world.anybody();
  const others = [...world.model.people.keys()].filter((name) => name !== one);
  const contacts = others.filter((name) => world.model.ties.contact(one, name).value);
  return {
    one,
    other: world.pick(contacts.length > 0 && world.chance(0.95) ? contacts : others),
    thread: null,
  };
}

/** On one of the last commands: its sender, or a recipient, mostly one who has it. */
function onThread(world: World): TalkOf | null {
  const talkedAbout = world.model.sent.filter(({ id, audience }) =>
    id !== null && (audience === "user" || audience === "group")
  );
  const thread = talkedAbout.at(-1 - world.int(8));
  if (thread === undefined) return null;
  const all = [...thread.parts.keys()];
  const having = all.filter((name) => thread.parts.get(name)!.inHistory);
  const recipient = world.pick(having.length > 0 && world.chance(0.8) ? having : all);
  return world.chance(0.5)
    ? { one: thread.from, other: recipient, thread }
    : { one: recipient, other: thread.from, thread };
}

function sayIn(world: World, { one, other, thread }: TalkOf): string {
  const { model, clock } = world;
  const secret = `saying-${world.next()}-`;
  const said = new Said({ secret, from: one, to: other, thread, startedMs: clock.now() });
  model.chat.begin(said, clock.now());
  const mustAnswer = isWelcome(world, said);
  const caller = world.caller(one);
  const where = whereOf({ one, other, thread });
  const draft = { key: secret, to: where.with, thread: where.thread, body: secret };
  world.call({
    what: `say ${secret}`,
    make: (services) => services.chat.send(caller, draft),
    done: (answer) => {
      if (answer instanceof Refusal) {
        model.chat.refused(said);
        if (mustAnswer && !said.fuzzy) world.fail(`${secret} was refused: ${english(answer.message)}`);
        return;
      }
      if (said.id !== null && said.id !== answer.message.id) world.fail(`${secret} has two ids`);
      model.chat.answered(said, answer.message.id, clock.now());
    },
  });
  return `${one} says ${secret} to ${other}${thread === null ? "" : ` on ${thread.secret}`}`;
}

/** Whether the message cannot be refused, whatever the recipient decided (CO-10). */
function isWelcome(world: World, { from, to, thread }: Said): boolean {
  const now = world.clock.now();
  if (thread === null) return world.model.ties.contact(from, to).options.every(Boolean);
  return thread.from === from && thread.audience === "user" && now < thread.expiresMs &&
    (thread.deliverMs === null || thread.deliverMs <= now);
}

function retract(world: World): string | null {
  const { chat } = world.model;
  const said = chat.said.filter(({ id, answeredMs }) => id !== null && answeredMs < Infinity)
    .at(-1 - world.int(10));
  if (said === undefined || said.retracting) return null;
  const startedMs = world.clock.now();
  const inTime = startedMs < said.startedMs + retractMs - 60_000;
  // It may be written before it is answered.
  if (startedMs < said.answeredMs + retractMs) said.retracting = true;
  const by = world.caller(said.from);
  world.call({
    what: `retract ${said.secret}`,
    make: (services) => services.chat.retract(by, { id: said.id! }),
    done: (answer) => {
      if (answer instanceof Refusal) {
        if (inTime) world.fail(`${said.secret} could not be taken back: ${english(answer.message)}`);
        return;
      }
      said.retracted = true;
      const to = world.model.person(said.to);
      said.mustTell = said.mustHave && chat.answers(to, said, world.clock.now()).every(Boolean);
    },
  });
  return `${said.from} takes ${said.secret} back`;
}

/** Says to the other side that one writes. */
function write(world: World): string | null {
  const talk = world.chance(0.7) ? direct(world) : onThread(world);
  if (talk === null) return null;
  const caller = world.caller(talk.one);
  const what = `${talk.one} writes to ${talk.other}`;
  world.call({
    what,
    make: (services) => services.chat.writing(caller, whereOf(talk)),
    done: () => undefined,
  });
  return what;
}

/** Marks the latest message that a device has as read. */
function read(world: World): string | null {
  const devices = world.devices.filter(({ messages }) => messages.size > 0);
  if (devices.length === 0) return null;
  const device = world.pick(devices);
  const id = [...device.messages.keys()].at(-1 - world.int(Math.min(4, device.messages.size)))!;
  const said = world.model.chat.byId.get(id);
  if (said === undefined) return null;
  const other = said.from === device.person ? said.to : said.from;
  const caller = world.caller(device.person);
  const where = whereOf({ one: device.person, other, thread: said.thread });
  const what = `${device.person} has read up to ${said.secret}`;
  world.call({
    what,
    make: (services) => services.chat.read(caller, { ...where, upTo: id }),
    done: () => undefined,
  });
  return what;
}

export const chatSteps:
  readonly (readonly [weight: number, step: (world: World, judge: Judge) => string | null])[] = [
    [22, say],
    [3, retract],
    [2, write],
    [3, read],
  ];
