import assert from "node:assert/strict";
import { ConsoleLines } from "../../lib/platform/console_lines.ts";
import { openLog } from "../../lib/platform/logging.ts";
import { FakeClock, settle } from "../fakes/clock.ts";
import { FullDisk } from "../fakes/full_disk.ts";
import { until } from "../fakes/until.ts";

Deno.test("OP-9, OP-3: a log on a full disk throws nothing, tells the console once, and counts what was lost", async () => {
  await using disk = await FullDisk.of(64 * 1024);
  const path = `${disk.root}/behest.log`;
  const shown: string[] = [];
  await using log = openLog({ path, level: "info", now: () => 0, console: (line) => shown.push(line) });
  log.warn("before");
  await disk.fill();
  for (let line = 0; line < 500; line++) log.warn("lost", { line, filler: "x".repeat(200) });
  assert.equal(shown.filter((line) => line.includes("log.broken")).length, 1, shown.slice(0, 5).join("\n"));
  await disk.empty();
  const lines = await until(async () => {
    log.warn("after");
    const read = (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
    return read.at(-1).event === "after" ? read : false;
  }, "a line in the file again");
  assert.equal(lines[0].event, "before");
  const lost = lines.find(({ event }) => event === "log.lost");
  const written = lines.filter(({ event }) => event === "lost").length;
  assert.ok(lost.lines + written >= 500, `${lost.lines} lost, ${written} written`);
});

Deno.test("OP-9, OP-3: a log that cannot be rotated is written again when it can be", async () => {
  const dir = await Deno.makeTempDir({ prefix: "behest-log-" });
  try {
    const path = `${dir}/behest.log`;
    await using log = openLog({ path, level: "info", now: () => 0, console: null });
    // A directory with something in it is no place that a file can be renamed to.
    for (const number of [4, 5]) await Deno.mkdir(`${path}.${number}/in-the-way`, { recursive: true });
    const filler = "x".repeat(100_000);
    for (let line = 0; line < 120; line++) log.warn("fill", { line, filler });
    await Deno.remove(`${path}.5`, { recursive: true });
    await until(async () => {
      log.warn("after", { filler });
      return (await Deno.readTextFile(path)).includes('"after"');
    }, "a line in the file again");
    assert.ok((await Deno.stat(`${path}.1`)).isFile);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("OP-9: log files are their owner's only, older ones and new ones", async () => {
  const dir = await Deno.makeTempDir({ prefix: "behest-log-" });
  try {
    const path = `${dir}/behest.log`;
    await Deno.writeTextFile(path, "{}\n");
    await Deno.chmod(path, 0o644);
    await using log = openLog({ path, level: "info", now: () => 0, console: null });
    const filler = "x".repeat(100_000);
    for (let line = 0; line < 120; line++) log.warn("fill", { line, filler });
    for (const name of ["behest.log", "behest.log.1"]) {
      assert.equal((await Deno.stat(`${dir}/${name}`)).mode! & 0o777, 0o600, name);
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("OP-9: a console that takes nothing holds nobody up, and says what it did not show", async () => {
  const clock = new FakeClock();
  const printed: string[] = [];
  let free = Promise.withResolvers<void>();
  const lines = new ConsoleLines({
    async write(bytes) {
      await free.promise;
      printed.push(new TextDecoder().decode(bytes));
      return bytes.length;
    },
  }, clock);
  for (let line = 0; line < 5_000; line++) lines.line(`line ${line}`);
  let drained = false;
  void lines.drained().then(() => drained = true);
  await clock.advanceAsync(900);
  assert.equal(drained, false);
  await clock.advanceAsync(200);
  assert.equal(drained, true, "the end waits for a console that nobody reads");
  free.resolve();
  free = Promise.withResolvers();
  free.resolve();
  await lines.drained();
  const shown = printed.join("").trimEnd().split("\n");
  assert.equal(shown[0], "line 0");
  assert.ok(shown.length < 1_100, `${shown.length} lines were kept`);
  assert.match(shown.at(-1)!, /^\(\d+ lines more are in the log file only\)$/);
});

Deno.test("OP-9: a console that fails is tried again with the next line", async () => {
  const printed: string[] = [];
  let full = true;
  const lines = new ConsoleLines({
    write(bytes) {
      if (full) return Promise.reject(new Error("No space left on device"));
      printed.push(new TextDecoder().decode(bytes));
      return Promise.resolve(bytes.length);
    },
  }, new FakeClock());
  lines.line("lost");
  await lines.drained();
  await settle();
  full = false;
  lines.line("shown");
  await lines.drained();
  assert.deepEqual(printed, ["shown\n"]);
});
