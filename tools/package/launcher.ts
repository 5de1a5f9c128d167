/** The operator's tasks that a package has as `./behest NAME`, each with the permissions of its task. */
export const packagedTasks = [
  "config",
  "audit-verify",
  "evidence-export",
  "backup",
  "restore",
  "verify-backup",
  "migrate-store",
  "upgrade-check",
  "check-storage",
] as const;

export interface PackagedTask {
  name: string;
  flags: string;
  /** From the project's root. */
  program: string;
}

/** From the tasks of deno.json: `deno run FLAGS PROGRAM`. */
export function packagedTasksOf(tasks: Readonly<Record<string, string>>): PackagedTask[] {
  return packagedTasks.map((name) => {
    const [, flags, program] = /^deno run ((?:--[\w.,=-]+ )*)(tools\/\S+\.ts)$/.exec(tasks[name] ?? "") ?? [];
    if (flags === undefined || program === undefined) {
      throw new Error(`The task ${name} is not one program that a package could run.`);
    }
    return { name, flags: flags.trim(), program };
  });
}

/** `./behest` of a package: a shell's script that runs the server, or a task, with the Deno beside it. */
export function launcher(tasks: readonly PackagedTask[]): string {
  const names = tasks.map(({ name }) => name).join(", ");
  const cases = tasks.map(({ name, flags, program }) =>
    `  ${name})
    shift
    run ${flags.replace("--allow-read=.env", '"--allow-read=.env,$app"')} "$app/${program}" "$@"
    ;;`
  );
  return `#!/bin/sh
# Starts Behest, or one of its tools, with the Deno and the packages beside this file. Nothing is downloaded.
# The configuration is the environment and .env of the working directory; the data go to ./data unless that says otherwise.
set -eu
here=$(cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
app=$here/app
export DENO_DIR="$here/cache" DENO_NO_UPDATE_CHECK=1

run() {
  exec "$here/bin/deno" run --quiet --cached-only --no-lock --config "$app/deno.json" "$@"
}

case "\${1-start}" in
  start)
    flags=$(run --no-prompt --allow-env --allow-read=.env "$app/tools/permissions.ts" "$app")
    # A flag from each line.
    set -f
    IFS='
'
    run $flags "$app/main.ts"
    ;;
  prepare)
    # Folders of routes have brackets in their names, and no line ends.
    set -f
    IFS='
'
    exec "$here/bin/deno" cache --quiet --no-lock --config "$app/deno.json" "$app/main.ts" \\
      $(find "$app/_fresh/server.js" "$app/routes" "$app/tools" -name '*.ts' -o -name '*.tsx' -o -name server.js)
    ;;
${cases.join("\n")}
  *)
    echo "Usage: $0 [start], or one of: prepare, ${names}" >&2
    exit 2
    ;;
esac
`;
}
