import type { LogLine } from "../lib/protocol/mod.ts";
import { fieldsText, leadsOf, lineText, personOf } from "../lib/text/mod.ts";
import { fill } from "../lib/words/shape.ts";
import { regionOf } from "../lib/words/times.ts";
import { pathWith } from "./Pages.tsx";
import { useTimeFormat } from "./Time.tsx";
import { useLanguage, useWords } from "./words.tsx";

interface LogListProps {
  lines: readonly LogLine[];
  people: Readonly<Record<string, string>>;
}

/** Lines of the server's log, each with what it holds folded away below it. */
export function LogList({ lines, people }: LogListProps) {
  const language = useLanguage();
  const format = useTimeFormat();
  const { locale, timeZone } = format?.format.resolvedOptions() ??
    { locale: regionOf(language), timeZone: "UTC" };
  // Made once: making one takes many times as long as using it. With milliseconds, which tell what came first.
  const times = new Intl.DateTimeFormat(locale, {
    timeZone,
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    hourCycle: "h23",
  });
  return (
    <ol class="log-lines">
      {lines.map((line) => (
        <Line
          key={line.place}
          line={line}
          time={times.format(new Date(line.time))}
          username={personOf(line, people)}
        />
      ))}
    </ol>
  );
}

function Line(
  { line, time: timeText, username }: { line: LogLine; time: string; username: string | null },
) {
  const words = useWords("serverLog");
  const language = useLanguage();
  const { time, level, event, fields } = line;
  return (
    <li data-level={level}>
      <details>
        <summary>
          <time dateTime={time} title={time}>{timeText}</time>
          <span class="log-level">{words.levels[level]}</span>
          <code>{event}</code>
          <span class="log-text">{lineText(words, language, line) ?? fieldsText(line)}</span>
          <span class="log-who soft">{username === null ? null : `@${username}`}</span>
        </summary>
        <div class="log-more">
          <p class="row">
            {leadsOf(line).map(({ name, id }) => (
              <a key={name} class="button button-s" href={pathWith("/admin/log", { level: "debug", id })}>
                {words[name]}
              </a>
            ))}
            {username === null
              ? null
              : (
                <a class="button button-s" href={pathWith("/admin/log", { user: username })}>
                  {fill(words.onlyPerson, { name: `@${username}` })}
                </a>
              )}
          </p>
          <pre>{JSON.stringify({ time, level, event, ...fields }, null, 1)}</pre>
        </div>
      </details>
    </li>
  );
}
