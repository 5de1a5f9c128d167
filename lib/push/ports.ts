/** One browser that a person wants to be told in, while they have no line. */
export interface Subscription {
  /** Digest of the endpoint. */
  id: string;
  userId: string;
  /** Where its push service takes what is for it; whoever knows it can push. */
  endpoint: string;
  /** The login from which it was switched on or last renewed; its logout ends the subscription. */
  sessionId: string;
  sessionUntilMs: number;
  /** The last push, in milliseconds since 1970. */
  pushedMs: number | null;
}

/** Looks whether somebody is to be told. `sinceMs`: since when there is something; `untilMs`: when it is too late. */
export interface PushJob {
  kind: "push";
  userId: string;
  sinceMs: number;
  untilMs: number;
  tries: number;
}

export interface PushStore {
  of(userId: string): Promise<Subscription[]>;
  /** Everybody who has one. */
  people(): Promise<string[]>;
  /** Adds or replaces; takes it away from whoever had this browser before. Kept for 90 days. */
  put(subscription: Subscription): Promise<void>;
  /** Notes a push; nothing when it was removed meanwhile. */
  pushed(subscription: Subscription, pushedMs: number): Promise<void>;
  remove(subscription: Pick<Subscription, "userId" | "id">): Promise<void>;
  ofSession(sessionId: string): Promise<Pick<Subscription, "userId" | "id">[]>;
  plan(job: PushJob, dueMs: number): Promise<void>;
}

/**
 * What a push service said. `gone`: the subscription is over. `later`: it may work another time, not before `waitMs`. `refused`:
 * it never will, and not because of the subscription.
 */
export type PushOutcome =
  | { kind: "sent" }
  | { kind: "gone" }
  | { kind: "later"; waitMs: number | null; why: string }
  | { kind: "refused"; why: string };

export interface PushSender {
  /** Of this server, base64url. */
  readonly publicKey: string;
  send(endpoint: string, signal: AbortSignal): Promise<PushOutcome>;
}
