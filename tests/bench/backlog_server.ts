/**
 * People who come back to commands that wait: our stores on a file, inbox, hub and connections, over lines that only count,
 * since ten thousand real sockets would cost the clients of the bench more than the server.
 */
import { kvCommandStore } from "../../lib/adapters/kv/commands_store.ts";
import { kvCommandFiles } from "../../lib/adapters/kv/file_uses.ts";
import { kvConsentStore } from "../../lib/adapters/kv/consent_store.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { openCommands, type Person } from "../../lib/commands/mod.ts";
import { Consent } from "../../lib/consent/mod.ts";
import { type Caller, firstIdAt, Ids, silentLog, systemClock, systemRandom } from "../../lib/platform/mod.ts";
import { Connection } from "../../lib/realtime/connection.ts";
import { Dispatcher } from "../../lib/realtime/dispatcher.ts";
import { Hub, type Transport } from "../../lib/realtime/mod.ts";
import { aCaller, aUser, someHandlers } from "../fakes/realtime.ts";
import { answerCommands } from "./child_side.ts";
import { startProfile, stopProfile } from "./profiler.ts";
import { expectValue } from "./server_parts.ts";

/** How one round went. */
export interface BacklogRound {
  deliveries: number;
  ms: number;
}

const deliverHead = '{"jsonrpc":"2.0","method":"command.deliver"';
const cursorHead = '{"cursor":"';
/** Recipients of one direct command. */
const recipientsAtOnce = 100;
const settings = {
  heartbeatMs: 600_000,
  rateRequests: 0,
  rateSends: 0,
  retentionDays: 14,
  uploadMaxBytes: 1024,
};

/** A line that takes everything in at once and counts the deliveries. */
class CountingLine implements Transport {
  readonly #onDeliveries: (count: number) => void;
  constructor(onDeliveries: (count: number) => void) {
    this.#onDeliveries = onDeliveries;
  }
  send(text: string): void {
    if (!text.startsWith(deliverHead)) return;
    let count = 0;
    for (let at = text.indexOf(cursorHead); at >= 0; at = text.indexOf(cursorHead, at + 1)) count++;
    this.#onDeliveries(count);
  }
  bufferedAmount(): number {
    return 0;
  }
  close(): void {}
}

if (import.meta.main) {
  const [dataDir, count, broadcasts, direct] = Deno.args;
  if (dataDir === undefined) throw new Error("backlog_server.ts DATA_DIR PEOPLE CASTS DIRECT");
  await using store = await openStore(`${dataDir}/kv.sqlite3`);
  const heldMs = Date.UTC(2025, 0, 1);
  const person = (username: string, at: number): Person & { username: string } => ({
    id: firstIdAt(heldMs).slice(0, 16) + String(at).padStart(10, "0"),
    username,
    displayName: username,
  });
  const caster = person("caster", 0);
  const people = Array.from({ length: Number(count) }, (_, at) => person(`taker-${at}`, at + 1));
  const byName = new Map([caster, ...people].map((one) => [one.username, one]));
  const byId = new Map([caster, ...people].map((one) => [one.id, one]));
  const hub = new Hub(systemClock, settings.heartbeatMs);
  const consent = new Consent({
    store: kvConsentStore(store),
    timeZones: { timeZoneOf: () => Promise.resolve("UTC") },
    clock: systemClock,
    bell: hub,
    exclusive: store.exclusive,
  });
  await consent.prepare();
  const ids = new Ids(systemClock, systemRandom);
  const none = new Map<string, never>();
  const contact = { contact: true, sharesGroup: false };
  const room = openCommands({
    store: kvCommandStore(store),
    people: {
      byUsernames: (names) => Promise.resolve(found(byName, names)),
      byIds: (wanted) => Promise.resolve(found(byId, wanted)),
      relationsOf: (_, others) => Promise.resolve(new Map(others.map((other) => [other, contact]))),
      membershipsOf: () => Promise.resolve(none),
      membersOf: () => Promise.resolve(none),
    },
    files: kvCommandFiles(store, systemClock),
    consent,
    bell: hub,
    clock: systemClock,
    ids,
    log: silentLog,
    retentionDays: settings.retentionDays,
    gates: { asNow: (caller) => caller, muted: () => null, sendsPerMinute: 0 },
  });
  const sender: Caller = { ...aCaller(), userId: caster.id, username: "caster", rights: { broadcast: true } };
  let number = 0;
  const send = async (audience: { kind: "all" } | { kind: "user"; to: string[] }) => {
    const sent = await room.sender.send(sender, {
      key: `k${number++}`,
      audience,
      kind: "message",
      title: "A short title",
      body: "a line of a message ".repeat(5),
    });
    expectValue(sent);
  };
  for (let at = 0; at < Number(broadcasts); at++) await send({ kind: "all" });
  for (let at = 0; at < Number(direct); at++) {
    for (let from = 0; from < people.length; from += recipientsAtOnce) {
      const to = people.slice(from, from + recipientsAtOnce).map(({ username }) => username);
      await send({ kind: "user", to });
    }
  }
  const dispatcher = new Dispatcher(someHandlers({}), (caller) => caller);
  const ports = {
    clock: systemClock,
    log: silentLog,
    inbox: room.inbox,
    settings,
    greeting: {
      user: (who: Caller) => Promise.resolve(aUser(who)),
      stoppedSince: (userId: string) => room.safety.stoppedSince(userId),
      sanctions: () => Promise.resolve([]),
    },
  };
  const sessionExpiresAt = new Date(Date.now() + 86_400_000).toISOString();
  let round = 0;
  await answerCommands({ ready: true }, {
    profile: startProfile,
    profiled: stopProfile,
    /** Everybody comes back at once, each with a device that was not seen before. */
    reconnect: async (): Promise<BacklogRound> => {
      const wanted = people.length * (Number(broadcasts) + Number(direct));
      const device = `d${round++}`;
      let deliveries = 0;
      const { promise, resolve } = Promise.withResolvers<void>();
      const onDeliveries = (count: number) => {
        deliveries += count;
        if (deliveries >= wanted) resolve();
      };
      const begunAt = performance.now();
      const connections = people.map(({ id, username }) => {
        const caller = { ...aCaller(), userId: id, username, sessionExpiresAt };
        const opening = { caller, device, window: 256, accept: null };
        const line = new CountingLine(onDeliveries);
        const connection = new Connection(ids.next(), line, opening, ports, dispatcher, hub, false);
        hub.add(connection);
        void connection.start();
        return connection;
      });
      await promise;
      const ms = performance.now() - begunAt;
      for (const connection of connections) connection.lost();
      return { deliveries, ms };
    },
  });
}

function found<V>(all: ReadonlyMap<string, V>, names: readonly string[]): Map<string, V> {
  return new Map(names.flatMap((name) => all.has(name) ? [[name, all.get(name)!]] : []));
}
