import { type Column, columnsOf } from "../lib/text/series.ts";
import type { Series, SeriesPoint } from "../lib/protocol/mod.ts";
import { OverviewChart } from "./OverviewChart.tsx";
import { Time } from "./Time.tsx";
import { Filled, useWords } from "./words.tsx";

/** A forecast is drawn for a third of what is known. */
const forecastPart = 1 / 3;

/** MO-4: what happened over a range, in four charts. */
export function OverviewCharts({ series }: { series: Series | null }) {
  const words = useWords("overview");
  if (series === null || series.points.length === 0) {
    return (
      <section class="panel" aria-labelledby="charts">
        <h2 id="charts">{words.charts}</h2>
        <p class="soft">{words.noNumbers}</p>
      </section>
    );
  }
  const columns = columnsOf(series);
  const of = (pick: (point: SeriesPoint) => number | null) =>
    columns.map(({ point }) => point === null ? null : pick(point));
  const labels = series.range === "14d" ? "short" : "clock";
  const shared = { columns, labels } as const;
  return (
    <div class="charts">
      <OverviewChart
        {...shared}
        id="traffic"
        title={words.traffic}
        shape="lines"
        lines={[
          { name: words.delivered, look: "first", values: of(({ deliveries }) => deliveries) },
          { name: words.sent, look: "second", values: of(({ sends }) => sends) },
        ]}
      />
      <OverviewChart
        {...shared}
        id="connections"
        title={words.connections}
        shape="lines"
        lines={[{ name: words.connected, look: "first", values: of(({ connections }) => connections) }]}
      />
      <OverviewChart
        {...shared}
        id="logins"
        title={words.logins}
        shape="bars"
        lines={[
          { name: words.letIn, look: "first", values: of(({ logins }) => logins) },
          { name: words.refused, look: "refused", values: of(({ loginsRefused }) => loginsRefused) },
        ]}
      />
      <DiskChart {...shared} series={series} />
    </div>
  );
}

function DiskChart(
  { series, columns, labels }: { series: Series; columns: readonly Column[]; labels: "short" | "clock" },
) {
  const words = useWords("overview");
  const values = columns.map(({ point }) => point === null ? null : usedPercent(point));
  const last = values.findLast((value) => value !== null);
  const { diskFullAt, to } = series;
  const more = Math.round(columns.length * forecastPart);
  const columnMs = Date.parse(columns[1]?.at ?? to) - Date.parse(columns[0]!.at);
  const forecast = diskFullAt === null || last === undefined || last === null ? undefined : {
    name: words.forecast,
    values: Array.from({ length: more }, (_, at) => {
      const part = (at + 1) * columnMs / Math.max(columnMs, Date.parse(diskFullAt) - Date.parse(to));
      return Math.min(100, last + (100 - last) * part);
    }),
  };
  return (
    <OverviewChart
      id="disk"
      title={words.disk}
      columns={columns}
      labels={labels}
      shape="lines"
      unit="percent"
      lines={[{ name: words.used, look: "first", values }]}
      forecast={forecast}
    >
      <p class="soft small">
        {diskFullAt === null
          ? words.noForecast
          : <Filled text={words.fullAt} time={<Time value={diskFullAt} />} />}
      </p>
    </OverviewChart>
  );
}

function usedPercent({ disk }: SeriesPoint): number | null {
  return disk === null ? null : disk.usedBytes / (disk.usedBytes + disk.freeBytes) * 100;
}
