/** One line of the bench's table. Ratios come first: times of two runs or machines cannot be compared. */
export interface Row {
  what: string;
  ours: string;
  baseline: string;
  ratio: string;
  target: string;
  /** Null where there is no target. */
  met: boolean | null;
}

const titles: Record<keyof Row, string> = {
  ratio: "ratio",
  target: "target",
  met: "met",
  ours: "ours",
  baseline: "beside",
  what: "what",
};

/** A Markdown table, aligned for reading on a terminal. */
export function tableOf(rows: readonly Row[]): string {
  const names = Object.keys(titles) as (keyof Row)[];
  const cells = rows.map((row) => names.map((name) => cellOf(row[name])));
  const lines = [names.map((name) => titles[name]), ...cells];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const lineOf = (line: string[]) => `| ${line.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  const [head, ...rest] = lines.map(lineOf);
  return [head, rule, ...rest].join("\n");
}

function cellOf(value: string | boolean | null): string {
  if (typeof value === "string") return value;
  return value === null ? "" : value ? "yes" : "NO";
}

export function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}

export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString("en")}/s`;
}
