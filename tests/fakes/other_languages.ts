import assert from "node:assert/strict";
import { goPrograms, pythonPrograms } from "../../tools/languages.ts";

/** A program that ran to its end, with all that it said. */
async function ran(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<{ code: number; said: string }> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    ...options,
  })
    .output();
  const text = new TextDecoder();
  return { code, said: `${text.decode(stdout)}${text.decode(stderr)}` };
}

/** Runs a program that has to succeed, and gives what it said. */
export async function succeeds(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const { code, said } = await ran(command, args, options);
  assert.equal(code, 0, `${command} ${args.join(" ")}\n${said.slice(-20_000)}`);
  return said;
}

const environment = "_sdk/python";

/** The interpreter of an environment with what `sdk/python` needs. Made once for each version of its `pyproject.toml`. */
export async function pythonEnvironment(): Promise<string> {
  const interpreter = `${Deno.cwd()}/${environment}/bin/python`;
  const wanted = await Deno.readTextFile("sdk/python/pyproject.toml");
  const made = await Deno.readTextFile(`${environment}/made-for`).catch(() => "");
  if (made === wanted) return interpreter;
  const python = pythonPrograms().next();
  assert.ok(!python.done, "Python 3.11 or newer with pip is missing");
  await Deno.remove(environment, { recursive: true }).catch(() => undefined);
  await succeeds(python.value, ["-m", "venv", "--without-pip", environment]);
  const packages = [...wanted.matchAll(/^(?:dependencies|dev) = \[(.*)\]$/gm)]
    .flatMap(([, list]) => list!.match(/"[^"]+"/g)!.map((name) => name.slice(1, -1)));
  const pip = ["-m", "pip", "--python", interpreter, "install", "--quiet", "--no-compile"];
  await succeeds(python.value, [...pip, ...packages]);
  await Deno.writeTextFile(`${environment}/made-for`, wanted);
  return interpreter;
}

/** Runs Go in `sdk/go`, with what was built before in a cache that is kept. */
export async function goSucceeds(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const go = goPrograms().next();
  assert.ok(!go.done, "Go 1.25 or newer is missing");
  return await succeeds(go.value, args, { cwd: "sdk/go", env: { GOFLAGS: "-mod=readonly", ...env } });
}
