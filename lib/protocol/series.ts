import { z } from "zod";

/** MO-4: the numbers of the last hour (one point for 10 s), day (for a minute) or two weeks (for an hour). */
export const seriesRanges = ["1h", "24h", "14d"] as const;
export type SeriesRange = (typeof seriesRanges)[number];

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
