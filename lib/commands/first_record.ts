import type { Command } from "../protocol/mod.ts";
import type { FirstState, StateRecord } from "./ports.ts";

/** A recipient's record before anything happened to it: all of it follows from the command and what consent said. */
export function firstRecord(command: Command, { allowedBy, withheldBy }: FirstState): StateRecord {
  const state = command.deliverAt === null ? "queued" : "scheduled";
  return {
    state,
    place: state === "queued" && withheldBy === null ? "first" : null,
    createdAt: command.createdAt,
    updatedAt: command.createdAt,
    deliveredAt: null,
    opened: false,
    allowedBy,
    withheldBy,
    countedOn: null,
    until: null,
    note: null,
    proof: [],
    frozenMs: 0,
    timeline: [{ at: command.createdAt, state, who: null, note: null }],
  };
}
