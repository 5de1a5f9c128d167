import assert from "node:assert/strict";
import { moderatorCalls, openCalls, ownerCalls } from "../../lib/web/admission.ts";
import { must } from "../fakes/accounts_rig.ts";
import { png } from "../fakes/account_world.ts";
import { AppRig } from "../fakes/app_rig.ts";
import { joined } from "../fixtures/photos.ts";

async function rigOf() {
  const app = await AppRig.start({ people: ["ann", "bob"] });
  await app.person("mod", "moderator");
  const get = async (who: string, path: string, language = "en") => {
    const headers = { cookie: app.cookieOf(who), "accept-language": language };
    const response = await app.send(path, { headers });
    return { status: response.status, html: await response.text() };
  };
  const post = async (who: string, path: string, fields: Record<string, string>) => {
    const headers = {
      cookie: app.cookieOf(who),
      "content-type": "application/x-www-form-urlencoded",
      "sec-fetch-site": "same-origin",
    };
    const response = await app.send(path, { method: "POST", headers, body: new URLSearchParams(fields) });
    return { status: response.status, to: response.headers.get("location"), html: await response.text() };
  };
  return { app, get, post, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

Deno.test("MO-1: a command is reported from its page by a form without scripts, and its outcome is on a page", async () => {
  await using rig = await rigOf();
  const { app, get, post } = rig;
  const command = await app.command("bob", "ann", { title: "Cheap watches" });
  await app.answer("ann", command.id, "seen");
  const card = (await get("ann", `/history/${command.id}`)).html;
  const path = `/report?command=${command.id}`;
  assert.ok(card.includes(`href="${path}"`));
  const form = await get("ann", path);
  assert.ok(form.html.includes("About “Cheap watches” from @bob"));
  assert.equal((await get("bob", path)).status, 404);
  assert.equal((await get("ann", "/report?user=nobody")).status, 404);
  assert.equal((await get("ann", "/report")).status, 404);
  const refused = await post("ann", path, { note: "Stop it." });
  assert.equal(refused.status, 400);
  assert.ok(refused.html.includes("Choose a reason.") && refused.html.includes("Stop it."));
  const sent = await post("ann", path, { reason: "spam", note: "Stop it.", block: "yes", file: "" });
  assert.equal(sent.to, "/reports?notice=sent");
  const { blockedUsers } = await app.services.preferences.get(await app.caller("ann"));
  assert.deepEqual(blockedUsers, ["bob"]);
  const own = (await get("ann", "/reports")).html;
  assert.ok(own.includes("Advertising or flood") && own.includes("A moderator looks at it"));
  assert.ok((await get("ann", "/reports", "de")).html.includes("Werbung oder Flut"));
  await app.group("readers", { ann: "member", bob: "owner" }, "Readers");
  assert.ok((await get("ann", "/groups")).html.includes('href="/report?group=readers"'));
  assert.ok((await get("ann", "/contacts")).html.includes('href="/report?user=bob"'));
});

Deno.test("MO-2: a moderator claims, decides, notes and undoes by forms without scripts", async () => {
  await using rig = await rigOf();
  const { app, get, post } = rig;
  for (const title of ["Cheap watches", "Cheap bags"]) {
    const command = await app.command("bob", "ann", { title });
    await app.answer("ann", command.id, "seen");
    const sent = await post("ann", `/report?command=${command.id}`, {
      reason: "threat",
      note: `About ${title}`,
    });
    assert.equal(sent.status, 303);
  }
  assert.equal((await get("ann", "/admin/queue")).status, 404);
  const list = (await get("mod", "/admin/queue")).html;
  const item = /href="(\/admin\/queue\?item=([0-9A-Z]{26}))"/.exec(list);
  assert.ok(item !== null && list.includes("2 reports together") && list.includes("Threat or blackmail"));
  const [, path, id] = item as unknown as [string, string, string];
  const shown = (await get("mod", path)).html;
  for (const text of ["About Cheap watches", "About Cheap bags", "@bob"]) {
    assert.ok(shown.includes(text), text);
  }
  assert.match((await post("mod", path, { action: "claim" })).to!, /notice=claimed/);
  assert.match((await post("mod", path, { action: "note", text: "Seen before." })).to!, /notice=noted/);
  assert.ok((await get("mod", path)).html.includes("Seen before."));
  const refused = await post("mod", path, { action: "apply", template: "", text: "No threats.", days: "7" });
  assert.equal(refused.status, 400);
  assert.ok(
    refused.html.includes("Choose what follows, or another outcome.") && refused.html.includes("No threats."),
  );
  const mute = { action: "apply", sanction: "mute", template: "0", text: "", days: "7" };
  const decided = await post("mod", path, mute);
  assert.equal(decided.to, `/admin/queue?notice=decided&last=${id}`);
  const [sanction] = (await app.services.sanctions.list(await app.caller("bob"))).sanctions;
  assert.deepEqual([sanction!.kind, sanction!.reason], ["mute", "You went on after you were asked to stop."]);
  assert.ok((await get("ann", "/reports")).html.includes("Action taken"));
  const after = `/admin/queue?state=decided&item=${id}`;
  assert.ok((await get("mod", after)).html.includes("@mod decided"));
  assert.match(
    (await post("mod", after, { action: "undo", reason: "The wrong person." })).to!,
    /notice=undone/,
  );
  assert.deepEqual((await app.services.sanctions.list(await app.caller("bob"))).sanctions, []);
  const quick = await post("mod", path, { action: "dismiss", template: "0", text: "", days: "7" });
  assert.match(quick.to!, /notice=decided/);
  const year = new Date(app.clock.now()).toISOString().slice(0, 4);
  const csv = await app.wholeSend(`/api/v1/admin/queue/transparency.csv?year=${year}`, {
    headers: app.bearerOf("mod"),
  });
  assert.equal(csv.headers.get("content-type"), "text/csv; charset=utf-8");
  const month = new Date(app.clock.now()).toISOString().slice(0, 7);
  assert.equal(
    await csv.text(),
    [
      "month,what,name,count",
      `${month},decided,,2`,
      `${month},kind,report,2`,
      `${month},outcome,dismissed,1`,
      `${month},outcome,upheld,1`,
      `${month},sanction,mute,1`,
      `${month},undone,,1`,
      "",
    ].join("\r\n"),
  );
  const report = (await app.services.reports.list(await app.caller("ann"), {})).reports[0]!;
  const page = await get("mod", `/admin/reports/${report.id}`);
  assert.match(page.html, /About Cheap (bags|watches)/);
  assert.equal((await get("mod", "/admin/reports/nothing")).status, 404);
  assert.ok(page.html.includes(`/admin/queue?item=${id}`));
  assert.ok((await get("mod", "/admin/queue", "de")).html.includes("Nichts mehr zu tun"));
});

Deno.test("MO-2, MO-8, SC-6: pictures of a case are loaded when they are asked for, only clean ones, and each look is in the audit log", async () => {
  await using rig = await rigOf();
  const { app, get, post } = rig;
  await app.person("max", "moderator");
  const picture = await app.file("bob", { name: "a.png", content: png() });
  const [text, held] = [
    await app.file("bob", { name: "a.txt" }),
    await app.file("bob", { name: "b.png", content: joined(png(), [1]), state: "held" }),
  ];
  const command = await app.command("bob", "ann", { attachments: [picture.id, text.id] });
  await app.answer("ann", command.id, "seen");
  assert.equal((await post("ann", `/report?command=${command.id}`, { reason: "sexual" })).status, 303);
  const [item] = must(await app.services.queue.list(await app.caller("mod"), { kind: "report" })).items;
  const shown = (await get("mod", `/admin/queue?item=${item!.id}`)).html;
  const path = (sha256: string) => `/api/v1/admin/queue/${item!.id}/pictures/${sha256}`;
  assert.ok(shown.includes(`<img loading="lazy" src="${path(picture.sha256)}`));
  assert.ok(!shown.includes(path(text.sha256)), "only pictures");
  const look = async (who: string, sha256: string) => {
    const response = await app.wholeSend(path(sha256), { headers: { cookie: app.cookieOf(who) } });
    return { status: response.status, headers: response.headers, bytes: await response.bytes() };
  };
  const seen = await look("mod", picture.sha256);
  assert.deepEqual([seen.status, seen.headers.get("content-type")], [200, "image/png"]);
  assert.deepEqual(seen.bytes, png());
  assert.match(seen.headers.get("cache-control")!, /no-store/);
  assert.ok(!seen.headers.get("content-disposition")!.includes("a.png"), "its name is its owner's business");
  for (
    const [who, sha256] of [["ann", picture.sha256], ["mod", text.sha256], ["mod", held.sha256]] as const
  ) {
    assert.equal((await look(who, sha256)).status, 404, `${who} ${sha256}`);
  }
  // Of a request for removal too, until it is accepted.
  const body = {
    hashes: [held.sha256, picture.sha256],
    contact: "Mo",
    statement: "Me.",
    declared: true as const,
  };
  must(await app.services.removals.request({ address: "192.0.2.7", requestId: "test" }, body));
  const [removal] = must(await app.services.queue.list(await app.caller("mod"), { kind: "removal" })).items;
  const asked = (sha256: string) => `/api/v1/admin/queue/${removal!.id}/pictures/${sha256}`;
  const statusOf = async (sha256: string) =>
    (await app.wholeSend(asked(sha256), { headers: app.bearerOf("max") })).status;
  assert.deepEqual([await statusOf(picture.sha256), await statusOf(held.sha256)], [200, 409]);
  const accept = { outcome: "removed", reason: "Yes." } as const;
  must(await app.services.queue.decide(await app.caller("mod"), removal!.id, accept));
  assert.deepEqual([await statusOf(picture.sha256), (await look("mod", picture.sha256)).status], [409, 409]);
  const { entries } = must(await app.services.audit.page(await app.caller("root"), {}));
  assert.deepEqual(
    entries.filter(({ action }) => action === "queue.picture").map((
      { actor, detail },
    ) => [actor, detail.sha256]),
    [["max", picture.sha256], ["mod", picture.sha256]],
  );
});

Deno.test("MO-6: a moderator sees a command's states and why it was not delivered, and each look is in the person's data", async () => {
  await using rig = await rigOf();
  const { app } = rig;
  const call = async (who: string, path: string) => {
    const response = await app.wholeSend(`/api/v1/admin/commands/${path}`, { headers: app.bearerOf(who) });
    return { status: response.status, text: await response.text() };
  };
  const seen = await app.command("bob", "ann", { title: "Words of Bob" });
  await app.answer("ann", seen.id, "declined", { note: "Words of Ann" });
  const truth = await call("mod", seen.id);
  const { command } = JSON.parse(truth.text);
  assert.deepEqual(
    command.recipients.map(({ username, state }: { username: string; state: string }) => [username, state]),
    [
      ["ann", "declined"],
    ],
  );
  assert.match(command.recipients[0].allowedBy, /^acceptFrom=contacts \(contact\); general=allow$/);
  assert.ok(!truth.text.includes("Words of"));
  await app.preferences("ann", { blockedUsers: ["bob"] });
  const withheld = await app.command("bob", "ann");
  const why = JSON.parse((await call("mod", `${withheld.id}/why?user=ann`)).text).why;
  assert.deepEqual([why.recipient.state, why.recipient.withheldBy, why.now], ["queued", "blocked_user", {
    verdict: "withhold",
    rule: "blocked_user",
    until: null,
  }]);
  assert.equal((await call("mod", `${withheld.id}/why?user=mod`)).status, 404);
  assert.equal((await call("ann", seen.id)).status, 404);
  // Of a command of their own they would learn who blocks them (CO-10).
  await app.preferences("ann", { blockedUsers: ["mod"] });
  const own = await app.command("mod", { kind: "user", to: ["ann"] });
  assert.equal((await call("mod", own.id)).status, 403);
  assert.equal((await call("mod", `${own.id}/why?user=ann`)).status, 403);
  const audit = await app.services.audit.page(await app.caller("root"), { limit: 2 });
  const actions = (audit as { entries: { action: string; subject: string }[] }).entries;
  assert.deepEqual(actions.map(({ action, subject }) => [action, subject]), [
    ["command.why", "ann"],
    ["command.look", `command:${seen.id}`],
  ]);
  const exported = async (who: string) => {
    const archive = await app.wholeSend("/api/v1/account/export", { headers: app.bearerOf(who) });
    return new TextDecoder("latin1").decode(await archive.arrayBuffer());
  };
  const anns = await exported("ann");
  assert.ok(anns.includes("command.why") && anns.includes(`command:${withheld.id}`));
  const bobs = await exported("bob");
  assert.ok(
    bobs.includes("command.look") && !bobs.includes("command.why"),
    "CO-10: a sender learns of no look at their recipient",
  );
});

/** MO-5: the calls below `/admin`, each with the least role that it is for. */
const roles: Readonly<Record<string, "moderator" | "admin" | "owner">> = {
  "GET /admin/audit": "admin",
  "GET /admin/audit/export.csv": "admin",
  "GET /admin/audit/export.json": "admin",
  "POST /admin/audit/verify": "admin",
  "GET /admin/auto-rules": "moderator",
  "GET /admin/backups": "admin",
  "POST /admin/backups": "admin",
  "PUT /admin/auto-rules": "admin",
  "GET /admin/categories": "admin",
  "POST /admin/categories": "admin",
  "PATCH /admin/categories/:slug": "admin",
  "GET /admin/commands/:id": "moderator",
  "GET /admin/commands/:id/why": "moderator",
  "GET /admin/files": "moderator",
  "GET /admin/files/:sha256": "moderator",
  "POST /admin/files/:sha256/decision": "moderator",
  "GET /admin/groups": "admin",
  "POST /admin/groups": "admin",
  "DELETE /admin/groups/:name": "owner",
  "GET /admin/groups/:name": "owner",
  "PATCH /admin/groups/:name": "owner",
  "DELETE /admin/groups/:name/members/:username": "owner",
  "PUT /admin/groups/:name/members/:username": "owner",
  "GET /admin/incidents": "moderator",
  "GET /admin/incidents/:id": "moderator",
  "POST /admin/incidents/:id/close": "moderator",
  "GET /admin/incidents/:id/report.xml": "moderator",
  "POST /admin/incidents/:id/report": "moderator",
  "PUT /admin/incidents/:id/report": "moderator",
  "GET /admin/invites": "admin",
  "GET /admin/log": "admin",
  "PUT /admin/invites": "admin",
  "GET /admin/queue": "moderator",
  "GET /admin/queue/:id": "moderator",
  "POST /admin/queue/:id/claim": "moderator",
  "POST /admin/queue/:id/decide": "moderator",
  "POST /admin/queue/:id/note": "moderator",
  "GET /admin/queue/:id/pictures/:sha256": "moderator",
  "POST /admin/queue/:id/undo": "moderator",
  "GET /admin/queue/stats": "moderator",
  "GET /admin/queue/transparency.csv": "moderator",
  "GET /admin/reports/:id": "moderator",
  "GET /admin/sanction-reasons": "moderator",
  "PUT /admin/sanction-reasons": "admin",
  "GET /admin/series": "admin",
  "GET /admin/stats": "admin",
  "GET /admin/system": "admin",
  "GET /admin/two-factor": "admin",
  "PUT /admin/two-factor": "admin",
  "GET /admin/users": "moderator",
  "GET /admin/users/:username": "moderator",
  "PATCH /admin/users/:username": "admin",
  "GET /admin/users/:username/facts": "admin",
  "POST /admin/users/:username/login-link": "admin",
  "DELETE /admin/users/:username/sessions": "admin",
  "POST /admin/users/:username/sanctions": "moderator",
  "DELETE /admin/users/:username/sanctions/:id": "moderator",
  "DELETE /admin/users/:username/two-factor": "admin",
};

/** Every call that a file below `routes/api/v1/admin` answers, like `GET /admin/users`. */
async function adminCalls(): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string, path: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const part = name.replace(/\.tsx?$/, "").replace(/^\[(\w+)\]/, ":$1");
      if (isDirectory) await walk(`${folder}/${name}`, `${path}/${part}`);
      else if (!name.startsWith("_")) {
        const source = await Deno.readTextFile(`${folder}/${name}`);
        const call = part === "index" ? path : `${path}/${part}`;
        for (const [, method] of source.matchAll(/\b(GET|POST|PUT|PATCH|DELETE)\b[:(]/g)) {
          found.push(`${method} ${call}`);
        }
      }
    }
  };
  await walk("routes/api/v1/admin", "/admin");
  return found;
}

Deno.test("MO-4, MO-5: each call of the staff is for its role, and for everyone else there is nothing", async () => {
  await using rig = await rigOf();
  const { app } = rig;
  const calls = await adminCalls();
  assert.deepEqual(calls.toSorted(), Object.keys(roles).toSorted(), "every call has a role");
  assert.deepEqual(openCalls.filter((call) => call.startsWith("/admin")), []);
  const staff = [...moderatorCalls, ...ownerCalls].map((call) => call.replace(/^[A-Z]+ /, ""));
  const paths = new Set(calls.map((call) => call.replace(/^[A-Z]+ /, "")));
  assert.deepEqual(staff.filter((path) => !paths.has(path)), [], "admission without a call");
  // What does not exist looks the same to everyone.
  const { sha256 } = await app.file("bob", { state: "matched" });
  const incidents = await app.services.incidents.list(await app.caller("root"), {});
  const incident = (incidents as { incidents: { id: string }[] }).incidents[0]!.id;
  for (const call of calls) {
    const [method, route] = call.split(" ") as [string, string];
    const path = route.replace(":sha256", sha256).replace(":id", incident).replace(
      /:\w+/g,
      "nothing",
    );
    const asked = async (headers: Record<string, string>) => {
      const response = await app.wholeSend(`/api/v1${path}`, { method, headers });
      const text = await response.text();
      return response.status === 404 && text.includes("There is nothing at this address.")
        ? "hidden"
        : "admitted";
    };
    const hidden = async (who: string) => await asked(app.bearerOf(who)) === "hidden";
    const least = roles[call]!;
    assert.equal(await asked({}), "hidden", `${call} by nobody`);
    if (least !== "owner") assert.equal(await hidden("ann"), true, `${call} by a member`);
    assert.equal(await hidden("mod"), least === "admin", `${call} by a moderator`);
    assert.equal(await hidden("root"), false, `${call} by an administrator`);
  }
});
