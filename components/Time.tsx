import { localText, utcText } from "./page_text.ts";

interface TimeProps {
  value: string;
  /** In the browser, after an island started: the viewer's own locale and zone instead of UTC. */
  local?: boolean;
}

/** A moment. The server writes UTC; `LocalTimes` and the islands turn it into the viewer's own. */
export function Time({ value, local = false }: TimeProps) {
  return <time dateTime={value} data-utc="">{local ? localText(value) : utcText(value)}</time>;
}
