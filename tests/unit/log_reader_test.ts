import assert from "node:assert/strict";
import { LogReader } from "../../lib/adapters/server_log/mod.ts";
import type { LogFilter } from "../../lib/moderation/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";

const startMs = Date.UTC(2026, 0, 2);
const all: LogFilter = { level: "debug", event: null, id: null, userId: null, fromMs: null, toMs: null };

interface Files extends AsyncDisposable {
  path: string;
  reader: LogReader;
  write(name: string, text: string): Promise<void>;
}

async function files(): Promise<Files> {
  const dir = await Deno.makeTempDir({ prefix: "behest-log-" });
  const path = `${dir}/behest.log`;
  return {
    path,
    reader: new LogReader(path),
    write: (name, text) => Deno.writeTextFile(`${path}${name}`, text),
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

/** The line of a second, with its number in it. */
function line(at: number, fields: Record<string, unknown> = {}): string {
  const time = new Date(startMs + at * 1000).toISOString();
  return `${JSON.stringify({ time, level: "info", event: "some.thing", at, ...fields })}\n`;
}

const some = (from: number, to: number, fields?: Record<string, unknown>) =>
  Array.from({ length: to - from }, (_, at) => line(from + at, fields)).join("");

/** The numbers of the lines found, over all pages. */
async function found(reader: LogReader, filter: Partial<LogFilter>, limit = 100): Promise<unknown[]> {
  const numbers: unknown[] = [];
  let place: string | null = null;
  do {
    const page = await reader.before(place, { ...all, ...filter }, limit);
    numbers.push(...page.lines.map(({ fields }) => fields.at));
    place = page.next;
  } while (place !== null);
  return numbers;
}

const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, at) => from - at);

Deno.test("OP-3: the log is read from its newest line back, through its older files, in pages", async () => {
  await using log = await files();
  assert.deepEqual(await found(log.reader, {}), []);
  await log.write(".2", some(0, 30));
  await log.write(".1", some(30, 60));
  await log.write("", `${some(60, 80)}${line(80).slice(0, 20)}\n{"no":"line"}\n${line(81)}`);
  const expected = [81, ...down(79, 0)];
  assert.deepEqual(await found(log.reader, {}), expected);
  assert.deepEqual(await found(log.reader, {}, 7), expected);
});

Deno.test("OP-3: a page goes on at its place when the files were renamed, and where the file is gone", async () => {
  await using log = await files();
  await log.write(".1", some(0, 30));
  await log.write("", some(30, 60));
  const page = await log.reader.before(null, all, 10);
  await Deno.rename(`${log.path}.1`, `${log.path}.2`);
  await Deno.rename(log.path, `${log.path}.1`);
  await log.write("", some(60, 70));
  const second = await log.reader.before(page.next, all, 10);
  assert.deepEqual(second.lines.map(({ fields }) => fields.at), down(49, 40));
  await Deno.remove(`${log.path}.1`);
  await Deno.rename(`${log.path}.2`, `${log.path}.1`);
  const third = await log.reader.before(second.next, all, 10);
  assert.deepEqual(third.lines.map(({ fields }) => fields.at), down(29, 20));
});

Deno.test("OP-3: a clock that is set back between two files hides none of them, on no page", async () => {
  await using log = await files();
  await log.write(".2", some(50, 80));
  await log.write(".1", some(100, 130));
  await log.write("", some(60, 90));
  const expected = [...down(89, 60), ...down(129, 100), ...down(79, 50)];
  assert.deepEqual(await found(log.reader, {}), expected);
  assert.deepEqual(await found(log.reader, {}, 7), expected);
});

Deno.test("OP-3: lines are found by level, event, id, person and time", async () => {
  await using log = await files();
  const lines = [
    line(0, { event: "command.sent", requestId: "C1-4", command: "K1", user: "U1" }),
    line(1, { event: "command.delivered", connection: "C2", user: "U2", commands: ["K0", "K1"] }),
    line(2, { event: "commands", userId: "U1", text: "K1 is not a field's whole text" }),
    line(3, { level: "warn", event: "socket.closed", connection: "C1", user: "U1" }),
    line(4, { level: "error", event: "socket.failed", connection: "C11", error: { message: "U1" } }),
    line(5, { level: "debug", event: "http.request" }),
  ];
  await log.write("", lines.join(""));
  const at = (filter: Partial<LogFilter>) => found(log.reader, filter);
  assert.deepEqual(await at({ level: "info" }), [4, 3, 2, 1, 0]);
  assert.deepEqual(await at({ level: "warn" }), [4, 3]);
  assert.deepEqual(await at({ event: "command" }), [1, 0]);
  assert.deepEqual(await at({ event: "command.sent" }), [0]);
  assert.deepEqual(await at({ id: "K1" }), [1, 0]);
  assert.deepEqual(await at({ id: "C1" }), [3, 0]);
  assert.deepEqual(await at({ id: "C1-4" }), [0]);
  assert.deepEqual(await at({ userId: "U1" }), [3, 2, 0]);
  assert.deepEqual(await at({ fromMs: startMs + 1000, toMs: startMs + 3000 }), [3, 2, 1]);
  assert.deepEqual(await at({ level: "warn", fromMs: startMs + 4000 }), [4]);
});

Deno.test("OP-3: a large log is searched in blocks, a bounded part at a time, and by time at the place", async () => {
  await using log = await files();
  const filler = "x".repeat(4_000);
  const lines = Math.ceil(limits.logSearchBytes * 1.2 / 4_100);
  const file = await Deno.open(log.path, { create: true, write: true });
  const encoder = new TextEncoder();
  for (let from = 0; from < lines; from += 250) {
    const text = from === 0
      ? line(0, { id: "RARE" }) + some(1, 250, { filler })
      : some(from, Math.min(lines, from + 250), { filler });
    await file.write(encoder.encode(text));
  }
  file.close();
  const rare = { ...all, id: "RARE" };
  const before = Deno.memoryUsage().rss;
  const first = await log.reader.before(null, rare, 10);
  assert.deepEqual(first.lines, []);
  assert.notEqual(first.next, null, "one call reads a part only");
  const second = await log.reader.before(first.next, rare, 10);
  assert.deepEqual(second.lines.map(({ fields }) => fields.at), [0]);
  const grownBytes = Deno.memoryUsage().rss - before;
  assert.ok(grownBytes < limits.logSearchBytes, `${grownBytes} bytes more in memory than before the search`);
  // In reach of one call, as the times lead to the place.
  const early = await log.reader.before(
    null,
    { ...all, fromMs: startMs + 100_000, toMs: startMs + 101_000 },
    10,
  );
  assert.deepEqual(early, { lines: early.lines, next: null });
  assert.deepEqual(early.lines.map(({ fields }) => fields.at), [101, 100]);
});
