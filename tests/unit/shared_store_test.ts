import assert from "node:assert/strict";
import type { KvCheck, KvPort } from "../../lib/adapters/kv/port.ts";
import { refuseFewChecks } from "../../lib/adapters/kv/shared_store.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import { CommandRig, taken } from "../fakes/command_rig.ts";
import { LiveRig } from "../fakes/live_rig.ts";
import { dump } from "../fakes/kv_stores.ts";
import { until } from "../fakes/until.ts";

const everyone = { kind: "all" } as const;

/** Two processes on one store: each has memory of its own, and rings only its own devices. */
async function twoProcesses() {
  const store: Store = { ...await openStore(":memory:"), exclusive: false };
  const here = await LiveRig.open({ store });
  const there = await CommandRig.open({ store, clock: here.rig.clock });
  const admin = here.rig.person("admin", "admin");
  const bob = here.rig.person("bob");
  here.rig.connect(admin, bob);
  there.person("admin", "admin");
  there.person("bob");
  there.connect(admin, bob);
  const device = await here.connect(bob);
  return {
    here,
    there,
    admin,
    bob,
    device,
    async [Symbol.asyncDispose]() {
      await here[Symbol.asyncDispose]();
      await there[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

Deno.test("OP-7: where other processes write too, a ring only wakes, and what they wrote before is not lost", async () => {
  await using processes = await twoProcesses();
  const { here, there, admin, bob, device } = processes;
  const sent: string[] = [];
  for (const kind of ["direct", "broadcast"] as const) {
    for (const rig of [there, here.rig]) {
      // Ids of both processes rise with the one clock.
      here.rig.clock.advance(1000);
      const key = { key: `key-${sent.length}` };
      const command = kind === "direct"
        ? await rig.send(admin, bob, key)
        : await rig.broadcast(admin, everyone, key);
      sent.push(command.id);
    }
    await until(() => device.socket.delivered().includes(sent.at(-1)!), `the ${kind} command`);
    assert.deepEqual(device.socket.delivered(), sent);
  }
});

Deno.test("CM-11, OP-7: what one process edits, another one delivers as it is then, though it has the old text in memory", async () => {
  await using processes = await twoProcesses();
  const { here, there, admin } = processes;
  const cleo = here.rig.person("cleo");
  for (const rig of [here.rig, there]) rig.connect(admin, rig.person("cleo"));
  const { id } = await there.send(admin, cleo, { title: "Before", categories: ["feet"] });
  assert.equal((await here.rig.commands.commands([id])).get(id)?.command.title, "Before");
  taken(await there.room.sender.edit(admin, { id, title: "After", categories: ["general"] }));
  const [delivery] = await here.rig.inboxOf(cleo);
  assert.equal(delivery !== undefined && "title" in delivery.command && delivery.command.title, "After");
});

/** A store that refuses commits with more than `most` checks, as a KV Connect server may. */
function withMostChecks(kv: KvPort, most: number): KvPort {
  return {
    atomic() {
      const atomic = kv.atomic();
      let count = 0;
      return {
        check(check: KvCheck) {
          count++;
          atomic.check(check);
          return this;
        },
        commit() {
          if (count > most) return Promise.reject(new TypeError(`Too many checks (max ${most})\nmore`));
          return atomic.commit();
        },
      };
    },
  } as unknown as KvPort;
}

Deno.test("OP-7: a store that allows fewer checks in a commit than are written is refused at start, in one line", async () => {
  await using store = await openStore(":memory:");
  const before = await dump(store.kv);
  await refuseFewChecks(store.kv);
  await refuseFewChecks(withMostChecks(store.kv, 100));
  await assert.rejects(refuseFewChecks(withMostChecks(store.kv, 99)), (error: Error) => {
    assert.match(error.message, /100 checks in one commit.*max 99.*BEHEST_KV/);
    assert.equal(error.message.includes("\n"), false);
    return true;
  });
  await assert.rejects(refuseFewChecks(withMostChecks(store.kv, 0)), /^TypeError: Too many checks/);
  assert.deepEqual(await dump(store.kv), before, "the question writes nothing");
});
