/** The real server with people of mixed preferences, for broadcasts: they are sent from inside, so that only the way out counts. */
import { App } from "fresh";
import type { State } from "../../lib/web/define.ts";
import type { PreferencesChange } from "../../lib/protocol/mod.ts";
import { handler } from "../../routes/api/ws.ts";
import { answerCommands } from "./child_side.ts";
import { startProfile, stopProfile } from "./profiler.ts";
import { expectValue, makePeople, openBenchServices } from "./server_parts.ts";

/** What the first line of this process says. */
export interface BroadcastServerReady {
  url: string;
  /** In turns of `mix`. */
  tokens: string[];
}

/** What of twenty people each chose; `reached`: they get a broadcast. */
export const mix: readonly { change: PreferencesChange; count: number; reached: boolean }[] = [
  { change: {}, count: 14, reached: true },
  { change: { categories: { general: "ask" } }, count: 3, reached: true },
  { change: { broadcasts: false }, count: 1, reached: false },
  { change: { categories: { general: "block" } }, count: 1, reached: false },
  { change: { blockedUsers: ["caster0000"] }, count: 1, reached: false },
];
const choices = mix.flatMap(({ change, count, reached }) => Array(count).fill({ change, reached }));

export function choiceOf(at: number): { change: PreferencesChange; reached: boolean } {
  // Spread, so that no run of neighbours is alike.
  return choices[(at * 7) % choices.length]!;
}

if (import.meta.main) {
  const [dataDir, count, mixed] = Deno.args;
  if (dataDir === undefined || count === undefined) {
    throw new Error("broadcast_server.ts DATA_DIR PEOPLE [mixed]");
  }
  await using open = await openBenchServices(dataDir);
  const [caster] = await makePeople(open, "caster", 1);
  const people = await makePeople(open, "taker", Number(count));
  if (mixed === "mixed") {
    for (let at = 0; at < people.length; at += 200) {
      await Promise.all(
        people.slice(at, at + 200).map(async ({ caller }, n) => {
          const { change } = choiceOf(at + n);
          if (Object.keys(change).length === 0) return;
          expectValue(await open.services.preferences.set(caller, change));
        }),
      );
    }
  }
  const serve = new App<State>().use((ctx) => {
    ctx.state.services = open.services;
    ctx.state.requestId = open.services.requestId();
    ctx.state.address = "127.0.0.1";
    return ctx.next();
  }).get("/api/ws", handler.GET).handler();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, serve);
  const ready: BroadcastServerReady = {
    url: `ws://127.0.0.1:${server.addr.port}/api/ws`,
    tokens: people.map(({ token }) => token),
  };
  const sender = { ...caster!.caller, rights: { broadcast: true } };
  let number = 0;
  await answerCommands(ready, {
    profile: startProfile,
    profiled: stopProfile,
    broadcast: async () => {
      const begunAt = performance.now();
      const sent = await open.services.commands.send(sender, {
        key: `k${number++}`,
        audience: { kind: "all" },
        kind: "message",
        title: "A short title",
        body: "a line of a message ".repeat(5),
      });
      expectValue(sent);
      return performance.now() - begunAt;
    },
  });
}
