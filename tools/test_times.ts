/** How long tests took, from the JUnit report that `deno test` writes. */

export interface TestTime {
  /** The folder of `tests/`. */
  part: string;
  name: string;
  seconds: number;
}

const slowestShown = 15;
const longestName = 110;

/** `ranFile`: a file of the process, where one imported all; without it tests stand under their own files. */
export function testTimes(junit: string, ranFile: string | null): TestTime[] {
  const times: TestTime[] = [];
  for (
    const [, suite = "", cases = ""] of junit.matchAll(/<testsuite name="([^"]*)"[^>]*>(.*?)<\/testsuite>/gs)
  ) {
    const part = partOf(ranFile ?? suite.replace(/^\.\//, ""));
    let test: string | null = null;
    for (const [, name = "", time] of cases.matchAll(/<testcase name="([^"]*)"[^>]*? time="([\d.]+)"/g)) {
      // Steps are named `test > step`, and their time is in their test's.
      if (test !== null && name.startsWith(`${test} &gt; `)) continue;
      test = name;
      times.push({ part, name: plain(name), seconds: Number(time) });
    }
  }
  return times;
}

function partOf(file: string): string {
  return /^tests\/(\w+?)(?:_test\.ts)?(?:\/|$)/.exec(file)?.[1] ?? file;
}

/** CPU seconds of all processes that this one started and that have ended; null where the system does not tell (Linux does). */
export function childrenCpuSeconds(): number | null {
  /** `sysconf(_SC_CLK_TCK)` on every Linux that Deno runs on. */
  const ticksPerSecond = 100;
  try {
    // proc_pid_stat(5): fields 16 and 17; the second is a name, which may have spaces.
    const fields = Deno.readTextFileSync("/proc/self/stat").split(") ").at(-1)!.split(" ");
    return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
  } catch {
    return null;
  }
}

const entities: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

function plain(text: string): string {
  return text.replace(/&\w+;/g, (entity) => entities[entity] ?? entity);
}

/** A line for each folder of tests, then the slowest tests. */
export function timesTable(times: readonly TestTime[]): string[] {
  const parts = new Map<string, { tests: number; seconds: number }>();
  for (const { part, seconds } of times) {
    const known = parts.get(part) ?? { tests: 0, seconds: 0 };
    parts.set(part, { tests: known.tests + 1, seconds: known.seconds + seconds });
  }
  const time = (seconds: number) => `${seconds.toFixed(1).padStart(7)} s`;
  return [
    "Time in tests, by part:",
    ...[...parts].sort(([, a], [, b]) => b.seconds - a.seconds)
      .map(([part, { tests, seconds }]) => `${time(seconds)}  ${String(tests).padStart(5)} tests  ${part}`),
    "The slowest tests:",
    ...times.toSorted((a, b) => b.seconds - a.seconds).slice(0, slowestShown)
      .map(({ part, name, seconds }) => `${time(seconds)}  ${part}: ${name.slice(0, longestName)}`),
  ];
}
