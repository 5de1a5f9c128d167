import { parseArgs } from "node:util";

/** What the command line was used wrongly for. The program says it and ends with `exits.usage`. */
export class UsageError extends Error {}

/** Codes that the program ends with, so that scripts can decide. Those of `ask` are in `commands/ask.ts`. */
export const exits = { ok: 0, failed: 1, usage: 2, login: 3, offline: 4, stopped: 5 } as const;

type Option = { type: "string"; multiple?: boolean; short?: string } | { type: "boolean"; short?: string };
export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** Options of every command. */
const common = {
  server: { type: "string", short: "s" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies Record<string, Option>;

export interface Arguments {
  values: Values;
  positionals: string[];
}

/** Reads the options of a command. Throws a `UsageError` for what it does not know. */
export function readArguments(args: readonly string[], options: Record<string, Option>): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...common, ...options },
      allowPositionals: true,
      strict: true,
    });
    return { values: values as Values, positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

export function texts(values: Values, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3600_000, d: 24 * 3600_000 };

/** `90s`, `10m`, `2h` or `1d` in milliseconds. */
export function duration(written: string): number {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(written) ?? [];
  if (number === undefined || unit === undefined || Number(number) === 0) {
    throw new UsageError(`"${written}" is no duration. Write 90s, 10m, 2h or 1d.`);
  }
  return Number(number) * units[unit]!;
}
