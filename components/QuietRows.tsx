import type { Language } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";
import { weekdays } from "../lib/protocol/weekdays.ts";
import { type QuietRow, rowField } from "../lib/text/quiet_week.ts";
import { Group, TextField } from "./Field.tsx";
import { useLanguage, useWords } from "./words.tsx";

/** The weekday as the language writes it, Monday first. */
export function dayName(language: Language, day: number, weekday: "short" | "long"): string {
  // 5 January 1970 was a Monday.
  return new Intl.DateTimeFormat(language, { weekday, timeZone: "UTC" }).format((4 + day) * 86_400_000);
}

interface QuietRowsProps {
  rows: readonly QuietRow[];
  errors: Readonly<Record<string, string>>;
}

/** The windows of the quiet hours, one by one: days, from, to. */
export function QuietRows({ rows, errors }: QuietRowsProps) {
  const words = useWords("week");
  const { from, to } = useWords("preferences");
  const language = useLanguage();
  return (
    <>
      <p class="hint">{words.everyDay}</p>
      {rows.map((row, at) => (
        <div key={at} class="quiet-row">
          <Group
            name={rowField("quietDays", at)}
            class="segments"
            legend={fill(words.window, { number: at + 1 })}
          >
            {weekdays.map((day, index) => (
              <label key={day} class="check">
                <input
                  type="checkbox"
                  name={rowField("quietDays", at)}
                  value={day}
                  checked={row.days.includes(day)}
                />
                <span>{dayName(language, index, "short")}</span>
              </label>
            ))}
          </Group>
          <div class="grid-2">
            <TextField
              name={rowField("quietFrom", at)}
              label={from}
              type="time"
              value={row.from}
              error={errors[rowField("quietFrom", at)]}
            />
            <TextField
              name={rowField("quietTo", at)}
              label={to}
              type="time"
              value={row.to}
              error={errors[rowField("quietTo", at)]}
            />
          </div>
        </div>
      ))}
    </>
  );
}
