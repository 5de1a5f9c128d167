/** How long tests took, from the JUnit report that `deno test` writes. */

interface FileTime {
  /** A path from the project's root. */
  file: string;
  tests: number;
  /** Of its tests one after another; loading the file is not in it. */
  seconds: number;
}

const slowestShown = 10;

/** Steps are named `test > step`, and their time is in their test's. */
export function fileTimes(junit: string): FileTime[] {
  return [...junit.matchAll(/<testsuite name="([^"]*)"[^>]*>(.*?)<\/testsuite>/gs)].map(
    ([, file = "", cases = ""]) => {
      const names = new Set<string>();
      let seconds = 0;
      for (const [, name = "", time] of cases.matchAll(/<testcase name="([^"]*)"[^>]*? time="([\d.]+)"/g)) {
        const isStep = [...names].some((test) => name.startsWith(`${test} &gt; `));
        if (isStep) continue;
        names.add(name);
        seconds += Number(time);
      }
      return { file: file.replace(/^\.\//, ""), tests: names.size, seconds };
    },
  );
}

/** A line for each folder of tests, then the slowest files. */
export function timesTable(times: readonly FileTime[]): string[] {
  const parts = new Map<string, FileTime>();
  for (const { file, tests, seconds } of times) {
    const name = /^tests\/(\w+?)(?:_test\.ts)?(?:\/|$)/.exec(file)?.[1] ?? file;
    const part = parts.get(name) ?? { file: name, tests: 0, seconds: 0 };
    parts.set(name, { file: name, tests: part.tests + tests, seconds: part.seconds + seconds });
  }
  const row = ({ file, tests, seconds }: FileTime) =>
    `${seconds.toFixed(1).padStart(7)} s  ${String(tests).padStart(5)} tests  ${file}`;
  const slowestFirst = (list: Iterable<FileTime>) => [...list].sort((a, b) => b.seconds - a.seconds);
  return [
    "Time in tests, by part:",
    ...slowestFirst(parts.values()).map(row),
    "The slowest files:",
    ...slowestFirst(times).slice(0, slowestShown).map(row),
  ];
}
