/**
 * `deno task test`: everything that the tests need, the build, the type check and every test, some at once, and
 * `N passed, N failed` as the last line. Something that is missing is a failure, never a skip. Before that it prints the
 * time of each part and the slowest tests. `deno task test tests/unit` runs only what is in this folder. Other arguments go
 * to `deno test`, which gives each file an isolate of its own.
 */
import { chromium } from "playwright-core";
import { libfaketime } from "./faketime.ts";
import { complain, say } from "../lib/platform/console.ts";
import { postgresFolders, PostgresProcess } from "../tests/fakes/postgres_process.ts";
import { goPrograms, pythonPrograms } from "./languages.ts";
import { browserPaths, isFile, launchOptions, shellPaths } from "./chromium.ts";
import { runFolders, runTests } from "./test_runs.ts";
import { childrenCpuSeconds, timesTable } from "./test_times.ts";

/** A program that tests start, the Debian package that has it, and where it may be or whether it is there. */
const needed: readonly {
  program: string;
  aptPackage: string;
  paths?: readonly string[];
  isThere?: () => boolean;
}[] = [
  { program: "chromium", aptPackage: "chromium", paths: browserPaths },
  { program: "libfaketime", aptPackage: "libfaketime", paths: [libfaketime] },
  { program: "strace", aptPackage: "strace", paths: ["/usr/bin/strace"] },
  { program: "clamd", aptPackage: "clamav-daemon", paths: ["/usr/sbin/clamd", "/usr/bin/clamd"] },
  { program: "python3", aptPackage: "python3", paths: ["/usr/bin/python3", "/usr/local/bin/python3"] },
  {
    program: "PostgreSQL",
    aptPackage: "postgresql",
    paths: postgresFolders.map((folder) => `${folder}/postgres`),
  },
  { program: "nginx", aptPackage: "nginx", paths: ["/usr/sbin/nginx", "/usr/bin/nginx"] },
  { program: "caddy", aptPackage: "caddy", paths: ["/usr/bin/caddy", "/usr/local/bin/caddy"] },
  { program: "systemd-analyze", aptPackage: "systemd", paths: ["/usr/bin/systemd-analyze"] },
  { program: "openssl", aptPackage: "openssl", paths: ["/usr/bin/openssl", "/usr/local/bin/openssl"] },
  {
    program: "Python 3.11 or newer with pip and venv",
    aptPackage: "python3-venv python3-pip",
    isThere: () => !pythonPrograms().next().done,
  },
  { program: "Go 1.25 or newer", aptPackage: "golang-go", isThere: () => !goPrograms().next().done },
];

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
  const missing = () => needed.filter(({ paths, isThere }) => !(paths?.some(isFile) ?? isThere?.()));
  const packages = missing().flatMap(({ aptPackage }) => aptPackage.split(" "));
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

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
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
// Only one core is busy with the types: the tests need not wait for them.
const checking = timed("type check", () => runs(Deno.execPath(), ["task", "--quiet", "check"]));
const built = await timed("build", () => runs(Deno.execPath(), ["task", "--quiet", "build"]));
if (!built) complain("The build failed.");
const browser = await chromium.launchServer({ ...launchOptions(), host: "127.0.0.1" }).catch(() => null);
const database = await PostgresProcess.start().catch((error) => void complain(String(error)));
const env = {
  ...(database === undefined ? {} : { TEST_POSTGRES: String(database.port) }),
  ...(built ? { TEST_BUILT: "1" } : {}),
  ...(browser === null ? {} : { TEST_BROWSER: browser.wsEndpoint() }),
};
const folders = Deno.args.length > 0 ? Deno.args : ["tests"];
const { passed, failed, ok, times } = await timed(
  "tests",
  () => folders.every(isFolder) ? runFolders(folders, env) : runTests(["--parallel", ...folders], env),
);
await browser?.close();
await database?.[Symbol.asyncDispose]();
const checked = await checking;
if (!checked) complain("The type check failed.");
const allFailed = failed + missing.length + (built ? 0 : 1) + (checked ? 0 : 1);
say(timesTable(times).join("\n"));
const cpuSeconds = childrenCpuSeconds();
if (cpuSeconds !== null) took.push(`together ${cpuSeconds.toFixed(0)} s of CPU`);
say(`Took: ${took.join(", ")}`);
say(`\n${passed} passed, ${allFailed} failed`);
Deno.exit(ok && allFailed === 0 ? 0 : 1);
