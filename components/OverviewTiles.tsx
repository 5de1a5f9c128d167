import { areaPath, linePath, scaleTop, sparkPlot } from "../lib/text/chart.ts";
import { numberText } from "../lib/text/commands.ts";
import { sizeText } from "../lib/text/files.ts";
import { columnsOf, totalOf } from "../lib/text/series.ts";
import { type AdminStats, limits, type SeriesPoint } from "../lib/protocol/mod.ts";
import { fill, type Forms, plural } from "../lib/words/shape.ts";
import { useLanguage, useWords } from "./words.tsx";

interface Tile {
  value: string | null;
  text: string;
  href?: string;
  line?: (point: SeriesPoint) => number | null;
}

interface TilesProps {
  /** Null when they cannot be had: they are shown as unknown, never as none. */
  stats: AdminStats | null;
  scanBacklog: number;
}

/** MO-4: the numbers of now, and what happened over the range, each with its line. */
export function OverviewTiles({ stats, scanBacklog }: TilesProps) {
  const words = useWords("overview");
  const files = useWords("file");
  const language = useLanguage();
  const number = (value: number | null) => value === null ? null : numberText(language, value);
  const counted = (value: number | null, forms: Forms) => ({
    value: number(value),
    text: plural(language, forms, value ?? 0),
  });
  const series = stats?.series ?? null;
  const total = (name: "sends" | "deliveries" | "errors") => series === null ? null : totalOf(series, name);
  const jobsDue = stats?.jobsDue ?? null;
  // The count of jobs ends at a limit.
  const jobs = jobsDue !== null && jobsDue >= limits.jobsCounted ? { other: words.jobsOrMore } : words.jobs;
  const disk = series?.points.findLast(({ disk }) => disk !== null)?.disk ?? null;
  const whole = disk === null ? 0 : disk.usedBytes + disk.freeBytes;
  const tiles: Tile[] = [
    {
      ...counted(stats?.connections ?? null, words.openConnections),
      line: ({ connections }) => connections,
    },
    { ...counted(stats?.users ?? null, words.accounts), href: "/admin/users" },
    { ...counted(total("sends"), words.sentOnes), line: ({ sends }) => sends },
    { ...counted(total("deliveries"), words.deliveries), line: ({ deliveries }) => deliveries },
    { ...counted(jobsDue, jobs), line: ({ jobsDue }) => jobsDue },
    {
      ...counted(scanBacklog, words.filesToCheck),
      href: "/admin/files?state=scanning",
      line: ({ scanBacklog }) => scanBacklog,
    },
    { ...counted(total("errors"), words.errors), line: ({ errors }) => errors },
    {
      value: disk === null
        ? null
        : numberText(language, disk.usedBytes / whole, { style: "percent", maximumFractionDigits: 0 }),
      text: disk === null
        ? words.diskUsed
        : fill(words.diskUsedOf, { size: sizeText(files, language, whole) }),
      line: ({ disk }) => disk?.usedBytes ?? null,
    },
  ];
  const columns = series === null ? [] : columnsOf(series);
  return (
    <ul class="counts">
      {tiles.map(({ value, text, href, line }) => (
        <li key={text} class="panel">
          <strong>{value ?? "?"}</strong>
          {href === undefined ? <span>{text}</span> : <a href={href}>{text}</a>}
          {line === undefined || series === null
            ? null
            : <Spark values={columns.map(({ point }) => point === null ? null : line(point))} />}
        </li>
      ))}
    </ul>
  );
}

/** The shape of a number over time: the charts below have its values. */
function Spark({ values }: { values: readonly (number | null)[] }) {
  const top = scaleTop(Math.max(0, ...values.map((value) => value ?? 0)));
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${sparkPlot.width} ${sparkPlot.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path class="area" d={areaPath(sparkPlot, values, top)} />
      <path class="line first" d={linePath(sparkPlot, values, top)} />
    </svg>
  );
}
