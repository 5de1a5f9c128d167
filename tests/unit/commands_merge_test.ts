import assert from "node:assert/strict";
import { CommandRig } from "../fakes/command_rig.ts";

Deno.test("DL-2: a command to many that comes while a log is being read is not passed over", async () => {
  let meanwhile: (() => Promise<void>) | undefined;
  await using rig = await CommandRig.open({
    change: (store) => ({
      ...store,
      async inboxAfter(userId, after, limit) {
        const now = meanwhile;
        meanwhile = undefined;
        await now?.();
        return await store.inboxAfter(userId, after, limit);
      },
    }),
  });
  const [ada, bob] = [rig.person("ada", "admin"), rig.person("bob")];
  rig.connect(ada, bob);
  const first = await rig.send(ada, bob);
  const sent: string[] = [];
  meanwhile = async () => {
    sent.push((await rig.send(ada, [], { audience: { kind: "all" } })).id);
    sent.push((await rig.send(ada, bob)).id);
  };
  const slice = await rig.room.inbox.next(bob.userId, null, 16, null);
  const rest = await rig.readInbox(bob, slice.upTo);
  const ids = [...slice.deliveries, ...rest.deliveries].map((one) => "command" in one ? one.command.id : "");
  assert.deepEqual(ids, [first.id, ...sent]);
});
