/** The real server with people, accounts and commands that wait, for the load generator in `lean/`. */
import { App } from "fresh";
import { openStore } from "../../lib/adapters/kv/store.ts";
import type { PostgresPlace } from "../../lib/adapters/postgres/mod.ts";
import type { OpenServices } from "../../lib/compose/mod.ts";
import type { State } from "../../lib/web/define.ts";
import { handler } from "../../routes/api/ws.ts";
import { answerCommands } from "./child_side.ts";
import { addAccounts } from "./accounts.ts";
import { startProfile, stopProfile } from "./profiler.ts";
import { type BenchPerson, expectValue, makePeople, openBenchServices } from "./server_parts.ts";

/** What the server starts with. */
export interface LeanServerPlan {
  dataDir: string;
  senders: number;
  takers: number;
  /** Accounts that nobody logs in to. */
  others?: number;
  /** Direct commands that wait for each taker. */
  waiting?: number;
  /** In place of a file in the data directory. */
  postgres?: PostgresPlace | undefined;
}

/** What the first line of this process says. */
export interface LeanServerReady {
  addr: string;
  /** The first may send broadcasts. */
  senders: LeanPerson[];
  takers: LeanPerson[];
}

interface LeanPerson {
  username: string;
  token: string;
}

/** From one person to another; 500 may be open (DL-7). */
const fromOne = 400;
const sendsAtOnce = 200;

if (import.meta.main) {
  const plan = JSON.parse(Deno.args[0]!) as LeanServerPlan;
  await using store = await openStore(plan.postgres ?? `${plan.dataDir}/kv.sqlite3`);
  if (plan.others !== undefined) await addAccounts(store.kv, plan.others);
  await using open = await openBenchServices(plan.dataDir, { store });
  const { services } = open;
  const senders = await makePeople(open, "sender", plan.senders);
  const takers = await makePeople(open, "taker", plan.takers);
  const [caster] = senders;
  const admin = { ...caster!.caller, role: "admin" } as const;
  expectValue(await services.users.change(admin, caster!.username, { rights: { broadcast: true } }));
  await seed(open, { senders, takers, each: plan.waiting ?? 0 });
  const serve = new App<State>().use((ctx) => {
    ctx.state.services = services;
    ctx.state.requestId = services.requestId();
    ctx.state.address = "127.0.0.1";
    return ctx.next();
  }).get("/api/ws", handler.GET).handler();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, serve);
  const named = (people: readonly BenchPerson[]) =>
    people.map(({ username, token }) => ({ username, token }));
  const ready: LeanServerReady = {
    addr: `127.0.0.1:${server.addr.port}`,
    senders: named(senders),
    takers: named(takers),
  };
  await answerCommands(ready, {
    profile: startProfile,
    profiled: stopProfile,
  });
}

/** No sender has more than `fromOne` open to one person. */
async function seed(
  { services }: OpenServices,
  { senders, takers, each }: {
    senders: readonly BenchPerson[];
    takers: readonly BenchPerson[];
    each: number;
  },
): Promise<void> {
  const wanted = Array.from({ length: each }, (_, at) => takers.map((taker) => ({ taker, at }))).flat();
  let next = 0;
  const worker = async () => {
    while (next < wanted.length) {
      const number = next++;
      const { taker, at } = wanted[number]!;
      const from = senders[Math.floor(at / fromOne) % senders.length]!;
      expectValue(
        await services.commands.send(from.caller, {
          key: `w${number}`,
          audience: { kind: "user", to: [taker.username] },
          kind: "message",
          title: "A short title",
          body: "a line of a message ".repeat(5),
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: sendsAtOnce }, worker));
}
