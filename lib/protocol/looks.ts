import { z } from "zod";
import { commandState, requirement, totals } from "./commands.ts";
import { username } from "./text.ts";

/** MO-6: commands as moderators look them up: states, times and rules, and nothing that people wrote. */

const head = {
  id: z.string(),
  kind: z.string(),
  /** Username of the sender. */
  from: z.string(),
  /** `user`, `all`, `group:NAME` or `category:SLUG`. */
  audience: z.string(),
  categories: z.array(z.string()),
  createdAt: z.string(),
  deliverAt: z.string().nullable(),
  dueAt: z.string().nullable(),
  expiresAt: z.string(),
  requires: requirement,
};

/** `allowedBy` and `withheldBy`: what `decide()` said then. */
const facts = z.object({
  state: commandState,
  updatedAt: z.string(),
  deliveredAt: z.string().nullable(),
  opened: z.boolean(),
  allowedBy: z.string().nullable(),
  withheldBy: z.string().nullable(),
  until: z.string().nullable(),
});

const entry = z.object({
  at: z.string(),
  state: commandState,
  /** Null: the server. */
  who: z.string().nullable(),
  recipient: z.string().nullable(),
});

/** `state`, `totals` and `matched` are those of a broadcast; `recipients` those of a direct command. */
export const commandTruth = z.object({
  ...head,
  state: z.enum(["scheduled", "open", "cancelled", "expired", "failed"]).nullable(),
  totals: totals.nullable(),
  matched: z.number().nullable(),
  recipients: z.array(facts.extend({ username: z.string() })),
  timeline: z.array(entry),
});
export type CommandTruth = z.infer<typeof commandTruth>;

/** What was decided for one person; `now`: what `decide()` says at this moment. */
export const commandWhy = z.object({
  ...head,
  recipient: facts,
  timeline: z.array(entry),
  now: z.object({
    verdict: z.enum(["deliver", "sealed", "hold", "withhold"]),
    rule: z.string(),
    until: z.string().nullable(),
  }),
});
export type CommandWhy = z.infer<typeof commandWhy>;

export const whyQuery = z.strictObject({ user: username });
