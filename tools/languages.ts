/** Other languages' tools that the tests of `sdk/` use. */

/** Programs of Python that are new enough and have pip, best first. */
export function* pythonPrograms(): Generator<string> {
  for (const program of ["python3", "/usr/bin/python3", "/usr/local/bin/python3"]) {
    if (succeeds(program, ["-c", "import sys, pip, venv; sys.exit(sys.version_info < (3, 11))"])) {
      yield program;
    }
  }
}

/** Programs of Go that are new enough: the tests use `testing/synctest`. */
export function* goPrograms(): Generator<string> {
  for (const program of ["go", "/usr/local/go/bin/go", "/usr/lib/go/bin/go"]) {
    const version = /go1\.(\d+)/.exec(said(program, ["version"]))?.[1];
    if (Number(version ?? 0) >= 25) yield program;
  }
}

function succeeds(program: string, args: string[]): boolean {
  try {
    return new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

function said(program: string, args: string[]): string {
  try {
    return new TextDecoder().decode(
      new Deno.Command(program, { args, stdin: "null", stderr: "null" }).outputSync().stdout,
    );
  } catch {
    return "";
  }
}
