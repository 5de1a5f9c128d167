import assert from "node:assert/strict";
import { type Command, filledTemplate, type Hook, limits } from "../../lib/protocol/mod.ts";
import { KeptLog, must } from "../fakes/accounts_rig.ts";
import { AppRig } from "../fakes/app_rig.ts";

/** One rig: a start costs more than all steps. */
Deno.test("AU-11: a hook sends by its template, and nothing else", async (t) => {
  const log = new KeptLog();
  await using app = await AppRig.start({ log });
  await app.befriend("ann", "bob");
  const json = { "content-type": "application/json" };
  const toBob = { audience: { kind: "user", to: ["bob"] } } as const;
  const create = (body: unknown, headers: Record<string, string> = app.bearerOf("ann")) =>
    app.wholeSend("/api/v1/tokens", {
      method: "POST",
      headers: { ...headers, ...json },
      body: JSON.stringify(body),
    });
  const hookOf = async (hook: Partial<Hook>) => {
    const response = await create({ name: "Hook", scopes: ["send"], hook: { ...toBob, ...hook } });
    assert.equal(response.status, 201, await response.clone().text());
    return (await response.json()).token as string;
  };
  const post = (token: string, body: string, headers: Record<string, string> = json) =>
    app.wholeSend(`/api/v1/hooks/${token}`, { method: "POST", headers, body });
  const latest = async () => (await app.sentBy("ann"))[0]!.command as Command;

  await t.step("AU-11: the examples of docs/hooks.md send what the page says", async () => {
    const page = await Deno.readTextFile("docs/hooks.md");
    let token = "";
    let sent = 0;
    for (const section of page.split(/^## /m).slice(2)) {
      const [first, second] = [...section.matchAll(/```json\n([^`]+)```/g)].map(([, text]) => text!);
      const curl = /-d '([^']+)'/.exec(section)?.[1];
      if (first!.includes('"hook"')) {
        token = (await (await create(JSON.parse(first!))).json()).token;
      }
      const posted = curl ?? second ?? first!;
      const response = await post(token, posted);
      assert.equal(response.status, 201, section);
      const command = await latest();
      assert.equal((await response.json()).id, command.id);
      assert.equal(command.title, /^Sends: `(.+)`$/m.exec(section)?.[1]);
      sent++;
    }
    assert.equal(sent, 4);
  });

  await t.step("AU-11: texts are made to fit, and what is not there is empty", async () => {
    const token = await hookOf({ title: "{$['a name'][1].x}-{$.no.where}-{$.list}", body: "{$}" });
    const input = JSON.stringify({ "a name": [0, { x: true }], list: [1, null], __proto__: 1 });
    assert.equal((await post(token, input)).status, 201);
    const { title, body } = await latest();
    assert.deepEqual([title, body], ["true--[1,null]", input]);
    const long = await hookOf({ title: "$.t", body: "$.b" });
    const odd = { t: `a\u202e\n\0b${"x".repeat(500)}`, b: `\0${"ü".repeat(5000)}\ud800` };
    assert.equal((await post(long, JSON.stringify(odd))).status, 201);
    const cut = await latest();
    assert.ok(cut.title!.startsWith("a b") || cut.title!.startsWith("a"), cut.title!);
    assert.deepEqual([[...cut.title!].length, [...cut.body!].length], [limits.title, limits.body]);
    let reads = 0;
    const large = { toJSON: () => (reads++, "x".repeat(1000)) };
    assert.equal(filledTemplate("{$}-".repeat(250), large, 2500).length, 2500);
    assert.equal(reads, 3, "no more is read than there is room for");
    const empty = await post(long, "{}");
    assert.deepEqual([empty.status, (await empty.json()).kind], [400, "invalid_params"]);
  });

  await t.step("CM-1: the same delivery again sends nothing twice", async () => {
    const token = await hookOf({ title: "$.t" });
    const ids = [];
    for (const name of ["idempotency-key", "webhook-id", "webhook-id"]) {
      const response = await post(token, '{"t": "Once"}', { ...json, [name]: `delivery-${name}` });
      ids.push((await response.json()).id);
    }
    assert.equal(new Set(ids).size, 2);
    assert.equal(ids[1], ids[2]);
    const other = await post(token, '{"t": "Other"}', { ...json, "webhook-id": "delivery-webhook-id" });
    assert.equal(other.status, 409);
  });

  await t.step("AU-11: bad hooks, bad bodies and other uses of the token are refused", async () => {
    const hooks: [unknown, string][] = [
      [{ name: "x", scopes: ["send", "read"], hook: { ...toBob, title: "a" } }, "scopes"],
      [{ name: "x", scopes: ["send"], hook: { ...toBob, title: "{$.a" } }, "hook.title"],
      [{ name: "x", scopes: ["send"], hook: { ...toBob, title: "$.a b" } }, "hook.title"],
      [{ name: "x", scopes: ["send"], hook: { ...toBob, title: "" } }, "hook.title"],
      [{ name: "x", scopes: ["send"], hook: { ...toBob, title: "a", kind: "link" } }, "hook.kind"],
      [{ name: "x", scopes: ["send"], hook: { title: "a" } }, "hook.audience"],
      [{ name: "x", scopes: ["send"], hook: { ...toBob, title: "a", run: "sh" } }, "hook.run"],
    ];
    for (const [body, field] of hooks) {
      const response = await create(body);
      assert.equal(response.status, 400, field);
      assert.deepEqual(Object.keys((await response.json()).fields), [field]);
    }
    const token = await hookOf({ title: "$.t" });
    const deep = "[".repeat(40) + "]".repeat(40);
    for (
      const [body, headers] of [["{", json], [deep, json], ["{}", { "content-type": "text/plain" }]] as const
    ) {
      assert.equal((await post(token, body, headers)).status, 400, body);
    }
    const bearer = { authorization: `Bearer ${token}` };
    for (
      const [method, path] of [["POST", "/commands"], ["GET", "/profile"], ["GET", "/commands?box=inbox"]]
    ) {
      const init = method === "GET"
        ? {}
        : { body: JSON.stringify({ ...toBob, key: "k", kind: "task", title: "x" }) };
      const response = await app.wholeSend(`/api/v1${path}`, {
        method: method!,
        headers: { ...bearer, ...json },
        ...init,
      });
      assert.equal(response.status, 403, path);
    }
    const plain = await (await create({ name: "plain", scopes: ["send"] })).json();
    const statuses = [];
    for (const other of [plain.token, app.tokenOf("ann"), "behest_x", `${token}x`, "-"]) {
      statuses.push((await post(other, '{"t": "x"}')).status);
    }
    assert.deepEqual(statuses, [404, 401, 401, 401, 401]);
    const { id } = (await (await app.wholeSend("/api/v1/tokens", { headers: app.bearerOf("ann") })).json())
      .tokens
      .find(({ hook }: { hook?: Hook }) => hook?.title === "$.t");
    must(await app.services.accounts.revokeToken(await app.caller("ann"), id));
  });

  await t.step(
    "AU-11: the page of sessions makes a hook, and keeps what was typed of a refused one",
    async () => {
      const make = async (fields: Record<string, string>) => {
        const body = new URLSearchParams({ action: "hook", hookKind: "task", hookTo: "bob", ...fields });
        const headers = { cookie: app.cookieOf("ann") };
        const response = await app.send("/sessions", { method: "POST", headers, body });
        return { status: response.status, html: await response.text() };
      };
      const refused = await make({ hookName: "Backup", hookTitle: "$.a b", hookBody: "{$.log}" });
      assert.equal(refused.status, 400);
      assert.match(refused.html, /id="hookTitle-error"/);
      assert.doesNotMatch(refused.html, /id="name-error"|hookTo-error|<pre/);
      for (const typed of ['value="Backup"', 'value="$.a b"', "{$.log}</textarea>"]) {
        assert.ok(refused.html.includes(typed), typed);
      }
      assert.match((await make({ hookName: "x", hookTitle: "x", hookTo: "" })).html, /id="hookTo-error"/);
      const { status, html } = await make({
        hookName: "Backup",
        hookTitle: "{$.host} is full",
        hookBody: "",
      });
      assert.equal(status, 200);
      const token = /\/api\/v1\/hooks\/(behest_[\w-]+)<\/pre>/.exec(html)?.[1] ?? "";
      assert.equal((await post(token, '{"host": "nas"}')).status, 201);
      const command = await latest();
      assert.deepEqual([command.kind, "title" in command && command.title], ["task", "nas is full"]);
      // Only the page that made it has it.
      const later = await app.send("/sessions", { headers: { cookie: app.cookieOf("ann") } });
      assert.ok(!(await later.text()).includes(token.slice(-43)));
    },
  );

  await t.step("AU-5: no log has a hook's address, whatever becomes of the request", async () => {
    const token = await hookOf({ title: "$.t" });
    const secret = token.slice(-43);
    log.lines.length = 0;
    const foreign = { ...json, origin: "https://elsewhere.example" };
    assert.equal((await post(token, '{"t": "x"}', foreign)).status, 403);
    const { send } = app.services.commands;
    Object.assign(app.services.commands, { send: () => Promise.reject(new Error("A bug.")) });
    assert.equal((await post(token, '{"t": "x"}')).status, 500);
    Object.assign(app.services.commands, { send });
    assert.equal((await app.wholeSend(`/api/v1/hook/${token}`)).status, 404);
    const events = log.lines.map(({ event }) => event);
    for (const event of ["origin.refused", "http.failed", "http.request"]) {
      assert.ok(events.includes(event), event);
    }
    assert.ok(!JSON.stringify(log.lines).includes(secret));
  });
});
