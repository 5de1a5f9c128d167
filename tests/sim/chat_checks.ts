import { type ChatMessage, type ChatPage, english, Refusal } from "../../lib/protocol/mod.ts";
import { type Said, talkName, type TalkOf } from "./chat_model.ts";
import { whereOf } from "./chat_steps.ts";
import type { Judge } from "./judge.ts";
import type { World } from "./world.ts";

/** Every line has the messages that its person allowed, and knows what was taken back (DL-2, CH-3). */
export function checkTold(world: World): void {
  const { model, clock } = world;
  const now = clock.now();
  for (const device of world.devices) {
    const who = model.person(device.person);
    if (!device.live || who.stopped.value || device.unacked.length >= device.window) continue;
    if (model.chat.mayStand(who, now) || device.accept?.has("chat") === false) continue;
    const owed = model.chat.owed(who.name, now).filter((said) => !model.chat.mayWait(said, now));
    const own = model.chat.said.filter((said) =>
      said.from === who.name && said.answeredMs < Infinity && !model.chat.isOver(said, now)
    );
    for (const said of [...owed, ...own]) {
      const has = device.messages.get(said.id!);
      const what = `${device.person}/${device.name}`;
      if (has === undefined) world.fail(`${what} was never told ${said.secret} (${said.id})`);
      else if (
        said.retracted && has.retractedAt === null &&
        (said.from === who.name || model.chat.mustTell(said, now))
      ) {
        world.fail(`${what} still shows ${said.secret}, which was taken back`);
      }
    }
  }
}

/** Pages of talks: all that must be there, nothing that must not, the same for both sides (CH-2, CH-4, DL-9). */
export async function checkTalks(world: World, judge: Judge, name: string, most: number): Promise<void> {
  await world.rest();
  const talks = new Map<string, TalkOf>();
  for (const { from, to, thread, id } of world.model.chat.said) {
    if (id === null || (from !== name && to !== name)) continue;
    const talk = { one: name, other: from === name ? to : from, thread };
    talks.set(talkName(talk), talk);
  }
  const all = [...talks.values()];
  for (const talk of most >= all.length ? all : all.slice(-most)) {
    const mine = await checkTalk(world, judge, talk);
    const { one, other, thread } = talk;
    const theirs = await checkTalk(world, judge, { one: other, other: one, thread });
    const both = new Set(mine).intersection(new Set(theirs));
    const order = (ids: string[]) => ids.filter((id) => both.has(id)).join();
    if (order(mine) !== order(theirs)) {
      world.fail(`${one} and ${other} read their talk in another order: ${order(mine)}; ${order(theirs)}`);
    }
  }
  world.assertSound();
}

async function checkTalk(world: World, judge: Judge, talk: TalkOf): Promise<string[]> {
  const { model, clock } = world;
  const page = await readTalk(world, talk);
  if (page === null) return [];
  model.tick();
  const now = clock.now();
  const { one, other, thread } = talk;
  const listed = new Set<Said>();
  const last = new Map<string, string>();
  for (const message of page.messages) {
    const said = judge.chat.find(message);
    if (said === null || said.talk !== talkName(talk)) {
      world.fail(`${one} lists ${message.id}, which nobody said there`);
      continue;
    }
    if (listed.has(said)) world.fail(`${one} lists ${said.secret} twice`);
    listed.add(said);
    judge.chat.content(one, said, message);
    if ((last.get(said.from) ?? "") > message.id) world.fail(`${one} lists ${said.secret} out of order`);
    last.set(said.from, message.id);
    if (said.from === one) continue;
    const wrong = said.keptSinceMs === null ? model.chat.wrongToShow(said, now) : null;
    // What was handed over may have been acknowledged without an answer.
    if (wrong !== null && !said.known) world.fail(`${one} lists ${said.secret} though ${wrong}`);
    judge.chat.shown(said);
    if (wrong === null) said.keptSinceMs ??= now;
  }
  for (const said of model.chat.in(talkName(talk))) {
    if (listed.has(said) || model.chat.isOver(said, now) || said.answeredMs === Infinity) continue;
    const must = said.from === one || said.keptSinceMs !== null ||
      (model.heldBack(model.person(one)) === null && !model.chat.mayWait(said, now) &&
        model.chat.owed(one, now).includes(said));
    if (must) world.fail(`${one} does not list ${said.secret} of the talk with ${other} (${thread?.secret})`);
  }
  await checkUnread(world, judge, talk, page);
  return page.messages.map(({ id }) => id);
}

/** The whole talk; null: the person cannot see it, which nothing but a thread allows. */
async function readTalk(world: World, talk: TalkOf): Promise<ChatPage | null> {
  const { one, other, thread } = talk;
  const caller = world.caller(one);
  const messages: ChatMessage[] = [];
  for (let before: string | null = null;;) {
    const page: ChatPage | Refusal = await world.finish(
      world.services.chat.list(caller, {
        ...whereOf(talk),
        limit: 20,
        ...(before === null ? {} : { before }),
      }),
    );
    if (page instanceof Refusal) {
      const isOwn = thread === null || (thread.from === one && thread.audience === "user" &&
        world.clock.now() < thread.expiresMs);
      if (isOwn) world.fail(`${one} cannot read the talk with ${other}: ${english(page.message)}`);
      return null;
    }
    messages.unshift(...page.messages);
    if (page.next === null) return { ...page, messages };
    before = page.next;
  }
}

/** The list of talks counts what the talk shows after one's mark. */
async function checkUnread(
  world: World,
  judge: Judge,
  { one, other, thread }: TalkOf,
  page: ChatPage,
): Promise<void> {
  const { talks } = await world.finish(world.services.chat.talks(world.caller(one)));
  // The list shows the last message and counts the others: all that may come of its talks has come.
  const { chat } = world.model;
  for (const said of chat.said) {
    if (said.to === one && chat.wrongToShow(said, world.clock.now()) === null) judge.chat.shown(said);
  }
  const row = talks.find((talk) => talk.with.username === other && talk.thread === (thread?.id ?? null));
  if (row === undefined) {
    const blocked = world.model.person(one).preferences.value.blockedUsers.includes(other);
    if (page.messages.length > 0 && !blocked) world.fail(`${one} has no talk with ${other} in their list`);
    return;
  }
  const from = page.messages.findIndex(({ id }) => id === page.readUpTo) + 1;
  const unread =
    page.messages.slice(from).filter((message) =>
      message.from.username !== one && message.retractedAt === null
    ).length;
  if (row.unread !== unread) {
    world.fail(`${one} has ${row.unread} unread messages of ${other} in the list, and ${unread} in the talk`);
  }
}
