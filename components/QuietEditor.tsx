import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { freshEvent, savedEvent } from "../lib/browser/preference_saver.ts";
import { minuteOfWeek, timeIn } from "../lib/browser/zone_clock.ts";
import { clientLimits as limits } from "../lib/protocol/client_limits.ts";
import {
  type QuietRow,
  rowField,
  rowsOf,
  spansOf,
  usualNight,
  windowsInRows,
  windowsOf,
} from "../lib/text/quiet_week.ts";
import { fill, plural } from "../lib/words/shape.ts";
import { Check } from "./Field.tsx";
import { QuietRows } from "./QuietRows.tsx";
import { QuietWeek } from "./QuietWeek.tsx";
import { WithScripts } from "./WithScripts.tsx";
import { cityOf } from "./ZonePrompt.tsx";
import { useLanguage, useWords } from "./words.tsx";

export interface QuietProps {
  quiet: boolean;
  rows: readonly QuietRow[];
  /** Whether the person drew them: they show though they are switched off. */
  drawn: boolean;
  /** IANA name, of the person's profile. */
  zone: string;
  /** That of this browser; null before the server knows it. */
  browserZone: string | null;
  /** Milliseconds since 1970, when the page was drawn. */
  now: number;
  errors: Readonly<Record<string, string>>;
}

const emptyRow: QuietRow = { days: [], from: "", to: "" };

/** What the fields say: for what was changed here, and what the server has. */
const textOf = (quiet: boolean, rows: readonly QuietRow[]) =>
  JSON.stringify(quiet ? windowsInRows(rows) ?? rows : null);

/** Draws the quiet hours and keeps the week, the list and the form's fields the same. */
export function QuietEditor({ zone, browserZone, now, errors, ...given }: QuietProps) {
  const words = useWords("week");
  const general = useWords("preferences");
  const language = useLanguage();
  const root = useRef<HTMLDivElement>(null);
  const started = useSignal(false);
  const quiet = useSignal(given.quiet);
  const rows = useSignal(given.rows);
  const isDrawn = useSignal(given.drawn);
  const known = useRef(textOf(given.quiet, given.rows));
  const tooMany = useSignal(false);

  useEffect(() => {
    started.value = true;
    const section = root.current!.closest<HTMLElement>("[data-saves]")!;
    const onSaved = () => known.current = textOf(quiet.value, rows.value);
    const onFresh = (event: Event) => {
      const { section: fresh, force } =
        (event as CustomEvent<{ section: HTMLElement; force: boolean }>).detail;
      if (!force && textOf(quiet.value, rows.value) !== known.current) return;
      quiet.value = fresh.querySelector<HTMLInputElement>("input[name=quiet]")?.defaultChecked ?? false;
      rows.value = rowsIn(fresh).filter(({ from }) => from !== "");
      isDrawn.value ||= quiet.value;
      known.current = textOf(quiet.value, rows.value);
    };
    section.addEventListener(savedEvent, onSaved);
    section.addEventListener(freshEvent, onFresh);
    return () => {
      section.removeEventListener(savedEvent, onSaved);
      section.removeEventListener(freshEvent, onFresh);
    };
  }, []);

  const wrong = Object.keys(errors).some((name) => name.startsWith("quiet"));
  const windows = quiet.value || isDrawn.value ? windowsInRows(rows.value) ?? [] : [];
  const shownRows = rows.value.length < limits.quietWindows && rows.value.at(-1)?.from !== ""
    ? [...rows.value, emptyRow]
    : rows.value;

  const drawn = (spans: ReturnType<typeof spansOf>) => {
    const next = windowsOf(spans);
    tooMany.value = next.length > limits.quietWindows;
    if (tooMany.value) return;
    quiet.value = next.length > 0;
    rows.value = next.length === 0 ? [usualNight] : rowsOf(next);
    isDrawn.value = next.length > 0;
    // As if it were typed, so that it is saved.
    root.current!.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const change = (event: Event) => {
    if (event.target === root.current || !(event.target instanceof HTMLInputElement)) return;
    if (event.target.name === "quiet") {
      quiet.value = event.target.checked;
      if (rows.value.length === 0) rows.value = [usualNight];
      isDrawn.value ||= quiet.value;
      return;
    }
    const typed = rowsIn(root.current!);
    // Half a row is not saved yet.
    if (windowsInRows(typed) === null) event.stopPropagation();
    rows.value = typed.filter(({ from, to }, at) => from !== "" || to !== "" || at === 0);
    if (!quiet.value && windowsInRows(typed) !== null) quiet.value = true;
  };

  return (
    <div ref={root} class="stack" data-drawn onChange={change}>
      <Check name="quiet" label={general.quietOn} hint={general.quietHint} checked={quiet.value} />
      <WithScripts started={started.value}>
        <QuietWeek
          spans={spansOf(windows)}
          off={!quiet.value}
          now={minuteOfWeek(zone, now)}
          onDraw={drawn}
        />
        <p class="hint">{!quiet.value && windows.length > 0 ? words.gridOff : words.gridHint}</p>
        {tooMany.value
          ? (
            <p class="field-error" role="alert">
              {fill(words.tooMany, { count: limits.quietWindows })}
            </p>
          )
          : null}
        {browserZone === null || timeIn(browserZone, zone, 22, now) === "22:00" ? null : (
          <p class="hint">
            {fill(words.here, {
              there: "22:00",
              here: timeIn(browserZone, zone, 22, now),
              zone: cityOf(zone),
              browser: cityOf(browserZone),
            })}
          </p>
        )}
      </WithScripts>
      {/* Beside the week, also when the list is open. */}
      <div data-said aria-live="polite" />
      {/* Open for those without scripts, who have nothing else. */}
      <details
        class={started.value ? "quiet-list" : "quiet-list quiet-list-all"}
        open={!started.value || wrong}
      >
        <summary>
          {windows.length === 0 ? words.noList : plural(language, words.list, windows.length)}
        </summary>
        <QuietRows rows={shownRows} errors={errors} />
      </details>
    </div>
  );
}

/** The rows as they stand in the fields. */
function rowsIn(root: Element): QuietRow[] {
  return Array.from({ length: limits.quietWindows }, (_, at) => {
    const of = (
      name: Parameters<typeof rowField>[0],
    ) => [...root.querySelectorAll<HTMLInputElement>(`input[name="${rowField(name, at)}"]`)];
    return {
      days: of("quietDays").filter(({ checked }) => checked).map(({ value }) => value),
      from: of("quietFrom")[0]?.value ?? "",
      to: of("quietTo")[0]?.value ?? "",
    };
  }).filter((_, at) => root.querySelector(`input[name="${rowField("quietFrom", at)}"]`) !== null);
}
