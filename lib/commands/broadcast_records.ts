import type { Command, CommandState } from "../protocol/mod.ts";
import { isClosed, waits } from "./lifecycle.ts";
import type { BroadcastRecord, StateRecord } from "./ports.ts";
import { firstRecord, moved } from "./state_records.ts";

/** A person's first record of an open broadcast. It reached them when the broadcast was opened. */
export function openBroadcastRecord(command: Command, allowedBy: string | null): StateRecord {
  const first = firstRecord(command, { allowedBy, withheldBy: null });
  const record = command.deliverAt === null ? first : moved(first, "queued", command.deliverAt);
  return { ...record, place: "cast", cast: true };
}

/** A person's record once the end of its broadcast is applied to it. */
export function ended<R extends { state: CommandState; place: string | null }>(
  record: R,
  broadcast: BroadcastRecord | null,
): R {
  const state = broadcast === null ? record.state : endOf(record.state, broadcast);
  return state === record.state ? record : { ...record, state, place: null };
}

/** A person's state once the end of the broadcast is applied to it. */
export function endOf(
  state: CommandState,
  broadcast: Pick<BroadcastRecord, "state" | "cancelled">,
): CommandState {
  if (isClosed(state)) return state;
  if (broadcast.state === "cancelled") return "cancelled";
  if ((broadcast.state === "expired" || broadcast.state === "failed") && waits(state)) return broadcast.state;
  return broadcast.cancelled === true ? "cancelled" : state;
}
