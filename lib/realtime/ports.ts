import type { Caller, Clock, Log } from "../platform/mod.ts";
import type { ChatDelivery, Delivery, OwnSanction, Refusal, User } from "../protocol/mod.ts";

/** The way to one client. */
export interface Transport {
  send(text: string): void;
  /** Bytes given to `send` that the network has not taken yet. */
  bufferedAmount(): number;
  close(code: number, reason: string): void;
}

/** The client of a connection, as the route authenticated and read it before the upgrade. */
export interface ConnectionOpening {
  readonly caller: Caller & { readonly sessionExpiresAt: string };
  readonly device: string;
  readonly window: number;
  readonly accept: ReadonlySet<string> | null;
}

/** One page of a log. */
export interface InboxPage {
  /** Oldest first. */
  deliveries: (Delivery | ChatDelivery)[];
  /** Place of the last entry that was read, skipped ones included; null when none was. */
  upTo: string | null;
  /** Set while deliveries are held: until that time, or until the bell rings. */
  held: { untilMs: number | null } | null;
  /**
   * Set for people whose rules hold some commands while others pass them: until that time, or until the bell rings (CO-12).
   * Which of the deliveries went out must be told (`handed`).
   */
  apart?: { untilMs: number | null };
  /** The log has more after `upTo`. */
  more: boolean;
}

/** A person's log as a connection reads it. */
export interface Inbox {
  /** The device's acknowledged cursor, null for a new device, and the number of open commands after it. */
  resume(userId: string, device: string): Promise<{ cursor: string | null; pending: number }>;
  /** Reads up to `max` deliverable entries after `after`. Decides consent for each (DL-9). */
  next(
    userId: string,
    after: string | null,
    max: number,
    accept: ReadonlySet<string> | null,
  ): Promise<InboxPage>;
  /** These went out to a device, acknowledged or not. A rule that holds commands apart does not hold them any more (CO-12). */
  handed(userId: string, commandIds: readonly string[]): void;
  /** The device went with these and did not acknowledge them (CM-11). */
  left(userId: string, commandIds: readonly string[]): void;
  /** Notes that the device took everything up to the cursor: these commands and chat messages. */
  acknowledge(
    userId: string,
    device: string,
    cursor: string,
    commandIds: string[],
    messageIds: string[],
  ): Promise<void>;
}

/** The person, for `session.ready`. */
export interface Greeting {
  user(caller: Caller): Promise<User | Refusal>;
  /** Since when the person is stopped, or null. */
  stoppedSince(userId: string): Promise<string | null>;
  /** MO-7: the person's sanctions in force. */
  sanctions(userId: string): Promise<OwnSanction[]>;
}

/** Settings of every connection. */
export interface RealtimeSettings {
  heartbeatMs: number;
  /** Requests a second per connection; 0 is no limit. */
  rateRequests: number;
  /** `command.send` a minute per user; 0 is no limit. */
  rateSends: number;
  retentionDays: number;
  /** Largest file, in bytes. Clients get it in `session.ready`. */
  uploadMaxBytes: number;
}

/** Shared by all connections of the process. */
export interface ConnectionPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly inbox: Inbox;
  readonly greeting: Greeting;
  readonly settings: RealtimeSettings;
  /** Whether this process may still write to clients; unset where nothing can take that away (OP-7). */
  readonly mayWrite?: (() => boolean) | undefined;
}
