import type { PartRows } from "./part.ts";
import { type Row, tableOf } from "./table.ts";

/** The record of the last run of each part. */
export const recordFile = "docs/performance.md";

const head = `# Performance

What Behest does beside what the platform and its peers do, measured in one run by \`deno task bench\`. Times hold only beside
what was measured in the same run on the same machine; ratios are ours divided by theirs. The bench rewrites the part of this
page that it measured: \`deno task bench\` all of it, \`deno task bench NAME…\` the parts with these names.`;
const missedTitle = "Missed targets";

/** A section for each part: where, when and what was measured. */
export function sectionOf(name: string, { rows, notes }: PartRows, measured: string): string {
  const lines = notes.map((note) => `- ${note}`).join("\n");
  return `## ${name}\n\n${measured}\n\n${tableOf(rows)}\n${lines === "" ? "" : `\n${lines}\n`}`;
}

/** The record with new sections in the place of the old ones, in the order of \`names\`; what misses its target comes first. */
export function updatedRecord(
  old: string,
  sections: ReadonlyMap<string, string>,
  names: readonly string[],
): string {
  const kept = new Map(
    old.split(/^## /m).slice(1).map((
      text,
    ) => [text.slice(0, text.indexOf("\n")).trim(), `## ${text.trim()}\n`]),
  );
  const texts = names.flatMap((name) => sections.get(name) ?? kept.get(name) ?? []);
  const missed = texts.flatMap((text) => rowsIn(text).filter(({ met }) => met === false));
  const first = missed.length === 0 ? "None." : tableOf(missed);
  return [head, `## ${missedTitle}\n\n${first}\n`, ...texts].join("\n\n").replace(/\n{3,}/g, "\n\n").trim() +
    "\n";
}

/** The rows of a section's table. */
function rowsIn(section: string): Row[] {
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) => {
    const [ratio, target, met, ours, baseline, what] = line.split("|").slice(1, -1).map((cell) =>
      cell.trim()
    );
    return {
      ratio: ratio!,
      target: target!,
      met: met === "yes" ? true : met === "NO" ? false : null,
      ours: ours!,
      baseline: baseline!,
      what: what!,
    };
  });
}

/** One line about the machine, for every record. */
export async function machine(rounds: number, quick: boolean): Promise<string> {
  const memory = Deno.systemMemoryInfo().total / 2 ** 30;
  const commit = await outputOf("git", ["rev-parse", "--short", "HEAD"]);
  const parts = [
    new Date().toISOString().slice(0, 16).replace("T", " ") + " UTC",
    ...(commit === null ? [] : [`commit ${commit}`]),
    `${await processor()}, ${navigator.hardwareConcurrency} cores, ${memory.toFixed(0)} GiB`,
    `${Deno.build.os} ${Deno.osRelease()}`,
    `Deno ${Deno.version.deno}`,
    `${rounds} rounds${quick ? ", quick" : ""}`,
    `load at the end ${Deno.loadavg()[0]!.toFixed(1)}`,
  ];
  return `Measured: ${parts.join("; ")}.`;
}

async function processor(): Promise<string> {
  try {
    const text = await Deno.readTextFile("/proc/cpuinfo");
    return text.match(/^model name\s*: (.*)$/m)?.[1]?.trim() ?? Deno.build.arch;
  } catch {
    return Deno.build.arch;
  }
}

async function outputOf(program: string, args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command(program, { args, stdout: "piped", stderr: "null" })
      .output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  }
}
