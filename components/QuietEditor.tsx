import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { freshEvent, savedEvent } from "../lib/browser/preference_saver.ts";
import { minuteOfWeek, timeIn } from "../lib/browser/zone_prompt.ts";
import { limits } from "../lib/protocol/limits.ts";
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
import { useLanguage, useWords } from "./words.tsx";

export interface QuietProps {
  quiet: boolean;
  rows: readonly QuietRow[];
  /** IANA name, of the person's profile. */
  zone: string;
  errors: Readonly<Record<string, string>>;
}

const emptyRow: QuietRow = { days: [], from: "", to: "" };

/** What the fields say: for what was changed here, and what the server has. */
const textOf = (quiet: boolean, rows: readonly QuietRow[]) =>
  JSON.stringify(quiet ? windowsInRows(rows) ?? rows : null);

/** Draws the quiet hours and keeps the week, the list and the form's fields the same. */
export function QuietEditor({ zone, errors, ...given }: QuietProps) {
  const words = useWords("week");
  const general = useWords("preferences");
  const language = useLanguage();
  const root = useRef<HTMLDivElement>(null);
  const started = useSignal(false);
  const quiet = useSignal(given.quiet);
  const rows = useSignal(given.rows);
  const known = useRef(textOf(given.quiet, given.rows));
  const tooMany = useSignal(false);
  const browserZone = useSignal(zone);

  useEffect(() => {
    started.value = true;
    browserZone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone;
    const section = root.current!.closest<HTMLElement>("[data-saves]")!;
    const onSaved = () => known.current = textOf(quiet.value, rows.value);
    const onFresh = (event: Event) => {
      const { section: fresh, force } =
        (event as CustomEvent<{ section: HTMLElement; force: boolean }>).detail;
      if (!force && textOf(quiet.value, rows.value) !== known.current) return;
      quiet.value = fresh.querySelector<HTMLInputElement>("input[name=quiet]")?.defaultChecked ?? false;
      rows.value = rowsIn(fresh).filter(({ from }) => from !== "");
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
  const windows = quiet.value ? windowsInRows(rows.value) ?? [] : [];
  const shownRows = rows.value.length < limits.quietWindows && rows.value.at(-1)?.from !== ""
    ? [...rows.value, emptyRow]
    : rows.value;

  const drawn = (spans: ReturnType<typeof spansOf>) => {
    const next = windowsOf(spans);
    tooMany.value = next.length > limits.quietWindows;
    if (tooMany.value) return;
    quiet.value = next.length > 0;
    rows.value = next.length === 0 ? [usualNight] : rowsOf(next);
    // As if it were typed, so that it is saved.
    root.current!.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const typed = (event: Event) => {
    if (event.target === root.current || !(event.target instanceof HTMLInputElement)) return;
    if (event.target.name === "quiet") {
      quiet.value = event.target.checked;
      if (rows.value.length === 0) rows.value = [usualNight];
      return;
    }
    const now = rowsIn(root.current!);
    // Half a row is not saved yet.
    if (windowsInRows(now) === null) event.stopPropagation();
    rows.value = now.filter(({ from, to }, at) => from !== "" || to !== "" || at === 0);
    if (!quiet.value && windowsInRows(now) !== null) quiet.value = true;
  };

  return (
    <div ref={root} class="stack" data-drawn onChange={typed}>
      <Check name="quiet" label={general.quietOn} hint={general.quietHint} checked={quiet.value} />
      <WithScripts started={started.value}>
        <QuietWeek
          spans={spansOf(windows)}
          now={started.value ? minuteOfWeek(zone, Date.now()) : null}
          onDraw={drawn}
        />
        <p class="hint">{words.gridHint}</p>
        {tooMany.value
          ? (
            <p class="field-error" role="alert">
              {fill(words.tooMany, { count: limits.quietWindows })}
            </p>
          )
          : null}
        {started.value && timeIn(browserZone.value, zone, 0, Date.now()) !== "00:00"
          ? (
            <p class="hint">
              {fill(words.here, {
                there: "22:00",
                here: timeIn(browserZone.value, zone, 22, Date.now()),
                zone: cityOf(zone),
                browser: cityOf(browserZone.value),
              })}
            </p>
          )
          : null}
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

/** The city of an IANA name. */
function cityOf(zone: string): string {
  return zone.split("/").at(-1)!.replaceAll("_", " ");
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
