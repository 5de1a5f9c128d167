/** The whole server over many records, for what single requests cost: see `requests.ts`. */
import { Passwords } from "../../lib/accounts/mod.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import type { OpenServices } from "../../lib/compose/mod.ts";
import { socketMethods } from "../../lib/compose/socket_methods.ts";
import { type Caller, systemRandom } from "../../lib/platform/mod.ts";
import { served } from "../fakes/served.ts";
import { multiply } from "../fakes/many_records.ts";
import { answerCommands, cpuMs } from "./child_side.ts";
import { type BenchPerson, expectValue, makePeople, openBenchServices, password } from "./server_parts.ts";

/** What the first line of this process says. */
export interface RequestsServerReady {
  origin: string;
  /** Got as many commands as there are records, all but a few of them done. */
  reader: string;
  /** Sent them. */
  sender: string;
  login: { username: string; password: string };
}

/** What some calls took: medians of the time in ms, and CPU of each in ms. */
export interface Called {
  ms: number;
  cpuMs: number;
}

const calls = 100;
const openCommands = 50;
const origin = { address: "192.0.2.7", device: "bench", requestId: "bench" };

if (import.meta.main) {
  const [dataDir, records] = Deno.args;
  if (dataDir === undefined || records === undefined) throw new Error("requests_server.ts DATA_DIR RECORDS");
  await using store = await openStore(`${dataDir}/kv.sqlite3`);
  await seed(store, dataDir, Number(records));
  await using open = await openBenchServices(dataDir, { store, passwords: new Passwords(systemRandom) });
  const { services } = open;
  const [reader, sender, admin] = [
    await again(services, "reader0000"),
    await again(services, "sender0000"),
    await again(services, "tester0000"),
  ];
  await using app = await served(services);
  const ready: RequestsServerReady = {
    origin: app.origin,
    reader: reader.token,
    sender: sender.token,
    login: { username: "reader0000", password },
  };
  const methods = socketMethods(services) as Record<string, (caller: Caller, params: unknown) => unknown>;
  const called = async (call: () => unknown): Promise<Called> => {
    for (let at = 0; at < 5; at++) expectValue(await call());
    const times: number[] = [];
    const before = cpuMs();
    for (let at = 0; at < calls; at++) {
      const begunAt = performance.now();
      expectValue(await call());
      times.push(performance.now() - begunAt);
    }
    return { ms: times.sort((a, b) => a - b)[calls >> 1]!, cpuMs: (cpuMs() - before) / calls };
  };
  const staff = { ...admin.caller, role: "admin" } as const;
  await answerCommands(ready, {
    "inbox.list": () => called(() => methods["inbox.list"]!(reader.caller, {})),
    "inbox.list, no match": () => called(() => methods["inbox.list"]!(reader.caller, { state: "declined" })),
    "inbox.list by words": () => called(() => methods["inbox.list"]!(reader.caller, { q: "short title" })),
    "inbox.list by words that nothing has": () =>
      called(() => methods["inbox.list"]!(reader.caller, { q: "no such words" })),
    "command.list of one sent": () =>
      called(() => methods["command.list"]!(sender.caller, { box: "outbox", limit: 1 })),
    "command.list of all sent": () =>
      called(() => methods["command.list"]!(sender.caller, { box: "outbox" })),
    "admin stats": () => called(() => services.stats.now(staff)),
    "admin users by name": () => called(() => services.users.list(staff, { q: "someone" })),
  });
}

async function again({ accounts }: OpenServices["services"], username: string): Promise<BenchPerson> {
  const { token } = expectValue(await accounts.login(origin, { username, password }));
  return { username, token, caller: expectValue(await accounts.authenticate(token, origin)) };
}

/** Accounts and commands, made once and copied. */
async function seed(store: Store, dataDir: string, count: number): Promise<void> {
  await using first = await openBenchServices(dataDir, { store });
  const [reader] = await makePeople(first, "reader", 1);
  const [sender] = await makePeople(first, "sender", 1);
  await makePeople(first, "tester", 1);
  const [someone] = await makePeople(first, "someone-0000", 1);
  const { commands } = first.services;
  const send = async (key: string) => {
    const { command } = expectValue(
      await commands.send(sender!.caller, {
        key,
        audience: { kind: "user", to: [reader!.username] },
        kind: "message",
        title: "A short title",
        body: "a line of a message ".repeat(5),
      }),
    );
    return command.id;
  };
  for (let at = 0; at < openCommands; at++) await send(`open${at}`);
  const done = await send("done");
  expectValue(await commands.inboxList(reader!.caller, {}));
  for (const state of ["seen", "accepted", "completed"] as const) {
    expectValue(await commands.update(reader!.caller, { id: done, state }));
  }
  await multiply(store.kv, [done], count);
  await multiply(store.kv, [someone!.caller.userId, someone!.username], count);
}
