/** A drawing's box, in its own units; `inset` at the start and below is for labels. */
export interface Plot {
  width: number;
  height: number;
  insetStart: number;
  insetEnd: number;
  insetTop: number;
  insetBottom: number;
}

export const chartPlot: Plot = {
  width: 600,
  height: 190,
  insetStart: 46,
  insetEnd: 12,
  insetTop: 10,
  insetBottom: 28,
};
export const sparkPlot: Plot = {
  width: 100,
  height: 32,
  insetStart: 0,
  insetEnd: 0,
  insetTop: 3,
  insetBottom: 1,
};

/** The top of a scale: at least `most`, and half of it is a whole number too. */
export function scaleTop(most: number): number {
  for (let power = 1;; power *= 10) {
    for (const step of [2, 4, 10]) if (step * power >= most) return step * power;
  }
}

/** Where a column (of `count`) is from side to side; the first at the start, the last at the end. */
export function xOf(plot: Plot, at: number, count: number): number {
  const width = plot.width - plot.insetStart - plot.insetEnd;
  return rounded(plot.insetStart + (count < 2 ? 0 : at / (count - 1) * width));
}

export function yOf(plot: Plot, value: number, top: number): number {
  const height = plot.height - plot.insetTop - plot.insetBottom;
  return rounded(plot.insetTop + (1 - value / top) * height);
}

/** Runs of columns that have a value. */
function runsOf(values: readonly (number | null)[]): { at: number; value: number }[][] {
  const runs: { at: number; value: number }[][] = [[]];
  for (const [at, value] of values.entries()) {
    if (value === null) runs.push([]);
    else runs.at(-1)!.push({ at, value });
  }
  return runs.filter((run) => run.length > 0);
}

/** SVG path of a line; it is broken where there is no value, and one value alone is a dot. */
export function linePath(plot: Plot, values: readonly (number | null)[], top: number, count = values.length) {
  return runsOf(values).map((run) => {
    const [first, ...others] = run.map(({ at, value }) => `${xOf(plot, at, count)} ${yOf(plot, value, top)}`);
    return `M${first}${others.length === 0 ? "h0.01" : others.map((place) => `L${place}`).join("")}`;
  }).join("");
}

/** SVG path of what is below that line. */
export function areaPath(plot: Plot, values: readonly (number | null)[], top: number, count = values.length) {
  const floor = yOf(plot, 0, top);
  return runsOf(values).filter(({ length }) => length > 1).map((run) => {
    const places = run.map(({ at, value }) => `L${xOf(plot, at, count)} ${yOf(plot, value, top)}`).join("");
    return `M${xOf(plot, run[0]!.at, count)} ${floor}${places}L${xOf(plot, run.at(-1)!.at, count)} ${floor}Z`;
  }).join("");
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
