import type { CommandState, Requirement } from "../protocol/mod.ts";

/** Who moves a recipient's state. `system` is the server itself: delivery, time, stop. */
export type Mover = "recipient" | "sender" | "system";

interface Targets {
  recipient?: readonly CommandState[];
  sender?: readonly CommandState[];
  system?: readonly CommandState[];
}

const answers = ["seen", "accepted", "submitted", "completed", "deferred", "declined", "failed"] as const;

/**
 * CM-4: the transition table, by state and mover. A command can be answered before
 * its delivery is acknowledged, so `queued` allows the answers too.
 */
const transitions: Record<CommandState, Targets> = {
  scheduled: { sender: ["cancelled"], system: ["queued", "expired", "failed"] },
  queued: {
    recipient: answers,
    sender: ["cancelled"],
    system: ["delivered", "expired", "stopped", "failed"],
  },
  delivered: { recipient: answers, sender: ["cancelled"], system: ["expired", "stopped", "failed"] },
  seen: { recipient: answers.slice(1), sender: ["cancelled"], system: ["expired", "stopped", "failed"] },
  accepted: {
    recipient: ["submitted", "completed", "deferred", "declined", "failed"],
    sender: ["cancelled"],
    // CM-9: what a timer asked for is submitted at its end.
    system: ["submitted", "completed", "stopped"],
  },
  submitted: {
    recipient: ["completed", "failed"],
    sender: ["completed", "returned", "cancelled"],
    system: ["stopped"],
  },
  returned: {
    recipient: ["submitted", "deferred", "declined", "failed"],
    sender: ["cancelled"],
    system: ["stopped"],
  },
  deferred: {
    recipient: ["seen", "accepted", "submitted", "completed", "declined", "failed"],
    sender: ["cancelled"],
    system: ["delivered", "expired", "stopped", "failed"],
  },
  completed: {},
  declined: {},
  failed: {},
  expired: {},
  cancelled: {},
  stopped: {},
};

/** The table as a list, for the document that is drawn from it. */
export function allTransitions(): { from: CommandState; to: CommandState; by: Mover }[] {
  return Object.entries(transitions).flatMap(([from, byMover]) =>
    Object.entries(byMover).flatMap(([by, states]) =>
      states.map((to: CommandState) => ({ from: from as CommandState, to, by: by as Mover }))
    )
  );
}

/** True for states that never change again. */
export function isClosed(state: CommandState): boolean {
  return Object.keys(transitions[state]).length === 0;
}

/** True while a command waits for its recipient, so that `expiresAt` ends it. An accepted one stays. */
export function waits(state: CommandState): boolean {
  return transitions[state].system?.includes("expired") === true;
}

/** Whether the table has the transition. What is reviewed, only its sender completes (CM-5). */
export function mayMove(from: CommandState, to: CommandState, by: Mover, requires: Requirement): boolean {
  if (by === "recipient" && to === "completed" && requires === "review") return false;
  return transitions[from][by]?.includes(to) === true;
}
