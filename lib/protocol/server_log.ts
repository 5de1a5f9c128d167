import { z } from "zod";
import { limits } from "./limits.ts";
import { because } from "./message.ts";
import { record } from "./record.ts";
import { time, username } from "./text.ts";

/** From the least important. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** OP-3: a place in the log. It stays when the log's files are renamed. */
export const logPlace = z.string().regex(/^[0-9a-z]{1,12}-[0-9a-z]{1,12}$/, {
  error: because("field.cursor"),
});

/** What a line is looked for by; the log's own lines have no more. */
const word = (pattern: RegExp) =>
  z.string().max(limits.logWord).regex(pattern, { error: because("field.logWord") });

/**
 * `level`: it and what matters more; `info` when left out. `event`: `command` finds `command.sent` too. `id`: of a request, a
 * connection, a command, a file. `user`: a username.
 */
export const logQuery = z.strictObject({
  level: z.enum(logLevels).optional(),
  event: word(/^[a-z0-9_]+(\.[a-z0-9_]+)*$/).optional(),
  id: word(/^[A-Za-z0-9_-]+$/).optional(),
  user: username.optional(),
  from: time.optional(),
  to: time.optional(),
  before: logPlace.optional(),
  limit: z.coerce.number().int().min(1).max(limits.logLines).optional(),
});
export type LogQuery = z.infer<typeof logQuery>;

export const logLine = z.object({
  place: z.string(),
  time: z.string(),
  level: z.enum(logLevels),
  event: z.string(),
  fields: record(z.string(), z.unknown()),
});
export type LogLine = z.infer<typeof logLine>;

/** How many lines of any kind one minute of the log had. `lines` has the warnings and errors too. */
export const logMinute = z.object({
  at: z.string(),
  lines: z.number().int(),
  warnings: z.number().int(),
  errors: z.number().int(),
});
export type LogMinuteCount = z.infer<typeof logMinute>;

/**
 * Newest first. `next` is the `before` of the following page; a page may have few lines or none and still have one, as a call reads
 * a bounded part of the log. `people`: usernames by the ids that the lines have. `minutes`: all that was logged in the
 * last hour, whatever was looked for; counted since the server started.
 */
export const logPage = z.object({
  lines: z.array(logLine),
  next: z.string().nullable(),
  people: record(z.string(), z.string()),
  minutes: z.array(logMinute),
});
export type LogPage = z.infer<typeof logPage>;
