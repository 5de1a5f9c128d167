import { remainingText } from "../lib/text/remaining.ts";
import { timeText, utcText } from "../lib/words/times.ts";
import { useTimeFormat } from "./Time.tsx";
import { useLanguage, useWords } from "./words.tsx";

interface WhenProps {
  value: string;
  /** Milliseconds since 1970. */
  now: number;
  /** What a moment is that is over: a deadline is late. */
  past?: "late" | "ago";
  class?: string | undefined;
}

/** How far a moment is from now; exact on hover. Only on the server. */
export function When({ value, now, past = "ago", class: look }: WhenProps) {
  const words = useWords("answers");
  const language = useLanguage();
  const format = useTimeFormat();
  return (
    <time
      class={look}
      dateTime={value}
      title={format === null ? utcText(language, value) : timeText(format, value)}
    >
      {remainingText(words, Date.parse(value), now, past)}
    </time>
  );
}
