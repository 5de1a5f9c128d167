/**
 * `deno task test`: everything that the tests need, the build, every test, and `N passed, N failed` as the last line.
 * Something that is missing is a failure, never a skip. Arguments are passed on: `deno task test tests/unit`.
 */
import { complain, say } from "../lib/platform/console.ts";

/** A program that tests start, the Debian package that has it, and where it may be. */
const needed = [
  { program: "chromium", aptPackage: "chromium", paths: ["/usr/bin/chromium", "/usr/bin/chromium-browser"] },
  { program: "clamd", aptPackage: "clamav-daemon", paths: ["/usr/sbin/clamd", "/usr/bin/clamd"] },
] as const;

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

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
  if (packages.length > 0 && Deno.build.os === "linux" && Deno.uid() === 0) {
    say(`Installing what the tests need: ${packages.join(", ")}`);
    const quiet = { DEBIAN_FRONTEND: "noninteractive" };
    await runs("apt-get", ["update", "-qq"], quiet);
    await runs("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], quiet);
  }
  return missing().map(({ program, aptPackage }) => `${program} (Debian package ${aptPackage})`);
}

/** A number of the summary line; 0 when it is not named. */
function count(line: string, what: string): number {
  return Number(new RegExp(`(\\d+) ${what}`).exec(line)?.[1] ?? 0);
}

/** The whole takes a few minutes; what hangs is a failure, and says so before a CI's own limit does. */
const limitMs = 25 * 60_000;

/** Runs `deno test`, shows its output as it comes, and gives the counts of its summary. */
async function runTests(args: string[]): Promise<{ passed: number; failed: number; ok: boolean }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const timer = setTimeout(() => {
    complain(`The tests did not end within ${limitMs / 60_000} minutes.`);
    child.kill("SIGKILL");
  }, limitMs);
  let last = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    Deno.stdout.writeSync(chunk);
    last = (last + decoder.decode(chunk, { stream: true })).slice(-10_000);
  }
  const { success } = await child.status;
  clearTimeout(timer);
  const [line = ""] = [...last.matchAll(/^(?:ok|FAILED) \| \d+ passed.*$/gm)].at(-1) ?? [];
  const [passed, unsuccessful, ignored] = [
    count(line, "passed"),
    count(line, "failed"),
    count(line, "ignored"),
  ];
  if (ignored > 0) complain(`${ignored} tests were skipped; a test that does not run proves nothing.`);
  const failed = unsuccessful + ignored;
  // A run that failed without a failed test (a file that does not compile, a leak) must not look like a success.
  return { passed, failed: success ? failed : Math.max(failed, 1), ok: success && passed > 0 };
}

const missing = await missingComponents();
for (const component of missing) {
  complain(`Missing: ${component}. Install it, or run this as root on Debian.`);
}
const built = await runs(Deno.execPath(), ["task", "--quiet", "build"]);
if (!built) complain("The build failed.");
const { passed, failed, ok } = await runTests(Deno.args.length > 0 ? Deno.args : ["tests"]);
const allFailed = failed + missing.length + (built ? 0 : 1);
say(`\n${passed} passed, ${allFailed} failed`);
Deno.exit(ok && allFailed === 0 ? 0 : 1);
