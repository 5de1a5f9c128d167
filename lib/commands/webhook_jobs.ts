import type { Ids } from "../platform/mod.ts";
import type { CommandRecord, DueJob, StateRecord } from "./ports.ts";

/** What a person says of a command. Ends that nobody chose, such as an expiry, are no answers. */
const answers: readonly StateRecord["state"][] = ["accepted", "declined", "submitted", "completed"];

/**
 * AU-11: the message to the webhook of the token that sent a command, for the commit that writes the answer; with `back`, for one
 * that takes it back. Nothing for a command that is withheld from the person: they never answer one (CO-10).
 */
export function webhookJobs(
  ids: Pick<Ids, "next">,
  { command, webhookOf }: CommandRecord,
  recipientId: string,
  { state, updatedAt, withheldBy }: StateRecord,
  { back = false } = {},
): DueJob[] {
  if (webhookOf === undefined || withheldBy !== null || (!back && !answers.includes(state))) return [];
  return [{
    dueMs: Date.parse(updatedAt),
    job: {
      kind: "webhook",
      id: ids.next(),
      tokenId: webhookOf,
      commandId: command.id,
      recipientId,
      state,
      at: updatedAt,
      failures: 0,
    },
  }];
}
