import assert from "node:assert/strict";
import type { OpenServices } from "../../lib/compose/mod.ts";
import { iso } from "../../lib/platform/mod.ts";
import { closeCodes, commandDraft, english, limits, neverEnds } from "../../lib/protocol/mod.ts";
import { sendOver } from "../fakes/built_app.ts";
import { FakeClock, fakeStartMs } from "../fakes/clock.ts";
import { type LoggedInCaller, openTestServices, person, testConfig } from "../fakes/open_services.ts";
import { until } from "../fakes/until.ts";

const adminPassword = "a long enough passphrase";

/** The app over the real services on a store in memory, with an administrator, a moderator and two members. */
async function adminRig() {
  const clock = new FakeClock();
  const config = testConfig({ BEHEST_ADMIN_USERNAME: "root", BEHEST_ADMIN_PASSWORD: adminPassword });
  const open: OpenServices = await openTestServices({ config, clock });
  const handler = await sendOver(open.services);
  const people = {
    root: await person(open, "root"),
    mod: await person(open, "mod"),
    ann: await person(open, "ann"),
    bob: await person(open, "bob"),
  };
  const call = async (who: keyof typeof people | null, method: string, path: string, body?: unknown) => {
    const headers = new Headers();
    if (who !== null) headers.set("authorization", `Bearer ${people[who].token}`);
    if (body !== undefined) headers.set("content-type", "application/json");
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await handler(new Request(`http://localhost/api/v1/${path}`, init));
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  };
  assert.equal((await call("root", "PATCH", "admin/users/mod", { role: "moderator" })).status, 200);
  return {
    call,
    clock,
    people,
    services: open.services,
    look: () => open.rollups.look(),
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  };
}

const warn = { kind: "warn", reason: "Be kind." };

/** Each call of MO-5, with who may make it. */
const calls: [least: "admin" | "moderator", method: string, path: string, body?: unknown][] = [
  ["moderator", "GET", "admin/users?q=a"],
  ["moderator", "GET", "admin/users/ann"],
  ["admin", "PATCH", "admin/users/ann", { rights: { broadcast: true } }],
  ["moderator", "POST", "admin/users/ann/sanctions", warn],
  ["admin", "GET", "admin/categories"],
  ["admin", "POST", "admin/categories", { slug: "dogs", title: "Dogs", description: "" }],
  ["admin", "PATCH", "admin/categories/feet", { title: "Toes" }],
  ["admin", "GET", "admin/groups"],
  ["admin", "POST", "admin/groups", { name: "readers", title: "Readers" }],
  ["admin", "GET", "admin/groups/readers"],
  ["admin", "PUT", "admin/groups/readers/members/ann", { role: "member" }],
  ["admin", "DELETE", "admin/groups/readers/members/ann"],
  ["admin", "GET", "admin/audit"],
  ["admin", "GET", "admin/stats"],
];

Deno.test("MO-4: for everyone without the role there is nothing under /api/v1/admin", async () => {
  await using rig = await adminRig();
  const strangers = [null, "ann"] as const;
  for (const [least, method, path, body] of calls) {
    for (const who of least === "admin" ? [...strangers, "mod"] as const : strangers) {
      const { status, body: problem } = await rig.call(who, method, path, body);
      assert.deepEqual([status, problem?.kind], [404, "not_found"], `${who} ${method} ${path}`);
    }
  }
  const audit = await rig.call("root", "GET", "admin/audit");
  assert.deepEqual(
    audit.body.entries.map(({ action }: { action: string }) => action),
    ["user.change", "staff.login", "account.first_admin"],
    "only what the administrator did at the start",
  );
  for (const [least, method, path, body] of calls) {
    const who = least === "moderator" ? "mod" : "root";
    const { status } = await rig.call(who, method, path, body);
    const expected = method === "POST" ? 201 : method === "DELETE" ? 204 : 200;
    assert.equal(status, expected, `${who} ${method} ${path}`);
  }
});

Deno.test("MO-4: a stranger's body is not looked at", async () => {
  await using rig = await adminRig();
  for (const [, method, path] of calls.filter(([, , path]) => !path.includes("/members/"))) {
    if (method === "GET") continue;
    assert.equal((await rig.call("ann", method, path, { wrong: true })).status, 404, `${method} ${path}`);
  }
});

Deno.test("MO-5: wrong bodies, queries and names are refused one by one", async () => {
  await using rig = await adminRig();
  const wrong: [status: number, method: string, path: string, body?: unknown][] = [
    [400, "GET", "admin/users?limit=0"],
    [400, "GET", "admin/users?limit=x"],
    [400, "GET", "admin/users?colour=red"],
    [400, "GET", "admin/audit?before=zzz"],
    [404, "GET", "admin/users/nobody"],
    [404, "GET", `admin/users/${"x".repeat(3000)}`],
    [404, "GET", "admin/users/%00"],
    [400, "PATCH", "admin/users/ann", { role: "king" }],
    [400, "PATCH", "admin/users/ann", { rights: { broadcast: true, fly: true } }],
    [409, "PATCH", "admin/users/root", { role: "member" }],
    [400, "POST", "admin/users/ann/sanctions", { kind: "warn" }],
    [400, "POST", "admin/users/ann/sanctions", { ...warn, reason: "" }],
    [400, "POST", "admin/users/ann/sanctions", { ...warn, until: iso(fakeStartMs - 1) }],
    [409, "POST", "admin/users/root/sanctions", warn],
    [400, "POST", "admin/categories", { slug: "No", title: "No", description: "" }],
    [409, "POST", "admin/categories", { slug: "feet", title: "Feet", description: "" }],
    [409, "PATCH", "admin/categories/general", { retired: true }],
    [404, "PATCH", "admin/categories/none", { title: "None" }],
    [404, "PATCH", `admin/categories/${"x".repeat(3000)}`, { title: "None" }],
    [400, "POST", "admin/groups", { name: "Readers!", title: "R" }],
    [404, "GET", "admin/groups/none"],
    [404, "PUT", "admin/groups/none/members/ann", { role: "member" }],
    [404, "DELETE", `admin/groups/${"x".repeat(3000)}/members/${"y".repeat(3000)}`],
  ];
  for (const [status, method, path, body] of wrong) {
    const found = await rig.call("root", method, path, body);
    assert.equal(found.status, status, `${method} ${path.slice(0, 60)}: ${JSON.stringify(found.body)}`);
  }
});

Deno.test("MO-5: users are found, changed and sanctioned, and the audit log tells it", async () => {
  await using rig = await adminRig();
  const found = await rig.call("root", "GET", "admin/users?q=an&limit=1");
  assert.deepEqual(found.body.users.map(({ username }: { username: string }) => username), ["ann"]);
  const changed = await rig.call("root", "PATCH", "admin/users/ANN", { rights: { broadcast: true } });
  assert.deepEqual([changed.body.user.username, changed.body.user.rights], ["ann", { broadcast: true }]);
  const sanction = await rig.call("mod", "POST", "admin/users/ann/sanctions", warn);
  assert.deepEqual([sanction.body.sanction.by, sanction.body.sanction.kind], ["mod", "warn"]);
  const shown = await rig.call("mod", "GET", "admin/users/ann");
  assert.equal(shown.body.user.sanctions.length, 1);
  const { entries, next } = (await rig.call("root", "GET", "admin/audit?limit=2")).body;
  assert.deepEqual(
    entries.map((entry: Record<string, unknown>) => [entry.actor, entry.action, entry.subject, entry.reason]),
    [["mod", "user.warn", "ann", "Be kind."], ["root", "user.change", "ann", null]],
  );
  const older = (await rig.call("root", "GET", `admin/audit?before=${next}`)).body;
  assert.deepEqual([older.entries.length, older.next], [3, null]);
});

Deno.test("MO-2: a suspended person is refused everywhere until the end, and their socket gets 4403", async () => {
  await using rig = await adminRig();
  const end = iso(rig.clock.now() + 3600_000);
  const socket = fakeSocket();
  rig.services.realtime.open(socket.end, opening(rig.people.ann.caller));
  assert.equal((await rig.call("root", "GET", "admin/stats")).body.connections, 1);
  const body = { kind: "suspend", reason: "Spam.", until: end };
  assert.equal((await rig.call("mod", "POST", "admin/users/ann/sanctions", body)).status, 201);
  await rig.clock.advanceAsync(limits.closeQuietMs);
  assert.deepEqual(socket.closed, [closeCodes.suspended.code]);
  const refused = await rig.call("ann", "GET", "profile");
  assert.equal(refused.status, 403);
  assert.ok(refused.body.detail.includes(end) && refused.body.detail.includes("Spam."));
  assert.equal((await rig.call("root", "GET", "admin/users/ann")).body.user.status, "suspended");
  rig.clock.advance(3600_000);
  assert.equal((await rig.call("ann", "GET", "profile")).status, 200);
});

Deno.test("MO-7: a sanction is lifted by itself with a reason; the body is checked and staff are told apart", async () => {
  await using rig = await adminRig();
  const impose = async (body: object) =>
    (await rig.call("mod", "POST", "admin/users/ann/sanctions", body)).body.sanction.id as string;
  const forGood = await impose({ kind: "suspend", reason: "Spam." });
  const second = iso(rig.clock.now() + 1000);
  const short = await impose({ kind: "suspend", reason: "A second.", until: second });
  rig.clock.advance(2000);
  assert.equal((await rig.call("ann", "GET", "profile")).status, 403, "the longer one still holds");
  const path = (id: string) => `admin/users/ann/sanctions/${id}`;
  const wrong: [status: number, who: "mod" | "bob", path: string, body?: unknown][] = [
    [404, "bob", path(forGood), { reason: "Please." }],
    [400, "mod", path(forGood)],
    [400, "mod", path(forGood), { reason: "" }],
    [409, "mod", path(short), { reason: "Over." }],
    [404, "mod", path("0".repeat(26)), { reason: "Nothing." }],
    [404, "mod", path("nonsense"), { reason: "Nothing." }],
  ];
  for (const [status, who, at, body] of wrong) {
    assert.equal((await rig.call(who, "DELETE", at, body)).status, status, `${who} ${at}`);
  }
  assert.equal((await rig.call("mod", "DELETE", path(forGood), { reason: "It was not her." })).status, 204);
  assert.equal((await rig.call("ann", "GET", "profile")).status, 200);
  const shown = (await rig.call("mod", "GET", "admin/users/ann")).body.user;
  assert.deepEqual(shown.sanctions.map(({ over }: { over?: true }) => over), [true, true]);
  assert.equal(shown.sanctions[1].lifted.by, "mod");
});

Deno.test("MO-2: a muted person's commands are refused with reason and end; others' are not", async () => {
  await using rig = await adminRig();
  const { commands } = rig.services;
  const draft = (key: string, to: string) =>
    commandDraft.parse({ key, audience: { kind: "user", to: [to] }, kind: "message", body: "Hello" });
  const body = { kind: "mute", reason: "Too loud." };
  assert.equal((await rig.call("mod", "POST", "admin/users/ann/sanctions", body)).status, 201);
  assert.equal((await rig.call("mod", "GET", "admin/users/ann")).body.user.mutedUntil, neverEnds);
  const refused = await commands.send(rig.people.ann.caller, draft("1", "bob"));
  assert.ok(
    "kind" in refused && refused.kind === "forbidden" && english(refused.message).includes("Too loud."),
  );
  const sent = await commands.send(rig.people.bob.caller, draft("1", "ann"));
  assert.ok("command" in sent);
});

Deno.test("BR-5: a retired category is refused by command.send", async () => {
  await using rig = await adminRig();
  const { commands, categories } = rig.services;
  const send = (key: string) =>
    commands.send(
      rig.people.ann.caller,
      commandDraft.parse({
        key,
        audience: { kind: "user", to: ["bob"] },
        kind: "message",
        title: "Title",
        categories: ["feet"],
      }),
    );
  assert.ok("command" in await send("1"));
  assert.equal((await rig.call("root", "PATCH", "admin/categories/feet", { retired: true })).status, 200);
  const refused = await send("2");
  assert.ok("kind" in refused && refused.kind === "invalid_params" && "categories" in refused.detail.fields!);
  const offered = (await categories.list()).categories.map(({ slug }) => slug);
  assert.deepEqual(offered, ["general", "censored"]);
  const all = (await rig.call("root", "GET", "admin/categories")).body.categories;
  assert.deepEqual(all.map(({ retired }: { retired: boolean }) => retired), [false, false, true]);
});

Deno.test("BR-6: an invitation by REST, accepted by the person, makes a membership; an owner may manage it", async () => {
  await using rig = await adminRig();
  const { groups } = rig.services;
  const { ann, bob } = rig.people;
  await rig.call("root", "POST", "admin/groups", { name: "readers", title: "Readers" });
  const members = "admin/groups/readers/members";
  const invited = await rig.call("root", "PUT", `${members}/ann`, { role: "owner" });
  assert.deepEqual(invited.body.group.members, [
    { username: "ann", displayName: "ann", role: "owner", since: null },
  ]);
  assert.equal((await rig.call("ann", "PUT", `${members}/bob`, { role: "member" })).status, 404);
  await groups.accept(ann.caller, { group: "readers" });
  assert.equal((await rig.call("ann", "PUT", `${members}/bob`, { role: "member" })).status, 200);
  await groups.accept(bob.caller, { group: "readers" });
  assert.equal((await rig.call("bob", "GET", "admin/groups/readers")).status, 404);
  assert.equal((await rig.call("ann", "GET", "admin/groups/readers")).body.group.members.length, 2);
  assert.equal((await rig.call("ann", "GET", "admin/groups")).status, 404);
  assert.equal((await rig.call("ann", "DELETE", `${members}/bob`)).status, 204);
  assert.equal((await rig.call("ann", "DELETE", `${members}/bob`)).status, 404);
  assert.deepEqual(await groups.list(bob.caller), { groups: [], invitations: [] });
});

Deno.test("CO-1: people of a shared group reach each other with `groups`, and not after one was removed", async () => {
  await using rig = await adminRig();
  const { groups, commands, preferences } = rig.services;
  const { ann, bob } = rig.people;
  await rig.call("root", "POST", "admin/groups", { name: "readers", title: "Readers" });
  for (const who of ["ann", "bob"] as const) {
    await rig.call("root", "PUT", `admin/groups/readers/members/${who}`, { role: "member" });
    await groups.accept(rig.people[who].caller, { group: "readers" });
  }
  await preferences.set(bob.caller, { acceptFrom: "groups" });
  const shown = async (key: string) => {
    const draft = commandDraft.parse({
      key,
      audience: { kind: "user", to: ["bob"] },
      kind: "message",
      title: "Title",
    });
    const sent = await commands.send(ann.caller, draft);
    assert.ok("command" in sent);
    const list = await commands.inboxList(bob.caller, {});
    assert.ok("items" in list);
    return list.items.some(({ command }) => command.id === sent.command.id);
  };
  assert.equal(await shown("1"), true);
  await rig.call("root", "DELETE", "admin/groups/readers/members/ann");
  assert.equal(await shown("2"), false);
});

Deno.test("AU-8: the profile is read and changed by REST, and by its owner alone", async () => {
  await using rig = await adminRig();
  assert.equal((await rig.call(null, "GET", "profile")).status, 401);
  const change = { displayName: "Ann", timeZone: "Europe/Berlin", pronouns: "she/her" };
  const changed = await rig.call("ann", "PATCH", "profile", change);
  assert.deepEqual(changed.body.profile, {
    username: "ann",
    displayName: "Ann",
    bio: "",
    pronouns: "she/her",
    timeZone: "Europe/Berlin",
    language: "en",
    avatar: null,
  });
  assert.deepEqual((await rig.call("ann", "GET", "profile")).body, changed.body);
  for (const wrong of [{ timeZone: "Mars" }, { displayName: "" }, { username: "root" }, { role: "admin" }]) {
    assert.equal((await rig.call("ann", "PATCH", "profile", wrong)).status, 400, JSON.stringify(wrong));
  }
});

Deno.test("MO-5: the numbers count people, connections and what is due", async () => {
  await using rig = await adminRig();
  const { body } = await rig.call("root", "GET", "admin/stats");
  // Two demo people are there too.
  assert.deepEqual(body, { connections: 0, users: 6, jobsDue: 0 });
});

Deno.test("MO-4, MO-5: numbers over a range count sends, deliveries, logins and errors; a wrong range is refused", async () => {
  await using rig = await adminRig();
  await rig.look();
  const before = (await rig.call("root", "GET", "admin/stats?range=1h")).body.series.points[0];
  const draft = { key: "1", audience: { kind: "user", to: ["ann"] }, kind: "message", title: "Hello" };
  // The second one is the first one's answer again.
  for (const status of [201, 201]) {
    assert.equal((await rig.call("ann", "POST", "commands", draft)).status, status);
  }
  const socket = fakeSocket();
  rig.services.realtime.open(socket.end, opening(rig.people.ann.caller));
  const deliver = await until(() => socket.sent.find(({ method }) => method === "command.deliver"));
  const params = { cursor: deliver.params.deliveries[0]!.cursor };
  const data = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "inbox.ack", params });
  socket.end.onmessage?.(new MessageEvent("message", { data }));
  await until(() => socket.sent.find(({ id }) => id === 1));
  rig.services.log.error("test.failed");
  const wrong = { username: "ann", password: "not the password of ann" };
  assert.equal((await rig.call(null, "POST", "auth/login", wrong)).status, 401);
  await rig.look();
  const { series } = (await rig.call("root", "GET", "admin/stats?range=1h")).body;
  const [{ sends, deliveries, logins, loginsRefused, errors, connections, disk }] = series.points;
  assert.deepEqual(
    [series.points.length, series.stepMs, sends, deliveries, loginsRefused - before.loginsRefused, errors],
    [1, 10_000, 1, 1, 1, 1],
  );
  assert.deepEqual([logins - before.logins, connections], [0, 0.5], "the mean of two looks");
  assert.ok(disk.usedBytes > 0 && disk.freeBytes > 0);
  assert.equal((await rig.call("root", "GET", "admin/stats?range=1y")).status, 400);
});

Deno.test("AU-8: a socket that was open before a change of name sends under the new one", async () => {
  await using rig = await adminRig();
  const socket = fakeSocket();
  rig.services.realtime.open(socket.end, opening(rig.people.ann.caller));
  await until(() => socket.sent.some(({ method }) => method === "session.ready"));
  assert.equal((await rig.call("ann", "PATCH", "profile", { displayName: "Ann" })).status, 200);
  const params = { key: "k", audience: { kind: "user", to: ["bob"] }, kind: "message", title: "Title" };
  const data = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "command.send", params });
  socket.end.onmessage?.(new MessageEvent("message", { data }));
  const answer = await until(() => socket.sent.find(({ id }) => id === 1));
  assert.equal(answer.result.command.from.displayName, "Ann");
});

const opening = (caller: LoggedInCaller) => ({ caller, device: "phone", window: 64, accept: null });

/** As much of a WebSocket as the server touches. */
function fakeSocket() {
  const closed: number[] = [];
  // What came in is looked into by the tests, which know what they asked.
  const sent: {
    method?: string;
    id?: number;
    params: { deliveries: { cursor: string }[] };
    result: { command: { from: { displayName: string } } };
  }[] = [];
  const end: WebSocket = Object.assign(new EventTarget(), {
    readyState: WebSocket.OPEN,
    bufferedAmount: 0,
    send: (text: string) => void sent.push(JSON.parse(text)),
    close(code: number) {
      closed.push(code);
      end.onclose?.(new CloseEvent("close", { code }));
    },
  }) as unknown as WebSocket;
  return { end, closed, sent };
}
