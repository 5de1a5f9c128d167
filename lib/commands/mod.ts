/**
 * Takes commands in, delivers them, records answers, ends them; and the Stop button.
 * Never delivers anything that is not in the log, and never decides consent itself.
 * Start with `lifecycle.ts` (states), then `sender.ts` (in) and `inbox.ts` (out).
 */
import { Carrying } from "./attachment_access.ts";
import { Casts } from "./broadcasts.ts";
import type { Needs, Parts } from "./parts.ts";
import { History } from "./history.ts";
import { Inbox } from "./inbox.ts";
import { Moves } from "./transitions.ts";
import type { Job } from "./ports.ts";
import { Reminders } from "./reminders.ts";
import { Safety } from "./safety.ts";
import { type GateNeeds, SendGates } from "./send_gates.ts";
import { Sender } from "./sender.ts";
import { CastTotals } from "./broadcast_totals.ts";
import { Waiting } from "./pending.ts";

export type { GateNeeds } from "./send_gates.ts";
export type { Needs } from "./parts.ts";
export type { InboxSlice } from "./inbox.ts";
export { firstRecord } from "./first_record.ts";
export * from "./ports.ts";
export { allMoves, isClosed, mayMove, type Mover, waits } from "./lifecycle.ts";
export type { Carrying, History, Inbox, Moves, Safety, SendGates, Waiting };

/** The room's services over one set of parts, and what runs its jobs. */
export interface CommandRoom {
  sender: SendGates;
  moves: Moves;
  history: History;
  inbox: Inbox;
  safety: Safety;
  carrying: Carrying;
  waiting: Waiting;
  run(job: Job): Promise<void>;
  /** Ends the timers; after this nobody is told anything. */
  close(): void;
}

export function openCommands(needs: Needs & { gates: GateNeeds }): CommandRoom {
  const parts: Parts = {
    ...needs,
    totals: new CastTotals(needs),
    // Both look at these parts only when they are called.
    get casts() {
      return casts;
    },
    inbox: () => inbox,
  };
  const casts = new Casts(parts);
  const inbox = new Inbox(parts);
  const moves = new Moves(parts);
  const safety = new Safety(parts);
  const reminders = new Reminders(parts);
  return {
    sender: new SendGates(new Sender(parts, inbox), needs.gates, needs.clock),
    moves,
    history: new History(parts, inbox),
    inbox,
    safety,
    carrying: new Carrying(parts, moves),
    waiting: new Waiting(parts),
    close: () => parts.totals.close(),
    run(job) {
      switch (job.kind) {
        case "expire":
          return moves.expire(job.commandId);
        case "release":
          return moves.release(job.commandId);
        case "undefer":
          return moves.undefer(job.userId, job.commandId);
        case "remind":
          return reminders.remind(job.commandId, job.userId);
        case "stop":
          return safety.endOpen(job.userId);
        default:
          return job satisfies never;
      }
    },
  };
}
