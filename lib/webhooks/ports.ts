import type { Clock, Log, Random, WebhookJob } from "../platform/mod.ts";

/** A token's webhook as it is now. `secret`: base64. */
export interface Receiver {
  ownerId: string;
  url: string;
  secret: string;
  ended: boolean;
}

/** One request: its headers and its body. */
export interface WebhookMessage {
  headers: Record<string, string>;
  body: string;
}

/** What a receiver answered. `status` null: no answer came. `waitMs`: how long it asks to be left alone. */
export interface WebhookOutcome {
  status: number | null;
  waitMs: number | null;
}

export interface WebhookSender {
  /** Follows no redirect, and reads nothing of the answer's body. Never rejects. */
  post(url: string, message: WebhookMessage, signal: AbortSignal): Promise<WebhookOutcome>;
}

export interface WebhooksNeeds {
  sender: WebhookSender;
  /** Whether the operator allows the address now: the list may have changed since the token was made. */
  takes(url: string): boolean;
  /** Null: the token was revoked or has expired. */
  receiver(tokenId: string): Promise<Receiver | null>;
  /** Whether the account exists and is not suspended. */
  isActive(userId: string): Promise<boolean>;
  /** Null: the account is gone. */
  usernameOf(userId: string): Promise<string | null>;
  /** Keeps what came of a try for the owner. `ended`: nothing is sent any more. */
  note(tokenId: string, note: { sent: boolean; status: number | null; ended: boolean }): Promise<void>;
  plan(job: WebhookJob, dueMs: number): Promise<void>;
  clock: Clock;
  random: Random;
  log: Log;
}
