import { distanceText } from "../lib/text/commands.ts";
import { timeText, utcText } from "../lib/words/times.ts";
import { useTimeFormat } from "./Time.tsx";
import { useLanguage } from "./words.tsx";

interface WhenProps {
  value: string;
  /** Milliseconds since 1970. */
  now: number;
  class?: string | undefined;
}

/** How far a moment is from now; exact on hover. Only on the server. */
export function When({ value, now, class: look }: WhenProps) {
  const language = useLanguage();
  const format = useTimeFormat();
  return (
    <time
      class={look}
      dateTime={value}
      title={format === null ? utcText(language, value) : timeText(format, value)}
    >
      {distanceText(language, Date.parse(value), now)}
    </time>
  );
}
