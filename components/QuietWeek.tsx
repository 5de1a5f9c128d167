import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { drawn, hourIs, type Span } from "../lib/text/quiet_week.ts";
import { fill } from "../lib/words/shape.ts";
import { dayName } from "./QuietRows.tsx";
import { useLanguage, useWords } from "./words.tsx";

interface Place {
  day: number;
  hour: number;
}

interface QuietWeekProps {
  spans: readonly Span[];
  /** They are kept, and not in force. */
  off: boolean;
  /** The minute of the week that it is now. */
  now: number;
  onDraw: (spans: Span[]) => void;
}

const days = [0, 1, 2, 3, 4, 5, 6];
const hours = Array.from({ length: 24 }, (_, hour) => hour);
const dayMinutes = 1440;
const clock = (hour: number) => `${String(hour % 24).padStart(2, "0")}:00`;
const startOf = ({ day, hour }: Place) => day * dayMinutes + hour * 60;

/** The hours of a rectangle between two corners. */
function between(one: Place, other: Place): Span[] {
  const [top, bottom] = [Math.min(one.day, other.day), Math.max(one.day, other.day)];
  const [left, right] = [Math.min(one.hour, other.hour), Math.max(one.hour, other.hour)];
  return days.filter((day) => day >= top && day <= bottom).map((day) => ({
    from: startOf({ day, hour: left }),
    to: startOf({ day, hour: right + 1 }),
  }));
}

/** A week of hours. Pointers draw a rectangle from where they go down; arrow keys move, Space changes an hour, Shift draws along. */
export function QuietWeek({ spans, off, now, onDraw }: QuietWeekProps) {
  const words = useWords("week");
  const language = useLanguage();
  const grid = useRef<HTMLDivElement>(null);
  /** Where the keys are. */
  const at = useSignal<Place>({ day: 0, hour: 0 });
  const stroke = useSignal<{ from: Place; to: Place; quiet: boolean } | null>(null);

  const shown = stroke.value === null
    ? spans
    : drawn(spans, between(stroke.value.from, stroke.value.to), stroke.value.quiet);

  const placeAt = (event: PointerEvent): Place | null => {
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("[data-hour]");
    if (cell === null || cell === undefined || !grid.current!.contains(cell)) return null;
    return { day: Number(cell.dataset.day), hour: Number(cell.dataset.hour) };
  };
  const down = (event: PointerEvent) => {
    const place = placeAt(event);
    if (place === null || event.button !== 0) return;
    // A finger's pointer belongs to the cell that it went down on; the move is followed by where it is.
    grid.current!.setPointerCapture(event.pointerId);
    at.value = place;
    stroke.value = { from: place, to: place, quiet: hourIs(spans, startOf(place)) !== "quiet" };
  };
  const move = (event: PointerEvent) => {
    const place = stroke.value === null ? null : placeAt(event);
    if (place !== null) stroke.value = { ...stroke.value!, to: place };
  };
  const up = () => {
    const done = stroke.value;
    stroke.value = null;
    if (done !== null) onDraw(drawn(spans, between(done.from, done.to), done.quiet));
  };

  const key = (event: KeyboardEvent) => {
    const { day, hour } = at.value;
    const moves: Record<string, Place> = {
      ArrowLeft: { day, hour: hour - 1 },
      ArrowRight: { day, hour: hour + 1 },
      ArrowUp: { day: day - 1, hour },
      ArrowDown: { day: day + 1, hour },
      Home: { day, hour: 0 },
      End: { day, hour: 23 },
    };
    const isQuiet = hourIs(spans, startOf(at.value)) === "quiet";
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      return onDraw(drawn(spans, between(at.value, at.value), !isQuiet));
    }
    const next = moves[event.key];
    if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const place = { day: Math.min(6, Math.max(0, next.day)), hour: Math.min(23, Math.max(0, next.hour)) };
    if (event.shiftKey) onDraw(drawn(spans, between(at.value, place), isQuiet));
    at.value = place;
    grid.current!.querySelector<HTMLElement>(`[data-day="${place.day}"][data-hour="${place.hour}"]`)?.focus();
  };

  return (
    <div
      ref={grid}
      class={off ? "week week-off" : "week"}
      role="grid"
      aria-label={words.grid}
      aria-multiselectable="true"
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={() => stroke.value = null}
      onKeyDown={key}
    >
      <div class="week-hours" aria-hidden="true">
        {hours.filter((hour) => hour % 3 === 0).map((hour) => (
          <span key={hour}>{String(hour).padStart(2, "0")}</span>
        ))}
      </div>
      {days.map((day) => (
        <div key={day} class="week-day" role="row">
          <span role="rowheader" class="small">{dayName(language, day, "short")}</span>
          <div class="track" role="none">
            <svg viewBox="0 0 1440 10" preserveAspectRatio="none" aria-hidden="true">
              {inDay(shown, day).map(({ from, to }) => (
                <rect key={from} x={from} width={to - from} height="10" />
              ))}
              {Math.floor(now / dayMinutes) === day
                ? <rect class="now" x={now % dayMinutes - 3} width="6" height="10" />
                : null}
            </svg>
            {hours.map((hour) => {
              const is = hourIs(shown, startOf({ day, hour }));
              const here = at.value.day === day && at.value.hour === hour;
              return (
                <span
                  key={hour}
                  role="gridcell"
                  tabIndex={here ? 0 : -1}
                  aria-selected={is !== "loud"}
                  aria-label={fill(words.hour, {
                    day: dayName(language, day, "long"),
                    from: clock(hour),
                    to: clock(hour + 1),
                  })}
                  data-day={day}
                  data-hour={hour}
                  onFocus={() => at.value = { day, hour }}
                />
              );
            })}
          </div>
        </div>
      ))}
    </div>
  );
}

/** What of the spans is on a day, in its own minutes. */
function inDay(spans: readonly Span[], day: number): Span[] {
  const start = day * dayMinutes;
  return spans.map(({ from, to }) => ({
    from: Math.max(0, from - start),
    to: Math.min(dayMinutes, to - start),
  })).filter(({ from, to }) => from < to);
}
