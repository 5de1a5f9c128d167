import { partText, timeText, utcText } from "../lib/words/times.ts";
import { useTimeFormat } from "./Time.tsx";
import { useLanguage } from "./words.tsx";

const dayMs = 24 * 3600_000;

/** A moment as lists have room for it: the time of today, the weekday and date before. The whole of it on hover. */
export function ShortTime({ value, now }: { value: string; now: number }) {
  const language = useLanguage();
  const format = useTimeFormat();
  const part = now - Date.parse(value) < dayMs / 2 ? "clock" : "short";
  return (
    <time dateTime={value} title={format === null ? utcText(language, value) : timeText(format, value)}>
      {partText(language, format, part, value)}
    </time>
  );
}
