import assert from "node:assert/strict";
import { Committer } from "../../lib/adapters/kv/committer.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { KvPort } from "../../lib/adapters/kv/port.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { socketMethods } from "../../lib/compose/socket_methods.ts";
import type { MessageRecord } from "../../lib/chat/ports.ts";
import type { OpenServices } from "../../lib/compose/mod.ts";
import { type Clock, systemClock } from "../../lib/platform/mod.ts";
import type { Method } from "../../lib/protocol/mod.ts";
import { limits, Refusal } from "../../lib/protocol/mod.ts";
import { addressOf, pageFiles } from "../../tools/page_files.ts";
import { countingKv, type Reads } from "../fakes/counting_kv.ts";
import { atOnce, multiply } from "../fakes/many_records.ts";
import { type LoggedInCaller, openTestServices, person } from "../fakes/open_services.ts";
import { served } from "../fakes/served.ts";

/** Records of each kind: more than the most that a call may read. More of them take longer to write and show nothing more. */
const few = { each: 100, broadcasts: 10 };
const many = { each: 4_000, broadcasts: 2_000 };
type Records = typeof few;
/** Keys that one call may read, however many records there are: a few pages of a list, and what their items need. */
const most = 1_500;
/** What a call may read beyond what it read with few records. */
const more = 250;

/** Calls that look through messages: each of those is an entry of the log and a record. */
const searchingChat = /chat.*nothing/;
const mostOfChat = 2 * limits.chatSearched + 700;

/** Calls that look for something in the records read up to `most` of them: \`eve\` has to get past broadcasts that are not hers. */
const searching = /state|category|q=|"q"|eve$/;

const readers = ["ann", "bob", "ada", "eve"] as const;
type Name = typeof readers[number];

interface World extends AsyncDisposable {
  open: OpenServices;
  reads: Reads;
  callers: Record<Name, { caller: LoggedInCaller; token: string }>;
  ids: { direct: string; hundred: string; everyone: string };
}

/**
 * People with so many records: `ann` got commands, `eve` has nothing that is open, `bob` sent, `ada` is an administrator and
 * sent broadcasts.
 */
async function world(records: Records): Promise<World> {
  await using opening = new AsyncDisposableStack();
  const store = opening.use(await openStore(":memory:"));
  const { kv, reads } = countingKv(store.kv);
  const counted = { ...store, kv, committer: new Committer(kv) };
  const first = await openTestServices({ store: counted });
  const { services } = first;
  const [ann, bob, ada] = [
    await person(first, "ann"),
    await person(first, "bob"),
    await person(first, "ada-b"),
  ];
  const eve = await person(first, "eve");
  const admin = { ...ada.caller, role: "admin" } as const;
  await services.users.change(admin, "ada-b", { role: "admin", rights: { broadcast: true } });
  // A number, which is counted at each delivery (CO-12).
  await services.preferences.set(ann.caller, { acceptFrom: "anyone", limits: { open: 5_000 } });
  await services.preferences.set(eve.caller, { acceptFrom: "anyone", broadcasts: false });
  const send = async (from: LoggedInCaller, key: string, audience: object) => {
    const sent = await services.commands.send(from, {
      key,
      audience: audience as { kind: "all" },
      kind: "message",
      title: "A title",
      categories: ["general"],
    });
    assert.ok(!(sent instanceof Refusal), `${key}: ${JSON.stringify(sent)}`);
    return sent.command.id;
  };
  const direct = await send(bob.caller, "direct", { kind: "user", to: ["ann", "eve"] });
  for (const { caller } of [ann, eve]) {
    await services.commands.inboxList(caller, {});
    for (const state of ["seen", "accepted", "completed"] as const) {
      const moved = await services.commands.update(caller, { id: direct, state });
      assert.ok(!(moved instanceof Refusal), `${state}: ${JSON.stringify(moved)}`);
    }
  }
  const everyone = await send({ ...ada.caller, role: "admin", rights: { broadcast: true } }, "all", {
    kind: "all",
  });
  await services.contacts.request(bob.caller, { username: "ann" });
  await services.contacts.accept(ann.caller, { username: "bob" });
  const said = await services.chat.send(bob.caller, { key: "said", to: "ann", body: "A few words" });
  assert.ok(!(said instanceof Refusal));
  const cloe = await person(first, "cloe-00000000");
  const names = Array.from({ length: 100 }, (_, at) => `cloe-${String(at + 1).padStart(8, "0")}`);
  await multiply(store.kv, [cloe.caller.userId, "cloe-00000000"], Math.max(records.each, names.length));
  const hundred = await send(bob.caller, "hundred", { kind: "user", to: names });
  await first[Symbol.asyncDispose]();

  await multiply(store.kv, [direct], records.each);
  await multiply(store.kv, [everyone], records.broadcasts);
  await multiply(store.kv, [hundred], 100);
  await multiplyAudit(store.kv, records.each);
  await multiplyMessage(store.kv, said.message.id, records.each);
  // People who joined within the last ten seconds are read at each broadcast; these joined a minute ago.
  const clock: Clock = { now: () => systemClock.now() + 60_000, after: systemClock.after };
  const open = opening.use(await openTestServices({ store: counted, clock }));
  const again = async (name: string) => await person(open, name);
  const callers = {
    ann: await again("ann"),
    bob: await again("bob"),
    ada: await again("ada-b"),
    eve: await again("eve"),
  };
  const opened = opening.move();
  return {
    open,
    reads,
    callers,
    ids: { direct, hundred, everyone },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function multiplyAudit(kv: KvPort, records: number): Promise<void> {
  const [entry] = await Array.fromAsync(kv.list({ prefix: keys.audits() }));
  const head = await kv.get<{ seq: number }>(keys.auditHead());
  const { seq } = head.value!;
  for (let at = 1; at <= records; at += atOnce) {
    const atomic = kv.atomic();
    for (let one = at; one < at + atOnce && one <= records; one++) {
      atomic.set(keys.audit(seq + one), { ...entry!.value as object, seq: seq + one });
    }
    await atomic.commit();
  }
  await kv.set(keys.auditHead(), { ...head.value, seq: seq + records });
}

/** A talk with so many messages, all older than the one that was sent. */
async function multiplyMessage(kv: KvPort, id: string, records: number): Promise<void> {
  const { value } = await kv.get<MessageRecord>(keys.chatMessage(id));
  const { talkId, senderId, recipientId } = value!;
  for (let at = 1; at <= records; at += atOnce) {
    const atomic = kv.atomic();
    for (let one = at; one < at + atOnce && one <= records; one++) {
      const place = `${one.toString(16).padStart(16, "0")}0001`;
      const copy = `${id.slice(0, 5)}${String(one).padStart(21, "0")}`;
      atomic.set(keys.chatMessage(copy), { ...value!, id: copy, place });
      for (const log of [keys.chat(talkId), keys.chatInbox(senderId), keys.chatInbox(recipientId)]) {
        atomic.set([...log, place], copy);
      }
    }
    await atomic.commit();
  }
}

type Ask = (world: World) => Promise<unknown>;

const far = "01AAAAAAAAAAAAAAAAAAAAAAAA";
const draft = { kind: "message" as const, title: "A title", categories: ["general"] };

async function call(
  { open, callers }: World,
  by: Name,
  name: Method,
  params: object,
): Promise<Record<string, unknown>> {
  const handlers = socketMethods(open.services) as Record<
    string,
    (caller: unknown, given: unknown) => unknown
  >;
  const answer = await handlers[name]!(callers[by].caller, params);
  assert.ok(!(answer instanceof Refusal), `${name}: ${JSON.stringify(answer)}`);
  return answer as Record<string, unknown>;
}

function method(by: Name, name: Method, params: object | ((world: World) => object)): [string, Ask] {
  const text = typeof params === "function" ? "" : ` ${JSON.stringify(params)}`;
  const given = (world: World) => typeof params === "function" ? params(world) : params;
  return [`${name}${text} by ${by}`, (world) => call(world, by, name, given(world))];
}

/** Sends a command to ann, and does something with it. */
function withCommand(what: string, act: (world: World, id: string) => Promise<unknown>): [string, Ask] {
  return [`command.send, then ${what}`, async (world) => {
    const audience = { kind: "user", to: ["ann"] };
    const sent = await call(world, "bob", "command.send", { ...draft, key: `s${keyNumber++}`, audience });
    await act(world, (sent.command as { id: string }).id);
  }];
}

let keyNumber = 0;
const methodCalls: [string, Ask][] = [
  method("ann", "inbox.list", {}),
  method("ann", "inbox.list", { limit: 1 }),
  method("ann", "inbox.list", { state: "declined" }),
  method("ann", "inbox.list", { state: "completed", limit: 200 }),
  method("ann", "inbox.list", { category: "feet" }),
  method("eve", "inbox.list", {}),
  method("eve", "inbox.list", { open: true }),
  method("ann", "inbox.list", { view: "all" }),
  method("eve", "inbox.list", { view: "later" }),
  method("ann", "inbox.list", { q: "nothing" }),
  method("ann", "inbox.counts", {}),
  method("ann", "inbox.list", { before: far }),
  method("ann", "command.list", { box: "inbox" }),
  method("ann", "command.list", { box: "outbox" }),
  method("bob", "command.list", { box: "outbox", limit: 1 }),
  method("bob", "command.list", { box: "outbox" }),
  method("bob", "command.list", { box: "outbox", state: "declined" }),
  method("bob", "command.list", { box: "outbox", category: "feet" }),
  method("bob", "command.list", { box: "outbox", view: "review" }),
  method("ada", "command.list", { box: "outbox" }),
  method("ann", "command.get", ({ ids }) => ({ id: ids.direct })),
  method("bob", "command.get", ({ ids }) => ({ id: ids.hundred })),
  method("ada", "command.get", ({ ids }) => ({ id: ids.everyone })),
  method("ann", "chat.list", { with: "bob" }),
  method("ann", "chat.list", { with: "bob", limit: 1 }),
  method("ann", "chat.talks", {}),
  method("ann", "chat.search", { q: "nothing" }),
  method("ann", "chat.search", { q: "words", with: "bob" }),
  method("bob", "chat.send", () => ({ key: `s${keyNumber++}`, to: "ann", body: "More words" })),
  method("ann", "preferences.get", {}),
  method("ann", "preferences.set", { broadcasts: true }),
  method("ann", "category.list", {}),
  method("ann", "contact.list", {}),
  method("ann", "group.list", {}),
  method("ann", "notice.list", {}),
  method("ann", "report.list", {}),
  method("ann", "report.create", () => ({ about: { user: "bob" }, reason: "spam" })),
  method("ann", "sanction.list", {}),
  method("bob", "command.preview", { ...draft, key: "p", audience: { kind: "user", to: ["ann"] } }),
  method("ada", "command.preview", { ...draft, key: "p", audience: { kind: "all" } }),
  method("bob", "command.send", () => ({
    ...draft,
    key: `s${keyNumber++}`,
    audience: { kind: "user", to: ["ann"] },
  })),
  method("ada", "command.send", () => ({ ...draft, key: `s${keyNumber++}`, audience: { kind: "all" } })),
  method("ann", "chat.counts", {}),
  method("ann", "grant.list", {}),
  method("ann", "notice.read", {}),
];

/** After all others: what these change is not there for the calls before them. */
const changes: [string, Ask][] = [
  withCommand("command.edit and command.undo", async (world, id) => {
    await call(world, "bob", "command.edit", { id, title: "Another title" });
    await call(world, "bob", "command.undo", { id });
  }),
  withCommand("command.update and inbox.undo", async (world, id) => {
    await call(world, "ann", "command.update", { id, state: "accepted" });
    await call(world, "ann", "inbox.undo", { ids: [id] });
  }),
  withCommand("inbox.update and command.cancel", async (world, id) => {
    await call(world, "ann", "inbox.update", { ids: [id], state: "seen" });
    await call(world, "bob", "command.cancel", { id });
  }),
  ["chat.send, chat.read and chat.retract", async (world) => {
    const sent = await call(world, "bob", "chat.send", { key: `s${keyNumber++}`, to: "ann", body: "More" });
    const { id } = sent.message as { id: string };
    await call(world, "ann", "chat.list", { with: "bob" });
    await call(world, "ann", "chat.read", { with: "bob", upTo: id });
    await call(world, "bob", "chat.retract", { id });
  }],
  ["contact.request, contact.decline", async (world) => {
    await call(world, "eve", "contact.request", { username: "bob" });
    await call(world, "bob", "contact.decline", { username: "eve" });
  }],
];

const restPaths = [
  "/account/sanctions",
  "/auth/sessions",
  "/auth/two-factor",
  "/files",
  "/invites",
  "/notices",
  "/profile",
  "/push",
  "/reports",
];
const adminPaths = [
  "audit",
  "files",
  "incidents",
  "invites",
  "queue",
  "queue/stats",
  "sanction-reasons",
  "stats",
  "two-factor",
  "users",
  "users?q=cl",
  "users?q=zz",
];
const pagesOf: Record<Name, string[]> = {
  ann: ["/chat/bob", "/chat?q=nothing"],
  bob: ["/sent", "/history?box=outbox"],
  ada: [],
  eve: ["/", "/history", "/history?state=declined"],
};
for (const file of pageFiles()) {
  const path = addressOf(file);
  if (!path.includes("[") && !path.includes("_")) {
    pagesOf[path.startsWith("/admin") ? "ada" : "ann"].push(path);
  }
}

/** Every call in a world: its name, and what it read the second time. */
async function readsOf(records: Records): Promise<Map<string, number>> {
  await using made = await world(records);
  await using app = await served(made.open.services);
  const visit = (by: Name, path: string): [string, Ask] => [`GET ${path} by ${by}`, async () => {
    const { token } = made.callers[by];
    const headers: Record<string, string> = path.startsWith("/api/")
      ? { authorization: `Bearer ${token}` }
      : { cookie: `behest_session=${token}` };
    const response = await fetch(app.origin + path, { headers, redirect: "manual" });
    await response.body?.cancel();
    // Some pages are not for everybody, which costs reads too.
    assert.ok(response.status < 500, `${path}: ${response.status}`);
  }];
  const calls: [string, Ask][] = [
    ...methodCalls,
    ...restPaths.map((path) => visit("ann", `/api/v1${path}`)),
    ...adminPaths.map((path) => visit("ada", `/api/v1/admin/${path}`)),
    ...readers.flatMap((by) => pagesOf[by].map((path) => visit(by, path))),
    ...changes,
  ];
  const found = new Map<string, number>();
  for (const [name, ask] of calls) {
    // The first call of a process may fill what is kept in memory.
    await ask(made);
    const before = made.reads.keys;
    await ask(made);
    found.set(name, made.reads.keys - before);
  }
  return found;
}

Deno.test("CO-12, DL-10, MO-4: no call and no page reads more of the store because there are more records", async () => {
  const small = await readsOf(few);
  const large = await readsOf(many);
  const bounds = (name: string) =>
    searchingChat.test(name)
      ? mostOfChat
      : searching.test(name)
      ? most
      : Math.min(most, small.get(name)! + more);
  const grown = [...large].filter(([name, keys]) => keys > bounds(name));
  assert.equal(
    grown.length,
    0,
    `Keys read with ${few.each} and ${many.each} records:\n` +
      grown.map(([name, keys]) => `  ${small.get(name)} → ${keys}  ${name}`).join("\n"),
  );
});
