import { type Row, times } from "./table.ts";

/** What one part of the bench came to. */
export interface PartRows {
  rows: Row[];
  notes: string[];
}

/** What every part gets. */
export interface Bench {
  /** A directory of this run; removed at its end. */
  dir: string;
  /** Times that a part repeats what it measures; medians are reported. */
  rounds: number;
  /** Less of everything, so that all parts together take minutes: for a look, not for a record. */
  quick: boolean;
  /** Sockets that may be opened to each of two servers. */
  sockets: number;
}

export type Part = (bench: Bench) => Promise<PartRows>;

/** A target for ours by theirs: of times at most, of rates at least. */
export type Target = { most: number } | { least: number };

/** A row of two numbers in one unit. */
export function besides(
  what: string,
  ours: number,
  beside: { is: number; name: string },
  show: (value: number) => string,
  target?: Target,
): Row {
  const ratio = ours / beside.is;
  return {
    what,
    ours: show(ours),
    baseline: `${show(beside.is)} ${beside.name}`,
    ratio: times(ratio),
    ...targetOf(ratio, target, times),
  };
}

/** A row of one number. */
export function alone(what: string, ours: number, show: (value: number) => string, target?: Target): Row {
  return { what, ours: show(ours), baseline: "", ratio: "", ...targetOf(ours, target, show) };
}

/** A row without the broker that it would be compared with. */
export function withoutPeer(what: string, ours: number, show: (value: number) => string, why: string): Row {
  return { ...alone(what, ours, show), baseline: why };
}

function targetOf(
  value: number,
  target: Target | undefined,
  show: (value: number) => string,
): Pick<Row, "target" | "met"> {
  if (target === undefined) return { target: "", met: null };
  return "most" in target
    ? { target: `≤ ${show(target.most)}`, met: value <= target.most }
    : { target: `≥ ${show(target.least)}`, met: value >= target.least };
}

export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} ms`;
}

export function micros(value: number): string {
  return `${value.toFixed(0)} µs`;
}

export function count(value: number): string {
  return value.toLocaleString("en");
}
