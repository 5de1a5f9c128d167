import { logLevels } from "../lib/protocol/mod.ts";
import { SelectField, TextField } from "./Field.tsx";
import { Icon } from "./Icon.tsx";
import { pathWith } from "./Pages.tsx";
import { useWords } from "./words.tsx";

interface LogFiltersProps {
  filter: { level: string; event: string; id: string; user: string; range: string };
  live: boolean;
  errors: Readonly<Record<string, string>>;
  /** The same question to the API; null when it was refused. */
  json: string | null;
}

/** The beginnings of the events that are looked for most. */
const events = ["command", "socket", "login", "session", "file", "scan", "job", "push", "audit", "server"];

/** What of the log is shown. A plain form: its address can be kept and sent on. */
export function LogFilters({ filter, live, errors, json }: LogFiltersProps) {
  const words = useWords("serverLog");
  const typed = { autocomplete: "off", autocapitalize: "none", spellcheck: false } as const;
  const levels = { debug: words.all, info: words.info, warn: words.warn, error: words.error };
  const address = { ...filter, level: filter.level === "info" ? null : filter.level };
  const more = [filter.user, filter.event, filter.range, address.level].some(Boolean) ||
    Object.keys(errors).length > 0;
  return (
    <form class="log-filter" method="get" action="/admin/log" role="search">
      <div class="log-tools">
        <TextField {...typed} name="id" label={words.id} value={filter.id} error={errors.id} />
        <button type="submit" class="button button-main">{words.show}</button>
        <a class="button" href={pathWith("/admin/log", { ...address, live: live ? null : "1" })}>
          <Icon name={live ? "pause" : "play"} size="s" />
          {live ? words.liveOn : words.live}
        </a>
        {json === null ? null : (
          <a class="button button-quiet" href={json}>
            <Icon name="download" size="s" />
            {words.json}
          </a>
        )}
      </div>
      <details open={more}>
        <summary>{words.filters}</summary>
        <div class="filter">
          <TextField {...typed} name="user" label={words.user} value={filter.user} error={errors.user} />
          <TextField
            {...typed}
            name="event"
            label={words.event}
            value={filter.event}
            error={errors.event}
            list="log-events"
          />
          <datalist id="log-events">{events.map((event) => <option key={event} value={event} />)}</datalist>
          <SelectField
            name="level"
            label={words.level}
            value={filter.level}
            error={errors.level}
            options={logLevels.map((level) => [level, levels[level]] as const)}
          />
          <SelectField
            name="range"
            label={words.range}
            value={filter.range}
            options={[["", words.anyTime], ["1h", words.hour], ["24h", words.day], ["7d", words.week]]}
          />
        </div>
      </details>
      {live ? <input type="hidden" name="live" value="1" /> : null}
    </form>
  );
}
