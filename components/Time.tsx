import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import { browserTimeFormat, pageTimeFormat } from "../lib/browser/time_format.ts";
import { type TimeFormat, timeText, utcText } from "../lib/words/times.ts";
import { useLanguage } from "./words.tsx";

const TimesContext = createContext<TimeFormat | null>(null);

/** Gives everything inside of it the browser's format of times; null writes UTC. Only on the server. */
export function TimesProvider(
  { format, children }: { format: TimeFormat | null; children: ComponentChildren },
) {
  return <TimesContext.Provider value={format}>{children}</TimesContext.Provider>;
}

interface TimeProps {
  value: string;
  /** In the browser, after an island started: this browser's own format. */
  local?: boolean;
}

/** How this page writes times; null for UTC. `local`: this browser's own format. */
export function useTimeFormat(local = false): TimeFormat | null {
  const language = useLanguage();
  const given = useContext(TimesContext);
  if (typeof document === "undefined") return given;
  return local ? browserTimeFormat(language) : pageTimeFormat(language);
}

/** A moment. The server writes it as the browser's cookie says, or in UTC; `Bar` and the islands correct it. */
export function Time({ value, local = false }: TimeProps) {
  const language = useLanguage();
  const format = useTimeFormat(local);
  return (
    <time dateTime={value} data-utc="">
      {format === null ? utcText(language, value) : timeText(format, value)}
    </time>
  );
}
