/**
 * `deno task genuine`: the same app on Fresh itself, from JSR, in place of `lib/fresh`. Copies the tracked files to `.genuine/`
 * with a deno.json of their own, builds there with Fresh's `Builder`, and starts the server with the permissions, the
 * environment and the data of `deno task start`.
 */
import { ConfigProblem, loadConfig } from "../lib/config/mod.ts";
import { complain } from "../lib/platform/console.ts";
import { permissionFlags } from "./permissions.ts";

/** Beside the project's own deno.json: Fresh's bundler takes the nearest one, so another name for it is not enough. */
export const genuineDir = ".genuine";

const core = "jsr:@fresh/core@^2.3.3";

/** Where each name that begins with `fresh` leads. What Fresh's build writes imports `fresh/internal`. */
export const genuineImports: Readonly<Record<string, string>> = {
  "fresh": core,
  "fresh/dev": `${core}/dev`,
  "fresh/internal": `${core}/internal`,
  "fresh/runtime": `${core}/runtime`,
};

/** The part of the start that went wrong; `message` is one line for the person at the terminal. */
export class GenuineProblem extends Error {}

interface DenoConfig {
  imports: Record<string, string>;
  exclude?: string[];
}

/** Takes as little as possible of the configuration away: imports, and what is not built there. */
export function genuineConfig(config: DenoConfig, fresh: Readonly<Record<string, string>>): DenoConfig {
  const others = Object.entries(config.imports).filter(([name]) => !/^fresh(\/|$)/.test(name));
  return { ...config, imports: { ...Object.fromEntries(others), ...fresh }, exclude: ["_fresh"] };
}

async function trackedFiles(root: string): Promise<string[]> {
  const { stdout } = await succeeded("git", ["ls-files", "-z"], root);
  return stdout.split("\0").filter((name) => name !== "");
}

/** Copies files as they are now; of what an earlier time left there only the lock stays. */
export async function copyProject(
  root: string,
  to: string,
  files: readonly string[],
  fresh: Readonly<Record<string, string>> = genuineImports,
): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(to)) {
    if (name !== "deno.lock") await Deno.remove(`${to}/${name}`, { recursive: true });
  }
  for (const file of files) {
    if (file === "deno.lock") continue;
    await Deno.mkdir(`${to}/${file}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(`${root}/${file}`, `${to}/${file}`).catch((error) => {
      // Removed, and the removal is not committed yet.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  const config = JSON.parse(await Deno.readTextFile(`${root}/deno.json`)) as DenoConfig;
  await Deno.writeTextFile(`${to}/deno.json`, JSON.stringify(genuineConfig(config, fresh), null, 2));
  const build = 'import { Builder } from "fresh/dev";\n\nawait new Builder().build();\nDeno.exit(0);\n';
  await Deno.writeTextFile(`${to}/build.ts`, build);
}

/** Builds the copy, with nothing but what Fresh's `Builder` has. */
export async function buildCopy(dir: string): Promise<void> {
  await succeeded(Deno.execPath(), ["run", "-A", "build.ts"], dir);
}

/** Arguments of `deno` that start the copy in the project's own folder, so that relative paths lead where they always do. */
export function startArgs(dir: string, permissions: readonly string[]): string[] {
  return ["run", "--config", `${dir}/deno.json`, ...permissions, `${dir}/main.ts`];
}

/** Throws where Fresh cannot be fetched. What was fetched before is enough. */
async function fetchFresh(): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", "--no-config", "--no-lock", ...Object.values(genuineImports)],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  const told = new TextDecoder().decode(stderr).split("\n").find((line) => line.startsWith("error: ")) ?? "";
  throw new GenuineProblem(
    `JSR could not be reached: ${told.replace("error: ", "") || `${core} cannot be fetched.`} ` +
      "Fresh itself is published there only; `deno task start` does without.",
  );
}

async function succeeded(program: string, args: string[], cwd: string): Promise<{ stdout: string }> {
  const command = new Deno.Command(program, { args, cwd, stdin: "null", stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output().catch((error) => {
    throw new GenuineProblem(
      `${program} cannot be run: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  if (!success) {
    const told = new TextDecoder().decode(stderr).trim();
    throw new GenuineProblem(`${program} ${args.join(" ")} failed in ${cwd}:\n${told}`);
  }
  return { stdout: new TextDecoder().decode(stdout) };
}

/** The server's exit code. */
async function serve(permissions: readonly string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args: startArgs(genuineDir, permissions), stdin: "null" })
    .spawn();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => child.kill(signal));
  }
  return (await child.status).code;
}

if (import.meta.main) {
  try {
    const read = loadConfig();
    if (read instanceof ConfigProblem) throw new GenuineProblem(read.line);
    await fetchFresh();
    await copyProject(".", genuineDir, await trackedFiles("."));
    await buildCopy(genuineDir);
    Deno.exit(await serve(permissionFlags(read.config)));
  } catch (error) {
    if (!(error instanceof GenuineProblem)) throw error;
    complain(error.message);
    Deno.exit(1);
  }
}
