import type { Caller, Clock, Log } from "../platform/mod.ts";
import type { Delivery, Refusal, User } from "../protocol/mod.ts";

/** The line to one client, as far as a connection needs it. */
export interface Transport {
  send(text: string): void;
  /** Bytes handed to `send` that the network has not taken yet. */
  bufferedAmount(): number;
  close(code: number, reason: string): void;
}

/** Who is on the line, as the route found out before the upgrade. */
export interface ConnectionOpening {
  readonly caller: Caller & { readonly sessionExpiresAt: string };
  readonly device: string;
  readonly window: number;
  readonly accept: ReadonlySet<string> | null;
}

/** What `Inbox.next` found. */
export interface InboxPage {
  /** Oldest first. */
  deliveries: Delivery[];
  /** The last place that was looked at, skipped entries too; null when nothing was. */
  upTo: string | null;
  /** Set when the person receives nothing for now: until that time, or until the bell rings. */
  held: { untilMs: number | null } | null;
  /** The log goes on after `upTo`. */
  more: boolean;
}

/** A person's log as a connection reads it. */
export interface Inbox {
  /** What the device acknowledged, null for a new device; how many open commands lie after it. */
  resume(userId: string, device: string): Promise<{ cursor: string | null; pending: number }>;
  /** Up to `max` deliverable entries after `after`; consent is decided for each (DL-9). */
  next(
    userId: string,
    after: string | null,
    max: number,
    accept: ReadonlySet<string> | null,
  ): Promise<InboxPage>;
  /** The device took everything up to the cursor; `commandIds` are those newly acknowledged. */
  acknowledge(userId: string, device: string, cursor: string, commandIds: string[]): Promise<void>;
}

/** What `session.ready` tells about the person. */
export interface Greeting {
  user(caller: Caller): Promise<User | Refusal>;
  /** Since when the person is stopped, or null. */
  stoppedSince(userId: string): Promise<string | null>;
}

/** The part of the configuration that a connection obeys. */
export interface RealtimeSettings {
  heartbeatMs: number;
  /** Requests a second per connection; 0 is no limit. */
  rateRequests: number;
  /** `command.send` a minute per user; 0 is no limit. */
  rateSends: number;
  retentionDays: number;
  /** Largest file, told to clients. */
  uploadMaxBytes: number;
}

/** What every connection of a process shares. */
export interface ConnectionPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly inbox: Inbox;
  readonly greeting: Greeting;
  readonly settings: RealtimeSettings;
}
