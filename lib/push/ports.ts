/** A browser that notifies a person while they are not connected. */
export interface Subscription {
  /** Digest of the endpoint. */
  id: string;
  userId: string;
  /** URL at the browser's push service. A secret: anyone who knows it can push. */
  endpoint: string;
  /** The session that switched notifications on or renewed them. Its logout ends the subscription. */
  sessionId: string;
  sessionUntilMs: number;
  /** Time of the last push, in milliseconds since 1970; null before the first. */
  pushedMs: number | null;
}

/** Looks whether to notify a person. `sinceMs`: when the new entry came; `untilMs`: when a notification is too late. */
export interface PushJob {
  kind: "push";
  userId: string;
  sinceMs: number;
  untilMs: number;
  tries: number;
}

export interface PushStore {
  of(userId: string): Promise<Subscription[]>;
  /** Ids of all people with a subscription. */
  people(): Promise<string[]>;
  /** Adds or replaces a subscription, and ends another person's for the same browser. Kept for 90 days. */
  put(subscription: Subscription): Promise<void>;
  /** Notes a push. Does nothing when the subscription was removed. */
  pushed(subscription: Subscription, pushedMs: number): Promise<void>;
  remove(subscription: Pick<Subscription, "userId" | "id">): Promise<void>;
  ofSession(sessionId: string): Promise<Pick<Subscription, "userId" | "id">[]>;
  plan(job: PushJob, dueMs: number): Promise<void>;
}

/**
 * The answer of a push service. `gone`: the subscription has ended. `later`: try again, after `waitMs` if given. `refused`: do
 * not try again; the subscription stays.
 */
export type PushOutcome =
  | { kind: "sent" }
  | { kind: "gone" }
  | { kind: "later"; waitMs: number | null; why: string }
  | { kind: "refused"; why: string };

export interface PushSender {
  /** This server's key, base64url. */
  readonly publicKey: string;
  send(endpoint: string, signal: AbortSignal): Promise<PushOutcome>;
}
