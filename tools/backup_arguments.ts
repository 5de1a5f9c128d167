import type { BackupProblem, DataPlaces } from "../lib/adapters/backup/mod.ts";
import { ConfigProblem, kvName, loadConfig } from "../lib/config/mod.ts";
import { complain } from "../lib/platform/console.ts";

/** What stands on the command line: one file, and flags. */
export interface Arguments {
  file: string;
  /** The value of `--name=VALUE`. */
  valueOf(name: string): string | null;
  /** Whether `--name` is there. */
  has(name: string): boolean;
}

/** Throws the usage for anything else than one file and these flags. */
export function argumentsOf(
  args: readonly string[],
  { values, flags, usage }: { values: readonly string[]; flags: readonly string[]; usage: string },
): Arguments {
  const files = args.filter((arg) => !arg.startsWith("--"));
  const known = args.every((arg) =>
    !arg.startsWith("--") || flags.includes(arg.slice(2)) ||
    values.some((name) => arg.startsWith(`--${name}=`) && arg.length > name.length + 3)
  );
  if (files.length !== 1 || !known) throw new Error(usage);
  return {
    file: files[0]!,
    valueOf: (name) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? null,
    has: (name) => args.includes(`--${name}`),
  };
}

/** The data of the configured server. Throws the configuration's problem. */
export function configuredPlaces(): DataPlaces & { evidenceKey: string } {
  const read = loadConfig();
  if (read instanceof ConfigProblem) throw new Error(read.line);
  const { dataDir, kv, evidenceKey } = read.config;
  return { dataDir: dataDir.replace(/(?<=.)\/+$/, ""), kv: kvName(kv), evidenceKey };
}

/** Runs a task; what goes wrong is one line, and the exit code 1. */
export async function runTask(task: () => Promise<void>): Promise<never> {
  try {
    await task();
    Deno.exit(0);
  } catch (error) {
    complain((error as BackupProblem | Error).message);
    Deno.exit(1);
  }
}

/** `1,234 files, 5.6 MiB`. */
export function sumOf(files: readonly { sizeBytes: number }[]): string {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return `${files.length.toLocaleString("en")} files, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** The text of the file that `--key=FILE` names. */
export async function ageKeyOf({ valueOf }: Arguments): Promise<string | null> {
  const path = valueOf("key");
  return path === null ? null : await Deno.readTextFile(path);
}
