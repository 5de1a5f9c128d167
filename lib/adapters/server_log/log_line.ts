import type { LogFilter, LogRecord } from "../../moderation/mod.ts";
import { type LogLevel, logLevels } from "../../protocol/mod.ts";

/**
 * Texts of which a line has one of each group. They leave out most lines before one is read; `isFound` decides. The log writes
 * its lines without spaces, so that what is looked for stands there as it is.
 */
export function needlesOf({ level, event, id, userId }: LogFilter): string[][] {
  const needles: string[][] = [];
  if (level !== "debug") needles.push(from(level).map((one) => `"level":"${one}"`));
  if (event !== null) needles.push([`"event":"${event}`]);
  for (const text of [id, userId]) if (text !== null) needles.push([text]);
  return needles;
}

/** A level and those that matter more. */
function from(level: LogLevel): LogLevel[] {
  return logLevels.slice(logLevels.indexOf(level));
}

/** Null: it is no line of the log. */
export function readLine(text: string, place: string): LogRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (value === null || typeof value !== "object") return null;
  const { time, level, event, ...fields } = value as Record<string, unknown>;
  if (typeof time !== "string" || typeof event !== "string") return null;
  const known = logLevels.find((one) => one === level);
  return known === undefined ? null : { place, time, level: known, event, fields };
}

export function isFound({ time, level, event, fields }: LogRecord, filter: LogFilter): boolean {
  const { fromMs, toMs, id, userId } = filter;
  const ms = Date.parse(time);
  if ((fromMs !== null && ms < fromMs) || (toMs !== null && ms > toMs)) return false;
  if (logLevels.indexOf(level) < logLevels.indexOf(filter.level)) return false;
  if (filter.event !== null && event !== filter.event && !event.startsWith(`${filter.event}.`)) return false;
  if (userId !== null && fields.user !== userId && fields.userId !== userId) return false;
  return id === null || Object.values(fields).some((field) => names(field, id));
}

/** Whether a field is the id, has it among others, or is the id of a request on a connection of that id. */
function names(field: unknown, id: string): boolean {
  if (Array.isArray(field)) return field.includes(id);
  return typeof field === "string" && (field === id || field.startsWith(`${id}-`));
}
