import type { ComponentChildren } from "preact";
import { areaPath, chartPlot as plot, linePath, scaleTop, xOf, yOf } from "../lib/text/chart.ts";
import { numberText } from "../lib/text/commands.ts";
import type { Column } from "../lib/text/series.ts";
import { fill } from "../lib/words/shape.ts";
import { partText } from "../lib/words/times.ts";
import { Cell, Row, Table } from "./Table.tsx";
import { Time, useTimeFormat } from "./Time.tsx";
import { useLanguage, useWords } from "./words.tsx";

/** One line, or one part of the bars. */
export interface ChartLine {
  name: string;
  /** How it is drawn, in `static/overview.css`: never by its colour alone. */
  look: "first" | "second" | "refused";
  /** For each column; null where there is no number. */
  values: readonly (number | null)[];
}

interface ChartProps {
  id: string;
  title: string;
  columns: readonly Column[];
  /** The days, or the times of day, below the drawing. */
  labels: "short" | "clock";
  lines: readonly ChartLine[];
  shape: "lines" | "bars";
  unit?: "percent";
  /** Goes on from the last column in a dashed line, for so many more columns. */
  forecast?: { name: string; values: readonly number[] } | undefined;
  children?: ComponentChildren;
}

/** A chart that the server drew, with its numbers as a table below. */
export function OverviewChart(props: ChartProps) {
  const { id, title, columns, lines, shape, unit, forecast, children } = props;
  const words = useWords("overview");
  const language = useLanguage();
  const say = (value: number | null | undefined) =>
    value === null || value === undefined
      ? "–"
      : unit === "percent"
      ? numberText(language, value / 100, { style: "percent", maximumFractionDigits: 1 })
      : numberText(language, value, { maximumFractionDigits: 1 });
  const most = Math.max(0, ...columns.map((_, at) => heightOf(lines, at, shape)));
  const top = unit === "percent" ? 100 : scaleTop(most);
  const count = columns.length + (forecast?.values.length ?? 0);
  const known = columns.flatMap(({ at, point }, index) => point === null ? [] : [{ at, index }]);
  const summary = fill(words.chartOf, { name: title, most: say(most) });
  return (
    <section class="panel chart-panel" aria-labelledby={id}>
      <div class="chart-head">
        <h2 id={id}>{title}</h2>
        <ul class="chart-key">
          {lines.map(({ name, look }) => <Key key={name} name={name} look={look} shape={shape} />)}
          {forecast === undefined ? null : <Key name={forecast.name} look="forecast" shape="lines" />}
        </ul>
      </div>
      <svg
        class="chart"
        viewBox={`0 0 ${plot.width} ${plot.height}`}
        role="img"
        aria-label={summary}
        direction="ltr"
      >
        {[0, top / 2, top].map((value) => (
          <g key={value}>
            <path
              class="grid"
              d={`M${plot.insetStart} ${yOf(plot, value, top)}H${plot.width - plot.insetEnd}`}
            />
            <text x={plot.insetStart - 6} y={yOf(plot, value, top) + 4} text-anchor="end">{say(value)}</text>
          </g>
        ))}
        {shape === "bars" ? <Bars lines={lines} top={top} /> : (
          <>
            <path class="area" d={areaPath(plot, lines[0]!.values, top, count)} />
            {lines.map(({ name, look, values }) => (
              <path key={name} class={`line ${look}`} d={linePath(plot, values, top, count)} />
            ))}
          </>
        )}
        {forecast === undefined ? null : (
          <path
            class="line forecast"
            d={linePath(plot, [
              ...columns.slice(1).map(() => null),
              lines[0]!.values.findLast((value) => value !== null) ?? null,
              ...forecast.values,
            ], top)}
          />
        )}
        <Labels {...props} count={count} />
      </svg>
      {children}
      <details>
        <summary>{fill(words.tableOf, { name: title })}</summary>
        <Table label={title} heads={[words.time, ...lines.map(({ name }) => name)]}>
          {known.map(({ at, index }) => (
            <Row key={at}>
              <Cell>
                <Time value={at} />
              </Cell>
              {lines.map(({ name, values }) => <Cell key={name}>{say(values[index])}</Cell>)}
            </Row>
          ))}
        </Table>
      </details>
    </section>
  );
}

/** The highest point of a column: of bars that stand on each other, their sum. */
function heightOf(lines: readonly ChartLine[], at: number, shape: ChartProps["shape"]): number {
  const values = lines.map(({ values }) => values[at] ?? 0);
  return shape === "bars" ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
}

function Key({ name, look, shape }: { name: string; look: string; shape: ChartProps["shape"] }) {
  return (
    <li>
      <svg viewBox="0 0 24 8" aria-hidden="true">
        {shape === "bars"
          ? <rect class={`bar ${look}`} x="8" width="8" height="8" rx="1" />
          : <path class={`line ${look}`} d="M0 4H24" />}
      </svg>
      {name}
    </li>
  );
}

function Bars({ lines, top }: { lines: readonly ChartLine[]; top: number }) {
  const count = lines[0]!.values.length;
  const step = (plot.width - plot.insetStart - plot.insetEnd) / count;
  return (
    <>
      {Array.from({ length: count }, (_, at) => {
        let below = 0;
        return lines.map(({ name, look, values }) => {
          const value = values[at] ?? 0;
          if (value === 0) return null;
          const y = yOf(plot, below + value, top);
          const height = yOf(plot, below, top) - y;
          below += value;
          const x = Math.round((plot.insetStart + at * step) * 10) / 10;
          return (
            <rect
              key={`${name} ${at}`}
              class={`bar ${look}`}
              x={x}
              y={y}
              width={Math.round(step * 8) / 10}
              height={height}
            />
          );
        });
      })}
    </>
  );
}

/** Five times below the drawing; those of the forecast are left out. */
function Labels({ columns, labels, count }: ChartProps & { count: number }) {
  const language = useLanguage();
  const format = useTimeFormat();
  const every = Math.ceil(columns.length / 5);
  return (
    <>
      {columns.map(({ at }, index) =>
        index % every !== Math.floor(every / 2) ? null : (
          <text
            key={at}
            x={xOf(plot, index, count)}
            y={plot.height - 8}
            text-anchor="middle"
          >
            {partText(language, format, labels, at)}
          </text>
        )
      )}
    </>
  );
}
