/** Runs test files in several processes at once. Those that take longest come first, so that no core is idle at the end. */
import { complain, say } from "../lib/platform/console.ts";
import { type TestTime, testTimes } from "./test_times.ts";

/** Files that take as long as a group of others: each has a process of its own, and these start first. */
const long = ["e2e/axe", "sim/files_sigkill", "sim/simulation", "sim/sigkill"].map(testFile);
/** Files that wait for real time and do next to nothing meanwhile: they run beside all others from the beginning. */
const idle = ["http/clock_step"].map(testFile);

/** Folders of tests, slowest files first, and how many of their files one process runs. */
const folders: readonly { name: string; together: number }[] = [
  { name: "e2e", together: 6 },
  { name: "sim", together: 3 },
  { name: "contract", together: 16 },
  { name: "http", together: 16 },
  { name: "unit", together: 42 },
];

/** One file imports those of its process. */
const entry = "tests/together.ts";
/** Tests also wait, for browsers and for servers of their own: meanwhile another process has the core. */
const lanes = navigator.hardwareConcurrency + 1;
/** The whole takes a few minutes, on a busy machine ten times as long; what hangs even then is a failure, and says so. */
const limitMs = 90 * 60_000;
const outDir = "tests/.out";

/** Of one run or of all together. */
export interface Outcome {
  passed: number;
  failed: number;
  ok: boolean;
  times: TestTime[];
}

/** Runs every test file below these folders. */
export async function runFolders(paths: readonly string[], env: Record<string, string>): Promise<Outcome> {
  const files = paths.flatMap((path) => [...filesBelow(path.replace(/\/+$/, ""))]);
  const tests = files.filter((file) => file.endsWith("_test.ts")).sort();
  const waiting = groups(tests.filter((file) => !idle.includes(file)));
  const outcomes: Outcome[] = [];
  const run = async (group: readonly string[]) => {
    outcomes.push(await runTests([entry], { ...env, TEST_FILES: JSON.stringify(group) }, group));
  };
  const lane = async () => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) await run(group);
  };
  const beside = idle.filter((file) => tests.includes(file)).map((file) => run([file]));
  await Promise.all([...beside, ...Array.from({ length: lanes }, lane)]);
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
    ok: outcomes.length > 0 && outcomes.every(({ ok }) => ok),
    times: outcomes.flatMap(({ times }) => times),
  };
}

/** Runs `deno test` with these arguments and prints what it said when it has ended. `files`: those that `entry` imports. */
export async function runTests(
  args: readonly string[],
  env: Record<string, string>,
  files: readonly string[] = [],
): Promise<Outcome> {
  const report = `${outDir}/${crypto.randomUUID()}.xml`;
  const what = files.length > 0 ? files.join(" ") : args.join(" ");
  await Deno.mkdir(outDir, { recursive: true });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", `--junit-path=${report}`, ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => {
    complain(`These tests did not end within ${limitMs / 60_000} minutes: ${what}`);
    child.kill("SIGKILL");
  }, Math.max(0, limitMs - performance.now()));
  const [said, complained, { success }] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.status,
  ]);
  clearTimeout(timer);
  say(files.length > 0 ? `${what}\n${said}` : said);
  if (complained !== "") complain(complained);
  const [line = ""] = [...said.matchAll(/^(?:ok|FAILED) \| \d+ passed.*$/gm)].at(-1) ?? [];
  const [passed, unsuccessful, ignored] = [
    count(line, "passed"),
    count(line, "failed"),
    count(line, "ignored"),
  ];
  if (ignored > 0) complain(`${ignored} tests were skipped; a test that does not run proves nothing.`);
  const failed = unsuccessful + ignored;
  const junit = await Deno.readTextFile(report).catch(() => "");
  await Deno.remove(report).catch(() => undefined);
  return {
    passed,
    // A run that failed without a failed test (a file that cannot be loaded, a leak) must not look like a success.
    failed: success ? failed : Math.max(failed, 1),
    ok: success && passed > 0,
    times: testTimes(junit, files[0] ?? null),
  };
}

/** A number of the summary line; 0 when it is not named. */
function count(line: string, what: string): number {
  return Number(new RegExp(`(\\d+) ${what}`).exec(line)?.[1] ?? 0);
}

/** The files of each process, in the order in which these start. */
function groups(files: readonly string[]): string[][] {
  const all = long.filter((file) => files.includes(file)).map((file) => [file]);
  const named = new Set(all.flat());
  for (const { name, together } of folders) {
    const inFolder = files.filter((file) => file.startsWith(`tests/${name}/`) && !named.has(file));
    for (let at = 0; at < inFolder.length; at += together) all.push(inFolder.slice(at, at + together));
    for (const file of inFolder) named.add(file);
  }
  const others = files.filter((file) => !named.has(file));
  return others.length > 0 ? [...all, others] : all;
}

function testFile(name: string): string {
  return `tests/${name}_test.ts`;
}

function* filesBelow(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* filesBelow(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}
