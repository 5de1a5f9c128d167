import assert from "node:assert/strict";
import { kvCommandStore } from "../../lib/adapters/kv/commands_store.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import { type CommandStore, deliveredRecord, type StoredState } from "../../lib/commands/mod.ts";
import { acceptanceOf, allowed, withheld } from "../fakes/acceptances.ts";
import { dump, onEachStore } from "../fakes/kv_stores.ts";
import { seededRandom } from "../fakes/random.ts";

const later = "2026-01-01T00:01:00.000Z";
const current = () => true;

function idOf(n: number): string {
  return `C${String(n).padStart(5, "0")}`;
}

/** A process that has just started over the same records, and the keys that it reads. */
function startedAnew(store: Store): { commands: CommandStore; read: string[] } {
  const read: string[] = [];
  const kv = new Proxy(store.kv, {
    get(target, name) {
      const method = Reflect.get(target, name, target);
      if (name !== "get" && name !== "getMany" && name !== "list") return method;
      return (asked: never, ...more: never[]) => {
        const key = name === "list" ? (asked as { prefix: unknown[] }).prefix : (asked as unknown[]).flat();
        read.push(String(key[0]));
        return Reflect.apply(method as (...args: never[]) => unknown, target, [asked, ...more]);
      };
    },
  });
  return { commands: kvCommandStore({ ...store, kv }), read };
}

/** Bob's log with all that it leads to, as one reads it who knows nothing. */
async function logOf(commands: CommandStore) {
  const entries = await commands.inboxAfter("bob", null, 100);
  const ids = entries.map(({ commandId }) => commandId);
  const states = await commands.states(ids.map((commandId) => ({ userId: "bob", commandId })));
  const records = await commands.commands(ids);
  return { entries, states: states.map(withoutMoment), records: ids.map((id) => records.get(id)) };
}

function withoutMoment(stored: StoredState | null) {
  if (stored === null) return null;
  const { moment: _, ...rest } = stored;
  return rest;
}

onEachStore(
  "DL-2: who reads a log that waits needs no other record for short commands to one person",
  async (store) => {
    const before = kvCommandStore(store);
    for (let n = 0; n < 20; n++) await before.accept(acceptanceOf(idOf(n), { bob: allowed }));
    const { commands, read } = startedAnew(store);
    const log = await logOf(commands);
    assert.deepEqual(
      log.entries.map(({ commandId }) => commandId),
      Array.from({ length: 20 }, (_, n) => idOf(n)),
    );
    assert.deepEqual(log.records[3], acceptanceOf(idOf(3), { bob: allowed }).record);
    assert.deepEqual(log.states.map((stored) => stored?.version), log.entries.map(({ cursor }) => cursor));
    assert.deepEqual(new Set(read), new Set(["inbox", "taken_newest"]));
    // What has several recipients, or is long, is read by itself.
    await before.accept(acceptanceOf("D1", { bob: allowed, carl: allowed }));
    const long = acceptanceOf("D2", { bob: allowed });
    long.record.command.body = "x".repeat(4000);
    await before.accept(long);
    const anew = startedAnew(store);
    assert.equal((await logOf(anew.commands)).records.at(-1)?.command.body?.length, 4000);
    assert.ok(anew.read.includes("command") && anew.read.includes("state"));
  },
);

Deno.test("DL-2: what is written of a state outdates its entry, for a process that starts later too", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    await using store = await openStore(":memory:");
    const random = seededRandom(seed);
    const pick = (count: number) => Math.floor(random.fraction() * count);
    const commands = kvCommandStore(store);
    let sent = 0;
    for (let step = 0; step < 25; step++) {
      const { entries, states } = await logOf(commands);
      const from = states[pick(Math.max(1, states.length))] ?? null;
      const change = async (to: Partial<StoredState["record"]>) => {
        if (from !== null) assert.ok(await commands.change([{ from, to: { ...from.record, ...to } }]));
      };
      switch (pick(6)) {
        case 0:
        case 1:
          await commands.accept(acceptanceOf(idOf(sent++), { bob: pick(5) === 0 ? withheld : allowed }));
          break;
        case 2:
          // Sometimes one that is not the largest id: it gets a record of its own.
          if (from !== null && from.asSent === true && from.record.deliveredAt === null) {
            assert.ok(await commands.take("bob", [from], later, current));
          }
          break;
        case 3:
          await change({
            ...deliveredRecord(from?.record ?? ({ timeline: [] } as never), later),
            state: "seen",
          });
          break;
        case 4:
          await change({ allowedBy: `rule ${step}` });
          break;
        default:
          await change({ place: pick(2) === 0 ? null : "first" });
      }
      const anew = await logOf(startedAnew(store).commands);
      assert.deepEqual(await logOf(commands), anew, `seed ${seed}, step ${step}`);
      // The states as they are stored, past every entry.
      const ids = anew.entries.map(({ commandId }) => commandId);
      const stored = await kvCommandStore(store).states(
        ids.map((commandId) => ({ userId: "bob", commandId })),
      );
      assert.deepEqual(anew.states, stored.map(withoutMoment), `seed ${seed}, step ${step}`);
      assert.ok(entries.length <= sent);
    }
    // An entry says what was sent exactly as long as the state's first record is there.
    const first = new Set(
      (await dump(store.kv, keys.statesOf("bob"))).flatMap(([key, value]) =>
        "first" in (value as object) ? [String(key.at(-1))] : []
      ),
    );
    for (const [, value] of await dump(store.kv, keys.inbox("bob"))) {
      const { commandId, sent } = value as { commandId: string; sent?: unknown };
      assert.equal(sent !== undefined, first.has(commandId), `seed ${seed}: ${commandId}`);
    }
  }
});

Deno.test("CO-10: what is withheld writes as many bytes as what gets an entry", async () => {
  await using store = await openStore(":memory:");
  const commands = kvCommandStore(store);
  const one = { senderKinds: ["contact" as const] };
  const accept = async (id: string, state: typeof allowed) => {
    const acceptance = acceptanceOf(id, { bob: state });
    await commands.accept({ ...acceptance, record: { ...acceptance.record, ...one } });
  };
  await accept("A", allowed);
  await accept("B", withheld);
  const [[, entry]] = await dump(store.kv, keys.inbox("bob")) as [[unknown, { sent: { record: string } }]];
  const [[, apart]] = await dump(store.kv, keys.openFromOf("bob")) as [
    [unknown, { sent: { record: string } }],
  ];
  assert.equal(apart.sent.record.length, entry.sent.record.length);
  assert.equal(
    apart.sent.record.trim(),
    "",
    "nothing takes it out of there when the command is edited (CM-11)",
  );
});
