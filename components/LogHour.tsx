import type { LogMinuteCount } from "../lib/protocol/mod.ts";
import { numberText } from "../lib/text/mod.ts";
import { fill, plural } from "../lib/words/shape.ts";
import { partText } from "../lib/words/times.ts";
import { useTimeFormat } from "./Time.tsx";
import { useLanguage, useWords } from "./words.tsx";

/** The drawing's height, and the least that shows: one error among a thousand lines is seen. */
const height = 56;
const least = 2;
const width = 10;
const levels = ["all", "warn", "error"] as const;

/** How much the server logged in each minute of the last hour, with what was wrong on top. The words beside it say the same. */
export function LogHour({ minutes }: { minutes: readonly LogMinuteCount[] }) {
  const words = useWords("serverLog");
  const language = useLanguage();
  const format = useTimeFormat();
  const most = Math.max(...minutes.map(({ lines }) => lines));
  const sum = (of: "lines" | "warnings" | "errors") => minutes.reduce((all, one) => all + one[of], 0);
  const totals = { all: sum("lines"), warn: sum("warnings"), error: sum("errors") };
  const clock = ({ at }: LogMinuteCount) => partText(language, format, "clock", at);
  return (
    <section id="log-hour" class="panel log-hour" aria-labelledby="log-hour-title" data-live>
      <h2 id="log-hour-title">{words.minutes}</h2>
      <ul class="log-hour-key">
        <li>{fill(words.minutesMost, { count: numberText(language, most) })}</li>
        {levels.map((level) => (
          <li key={level} class={level}>{plural(language, words.ofLevel[level], totals[level])}</li>
        ))}
      </ul>
      <svg
        viewBox={`0 0 ${minutes.length * width} ${height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        direction="ltr"
      >
        {minutes.map((minute, at) => <Minute key={minute.at} minute={minute} x={at * width} most={most} />)}
      </svg>
      <p class="log-hour-times" dir="ltr" aria-hidden="true">
        <span>{clock(minutes[0]!)}</span>
        <span>{clock(minutes[Math.floor(minutes.length / 2)]!)}</span>
        <span>{words.now}</span>
      </p>
      <p class="hint">{words.minutesHint}</p>
    </section>
  );
}

function Minute({ minute, x, most }: { minute: LogMinuteCount; x: number; most: number }) {
  const { lines, warnings, errors } = minute;
  const counts = { all: lines - warnings - errors, warn: warnings, error: errors };
  let y = height;
  return (
    <>
      {levels.map((level) => {
        if (counts[level] === 0) return null;
        const tall = Math.max(least, Math.round(counts[level] / most * (height - 2 * least) * 10) / 10);
        y -= tall;
        return <rect key={level} class={level} x={x} y={y} width={width - 2} height={tall} />;
      })}
    </>
  );
}
