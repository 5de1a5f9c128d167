import { z } from "zod";
import { id } from "./text.ts";

/** MO-2, MO-7: a sanction in force, as the person sees it: a warning that they have not read, a mute, a suspension. */
export const ownSanction = z.object({
  id,
  kind: z.enum(["warn", "mute", "suspend"]),
  reason: z.string(),
  /** Null: it has no end. */
  until: z.string().nullable(),
  createdAt: z.string(),
});
export type OwnSanction = z.infer<typeof ownSanction>;

/** Oldest first. */
export const ownSanctionList = z.object({ sanctions: z.array(ownSanction) });
export type OwnSanctionList = z.infer<typeof ownSanctionList>;
