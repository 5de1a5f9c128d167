import { checked, type LogQuery, logQuery, Refusal } from "../../protocol/mod.ts";

/** What the page of the log was asked for, as it was typed. */
export interface LogFilterForm {
  level: string;
  event: string;
  id: string;
  user: string;
  range: string;
}

const hourMs = 3_600_000;
export const logRanges = { "1h": hourMs, "24h": 24 * hourMs, "7d": 7 * 24 * hourMs } as const;
/** A range begins at a whole step, so that the same address asks for the same for a while. */
const stepMs = 600_000;

export function logFilterIn(params: URLSearchParams): LogFilterForm {
  const typed = (name: string) => params.get(name)?.trim() ?? "";
  return {
    level: typed("level") || "info",
    event: typed("event"),
    id: typed("id"),
    user: typed("user").replace(/^@/, ""),
    range: typed("range"),
  };
}

export function logQueryOf(
  { range, ...filter }: LogFilterForm,
  before: string | null,
  now: number,
): LogQuery | Refusal {
  const given = Object.entries({ ...filter, before }).filter(([, value]) => value !== null && value !== "");
  const lengthMs = Object.hasOwn(logRanges, range) ? logRanges[range as keyof typeof logRanges] : null;
  const from = lengthMs === null
    ? {}
    : { from: new Date(Math.floor((now - lengthMs) / stepMs) * stepMs).toISOString() };
  return checked(logQuery, { ...Object.fromEntries(given), ...from });
}

/** The filter in an address, without what stands there anyway. */
export function logAddress({ level, ...filter }: LogFilterForm): Record<string, string> {
  return level === "info" ? filter : { level, ...filter };
}
