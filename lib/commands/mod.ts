/** Commands: taken in, delivered, answered, ended; and the stop. */
import type { Parts } from "./parts.ts";
import { History } from "./history.ts";
import { Inbox } from "./inbox.ts";
import { Moves } from "./moves.ts";
import type { Job } from "./ports.ts";
import { Safety } from "./safety.ts";
import { Sender } from "./sender.ts";

export type { Parts } from "./parts.ts";
export type { InboxSlice } from "./inbox.ts";
export { firstRecord } from "./first_record.ts";
export * from "./ports.ts";
export { isClosed, mayMove, type Mover, waits } from "./lifecycle.ts";
export type { History, Inbox, Moves, Safety, Sender };

/** The room's services over one set of parts, and what runs its jobs. */
export interface CommandRoom {
  sender: Sender;
  moves: Moves;
  history: History;
  inbox: Inbox;
  safety: Safety;
  run(job: Job): Promise<void>;
}

export function openCommands(parts: Parts): CommandRoom {
  const inbox = new Inbox(parts);
  const moves = new Moves(parts);
  const safety = new Safety(parts);
  return {
    sender: new Sender(parts, inbox),
    moves,
    history: new History(parts, inbox),
    inbox,
    safety,
    run(job) {
      switch (job.kind) {
        case "expire":
          return moves.expire(job.commandId);
        case "release":
          return moves.release(job.commandId);
        case "undefer":
          return moves.undefer(job.userId, job.commandId);
        case "stop":
          return safety.endOpen(job.userId);
        default:
          return job satisfies never;
      }
    },
  };
}
