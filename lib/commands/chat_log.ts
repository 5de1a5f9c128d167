import type { ChatMessage } from "../protocol/mod.ts";
import type { AlertVerdict } from "./alert_verdict.ts";

/** An entry of a person's log that leads to a chat message. Its places and those of commands have one order. */
export interface ChatEntry {
  cursor: string;
  messageId: string;
}

/**
 * What becomes of an entry now; entries without an arrival are passed. `passes`: a rule holds this message and not those of others
 * (CO-12).
 */
export type ChatArrival =
  & { talkId: string }
  & (
    /** `fresh`: the person does not have it yet. */
    | { verdict: "deliver"; message: ChatMessage; fresh: boolean }
    | { verdict: "hold"; untilMs: number | null; passes: boolean }
  );

/** Messages that wait apart: until when, or until the next ring. */
export interface HeldChat {
  messageIds: Set<string>;
  /** The first of them in each talk; later ones of the same talk wait behind it. */
  firstIn: Map<string, string>;
  untilMs: number | null;
  /** Some of them may go now. */
  more: boolean;
}

/** A talk in which a person can be told of something unread (UI-12), without a word of it. */
export interface ChatAlert {
  talkId: string;
  /** Username of who wrote. */
  from: string;
  expiresMs: number;
}

/** The chat's log of each person; devices read it together with their commands. The chat room has it. */
export interface ChatLog {
  /** Entries after a place, oldest first. */
  after(userId: string, after: string | null, limit: number): Promise<ChatEntry[]>;
  /**
   * Decides for each entry now, by its cursor (DL-9). `epoch`: the person's, before the entries were read. `wasHanded`: whether a
   * device has a message, which no rule holds apart then (DL-3).
   */
  arrivals(
    userId: string,
    entries: readonly ChatEntry[],
    epoch: number,
    wasHanded?: (messageId: string) => boolean,
  ): Promise<Map<string, ChatArrival>>;
  /** Notes messages that a device reads past. */
  pass(userId: string, entries: readonly ChatEntry[]): Promise<void>;
  /** Gives messages that were passed a new place once they may go; returns the others. `isTaken`: a device may have acknowledged it. */
  place(userId: string, isTaken: (entry: ChatEntry) => Promise<boolean>): Promise<HeldChat>;
  /** What the person can be told of entries now, by their cursors. Only reads. */
  alerts(userId: string, entries: readonly ChatEntry[]): Promise<Map<string, ChatAlert & AlertVerdict>>;
  /** A device acknowledged these. */
  taken(userId: string, messageIds: readonly string[]): Promise<void>;
}

/** A log without messages. */
export const noChat: ChatLog = {
  after: () => Promise.resolve([]),
  arrivals: () => Promise.resolve(new Map()),
  pass: () => Promise.resolve(),
  place: () => Promise.resolve({ messageIds: new Set(), firstIn: new Map(), untilMs: null, more: false }),
  alerts: () => Promise.resolve(new Map()),
  taken: () => Promise.resolve(),
};
