import { z } from "zod";
import { time } from "./text.ts";

/** MO-4: the numbers of the last hour (one point for 10 s), day (for a minute) or two weeks (for an hour). */
export const seriesRanges = ["1h", "24h", "14d"] as const;
export type SeriesRange = (typeof seriesRanges)[number];

/** What `GET /admin/series` can be asked for: the numbers of a point, and those of its disk. */
export const seriesNames = [
  "connections",
  "jobsDue",
  "scanBacklog",
  "sends",
  "deliveries",
  "logins",
  "loginsRefused",
  "errors",
  "diskUsedBytes",
  "diskFreeBytes",
] as const;
export type SeriesName = (typeof seriesNames)[number];

/** `from`: an hour before `to` when left out; `to`: now. */
export const seriesQuery = z.strictObject({
  name: z.enum(seriesNames),
  from: time.optional(),
  to: time.optional(),
});
export type SeriesQuery = z.infer<typeof seriesQuery>;

/**
 * Oldest first, in the finest steps that reach back to `from`: 10 s for an hour, a minute for a day, an hour for two weeks; older
 * points are not kept. Steps in which the server did not run have no point.
 */
export const oneSeries = z.object({
  name: z.enum(seriesNames),
  stepMs: z.number(),
  from: z.string(),
  to: z.string(),
  points: z.array(z.object({ at: z.string(), value: z.number() })),
});
export type OneSeries = z.infer<typeof oneSeries>;

export const adminStatsQuery = z.strictObject({ range: z.enum(seriesRanges).optional() });

/**
 * `connections` is the mean of the step, `jobsDue` and `scanBacklog` the most, `disk` the last; the others are what happened
 * in it: commands sent, deliveries to people, logins let in and refused, errors logged.
 */
export const seriesPoint = z.object({
  at: z.string(),
  connections: z.number(),
  jobsDue: z.number(),
  scanBacklog: z.number(),
  sends: z.number(),
  deliveries: z.number(),
  logins: z.number(),
  loginsRefused: z.number(),
  errors: z.number(),
  disk: z.object({ usedBytes: z.number(), freeBytes: z.number() }).nullable(),
});
export type SeriesPoint = z.infer<typeof seriesPoint>;

/**
 * Oldest first. Steps in which the server did not run have no point. `diskFullAt`: when the disk is full if it goes on
 * filling as in the last two weeks; null when it does not, or not within a year.
 */
export const series = z.object({
  range: z.enum(seriesRanges),
  stepMs: z.number(),
  from: z.string(),
  to: z.string(),
  points: z.array(seriesPoint),
  diskFullAt: z.string().nullable(),
});
export type Series = z.infer<typeof series>;
