import { z } from "zod";

/** OP-6. `dir`: null where no directory is configured. `nextAt`: about when the next one is made; null where none is planned. */
export const backupState = z.object({
  dir: z.string().nullable(),
  everyMs: z.number().nullable(),
  keep: z.number(),
  encrypted: z.boolean(),
  running: z.boolean(),
  nextAt: z.string().nullable(),
  /** The last failure, until one is made. */
  failed: z.object({ at: z.string(), reason: z.string() }).nullable(),
  /** Newest first. */
  backups: z.array(z.object({ name: z.string(), at: z.string(), sizeBytes: z.number() })),
});
export type BackupState = z.infer<typeof backupState>;

export const licence = z.object({ name: z.string(), version: z.string(), licence: z.string() });
export type Licence = z.infer<typeof licence>;

/** MO-4: the server as it was started. `jobs`: counted to `limits.jobsCounted`; late is due for more than a minute. */
export const systemState = z.object({
  startedAt: z.string(),
  configuration: z.array(z.object({ name: z.string(), value: z.string(), set: z.boolean() })),
  versions: z.object({ deno: z.string(), v8: z.string(), typescript: z.string() }),
  store: z.object({ layout: z.number(), name: z.string() }),
  jobs: z.object({ waiting: z.number(), late: z.number(), oldestDueAt: z.string().nullable() }),
  /** Of what is shipped, as each package says; null before a build. */
  licences: z.array(licence).nullable(),
  backup: backupState,
});
export type SystemState = z.infer<typeof systemState>;
