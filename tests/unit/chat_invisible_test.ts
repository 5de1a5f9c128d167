import assert from "node:assert/strict";
import type { Caller } from "../../lib/platform/mod.ts";
import { english, Refusal } from "../../lib/protocol/mod.ts";
import { type ChatSteps, openChatSteps, quietNow } from "../fakes/chat_steps.ts";
import { taken } from "../fakes/command_rig.ts";

type World = Awaited<ReturnType<typeof openChatSteps>>;

/**
 * All that Ann hears and reads of messages to Bob, with ids and times as they are: the worlds have the same clock and randomness, so
 * two transcripts differ only where the server tells something.
 */
async function transcript(prepare: (world: World) => Promise<unknown>): Promise<unknown[]> {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  for (const who of [ann, bob]) await rig.prefer(who, { shareRead: true, shareWriting: true });
  // Ann knows that Bob reads, until he blocks her.
  const known = await steps.say(ann, bob, "known");
  await steps.read(bob, ann);
  taken(await rig.chat.read(bob, { with: "ann", upTo: known.id }));
  const { id } = await rig.send(ann, bob);
  await rig.take(bob);
  await prepare(world);
  const written: unknown[] = [];
  const draft = steps.draft(bob, "one");
  const first = taken(await rig.chat.send(ann, draft)).message;
  written.push(first, await rig.chat.send(ann, draft), await rig.chat.send(ann, { ...draft, body: "other" }));
  written.push(await rig.chat.writing(ann, { with: "bob" }));
  written.push(await steps.say(ann, id, "on the thread"));
  await actsOf(steps, ann, bob);
  written.push(await steps.page(ann, bob), await steps.page(ann, id), await rig.chat.talks(ann));
  const second = await steps.say(ann, bob, "two");
  written.push(await rig.chat.retract(ann, { id: second.id }));
  written.push(await rig.chat.read(ann, { with: "bob", upTo: first.id }));
  written.push(await steps.page(ann, bob), await rig.chat.talks(ann));
  written.push(rig.bell.rung.filter(({ userId }) => userId === ann.userId));
  return written.map((one) => one instanceof Refusal ? [one.kind, english(one.message)] : one);
}

/** What Bob does while he may not be noticed. */
async function actsOf({ rig }: ChatSteps, ann: Caller, bob: Caller): Promise<void> {
  const where = { with: ann.username };
  const { messages } = taken(await rig.chat.list(bob, where));
  taken(await rig.chat.read(bob, { ...where, upTo: messages.at(-1)!.id }));
  taken(await rig.chat.writing(bob, where));
}

const worlds: Record<string, (world: World) => Promise<unknown>> = {
  "a block": ({ rig, bob }) => rig.prefer(bob, { blockedUsers: ["ann"] }),
  "acceptFrom nobody": ({ rig, bob }) => rig.prefer(bob, { acceptFrom: "nobody" }),
  "a pause": ({ rig, bob }) => rig.grant(bob, { to: { user: "ann" }, paused: true }),
  "hours of a grant": ({ rig, bob }) =>
    rig.grant(bob, { to: { user: "ann" }, perDay: 1, hours: [{ from: "03:00", to: "03:01" }] }),
};

for (const [name, prepare] of Object.entries(worlds)) {
  Deno.test(`CO-10: ${name} looks to the writer like somebody in their quiet hours`, async () => {
    const waiting = await transcript(({ rig, bob }) =>
      rig.prefer(bob, { quietHours: quietNow(rig.clock.now()) })
    );
    const other = await transcript(prepare);
    // The bell of the rig tells each change of the rules to the person's own devices only.
    assert.deepEqual(other, waiting);
    assert.ok(JSON.stringify(waiting).includes("theirReadUpTo"));
  });
}

Deno.test("CO-10: what a block hides is written in the same number of commits", async () => {
  const commits = async (blocks: boolean): Promise<number> => {
    await using world = await openChatSteps();
    const { rig, steps, ann, bob } = world;
    if (blocks) await rig.prefer(bob, { blockedUsers: ["ann"] });
    const before = rig.store.committer.moment;
    for (let n = 0; n < 3; n++) await steps.say(ann, bob, String(n));
    return rig.store.committer.moment - before;
  };
  assert.equal(await commits(true), await commits(false));
});
