import assert from "node:assert/strict";
import { logFileOf } from "../../lib/config/mod.ts";
import { type LogMinute, LogMinutes } from "../../lib/platform/log_minutes.ts";
import { openLog } from "../../lib/platform/logging.ts";
import { AppRig } from "../fakes/app_rig.ts";

/** An app whose log is a file with a few lines about Ann. */
async function open() {
  const minutes = new LogMinutes();
  const lastHour = (): LogMinute[] => minutes.lastHour(app.clock.now());
  const app: AppRig = await AppRig.start({
    people: ["ann", "bob"],
    logState: { broken: () => null, lost: () => 0, lastHour },
  });
  const boss = await app.person("boss", "admin");
  const { config, clock } = app.services;
  await Deno.mkdir(`${config.dataDir}/logs`, { recursive: true });
  await using log = openLog({
    path: logFileOf(config),
    level: "debug",
    now: () => clock.now(),
    console: null,
  });
  const ann = await app.caller("ann");
  log.info("command.sent", { requestId: "C1-2", command: "K1", user: ann.userId, people: 1, storedMs: 4 });
  log.info("command.delivered", { connection: "C2", user: (await app.caller("bob")).userId, command: "K1" });
  log.debug("http.request", { requestId: "R1", path: "/chat/with-ann" });
  log.error("scan.failed", { sha256: "abc", error: new Error("<b>no answer</b>") });
  const get = async (who: string, path: string, language = "en") => {
    const headers = { cookie: app.cookieOf(who), "accept-language": language };
    const response = await app.send(path, { headers });
    return { status: response.status, text: await response.text() };
  };
  return {
    app,
    boss,
    minutes,
    get,
    async [Symbol.asyncDispose]() {
      await Deno.remove(logFileOf(config));
      await app[Symbol.asyncDispose]();
    },
  };
}

Deno.test("OP-3, MO-5: administrators search the log by REST, and each look is in the audit log once in ten minutes", async () => {
  await using rig = await open();
  const { app, get } = rig;
  const asked = async (query: string) => {
    const { status, text } = await get("boss", `/api/v1/admin/log?${query}`);
    assert.equal(status, 200, text);
    return JSON.parse(text) as { lines: { event: string }[]; next: string | null; people: object };
  };
  const eventsOf = async (query: string) => (await asked(query)).lines.map(({ event }) => event);
  assert.deepEqual(await eventsOf(""), ["scan.failed", "command.delivered", "command.sent"]);
  assert.deepEqual(await eventsOf("level=debug&limit=2"), ["scan.failed", "http.request"]);
  assert.deepEqual(await eventsOf("id=K1&user=ann"), ["command.sent"]);
  const { userId } = await app.caller("ann");
  assert.deepEqual((await asked("user=ann")).people, { [userId]: "ann" });
  const first = await asked("event=command&limit=1");
  assert.deepEqual(await eventsOf(`event=command&before=${first.next}`), ["command.sent"]);
  const entries = async () => {
    const { text } = await get("boss", "/api/v1/admin/audit");
    return (JSON.parse(text).entries as { action: string; subject: string | null; detail: object }[])
      .filter(({ action }) => action === "log.look").map(({ subject, detail }) => [subject, detail]);
  };
  const before = await entries();
  assert.deepEqual(before, [
    [null, { event: "command" }],
    ["ann", {}],
    ["ann", { id: "K1" }],
    [null, { level: "debug" }],
    [null, {}],
  ]);
  await asked("user=ann");
  assert.equal((await entries()).length, before.length);
  for (const query of ["level=loud", "event=a%20b", "id=%22", "user=!", "before=x", "limit=1000", "more=1"]) {
    assert.equal((await get("boss", `/api/v1/admin/log?${query}`)).status, 400, query);
  }
  assert.equal((await get("boss", "/api/v1/admin/log?user=nobody")).status, 404);
});

Deno.test("OP-3, MO-4: the log is a page for administrators, without scripts too, in the reader's language", async () => {
  await using rig = await open();
  const { app, get } = rig;
  await app.person("mod", "moderator");
  for (const who of ["ann", "mod"]) {
    for (const path of ["/admin/log", "/api/v1/admin/log"]) {
      assert.equal((await get(who, path)).status, 404, path);
    }
  }
  const { text } = await get("boss", "/admin/log");
  assert.match(text, /command\.sent<\/code>.*Stored in 4 ms · 1 person/s);
  assert.match(text, /@ann/);
  assert.match(text, /&lt;b&gt;no answer|&lt;b>no answer/);
  assert.doesNotMatch(text, /http\.request/);
  assert.match(text, /href="\/admin\/log\?level=debug&amp;id=K1"[^>]*>Only this command/);
  const filtered = (await get("boss", "/admin/log?level=error&user=%40ann")).text;
  assert.match(filtered, /No matches/);
  assert.match(filtered, /value="ann"/);
  assert.match((await get("boss", "/admin/log?level=error", "de")).text, /konnte nicht geprüft werden/);
  assert.match((await get("boss", "/admin/log?user=nobody")).text, /class="[^"]*notice-bad/);
  const { text: refused } = await get("boss", "/admin/log?event=no%20event");
  assert.match(refused, /must be written as it is in the log/i);
});

Deno.test("OP-3, MO-4: above the log stands how much was logged in each minute of the last hour, and what was wrong", async () => {
  await using rig = await open();
  const { app: { clock }, minutes, get } = rig;
  const before = (ms: number, level: string) => minutes.add(level, clock.now() - ms);
  before(3_600_000, "error");
  before(1_800_000, "info");
  before(1_800_000, "warn");
  before(60_000, "error");
  for (let n = 0; n < 1_000; n++) before(0, "info");
  const { text } = await get("boss", "/api/v1/admin/log?limit=1");
  const hour = (JSON.parse(text) as { minutes: { at: string; lines: number }[] }).minutes;
  assert.equal(hour.length, 60);
  assert.deepEqual(
    hour.filter(({ lines }) => lines > 0).map(({ at: _, ...counts }) => counts),
    [
      { lines: 2, warnings: 1, errors: 0 },
      { lines: 1, warnings: 0, errors: 1 },
      { lines: 1_000, warnings: 0, errors: 0 },
    ],
  );
  const page = (await get("boss", "/admin/log?id=K1")).text;
  assert.match(page, /1,000 a minute at most.*1,003 lines.*1 warning<.*1 error</s);
  assert.equal(page.match(/<rect class="(all|warn|error)"/g)?.length, 4);
  assert.doesNotMatch((await get("boss", "/admin/log?before=1-1")).text, /Lines a minute/);
  // A clock that is set back begins those minutes anew.
  minutes.add("info", clock.now() - 3_600_000);
  assert.equal(minutes.lastHour(clock.now() - 3_600_000).at(-1)!.lines, 1);
});
