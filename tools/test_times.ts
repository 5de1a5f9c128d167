/** How long tests took, from the JUnit report that `deno test` writes. */

export interface FileTime {
  /** A path from the project's root. */
  file: string;
  tests: number;
  /** Of its tests one after another; loading the file is not in it. */
  seconds: number;
}

const slowestShown = 10;

/** Files with their times, from the report and from what `deno test` printed. */
export function fileTimes(junit: string, said: string): FileTime[] {
  const fileOf = filesByTest(said);
  const files = new Map<string, FileTime>();
  for (
    const [, suite = "", cases = ""] of junit.matchAll(/<testsuite name="([^"]*)"[^>]*>(.*?)<\/testsuite>/gs)
  ) {
    let test: string | null = null;
    for (const [, name = "", time] of cases.matchAll(/<testcase name="([^"]*)"[^>]*? time="([\d.]+)"/g)) {
      // Steps are named `test > step`, and their time is in their test's.
      if (test !== null && name.startsWith(`${test} &gt; `)) continue;
      test = name;
      // Tests that a file of `tests/fakes/` registers stand under that file: they belong to the one that was run.
      const registeredIn = suite.replace(/^\.\//, "");
      const file = registeredIn.endsWith("_test.ts") ? registeredIn : fileOf.get(plain(name)) ?? registeredIn;
      const known = files.get(file) ?? { file, tests: 0, seconds: 0 };
      files.set(file, { file, tests: known.tests + 1, seconds: known.seconds + Number(time) });
    }
  }
  return [...files.values()];
}

/** Names of tests and the files that were run for them. */
function filesByTest(said: string): Map<string, string> {
  const files = new Map<string, string>();
  let running = "";
  for (const line of said.split("\n")) {
    running = /^running \d+ tests? from \.\/(\S+)/.exec(line)?.[1] ?? running;
    const [, file = running, name] = /^(?:\.\/(\S+) => )?(\S.*?) \.\.\./.exec(line) ?? [];
    if (name !== undefined) files.set(name, file);
  }
  return files;
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
