import { z } from "zod";
import { sanctionKind } from "./queue.ts";
import { limits } from "./limits.ts";
import { id, reasonGiven } from "./text.ts";

/** MO-2, MO-7: a sanction in force, as the person sees it: a warning that they have not read, a mute, a limit, a suspension. */
export const ownSanction = z.object({
  id,
  kind: sanctionKind,
  reason: z.string(),
  /** Null: it has no end. */
  until: z.string().nullable(),
  createdAt: z.string(),
  /** The person's appeal; absent when there is none yet. */
  appeal: z.object({ state: z.enum(["open", "refused"]), reason: z.string().nullable() }).optional(),
});
export type OwnSanction = z.infer<typeof ownSanction>;

/** Oldest first. */
export const ownSanctionList = z.object({ sanctions: z.array(ownSanction) });
export type OwnSanctionList = z.infer<typeof ownSanctionList>;

/** MO-7: one appeal against a sanction. */
export const appealBody = z.strictObject({ text: reasonGiven(limits.note) });
