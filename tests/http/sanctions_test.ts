import assert from "node:assert/strict";
import { iso } from "../../lib/platform/mod.ts";
import type { NotificationParams, OwnSanction } from "../../lib/protocol/mod.ts";
import { sendOver } from "../fakes/built_app.ts";
import { FakeClock } from "../fakes/clock.ts";
import { openTestServices, person, testConfig } from "../fakes/open_services.ts";
import { as, base, form } from "../fakes/page_forms.ts";
import { served } from "../fakes/served.ts";
import { until } from "../fakes/until.ts";

/** The app over the real services, with an administrator and a person to sanction. */
async function rigOf() {
  const clock = new FakeClock();
  const config = testConfig({
    BEHEST_ADMIN_USERNAME: "root",
    BEHEST_ADMIN_PASSWORD: "a long enough passphrase",
  });
  const open = await openTestServices({ config, clock });
  const handler = await sendOver(open.services);
  const [root, ann] = [await person(open, "root"), await person(open, "ann")];
  const send = (path: string, init?: RequestInit) => handler(new Request(base + path, init));
  const call = async (who: typeof ann, method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${who.token}`, "content-type": "application/json" };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await send(`/api/v1/${path}`, init);
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  };
  const cookie = `behest_session=${ann.token}`;
  return {
    clock,
    ann,
    root,
    call,
    cookie,
    services: open.services,
    impose: async (body: object): Promise<string> => {
      const made = await call(root, "POST", "admin/users/ann/sanctions", body);
      assert.equal(made.status, 201);
      return made.body.sanction.id;
    },
    page: async (path: string, language = "en") => {
      const response = await send(path, { headers: { cookie, "accept-language": language } });
      return { status: response.status, to: response.headers.get("location"), html: await response.text() };
    },
    post: (path: string, fields: Record<string, string>) => send(path, form(fields, cookie)),
    plain: (path: string) => send(path, as(cookie)),
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  };
}

const reasonOf = (body: { sanctions: OwnSanction[] }) => body.sanctions.map(({ reason }) => reason);

Deno.test("MO-7: a warning is on every page, in REST and on the socket until it is read on one of them", async () => {
  await using rig = await rigOf();
  const { ann, call, page, post, impose } = rig;
  await using app = await served(rig.services);
  const heard: { method?: string; id?: number; params?: unknown; result?: unknown }[] = [];
  const open = async () => {
    const socket = new WebSocket(`${app.origin.replace("http", "ws")}/api/ws?token=${ann.token}`);
    socket.onmessage = ({ data }) => heard.push(JSON.parse(data));
    return await until(() => heard.find(({ method }) => method === "session.ready"));
  };
  const first = await impose({ kind: "warn", reason: "Be kind <b>now</b>." });
  const ready = (await open()).params as NotificationParams<"session.ready">;
  assert.deepEqual(ready.sanctions?.map(({ kind, reason }) => [kind, reason]), [[
    "warn",
    "Be kind <b>now</b>.",
  ]]);
  for (const path of ["/", "/send", "/sent", "/contacts", "/preferences", "/profile", "/account"]) {
    const { html } = await page(path);
    assert.match(
      html,
      /<aside class="banner banner-warned"[^]*Warning from the moderators[^]*<\/aside>/,
      path,
    );
    assert.ok(html.includes("Be kind &lt;b>now&lt;/b>."), path);
  }
  assert.ok((await page("/", "de")).html.includes("Verwarnung der Moderation"));
  assert.deepEqual(reasonOf((await call(ann, "GET", "account/sanctions")).body), ["Be kind <b>now</b>."]);

  const second = await impose({ kind: "warn", reason: "Second." });
  const changed = () => heard.filter(({ method }) => method === "sanction.changed");
  await until(() => changed().length === 1);
  assert.deepEqual(reasonOf(changed()[0]!.params as { sanctions: OwnSanction[] }).at(-1), "Second.");

  const read = await post("/sanctions", { id: first, back: "/contacts" });
  assert.deepEqual([read.status, read.headers.get("location")], [303, "/contacts"]);
  assert.ok(!(await page("/")).html.includes("Be kind"));
  assert.equal((await post("/sanctions", { id: first, back: "/" })).status, 303, "pressed twice");
  const done = await call(ann, "POST", `account/sanctions/${second}/read`);
  assert.deepEqual([done.status, done.body], [200, { sanctions: [] }]);
  assert.equal((await call(rig.root, "POST", `account/sanctions/${second}/read`)).status, 404);
  assert.ok(!(await page("/")).html.includes("banner-warned"));
  await until(() => reasonOf(changed().at(-1)!.params as { sanctions: OwnSanction[] }).length === 0);
});

Deno.test("MO-2, MO-7: a muted person sees so where they would send", async () => {
  await using rig = await rigOf();
  await rig.impose({ kind: "mute", reason: "Too loud." });
  const { html } = await rig.page("/send");
  assert.ok(
    html.includes("You cannot send commands until a moderator lifts this.") && html.includes("Too loud."),
  );
  assert.ok(!(await rig.page("/contacts")).html.includes("Too loud."));
  assert.ok((await rig.page("/account")).html.includes("Too loud."));
});

Deno.test("MO-7, AU-9: a suspended person's page says why, until when and how to appeal; data and deletion stay possible", async () => {
  await using rig = await rigOf();
  const { ann, call, page, clock, impose } = rig;
  const warning = await impose({ kind: "warn", reason: "First a warning." });
  await impose({ kind: "suspend", reason: "Then this.", until: iso(clock.now() + 3600_000) });
  for (const path of ["/", "/send", "/contacts"]) assert.equal((await page(path)).to, "/account", path);
  const { status, html } = await page("/account");
  assert.equal(status, 200);
  for (
    const text of [
      "This account is suspended until",
      "Then this.",
      "First a warning.",
      "You can appeal once.",
    ]
  ) {
    assert.ok(html.includes(text), text);
  }
  assert.match(html, /data-connection="suspended">Account suspended</, "and no session that is over");
  const german = (await page("/account", "de")).html;
  assert.ok(german.includes("Dieses Konto ist") && german.includes("Du kannst einmal Einspruch erheben."));

  const refused = await call(ann, "GET", "profile");
  assert.equal(refused.status, 403);
  assert.match(refused.body.detail, /suspended until 2026-01-01T01:00:00.000Z.*Then this\./);
  const ticket = await call(ann, "POST", "auth/ticket");
  assert.deepEqual([ticket.status, ticket.body.detail], [403, refused.body.detail], "as every other call");
  const listed = await call(ann, "GET", "account/sanctions");
  assert.deepEqual(reasonOf(listed.body), ["First a warning.", "Then this."]);
  assert.equal((await call(ann, "POST", `account/sanctions/${warning}/read`)).status, 200);
  const archive = await rig.plain("/api/v1/account/export");
  assert.equal(archive.status, 200);
  await archive.body?.cancel();
  const fields = { password: "a long enough passphrase", sure: "yes" };
  const removed = await rig.post("/account", fields);
  assert.equal(removed.headers.get("location"), "/login?notice=removed");
});
