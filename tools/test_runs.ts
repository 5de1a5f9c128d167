/** Runs test files in several processes at once. Those that take longest come first, so that no core is idle at the end. */
import { complain, say } from "../lib/platform/console.ts";
import { type FileTime, fileTimes } from "./test_times.ts";

/** Folders of tests, slowest files first, and how many of their files one process runs. */
const folders: readonly { name: string; together: number }[] = [
  { name: "sim", together: 1 },
  { name: "e2e", together: 1 },
  { name: "contract", together: 4 },
  { name: "http", together: 4 },
  { name: "tidy", together: 8 },
  { name: "unit", together: 8 },
];

/** The whole takes a few minutes, on a busy machine ten times as long; what hangs even then is a failure, and says so. */
const limitMs = 90 * 60_000;
const outDir = "tests/.out";

/** Of one run or of all together. */
export interface Outcome {
  passed: number;
  failed: number;
  ok: boolean;
  times: FileTime[];
}

/** Runs every test file, as many processes at once as there are cores. */
export async function runAllTests(env: Record<string, string>): Promise<Outcome> {
  const waiting = chunks([...filesBelow("tests")].filter((file) => file.endsWith("_test.ts")).sort());
  const outcomes: Outcome[] = [];
  const lane = async () => {
    for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) {
      outcomes.push(await runTests(chunk, env));
    }
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, lane));
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
    ok: outcomes.length > 0 && outcomes.every(({ ok }) => ok),
    times: outcomes.flatMap(({ times }) => times),
  };
}

/** Runs `deno test` with these arguments and prints what it said when it has ended. */
export async function runTests(args: readonly string[], env: Record<string, string>): Promise<Outcome> {
  const report = `${outDir}/${crypto.randomUUID()}.xml`;
  await Deno.mkdir(outDir, { recursive: true });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", `--junit-path=${report}`, ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => {
    complain(`These tests did not end within ${limitMs / 60_000} minutes: ${args.join(" ")}`);
    child.kill("SIGKILL");
  }, Math.max(0, limitMs - performance.now()));
  const [said, complained, { success }] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.status,
  ]);
  clearTimeout(timer);
  say(said);
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
    times: fileTimes(junit, said),
  };
}

/** A number of the summary line; 0 when it is not named. */
function count(line: string, what: string): number {
  return Number(new RegExp(`(\\d+) ${what}`).exec(line)?.[1] ?? 0);
}

function chunks(files: readonly string[]): string[][] {
  const named = folders.map(({ name }) => `tests/${name}/`);
  const other = files.filter((file) => !named.some((folder) => file.startsWith(folder)));
  const all = other.map((file) => [file]);
  for (const { name, together } of folders) {
    const inFolder = files.filter((file) => file.startsWith(`tests/${name}/`));
    for (let at = 0; at < inFolder.length; at += together) all.push(inFolder.slice(at, at + together));
  }
  return all;
}

function* filesBelow(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* filesBelow(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}
