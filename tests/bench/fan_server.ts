/** Our sockets, hub and outboxes over services that do nothing: what a broadcast costs above the runtime. */
import type { Caller } from "../../lib/platform/mod.ts";
import { Ids, silentLog, systemClock, systemRandom } from "../../lib/platform/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { Hub, Realtime } from "../../lib/realtime/mod.ts";
import { aCaller, aUser, someHandlers } from "../fakes/realtime.ts";
import { answerCommands } from "./child_side.ts";
import { broadcastMethod, broadcastParams } from "./fan_text.ts";
import type { FanServerReady } from "./raw_server.ts";

if (import.meta.main) {
  const heartbeatMs = 600_000;
  const caller = { ...aCaller(), sessionExpiresAt: new Date(Date.now() + 86_400_000).toISOString() };
  const hub = new Hub(systemClock, heartbeatMs);
  const realtime = new Realtime({
    clock: systemClock,
    ids: new Ids(systemClock, systemRandom),
    log: silentLog,
    hub,
    inbox: {
      handed: () => undefined,
      left: () => undefined,
      resume: () => Promise.resolve({ cursor: null, pending: 0 }),
      next: (_userId, after) => Promise.resolve({ deliveries: [], upTo: after, held: null, more: false }),
      acknowledge: () => Promise.resolve(),
    },
    greeting: {
      user: (who: Caller) => Promise.resolve(aUser(who)),
      stoppedSince: () => Promise.resolve(null),
      sanctions: () => Promise.resolve([]),
    },
    asNow: (who) => who,
    handlers: someHandlers({}),
    settings: { heartbeatMs, rateRequests: 0, rateSends: 0, retentionDays: 14, uploadMaxBytes: 1024 },
  });
  let sockets = 0;
  const people: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (req) => {
    const { socket, response } = Deno.upgradeWebSocket(req, { idleTimeout: 0 });
    // Each person has as many devices as they can (WS-11).
    const device = sockets++ % limits.socketsPerPerson;
    if (device === 0) people.push(`${caller.userId}-${people.length}`);
    const who = { ...caller, userId: people.at(-1)! };
    realtime.open(socket, { caller: who, device: `d${device}`, window: 64, accept: null });
    return response;
  });
  const ready: FanServerReady = { url: `ws://127.0.0.1:${server.addr.port}/` };
  await answerCommands(ready, {
    // The hub serialises once for each person, and each of their connections gets that string.
    broadcast: () => {
      for (const userId of people) hub.notify(userId, broadcastMethod, broadcastParams);
      return hub.connections;
    },
  });
}
