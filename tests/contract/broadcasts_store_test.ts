import assert from "node:assert/strict";
import type { Committer, Write } from "../../lib/adapters/kv/committer.ts";
import { kvCommandStore } from "../../lib/adapters/kv/commands_store.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import type {
  Acceptance,
  BroadcastRecord,
  CommandStore,
  Happening,
  StateRecord,
  StoredState,
} from "../../lib/commands/mod.ts";
import type { CommandState } from "../../lib/protocol/mod.ts";
import { dump, onEachStore, storeFile } from "../fakes/kv_stores.ts";
import { seededRandom } from "../fakes/random.ts";

const at = "2026-01-01T00:00:00.000Z";

function broadcastOf(id: string, change: { scheduled?: boolean; to?: string[] } = {}): Acceptance {
  const direct = change.to !== undefined;
  return {
    record: {
      command: {
        id,
        kind: "message",
        title: null,
        body: "b",
        data: null,
        categories: ["general"],
        attachments: [],
        from: { id: "ann", username: "ann", displayName: "ann" },
        audience: { kind: direct ? "user" : "all" },
        createdAt: at,
        deliverAt: change.scheduled === true ? at : null,
        dueAt: null,
        expiresAt: at,
        requires: "none",
      },
      senderId: "ann",
      recipients: change.to ?? [],
      ...(direct ? {} : { cast: { kind: "all", name: null, matched: 3 } }),
      expiresMs: 1000,
    },
    states: (change.to ?? []).map((userId) => ({ userId, allowedBy: "a", withheldBy: null })),
    key: `key-${id}`,
    sent: {
      commandId: id,
      digest: "digest",
      audience: { matched: 3, online: 0, offline: 3, excluded: {} },
      expiresMs: 1,
    },
    jobs: [],
  };
}

function untouched(userId: string, commandId: string): StoredState {
  const record: StateRecord = {
    state: "queued",
    place: "cast",
    createdAt: at,
    updatedAt: at,
    deliveredAt: null,
    opened: false,
    allowedBy: null,
    withheldBy: null,
    countedOn: null,
    until: null,
    note: null,
    proof: [],
    cast: true,
    frozenMs: 0,
    timeline: [],
  };
  return { userId, commandId, record, version: null };
}

async function move(commands: CommandStore, userId: string, commandId: string, to: CommandState) {
  const [stored] = await commands.states([{ userId, commandId }]);
  const from = stored ?? untouched(userId, commandId);
  return await commands.change([{ from, to: { ...from.record, state: to } }]);
}

async function logOf(commands: CommandStore): Promise<string[]> {
  return (await commands.broadcastsAfter(null, 1000)).map(({ commandId }) => commandId);
}

function happening(to: "open" | "cancelled" | "expired"): Happening {
  return { at, state: to === "open" ? "queued" : to, who: to === "cancelled" ? "ann" : null, note: null };
}

function isOver(broadcast: BroadcastRecord | null): boolean {
  return broadcast !== null && broadcast.state !== "open" && broadcast.state !== "scheduled";
}

/** Another set of commands over the same store, as it is read after a restart. */
async function storedLog(store: Store): Promise<unknown> {
  return await kvCommandStore(store).broadcastsAfter(null, 1000);
}

onEachStore(
  "BR-4: a broadcast is written once: its command, its state and one entry of the log",
  async (store) => {
    const commands = kvCommandStore(store);
    const place = await commands.accept(broadcastOf("A"));
    assert.deepEqual(await commands.broadcastsAfter(null, 10), [{ cursor: place, commandId: "A" }]);
    assert.deepEqual(await commands.broadcast("A"), {
      state: "open",
      place,
      timeline: [],
      version: place,
    });
    const written = (await dump(store.kv)).map(([key]) => key[0]).filter((kind) => kind !== "migration");
    assert.deepEqual(written, ["broadcast", "cast", "command", "outbox", "send_key"]);
    assert.equal(await commands.accept({ ...broadcastOf("B"), key: "key-A" }), null, "the key is taken");
    assert.deepEqual(await logOf(commands), ["A"]);
  },
);

onEachStore("DL-2: broadcasts and personal logs share one order, and no place is in both", async (store) => {
  const commands = kvCommandStore(store);
  await commands.broadcastsAfter(null, 1);
  const ids = Array.from({ length: 200 }, (_, n) => String(n).padStart(3, "0"));
  const random = seededRandom(5);
  const isBroadcast = ids.map(() => random.fraction() < 0.5);
  const places = await Promise.all(
    ids.map((id, n) =>
      commands.accept(isBroadcast[n] === true ? broadcastOf(id) : broadcastOf(id, { to: ["bob", `p${n}`] }))
    ),
  );
  const broadcasts = places.filter((_, n) => isBroadcast[n]);
  const others = new Set(places.filter((_, n) => !isBroadcast[n]));
  assert.deepEqual(places, places.toSorted(), "in the order in which they were accepted");
  assert.equal(new Set(broadcasts).size, broadcasts.length);
  assert.deepEqual(broadcasts.filter((place) => others.has(place)), []);
  assert.deepEqual((await commands.broadcastsAfter(null, 1000)).map(({ cursor }) => cursor), broadcasts);
  const own = (await commands.inboxAfter("bob", null, 1000)).map(({ cursor }) => cursor);
  assert.deepEqual(own, places.filter((_, n) => !isBroadcast[n]));
  assert.deepEqual(await storedLog(store), await commands.broadcastsAfter(null, 1000));
});

onEachStore(
  "DL-10: broadcasts that were opened are read by their ids, newest first, up to a limit",
  async (store) => {
    const commands = kvCommandStore(store);
    for (const id of ["A", "B", "D", "E"]) await commands.accept(broadcastOf(id));
    await commands.accept(broadcastOf("C", { scheduled: true }));
    assert.deepEqual(await commands.broadcastIds(null, 10), { ids: ["E", "D", "B", "A"], last: null });
    assert.deepEqual(await commands.broadcastIds(null, 2), { ids: ["E", "D"], last: "D" });
    assert.deepEqual(await commands.broadcastIds("D", 2), { ids: ["B"], last: "B" });
    assert.deepEqual(await commands.broadcastIds("B", 2), { ids: ["A"], last: null });
  },
);

onEachStore("DL-2: the log is read after a place, without it, up to a limit", async (store) => {
  const commands = kvCommandStore(store);
  for (const id of ["A", "B", "C", "D"]) await commands.accept(broadcastOf(id));
  const log = await commands.broadcastsAfter(null, 10);
  assert.deepEqual(await commands.broadcastsAfter(log[0]!.cursor, 2), [log[1], log[2]]);
  assert.deepEqual(await commands.broadcastsAfter(log[3]!.cursor, 10), []);
  assert.deepEqual(await commands.broadcastsAfter("0".repeat(20), 1), [log[0]]);
});

onEachStore(
  "CM-8: a scheduled broadcast enters the log when it is opened, behind what came before",
  async (store) => {
    const commands = kvCommandStore(store);
    await commands.accept(broadcastOf("A", { scheduled: true }));
    await commands.accept(broadcastOf("B"));
    assert.deepEqual(await logOf(commands), ["B"]);
    const scheduled = (await commands.broadcast("A"))!;
    assert.deepEqual([scheduled.state, scheduled.place], ["scheduled", null]);
    const place = await commands.changeBroadcast("A", scheduled, "open", happening("open"));
    assert.deepEqual(await logOf(commands), ["B", "A"]);
    assert.deepEqual(await commands.broadcast("A"), {
      state: "open",
      place,
      timeline: [happening("open")],
      version: place,
    });
    assert.equal(
      await commands.changeBroadcast("A", scheduled, "open", happening("open")),
      false,
      "somebody was faster",
    );
    assert.deepEqual(await logOf(commands), ["B", "A"]);
    assert.deepEqual(await storedLog(store), await commands.broadcastsAfter(null, 10));
  },
);

onEachStore(
  "CM-6, DL-6: a cancelled broadcast leaves the log, one that ran out stays until it is purged",
  async (store) => {
    const commands = kvCommandStore(store);
    for (const id of ["A", "B", "C"]) await commands.accept(broadcastOf(id));
    const place = (await commands.broadcast("B"))!.place;
    assert.equal(
      await commands.changeBroadcast(
        "A",
        (await commands.broadcast("A"))!,
        "cancelled",
        happening("cancelled"),
      ),
      true,
    );
    assert.equal(
      await commands.changeBroadcast("B", (await commands.broadcast("B"))!, "expired", happening("expired")),
      true,
    );
    assert.deepEqual(await logOf(commands), ["B", "C"]);
    const expired = (await commands.broadcast("B"))!;
    assert.deepEqual([expired.state, expired.place], ["expired", place]);
    assert.notEqual(expired.version, place);
    assert.deepEqual(await storedLog(store), await commands.broadcastsAfter(null, 10));
    await move(commands, "bob", "B", "accepted");
    await commands.purge(broadcastOf("B").record);
    await commands.purge(broadcastOf("A").record);
    assert.deepEqual(await logOf(commands), ["C"]);
    assert.equal(await commands.broadcast("B"), null);
    assert.deepEqual(await commands.totals("B"), {});
    assert.deepEqual(await storedLog(store), await commands.broadcastsAfter(null, 10));
    const left = (await dump(store.kv)).map(([key]) => key.join(" "));
    assert.deepEqual(left.filter((key) => /\b[AB]$/.test(key) && !key.startsWith("send_key")), [
      "state bob B",
    ]);
  },
);

onEachStore(
  "CM-7: totals count each person in one state, also when several change at once",
  async (store) => {
    const commands = kvCommandStore(store);
    await commands.accept(broadcastOf("A"));
    const people = Array.from({ length: 60 }, (_, n) => `p${n}`);
    const moved = await Promise.all(people.map((userId) => move(commands, userId, "A", "delivered")));
    assert.deepEqual(new Set(moved), new Set([true]));
    assert.deepEqual(await commands.totals("A"), { delivered: 60 });
    await Promise.all(people.map((userId, n) => move(commands, userId, "A", n < 20 ? "seen" : "declined")));
    assert.deepEqual(await commands.totals("A"), { seen: 20, declined: 40 });
    // Of two who read the same, one writes; the other is told, and nothing of it is counted.
    const from = (await commands.states([{ userId: "p0", commandId: "A" }]))[0]!;
    const change = (state: CommandState) => commands.change([{ from, to: { ...from.record, state } }]);
    assert.deepEqual(await Promise.all([change("accepted"), change("completed")]), [true, false]);
    assert.deepEqual(await commands.totals("A"), { seen: 19, declined: 40, accepted: 1 });
    assert.equal(await commands.change([{ from: untouched("p0", "A"), to: from.record }]), false);
    assert.deepEqual(await commands.totals("A"), { seen: 19, declined: 40, accepted: 1 });
  },
);

Deno.test("CM-7: many people of one broadcast in one commit are all counted", async () => {
  await using store = await openStore(":memory:");
  const commands = kvCommandStore(store);
  await commands.accept(broadcastOf("A"));
  const changes = Array.from({ length: 32 }, (_, n) => {
    const from = untouched(`p${n}`, "A");
    return { from, to: { ...from.record, state: "stopped" as const, place: null } };
  });
  assert.equal(await commands.change(changes), true);
  assert.deepEqual(await commands.totals("A"), { stopped: 32 });
});

Deno.test("DL-6: what a person did with a broadcast is kept as long as it may wait and stay in the history", async () => {
  await using store = await openStore(":memory:");
  const ends: (number | undefined)[] = [];
  const committer = {
    commit: (write: Write) => {
      for (const { key, expireIn } of write.sets ?? []) if (key[0] === "state") ends.push(expireIn);
      return store.committer.commit(write);
    },
  };
  const commands = kvCommandStore({ ...store, committer: committer as unknown as Committer }, 365);
  await commands.accept(broadcastOf("A"));
  await move(commands, "bob", "A", "declined");
  assert.equal(ends.length, 1);
  assert.ok(ends[0]! >= 2 * 365 * 24 * 3600_000, String(ends[0]));
});

Deno.test("DL-4: broadcasts and their order are there after the file was closed and opened", async () => {
  await using file = await storeFile();
  let log: unknown;
  {
    await using store = await openStore(file.path);
    const commands = kvCommandStore(store);
    await Promise.all(["A", "B", "C", "D"].map((id) => commands.accept(broadcastOf(id))));
    await commands.changeBroadcast(
      "B",
      (await commands.broadcast("B"))!,
      "cancelled",
      happening("cancelled"),
    );
    await commands.changeBroadcast("C", (await commands.broadcast("C"))!, "expired", happening("expired"));
    await move(commands, "bob", "A", "seen");
    log = await commands.broadcastsAfter(null, 10);
  }
  await using store = await openStore(file.path);
  const commands = kvCommandStore(store);
  assert.deepEqual(await commands.broadcastsAfter(null, 10), log);
  assert.deepEqual(await logOf(commands), ["A", "C", "D"]);
  assert.deepEqual(await commands.totals("A"), { seen: 1 });
  assert.equal((await commands.broadcast("B"))?.state, "cancelled");
});

Deno.test("BR-4: the log in memory is the one in the store, whatever opens, closes and reads beside each other", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    await using store = await openStore(":memory:");
    const commands = kvCommandStore(store);
    const random = seededRandom(seed);
    const pick = (count: number) => Math.floor(random.fraction() * count);
    const ids: string[] = [];
    const under: Promise<unknown>[] = [];
    for (let step = 0; step < 120; step++) {
      const id = ids[pick(ids.length)];
      const close = async (commandId: string, to: "open" | "cancelled" | "expired") => {
        const broadcast = await commands.broadcast(commandId);
        if (broadcast === null || (to === "open") !== (broadcast.state === "scheduled")) return;
        await commands.changeBroadcast(commandId, broadcast, to, happening(to));
      };
      switch (pick(7)) {
        case 0:
        case 1:
        case 2: {
          const next = String(ids.length).padStart(4, "0");
          ids.push(next);
          under.push(commands.accept(broadcastOf(next, { scheduled: pick(4) === 0 })));
          break;
        }
        case 3:
          if (id !== undefined) under.push(close(id, pick(2) === 0 ? "open" : "cancelled"));
          break;
        case 4:
          if (id !== undefined) under.push(close(id, pick(2) === 0 ? "open" : "expired"));
          break;
        case 5:
          under.push(commands.broadcastsAfter(null, 5));
          break;
        default:
          await under[pick(under.length)];
          if (id !== undefined && isOver(await commands.broadcast(id))) {
            under.push(commands.purge(broadcastOf(id).record));
          }
      }
    }
    await Promise.all(under);
    assert.deepEqual(await commands.broadcastsAfter(null, 1000), await storedLog(store), `seed ${seed}`);
    assert.ok((await dump(store.kv, keys.broadcasts())).length > 0, `seed ${seed}`);
  }
});

Deno.test("OP-7: where others write too, the log is read from the store", async () => {
  await using store = await openStore(":memory:");
  const one = kvCommandStore({ ...store, exclusive: false });
  const other = kvCommandStore({ ...store, exclusive: false });
  assert.deepEqual(await logOf(one), []);
  await other.accept(broadcastOf("A"));
  await other.accept(broadcastOf("B"));
  assert.deepEqual(await logOf(one), ["A", "B"]);
  await other.changeBroadcast("A", (await other.broadcast("A"))!, "cancelled", happening("cancelled"));
  assert.deepEqual(await logOf(one), ["B"]);
  assert.deepEqual(await one.broadcastsAfter((await one.broadcast("B"))!.place, 5), []);
});
