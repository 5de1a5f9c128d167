import { localText, utcText } from "../lib/text/commands.ts";
import { useLanguage } from "./words.tsx";

interface TimeProps {
  value: string;
  /** In the browser, after an island started: the viewer's own zone instead of UTC. */
  local?: boolean;
}

/** A moment. The server writes UTC; `LocalTimes` and the islands turn it into the viewer's own. */
export function Time({ value, local = false }: TimeProps) {
  const language = useLanguage();
  return (
    <time dateTime={value} data-utc="">{local ? localText(language, value) : utcText(language, value)}</time>
  );
}
