import type { Command, CommandState, GivenAnswer, Review, Said } from "../protocol/mod.ts";

/** How a sender stood to a recipient at the send. Each kind has its own room in the inbox (DL-7). */
export type SenderKind = "contact" | "group" | "other";

/** A command as its sender wrote it. Only an edit changes it, until somebody was handed it (CM-11). */
export interface CommandRecord {
  command: Command;
  /** CM-11: how often it was edited; left out until the first time. */
  edition?: number;
  /** When it was edited, the last times. */
  editedAt?: string[];
  senderId: string;
  /** User ids of a direct command, in the order of `audience.to`; empty for a broadcast. */
  recipients: string[];
  /** For each of the recipients in their order. Absent in commands of older versions, which do not count for DL-7. */
  senderKinds?: SenderKind[];
  /** Set for a broadcast, which is written once for everyone (BR-4). Stored under this name. */
  cast?: BroadcastAudience;
  expiresMs: number;
  /** The access token that sent it, if its program is told of answers by a webhook (AU-11). */
  webhookOf?: string;
}

/** The audience of a broadcast. Consent is decided for each person at delivery. */
export interface BroadcastAudience {
  kind: "group" | "category" | "all";
  /** The group or category; null for everyone. */
  name: string | null;
  /** People whose rules allowed it when it was sent. Those without a record count as `queued`. */
  matched: number;
  /** `matched` counts everyone, whatever their rules: its sender is no administrator (CO-10). */
  everyone?: true;
}

/** The state of a broadcast as a whole. `place`: its place in the shared log, where an expired one stays for people who accepted it. */
export interface BroadcastRecord {
  state: "scheduled" | "open" | "cancelled" | "expired" | "failed";
  place: string | null;
  /** Set with `expired` or `failed`: it was cancelled after that, for people who had accepted it. */
  cancelled?: true;
  /** CM-11: of the command with which this was written. */
  edition?: number;
  /** Its changes as a whole since it was written, for its sender. */
  timeline: Happening[];
  version: string;
}

/** A person's own words, or a message of the server. Records of earlier versions have the server's as English text too. */
export type Note = string | Said;

/** An entry of a timeline; `who` is a username, or null for the server. */
export interface Happening {
  at: string;
  state: CommandState;
  who: string | null;
  note: Note | null;
  /** The recipient's files, in a submission. Those of the oldest are dropped first. */
  proof?: Command["attachments"];
  /** The recipient blocked the sender then, so the note of this review never reaches them (CO-11). */
  withheld?: true;
}

/** One recipient's state: the truth about a command for that person. */
export interface StateRecord {
  state: CommandState;
  /**
   * Its place in the inbox log; null: it is in no log. `first` is the versionstamp with which this record was first written,
   * as the log entry had the same commit. `cast`: it is in the shared log of broadcasts.
   */
  place: string | "first" | null;
  createdAt: string;
  updatedAt: string;
  /** When it was first delivered; null: the person has not seen anything of it. */
  deliveredAt: string | null;
  /** The person looked at the content, so it is no longer sealed (CO-2). */
  opened: boolean;
  /** The rule that allowed it (CO-8). */
  allowedBy: string | null;
  /** The rule that withholds it; the sender sees `queued` (CO-3). */
  withheldBy: string | null;
  /** Local date on which it was counted against the daily limit. */
  countedOn: string | null;
  /** End of a deferral. */
  until: string | null;
  /** The recipient's, or why the server ended it; in records of earlier versions a review's took its place (`ownNote`). */
  note: Note | null;
  /** Files of a submission (CM-5). */
  proof: Command["attachments"];
  /** CM-9: the answer of the last submission; left out until the first. */
  answer?: StoredAnswer;
  /** CM-9: when the person started the timer; left out while it does not run. */
  startedAt?: string;
  /** The sender's review of the last submission; null after a new submission, left out until the first review (`reviewOf`). */
  review?: Review | null;
  /** CM-11: of the command that this is a state of, so that nothing of another edition is shown with it. */
  edition?: number;
  /** Belongs to a broadcast: first written when something happens, and counted in totals (CM-7). Stored under this name. */
  cast?: true;
  /** Belongs to a broadcast that was withheld when the person stopped. No total counts it, so its sender sees no change (CO-3). */
  uncounted?: true;
  /** How long the person was stopped while it waited, in ms: its deadline is later by this (CO-6). */
  frozenMs: number;
  /** Time up to which `frozenMs` is counted, so a resume that is repeated after a crash counts nothing twice. */
  frozenUntilMs?: number;
  timeline: Happening[];
  /** CM-13: the record before the person's last answer, and the time of that. Any other change drops it. */
  undo?: { at: string; before: Omit<StateRecord, "undo"> };
}

/** CM-9: an answer, and the places at which it counts (`answers.ts`). */
export interface StoredAnswer {
  given: GivenAnswer;
  counts: string[];
}

/** `StoredState.version` of a broadcast that was delivered and nothing else: it has no record of its own. */
export const takenVersion = "taken";

/** A record as it was read; the write that follows fails if `version` has changed. */
export interface StoredState {
  userId: string;
  commandId: string;
  record: StateRecord;
  /** Null: it has no record yet. See `takenVersion` too. */
  version: string | null;
  /** A direct command's first record: nothing was written of it since. */
  asSent?: true;
  /** `CommandStore.moment` before the read; saves the store a check at the write. */
  moment?: number | undefined;
  /** Version of the broadcast's own record, if that was read too; the write fails if it has changed. */
  broadcastVersion?: string;
}

/** A stop in force: entries before `versionstamp` in the log have ended, later ones wait. */
export interface StopRecord {
  sinceMs: number;
  versionstamp: string;
  version: string;
}
