import assert from "node:assert/strict";
import { Arrivals } from "../../lib/chat/arrivals.ts";
import type { Needs } from "../../lib/chat/needs.ts";
import type { ChatStore, StoredMessage } from "../../lib/chat/ports.ts";
import { ShownMarks } from "../../lib/chat/shown_marks.ts";
import type { Talk, Talks } from "../../lib/chat/talks.ts";
import { type Bell, silentLog } from "../../lib/platform/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { CommandRig, dayMs } from "../fakes/command_rig.ts";

const [userId, talkId, place] = ["bob", "talk", "0005"];

/** Marks over the parts of a store that a test needs. */
function marksOver(store: Partial<ChatStore>) {
  const clock = new FakeClock();
  return new ShownMarks({ store: store as ChatStore, clock, log: silentLog });
}

Deno.test("DL-9: a mark that is written while the store is asked for it is not missed", async () => {
  const asked = Promise.withResolvers<string | null>();
  const marks = marksOver({ shown: () => asked.promise, saveShown: () => Promise.resolve() });
  marks.move(userId, talkId, place);
  const found = marks.of(userId, talkId);
  await marks.flush();
  // The store was read before the write.
  asked.resolve(null);
  assert.equal(await found, place);
});

Deno.test("DL-9: a page takes nothing back that a device acknowledged before the rules changed, while the page was read", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  const message = {
    record: {
      recipientId: bob.userId,
      senderId: ann.userId,
      withheldBy: null,
      expiresMs: rig.clock.now() + dayMs,
    },
    place,
  } as StoredMessage;
  let epoch = 0;
  const withheld: unknown[] = [];
  const store: Partial<ChatStore> = {
    shown: () => Promise.resolve(null),
    async after(_, shown) {
      if (epoch === 0) {
        marks.move(bob.userId, talkId, place);
        await rig.prefer(bob, { blockedUsers: ["ann"] });
        epoch++;
      }
      return shown === null ? [message] : [];
    },
    change: ({ to }) => Promise.resolve(withheld.push(to.withheldBy) > 0),
  };
  const marks = marksOver(store);
  const arrivals = new Arrivals(
    {
      store: store as ChatStore,
      consent: rig.consent,
      bell: { epoch: () => epoch } as unknown as Bell,
      clock: rig.clock,
    } as unknown as Needs,
    {
      asked: () =>
        Promise.resolve({
          relation: { contact: true, sharesGroup: false },
          question: {
            from: { username: "ann" },
            kind: "chat",
            audience: { kind: "user" },
            categories: [],
            chat: "message",
          },
        }),
    } as unknown as Talks,
    marks,
  );
  const talk = {
    id: talkId,
    me: { id: bob.userId, username: "bob" },
    other: { id: ann.userId, username: "ann" },
    thread: null,
  };
  assert.equal(await arrivals.release(talk as Talk), null);
  assert.equal(epoch, 1);
  assert.deepEqual(withheld, []);
});
