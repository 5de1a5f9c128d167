import assert from "node:assert/strict";
import { type LogLevel, openLog } from "../../lib/platform/logging.ts";
import { until } from "../fakes/until.ts";

const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

interface Opened extends AsyncDisposable {
  log: ReturnType<typeof openLog>;
  path: string;
  shown: string[];
  lines(): Promise<Record<string, unknown>[]>;
}

async function open(level: LogLevel = "debug"): Promise<Opened> {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/behest.log`;
  const shown: string[] = [];
  const log = openLog({ path, level, now: () => at, console: (line) => shown.push(line) });
  let closed = false;
  const close = async () => {
    if (!closed) await log[Symbol.asyncDispose]();
    closed = true;
  };
  return {
    log,
    path,
    shown,
    async lines() {
      await close();
      const text = await Deno.readTextFile(path);
      return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
    },
    async [Symbol.asyncDispose]() {
      await close();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

Deno.test("OP-3: lines are JSON with time, level, event and the fields of every log they came through", async () => {
  await using opened = await open();
  opened.log.with({ requestId: "r1" }).with({ connection: "c1" }).info("socket.opened", {
    user: "ann",
    count: 2,
    gone: undefined,
    none: null,
  });
  assert.deepEqual(await opened.lines(), [{
    time: "2026-01-02T03:04:05.678Z",
    level: "info",
    event: "socket.opened",
    requestId: "r1",
    connection: "c1",
    user: "ann",
    count: 2,
    none: null,
  }]);
});

Deno.test("OP-3: the console gets the same in one readable line", async () => {
  await using opened = await open();
  opened.log.warn("login.refused", { address: "127.0.0.1", reason: "two\nlines" });
  assert.deepEqual(opened.shown, [
    '03:04:05.678 WARN  login.refused address=127.0.0.1 reason="two\\nlines"',
  ]);
});

Deno.test("OP-3: an error is logged with name, message, stack and cause", async () => {
  await using opened = await open();
  opened.log.error("route.failed", { error: new TypeError("no such thing", { cause: new Error("below") }) });
  const [line] = await opened.lines();
  const error = line!.error as { name: string; message: string; stack: string; cause: { message: string } };
  assert.equal(error.name, "TypeError");
  assert.equal(error.message, "no such thing");
  assert.match(error.stack, /logging_test/);
  assert.equal(error.cause.message, "below");
  assert.match(
    opened.shown[0]!,
    /^03:04:05.678 ERROR route.failed error="no such thing"\nTypeError: no such/,
  );
});

Deno.test("AU-5, OP-3: tokens, tickets, passwords and what people wrote never reach the log", async () => {
  await using opened = await open();
  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl-_x";
  opened.log.info("everything", {
    token: "SECRET-1",
    accessToken: "SECRET-2",
    password: "SECRET-3",
    ticket: "SECRET-4",
    clientSecret: "SECRET-5",
    Authorization: "SECRET-6",
    setCookie: "SECRET-7",
    body: "SECRET-8",
    title: "SECRET-9",
    url: "/api/ws?token=SECRET-10&device=x",
    error: new Error(`GET http://127.0.0.1/api/ws?ticket=SECRET-11 with ${jwt}`),
    path: "/api/ws",
  });
  const text = JSON.stringify(await opened.lines()) + opened.shown.join("\n");
  assert.ok(!text.includes("SECRET"), text);
  assert.ok(!text.includes(jwt), text);
  assert.ok(text.includes('"path":"/api/ws"'), "a plain path was lost");
});

Deno.test("OP-3: a caller's field cannot take the place of time, level or event", async () => {
  await using opened = await open();
  opened.log.info("real", { event: "forged", level: "error", time: "never" });
  const [line] = await opened.lines();
  assert.equal(line!.event, "real");
  assert.equal(line!.level, "info");
  assert.equal(line!.time, "2026-01-02T03:04:05.678Z");
});

Deno.test("OP-3: lines below the level are left out", async () => {
  await using opened = await open("warn");
  opened.log.debug("a");
  opened.log.info("b");
  opened.log.warn("c");
  opened.log.error("d");
  assert.deepEqual((await opened.lines()).map((line) => line.event), ["c", "d"]);
  assert.equal(opened.shown.length, 2);
});

Deno.test("WS-6, OP-3: a warning is in the file while the log is still open", async () => {
  await using opened = await open();
  opened.log.info("before");
  opened.log.warn("now");
  const text = await until(
    async () => {
      const read = await Deno.readTextFile(opened.path);
      return read.includes('"now"') ? read : false;
    },
    "the warning in the file, before the interval that info lines wait for",
  );
  assert.ok(text.includes('"before"'), "order was lost");
});

Deno.test("OP-3: the file is rotated at its size and few are kept", async () => {
  await using opened = await open("debug");
  const filler = "x".repeat(60_000);
  const written = 200;
  for (let line = 0; line < written; line++) opened.log.info("fill", { line, filler });
  const last = await opened.lines();
  const older = await Deno.readTextFile(`${opened.path}.1`);
  assert.ok(last.length > 0 && last.length < written, `${last.length} lines in the newest file`);
  assert.equal(last.at(-1)!.line, written - 1);
  assert.equal(older.trimEnd().split("\n").length + last.length, written);
});

Deno.test("OP-3: a log file that cannot be opened fails at once", () => {
  assert.throws(
    () => openLog({ path: "/nowhere/at/all/behest.log", level: "info", now: () => at, console: null }),
    Deno.errors.NotFound,
  );
});
