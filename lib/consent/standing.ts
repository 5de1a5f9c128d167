import type { Preferences } from "../protocol/mod.ts";
import type { StoredGrants } from "./sources.ts";

/** A person's relation to a sender. Both sides of a contact have accepted it. */
export interface Relation {
  contact: boolean;
  sharesGroup: boolean;
  /** The sender is the person (CM-1). */
  self?: true | undefined;
  /** Whether the person is an administrator. It is told of the server itself as the sender only. */
  administers?: boolean | undefined;
}

/** Someone who is neither a contact nor in a group with the person. */
export const stranger: Relation = { contact: false, sharesGroup: false };

/** When the person last loosened a preference, in ms since 1970. */
export interface OpenedAt {
  broadcasts?: number;
  categories?: Readonly<Record<string, number>>;
  users?: Readonly<Record<string, number>>;
  /** The latest of the times that are not kept by name any more: it counts for everyone who is not in `users`. */
  usersBefore?: number;
  /** Earlier ceilings of kinds, and until when they were in force. */
  kinds?: readonly { kinds: readonly string[]; untilMs: number }[];
}

/** The rules that a person has set. */
export interface Rules {
  preferences: Preferences;
  /** Only preferences that were closed before. */
  openedAt?: OpenedAt;
  /** Absent: the person never had one. */
  grants?: StoredGrants;
}

/** Numbers of commands, over all sources and by source (`sourceOf`). */
export interface Numbers {
  all: number;
  by: ReadonlyMap<string, number>;
}

/** Everything that `decide()` needs of a person. */
export interface Standing extends Rules {
  stopped: boolean;
  /** IANA name, for quiet hours, hours and daily limits. */
  timeZone: string;
  /** Commands that count for the daily limit since local midnight; only counted while there is a daily limit. */
  deliveredToday: number;
  /** Delivered since local midnight, and delivered and not closed. Absent at a send: numbers are decided at the delivery. */
  counts?: { today: Numbers; open: Numbers };
}

/** Everything that `decide()` needs of a command. */
export interface Question {
  from: { username: string };
  /** `name` is the group's. */
  audience: { kind: "user" | "group" | "category" | "all"; name?: string | undefined };
  kind: string;
  categories: readonly string[];
  /**
   * When a broadcast was sent, in ms since 1970. A preference that was closed then keeps it withheld, although no record of
   * the person says so (DL-9).
   */
  sentMs?: number;
  /**
   * CH-4: it is a chat message. It has the categories of its thread's command, or none, and is no command: kinds and numbers are
   * not about it. `reply`: to the person who sent that command, which asked for it.
   */
  chat?: "message" | "reply";
  /** It was delivered before: a pause, a grant's hours and numbers hold only what was not. */
  delivered?: true;
}
