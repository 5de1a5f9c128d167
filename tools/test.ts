/**
 * `deno task test`: everything that the tests need, the build, the type check and every test, some at once, and
 * `N passed, N failed` as the last line. Something that is missing is a failure, never a skip. Before that it prints the
 * time of each part and the slowest files. Arguments are passed on: `deno task test tests/unit`.
 */
import { chromium } from "playwright-core";
import { complain, say } from "../lib/platform/console.ts";
import { browserPaths, isFile, launchOptions, shellPaths } from "./chromium.ts";
import { fileTimes, timesTable } from "./test_times.ts";

/** A program that tests start, the Debian package that has it, and where it may be. */
const needed = [
  { program: "chromium", aptPackage: "chromium", paths: browserPaths },
  { program: "clamd", aptPackage: "clamav-daemon", paths: ["/usr/sbin/clamd", "/usr/bin/clamd"] },
  { program: "nginx", aptPackage: "nginx", paths: ["/usr/sbin/nginx", "/usr/bin/nginx"] },
] as const;

/** What only makes the tests faster. */
const useful = { aptPackage: "chromium-headless-shell", paths: shellPaths } as const;

/** Runs to the end with our output; false when it failed or is not there. */
async function runs(program: string, args: string[], env: Record<string, string> = {}): Promise<boolean> {
  try {
    const child = new Deno.Command(program, { args, env, stdin: "null" }).spawn();
    return (await child.status).success;
  } catch (error) {
    complain(`${program}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** Names of what is missing and could not be installed. */
async function missingComponents(): Promise<string[]> {
  const missing = () => needed.filter(({ paths }) => !paths.some(isFile));
  const packages = missing().map(({ aptPackage }) => aptPackage);
  const faster = useful.paths.some(isFile) ? [] : [useful.aptPackage];
  if (packages.length + faster.length > 0 && Deno.build.os === "linux" && Deno.uid() === 0) {
    say(`Installing what the tests use: ${[...packages, ...faster].join(", ")}`);
    const quiet = { DEBIAN_FRONTEND: "noninteractive" };
    const install = (names: readonly string[]) =>
      runs("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...names], quiet);
    await runs("apt-get", ["update", "-qq"], quiet);
    if (packages.length > 0) await install(packages);
    if (faster.length > 0 && !await install(faster)) say("Without it the tests take longer.");
  }
  return missing().map(({ program, aptPackage }) => `${program} (Debian package ${aptPackage})`);
}

/** Folders whose files take longest come first, so that no core is idle at the end. */
const longestFirst = ["sim", "e2e", "contract", "http", "tidy", "unit"];

/** Every test file. */
function testFiles(): string[] {
  const rank = (file: string) => longestFirst.findIndex((part) => file.startsWith(`tests/${part}/`));
  return [...filesBelow("tests")].filter((file) => file.endsWith("_test.ts")).sort()
    .sort((a, b) => rank(a) - rank(b));
}

function* filesBelow(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* filesBelow(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

/** A number of the summary line; 0 when it is not named. */
function count(line: string, what: string): number {
  return Number(new RegExp(`(\\d+) ${what}`).exec(line)?.[1] ?? 0);
}

/** The whole takes a few minutes, on a busy machine ten times as long; what hangs even then is a failure, and says so. */
const limitMs = 50 * 60_000;
const outDir = "tests/.out";
const report = `${outDir}/junit.xml`;

/** Runs `deno test`, shows its output as it comes, and gives the counts of its summary. */
async function runTests(
  args: string[],
  env: Record<string, string>,
): Promise<{ passed: number; failed: number; ok: boolean; said: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--parallel", `--junit-path=${report}`, ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const timer = setTimeout(() => {
    complain(`The tests did not end within ${limitMs / 60_000} minutes.`);
    child.kill("SIGKILL");
  }, limitMs);
  let said = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    Deno.stdout.writeSync(chunk);
    said += decoder.decode(chunk, { stream: true });
  }
  const { success } = await child.status;
  clearTimeout(timer);
  const [line = ""] = [...said.matchAll(/^(?:ok|FAILED) \| \d+ passed.*$/gm)].at(-1) ?? [];
  const [passed, unsuccessful, ignored] = [
    count(line, "passed"),
    count(line, "failed"),
    count(line, "ignored"),
  ];
  if (ignored > 0) complain(`${ignored} tests were skipped; a test that does not run proves nothing.`);
  const failed = unsuccessful + ignored;
  // A run that failed without a failed test (a file that does not compile, a leak) must not look like a success.
  return { passed, failed: success ? failed : Math.max(failed, 1), ok: success && passed > 0, said };
}

/** Prints where the time went; what was killed has left no report. */
async function sayTimes(said: string): Promise<void> {
  const junit = await Deno.readTextFile(report).catch(() => null);
  const fileOf = new Map<string, string>();
  for (const [, file = "", name = ""] of said.matchAll(/^\.\/(\S+) => (.+?) \.\.\. /gm)) {
    fileOf.set(name, file);
  }
  if (junit !== null) say(timesTable(fileTimes(junit, fileOf)).join("\n"));
}

/** Runs it and says how long that took. */
async function timed<T>(what: string, run: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await run();
  took.push(`${what} ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return result;
}

const took: string[] = [];
const missing = await missingComponents();
for (const component of missing) {
  complain(`Missing: ${component}. Install it, or run this as root on Debian.`);
}
await Deno.mkdir(outDir, { recursive: true });
await Deno.remove(report).catch(() => undefined);
// Only one core is busy with the types: the tests need not wait for them.
const checking = timed("type check", () => runs(Deno.execPath(), ["task", "--quiet", "check"]));
const built = await timed("build", () => runs(Deno.execPath(), ["task", "--quiet", "build"]));
if (!built) complain("The build failed.");
const browser = await chromium.launchServer({ ...launchOptions(), host: "127.0.0.1" }).catch(() => null);
const env = {
  ...(built ? { TEST_BUILT: "1" } : {}),
  ...(browser === null ? {} : { TEST_BROWSER: browser.wsEndpoint() }),
};
const { passed, failed, ok, said } = await timed(
  "tests",
  () => runTests(Deno.args.length > 0 ? Deno.args : testFiles(), env),
);
await browser?.close();
const checked = await checking;
if (!checked) complain("The type check failed.");
const allFailed = failed + missing.length + (built ? 0 : 1) + (checked ? 0 : 1);
await sayTimes(said);
say(`Took: ${took.join(", ")}`);
say(`\n${passed} passed, ${allFailed} failed`);
Deno.exit(ok && allFailed === 0 ? 0 : 1);
