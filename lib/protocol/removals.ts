import { z } from "zod";
import { limits } from "./limits.ts";
import { moderationLimits } from "./moderation_limits.ts";
import { fileState } from "./files.ts";
import { reasonGiven, sha256 } from "./text.ts";

/** MO-8: the number by which the author of a request finds its outcome. Upper case, in groups of four or without. */
export const removalCode = z.string().max(64)
  .transform((value) => value.replace(/[\s-]/g, "").toUpperCase())
  .pipe(z.string().regex(/^[0-9A-HJKMNP-TV-Z]{24}$/));

/**
 * MO-8: a request to remove intimate images, by anyone. `hashes`: SHA-256 of the bytes. `declared`: the author is shown, or acts for
 * somebody who is, and says in good faith that it was shared without consent.
 */
export const removalBody = z.strictObject({
  hashes: z.array(sha256).min(1).max(moderationLimits.removalHashes),
  contact: reasonGiven(moderationLimits.removalContact),
  statement: reasonGiven(limits.note),
  declared: z.literal(true),
});
export type RemovalBody = z.infer<typeof removalBody>;

export const removalQuery = z.strictObject({ code: z.string().max(64) });

/**
 * A request as its author sees it. Says nothing of whether the server ever had such a file. `answer`: what the moderator wrote, once it
 * was decided.
 */
export const removalStatus = z.object({
  state: z.enum(["open", "removed", "refused"]),
  createdAt: z.string(),
  dueAt: z.string(),
  decidedAt: z.string().nullable(),
  answer: z.string().nullable(),
});
export type RemovalStatus = z.infer<typeof removalStatus>;
export const removalAnswer = z.object({ removal: removalStatus });

/** `code` and `url` are shown once: the server keeps only a hash of the code. */
export const removalMade = removalStatus.extend({ code: z.string() });
export type RemovalMade = z.infer<typeof removalMade>;
export const removalMadeAnswer = z.object({ removal: removalMade.extend({ url: z.string() }) });

/** What the server has of a requested file. `state`: null when it has none. `uploads`: how often, and `users` who, counted to a limit. */
export const removalCopy = z.object({
  sha256,
  state: fileState.nullable(),
  size: z.number().nullable(),
  type: z.string().nullable(),
  uploads: z.number(),
  users: z.array(z.string()),
  /** Whether uploads of it are refused already. */
  refused: z.boolean(),
});
export type RemovalCopy = z.infer<typeof removalCopy>;

/** A request as moderators see it. */
export const staffRemoval = z.object({
  contact: z.string(),
  statement: z.string(),
  dueAt: z.string(),
  copies: z.array(removalCopy),
});
export type StaffRemoval = z.infer<typeof staffRemoval>;
