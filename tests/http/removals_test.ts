import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { moderationLimits, type QueueItem } from "../../lib/protocol/mod.ts";
import { kindOf, must } from "../fakes/accounts_rig.ts";
import { AppRig, withApp } from "../fakes/app_rig.ts";
import { until } from "../fakes/until.ts";

const shaOf = (text: string) => createHash("sha256").update(text).digest("hex");
const contact = "Mo, mo@example.org";
const statement = "It shows me. A former friend sends it around.";
const bodyOf = (...contents: string[]) => ({
  hashes: contents.map(shaOf),
  contact,
  statement,
  declared: true as const,
});

/** By the API, from an address of its own. */
async function ask(app: AppRig, body: object) {
  const response = await app.wholeSend("/api/v1/removals", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function outcome(app: AppRig, code: string) {
  const response = await app.wholeSend(`/api/v1/removals?${new URLSearchParams({ code })}`);
  return { status: response.status, body: await response.json() };
}

/** Everything open, as a moderator sees it. */
async function queue(app: AppRig, who = "mod"): Promise<QueueItem[]> {
  return must(await app.services.queue.list(await app.caller(who), {})).items;
}

/** As a browser without scripts sends it. */
async function postForm(
  app: AppRig,
  fields: Record<string, string>,
  files: Record<string, string> = {},
): Promise<Response> {
  const body = new FormData();
  for (const [name, content] of Object.entries(files)) body.append("file", new File([content], name));
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return await app.send("/remove", { method: "POST", body, headers: { "sec-fetch-site": "same-origin" } });
}

const contentOf = async (app: AppRig, who: string, id: string) =>
  kindOf(await app.services.files.content(await app.caller(who), id));

Deno.test("MO-8, SC-9: an accepted request removes every copy in one commit, refuses the hash for ever, and its author hears of it", async () => {
  await using app = await AppRig.start();
  await app.person("mod", "moderator");
  const [anns, bobs] = [
    await app.file("ann", { content: "an intimate picture", name: "a.jpg" }),
    await app.file("bob", { content: "an intimate picture", name: "b.jpg" }),
  ];
  const other = await app.file("ann", { content: "another picture" });
  const command = await app.command("ann", "bob", { attachments: [anns.id, other.id] });
  await app.answer("bob", command.id, "seen");
  assert.equal(await contentOf(app, "bob", anns.id), "answered");
  must(
    await app.services.reports.create(await app.caller("ann"), {
      about: { user: "bob" },
      reason: "threat",
    }),
  );

  const asked = await ask(app, bodyOf("an intimate picture", "never seen here"));
  assert.equal(asked.status, 201);
  const { code, url, state, dueAt, createdAt } = asked.body.removal;
  assert.equal(state, "open");
  assert.equal(Date.parse(dueAt) - Date.parse(createdAt), 48 * 3600_000);
  assert.match(code, /^([0-9A-Z]{4}-){5}[0-9A-Z]{4}$/);
  assert.ok(url.endsWith(`/remove?code=${code}`));

  // Before everything else, though it came last.
  const [item, report] = await queue(app);
  assert.deepEqual([item!.kind, item!.harm, item!.dueAt], ["removal", 3, dueAt]);
  assert.equal(report!.kind, "report");
  const mod = await app.caller("mod");
  const { removal } = must(await app.services.queue.get(mod, item!.id));
  assert.deepEqual([removal!.contact, removal!.statement], [contact, statement]);
  assert.deepEqual(
    removal!.copies.map(({ state, uploads, users, refused }) => [state, uploads, users.toSorted(), refused]),
    [["clean", 2, ["ann", "bob"], false], [null, 0, [], false]],
  );

  const decided = must(
    await app.services.queue.decide(mod, item!.id, { outcome: "removed", reason: "You are right." }),
  );
  assert.equal(decided.decided?.outcome, "removed");
  // Right after the commit, before any job ran.
  for (const [who, id] of [["ann", anns.id], ["bob", bobs.id], ["bob", anns.id]] as const) {
    assert.notEqual(await contentOf(app, who, id), "answered", `${who} ${id}`);
  }
  assert.equal(await contentOf(app, "ann", other.id), "answered");
  const sha256 = shaOf("an intimate picture");
  await app.jobsUntil(async () => await app.blobs.sizeOf(sha256) === null, "the bytes to be moved away");
  for (const content of ["an intimate picture", "never seen here"]) {
    const body = new Blob([content]).stream();
    const from = { address: "192.0.2.1", port: 1, device: "web", requestId: "test" };
    const again = await app.services.files.upload(
      await app.caller("bob"),
      from,
      { name: "c.jpg", size: null },
      body,
    );
    assert.equal(kindOf(again), "not_clean", content);
  }
  // No false alarm brings it back, and no undo.
  const release = { release: true, falseAlarm: true, reason: "Why not." } as const;
  assert.equal(kindOf(await app.services.adminFiles.decide(mod, sha256, release)), "conflict");
  assert.equal(kindOf(await app.services.queue.undo(mod, item!.id, "A mistake.")), "conflict");
  await app.later(15 * 24 * 3600_000);
  await app.jobsUntil(async () => {
    const kept = [];
    for await (const blob of app.blobs.quarantine.list()) kept.push(blob.sha256);
    return !kept.includes(sha256);
  }, "the bytes to be destroyed");

  const told = await outcome(app, code.toLowerCase().replaceAll("-", " "));
  assert.deepEqual([told.body.removal.state, told.body.removal.answer], ["removed", "You are right."]);
  const page = await (await app.send(`/remove?code=${code}`)).text();
  assert.ok(page.includes("Accepted") && page.includes("You are right."));
  const { entries } = must(await app.services.audit.page(await app.caller("root"), {}));
  const ours = entries.filter(({ subject }) => subject === `case:${item!.id}`);
  assert.deepEqual(ours.map(({ action, actor }) => [action, actor]), [
    ["queue.decide", "mod"],
    ["queue.look", "mod"],
    ["removal.request", "(visitor)"],
  ]);
  assert.equal(ours[2]!.address, "", "nobody learns from where somebody asked for help");
});

Deno.test("MO-8, CO-10: no answer says whether the file is here, and the code's hash alone is kept", async () => {
  await using app = await AppRig.start();
  await app.person("mod", "moderator");
  await app.file("ann", { content: "known" });
  await app.file("ann", { content: "infected", state: "rejected" });
  const answers = [];
  for (const content of ["known", "infected", "unknown"]) answers.push(await ask(app, bodyOf(content)));
  const shapes = answers.map(({ status, body: { removal: { code: _c, url: _u, ...rest } } }) =>
    JSON.stringify([status, rest])
  );
  assert.equal(new Set(shapes).size, 1);
  const items = await queue(app);
  assert.equal(items.length, 3);
  const mod = await app.caller("mod");
  for (const { id } of items) {
    must(await app.services.queue.decide(mod, id, { outcome: "removed", reason: "Removed." }));
  }
  const told = await Promise.all(answers.map(({ body }) => outcome(app, body.removal.code)));
  assert.equal(new Set(told.map(({ status, body }) => JSON.stringify([status, body]))).size, 1);
  assert.equal((await outcome(app, "AAAA")).status, 404);
  assert.equal((await outcome(app, "A".repeat(24))).status, 404);
  assert.equal((await app.send("/remove?code=AAAA")).status, 404);
});

Deno.test("MO-8: flooding and false requests are limited, for a network; bad input is refused", async () => {
  await using app = await AppRig.start();
  await app.person("mod", "moderator");
  const wrong = [
    { ...bodyOf("x"), declared: false },
    { ...bodyOf("x"), hashes: [] },
    { ...bodyOf("x"), hashes: ["no hash"] },
    { ...bodyOf("x"), hashes: Array.from({ length: 11 }, (_, at) => shaOf(String(at))) },
    { ...bodyOf("x"), contact: " " },
    { ...bodyOf("x"), statement: "" },
    { ...bodyOf("x"), more: 1 },
  ];
  for (const body of wrong) assert.equal((await ask(app, body)).status, 400, JSON.stringify(body));
  for (let n = 0; n < moderationLimits.removalsPerDay; n++) {
    assert.equal((await ask(app, bodyOf(`picture ${n}`))).status, 201);
  }
  const over = await ask(app, bodyOf("one more"));
  assert.deepEqual([over.status, over.body.kind], [429, "rate_limited"]);
  const items = await queue(app);
  const mod = await app.caller("mod");
  const refuse = { outcome: "kept", reason: "This is a logo." } as const;
  must(await app.services.queue.decide(mod, items[0]!.id, { ...refuse, badFaith: true }));
  assert.equal(
    kindOf(
      await app.services.queue.decide(mod, items[1]!.id, { ...refuse, outcome: "removed", badFaith: true }),
    ),
    "invalid_params",
  );
  assert.equal(
    kindOf(await app.services.queue.decide(mod, items[1]!.id, { ...refuse, outcome: "dismissed" })),
    "invalid_params",
  );
  await app.later(25 * 3600_000);
  assert.equal((await ask(app, bodyOf("tomorrow"))).status, 201);
  assert.equal((await ask(app, bodyOf("tomorrow again"))).status, 429, "one a day after a false one");
  // Undone, it counts no longer.
  must(await app.services.queue.undo(await app.caller("mod"), items[0]!.id, "It was a picture."));
  assert.equal((await ask(app, bodyOf("tomorrow again"))).status, 201);
});

Deno.test("MO-8: forms of one network, sent as slowly as they may be, leave room for those of others", async () => {
  await using app = await AppRig.start({ people: [] });
  const { removals } = app.services;
  const begin = async (address: string) => await removals.beginReading(address);
  const places = [];
  for (let n = 0; n < moderationLimits.removalFormsOfOne; n++) places.push(must(await begin("2001:db8::1")));
  assert.equal(kindOf(await begin("2001:db8::2")), "unavailable", "the same network");
  for (let n = places.length; n < moderationLimits.removalForms; n++) {
    places.push(must(await begin(`192.0.2.${n}`)));
  }
  assert.equal(kindOf(await begin("198.51.100.1")), "unavailable", "all together");
  for (const place of places) place[Symbol.dispose]();
  must(await begin("2001:db8::2"))[Symbol.dispose]();
});

Deno.test("MO-8, MO-1: whoever uploaded it neither sees nor decides the request, moderators too", async () => {
  await using app = await AppRig.start();
  await app.person("mod", "moderator");
  await app.person("max", "moderator");
  await app.file("mod", { content: "of mod" });
  assert.equal((await ask(app, bodyOf("of mod"))).status, 201);
  const [item] = await queue(app, "max");
  assert.deepEqual(await queue(app, "mod"), []);
  const waiting = async (who: string) =>
    must(await app.services.queue.list(await app.caller(who), {})).waiting.removal;
  assert.deepEqual([await waiting("mod"), await waiting("max")], [0, 1]);
  const mod = await app.caller("mod");
  const { queue: calls } = app.services;
  assert.equal(kindOf(await calls.get(mod, item!.id)), "not_found");
  for (const kept of [{ outcome: "kept", reason: "No." }, { outcome: "removed", reason: "Yes." }] as const) {
    assert.equal(kindOf(await calls.decide(mod, item!.id, kept)), "forbidden");
  }
  assert.equal(kindOf(await calls.note(mod, item!.id, "Mine.")), "forbidden");
  must(await calls.decide(await app.caller("max"), item!.id, { outcome: "removed", reason: "Yes." }));
});

Deno.test("MO-8, SC-5: a match stays evidence, and a scan under way still finds one", async () => {
  await using app = await AppRig.start();
  await app.person("mod", "moderator");
  await app.file("bob", { content: "abuse", state: "matched" });
  const mod = await app.caller("mod");
  const accept = { outcome: "removed", reason: "Removed." } as const;
  const acceptOnly = async () => {
    const item = (await queue(app)).find(({ kind }) => kind === "removal");
    must(await app.services.queue.decide(mod, item!.id, accept));
  };
  await ask(app, bodyOf("abuse"));
  await acceptOnly();
  const { incidents } = must(await app.services.incidents.list(mod, {}));
  assert.deepEqual(incidents.map(({ evidence }) => evidence), ["sealed"]);
  // Uploads of it still open incidents: the refusal of a match is not weakened.
  await app.person("eve");
  const body = new Blob(["abuse"]).stream();
  const from = { address: "192.0.2.9", port: 1, device: "web", requestId: "test" };
  assert.equal(
    kindOf(await app.services.files.upload(await app.caller("eve"), from, { name: "x", size: null }, body)),
    "not_clean",
  );
  assert.equal(must(await app.services.incidents.list(mod, {})).incidents.length, 2);

  const gate = Promise.withResolvers<void>();
  app.virus.script = async () => {
    await gate.promise;
    return "clean" as const;
  };
  app.csam.script = ({ sha256 }) => sha256 === shaOf("slow abuse") ? "match" : "not_applicable";
  for (const content of ["slow abuse", "slow picture"]) {
    const body = new Blob([content]).stream();
    must(await app.services.files.upload(await app.caller("ann"), from, { name: "x", size: null }, body));
    await until(() => app.virus.looking.has(shaOf(content)), "the scan to begin");
    await ask(app, bodyOf(content));
    await acceptOnly();
    assert.equal(must(await app.services.adminFiles.get(mod, shaOf(content))).state, "rejected");
    await app.open.runDueJobs();
    assert.notEqual(await app.blobs.sizeOf(shaOf(content)), null, "the scan needs the bytes");
  }
  gate.resolve();
  await app.jobsUntil(async () => {
    const { incidents } = must(await app.services.incidents.list(mod, {}));
    return incidents.some(({ sha256, evidence }) => sha256 === shaOf("slow abuse") && evidence === "sealed");
  }, "the match to be evidence");
  await app.jobsUntil(
    async () => must(await app.services.adminFiles.get(mod, shaOf("slow picture"))).quarantinedUntil !== null,
    "the quarantine of the other",
  );
  assert.equal(must(await app.services.adminFiles.get(mod, shaOf("slow picture"))).state, "rejected");
});

Deno.test("MO-8: the form works without scripts, hashes files as they arrive and stores none; a refused one keeps what was typed", async () => {
  await withApp(async (send, app) => {
    await app.person("mod", "moderator");
    const login = await (await send("/login")).text();
    assert.ok(login.includes('href="/remove"'));
    const form = await (await send("/remove")).text();
    assert.ok(form.includes('enctype="multipart/form-data"') && form.includes('name="file"'));
    const stored = async () =>
      (await Array.fromAsync(app.blobs.list())).length +
      (await Array.fromAsync(app.blobs.staged())).length;
    const before = await stored();

    const empty = await postForm(app, { contact, statement });
    assert.equal(empty.status, 400);
    const html = await empty.text();
    for (const text of ["Choose a file.", "Confirm this", contact, statement]) {
      assert.ok(html.includes(text), text);
    }
    const typed = { contact, statement, declared: "yes" };
    const large = await postForm(app, typed, { "film.mp4": "x".repeat(1024 * 1024 + 1) });
    assert.equal(large.status, 413);
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`${at}.jpg`, `${at}`]));
    assert.equal((await postForm(app, typed, many)).status, 400);
    const kept = await postForm(app, { contact, statement }, { "a.jpg": "picture a" });
    assert.ok(
      (await kept.text()).includes(`value="${shaOf("picture a")}"`),
      "its hash need not be sent again",
    );

    const sent = await postForm(app, { ...typed, hash: shaOf("picture b") }, { "a.jpg": "picture a" });
    assert.equal(sent.status, 303);
    const to = sent.headers.get("location")!;
    assert.ok((await (await send(to)).text()).includes("Request received."));
    assert.equal(await stored(), before);
    const mod = await app.caller("mod");
    const [item] = await queue(app);
    const { removal } = must(await app.services.queue.get(mod, item!.id));
    assert.deepEqual(
      removal!.copies.map(({ sha256 }) => sha256).sort(),
      [
        shaOf("picture a"),
        shaOf("picture b"),
      ].sort(),
    );

    const post = async (fields: Record<string, string>) =>
      await send(`/admin/queue?item=${item!.id}`, {
        method: "POST",
        headers: { cookie: app.cookieOf("mod"), "sec-fetch-site": "same-origin" },
        body: new URLSearchParams(fields),
      });
    const shown = await (await send(`/admin/queue?item=${item!.id}`, {
      headers: { cookie: app.cookieOf("mod") },
    })).text();
    for (const text of [contact, statement, "Decide by", "Not on this server."]) {
      assert.ok(shown.includes(text), text);
    }
    assert.equal((await post({ action: "keep", template: "", text: "" })).status, 400);
    assert.equal((await post({ action: "keep", template: "", text: "It is a logo." })).status, 303);
    assert.ok((await (await send(to)).text()).includes("It is a logo."));
    const german = await (await send(to, { headers: { "accept-language": "de" } })).text();
    assert.ok(german.includes("Nicht angenommen"));
  });
});
