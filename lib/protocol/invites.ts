import { z } from "zod";
import { limits } from "./limits.ts";
import { id, time } from "./text.ts";

/** AU-1: invitations to make an account, where registration needs one. */

/** `uses`: 1 unless given. `expiresAt`: `limits.inviteDays` from now unless given. */
export const inviteBody = z.strictObject({
  uses: z.number().int().min(1).max(limits.inviteUses).optional(),
  expiresAt: time.optional(),
});
export type InviteBody = z.infer<typeof inviteBody>;

/** An invitation in a list. The code is not in it: only its hash is kept. */
export const invite = z.object({
  id,
  /** Username of the person who made it. */
  by: z.string(),
  uses: z.number(),
  used: z.number(),
  createdAt: z.string(),
  expiresAt: z.string(),
});
export type Invite = z.infer<typeof invite>;
export const inviteList = z.object({ invites: z.array(invite) });

/** `invite`: the code for `POST /api/v1/auth/register`; `url`: the link with it. Both are shown this once. */
export const inviteMade = z.object({
  invite: z.string(),
  url: z.string(),
  id,
  uses: z.number(),
  expiresAt: z.string(),
});
export type InviteMade = z.infer<typeof inviteMade>;

/** Whether members may invite too. */
export const invitePolicy = z.strictObject({ members: z.boolean() });
export type InvitePolicy = z.infer<typeof invitePolicy>;
