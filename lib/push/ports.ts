import type { PushAction, PushChoices, PushTopic } from "../protocol/mod.ts";

/** What a device is told of. There is one notification for each. */
export interface Ref {
  /** `command` and `deadline`: by the command's id; `chat`: by the talk's; `notice`: by the notice's. */
  what: "command" | "deadline" | "chat" | "notice";
  id: string;
}

/** Something that waits to be told: held by a rule, or to be told once more. */
export interface Waiting extends Ref {
  /** When it is due, in ms since 1970; null: when something changes. */
  atMs: number | null;
  /** How often it was told. */
  told: number;
}

/** A notification that the device may show. */
export interface Shown extends Ref {
  tag: string;
}

/** A device that is told of what is new, by Web Push or UnifiedPush. Times in ms since 1970. */
export interface Subscription {
  /** Digest of the endpoint. */
  id: string;
  userId: string;
  /** URL at the push service. A secret: anyone who knows it can push. */
  endpoint: string;
  /** The device's public key and secret, base64url (RFC 8291). */
  p256dh: string;
  auth: string;
  device: string;
  /** Where this server's pages are, as the device sees them, with the sub-path. */
  origin: string;
  /** Of the page or client that switched it on. */
  language: string;
  /** Its browser is in discreet mode: a notification there says no more than a neutral name, whatever the person chose. */
  discreet?: boolean;
  createdMs: number;
  /** The session that switched notifications on or renewed them. Its logout ends the subscription. */
  sessionId: string;
  sessionUntilMs: number;
  /** The device was told of everything in the person's log up to here, and of notices up to this id. */
  logMark: string;
  noticeMark: string;
  waiting: readonly Waiting[];
  shown: readonly Shown[];
  /** The last try; null before the first. `status`: of HTTP; null: no answer. */
  last: { atMs: number; outcome: "sent" | "later" | "refused"; status: number | null } | null;
  /** Tries in a row that failed, and when the next one is. */
  failures: number;
  retryMs: number | null;
}

/** A subscription as it was read; a write of it fails if `version` has changed. */
export interface StoredSubscription {
  value: Subscription;
  version: string;
  /** When it ends unless the device renews it, in ms since 1970. */
  untilMs: number;
}

/** Looks again whether to tell a person's devices of something. */
export interface PushJob {
  kind: "push";
  userId: string;
}

/** A new subscription: the store knows where the log ends. */
export type NewSubscription = Omit<Subscription, "logMark">;

export interface PushStore {
  of(userId: string): Promise<StoredSubscription[]>;
  get(userId: string, id: string): Promise<StoredSubscription | null>;
  /** Ids of all people with a subscription. */
  people(): Promise<string[]>;
  /** The person who has a subscription; null when it has ended. */
  ownerOf(id: string): Promise<string | null>;
  /**
   * Adds or replaces a subscription, and ends another person's for the same device, in one commit: a look finds one or the other.
   * Kept for 90 days. `from`: what it replaces. False: the device was written meanwhile.
   */
  put(subscription: NewSubscription & { logMark?: string }, from?: StoredSubscription): Promise<boolean>;
  /** False: it was removed or written meanwhile. The session stays. */
  change(from: StoredSubscription, to: Subscription): Promise<boolean>;
  remove(subscription: Pick<Subscription, "userId" | "id">): Promise<void>;
  ofSession(sessionId: string): Promise<Pick<Subscription, "userId" | "id">[]>;
  /** There is one job for each person: an earlier one stands for later ones. */
  plan(job: PushJob, dueMs: number): Promise<void>;
  choices(userId: string): Promise<{ value: PushChoices | null; version: string | null }>;
  /** False: they were written meanwhile. */
  setChoices(userId: string, choices: PushChoices, version: string | null): Promise<boolean>;
  /** Ends everything that is kept about how a person is told. */
  forget(userId: string): Promise<void>;
  isUsed(ticketDigest: string): Promise<boolean>;
  /** Kept until the ticket ends. */
  use(ticketDigest: string, untilMs: number): Promise<void>;
}

/**
 * The answer of a push service. `gone`: the subscription has ended. `later`: try again, after `waitMs` if given. `refused`: do not try again; the subscription stays. `status`: of HTTP; null:
 * no answer.
 */
export type PushOutcome =
  | { kind: "sent"; status: number }
  | { kind: "gone"; status: number | null }
  | { kind: "later"; waitMs: number | null; status: number | null; why: string }
  | { kind: "refused"; status: number; why: string };

/** One push, as RFC 8030 has it. */
export interface PushMessage {
  /** What the device gets, before it is encrypted. */
  text: string;
  urgency: "low" | "normal" | "high";
  /** How long the push service keeps it, in seconds. */
  ttlSeconds: number;
  /** A push that waits is replaced by the next one with the same topic: up to 32 base64url characters. */
  topic: string | null;
}

export interface PushSender {
  /** This server's key, base64url. */
  readonly publicKey: string;
  /** Whether it may send there. */
  takes(endpoint: string): boolean;
  send(
    to: Pick<Subscription, "endpoint" | "p256dh" | "auth">,
    message: PushMessage,
    signal: AbortSignal,
  ): Promise<PushOutcome>;
}

/** Something that a person can be told of, as the rules have it now. */
export type Alert =
  & Ref
  & {
    topic: PushTopic;
    /** Usernames of who it comes from, and of the group. */
    from: string | null;
    group: string | null;
    expiresMs: number;
    /** The command that its buttons answer, and how. */
    commandId: string | null;
    actions: readonly PushAction[];
    /** The same for the options of a question, with the sender's words. `key`: what its ticket says. */
    options: readonly { key: string; label: string }[];
  }
  & (
    | { verdict: "tell" }
    /** Until that time, or until something changes. */
    | { verdict: "hold"; untilMs: number | null }
  );

/** An alert, and its place in the log or the list that it was found in. */
export interface Placed {
  place: string;
  alert: Alert;
}

/** What is new for a person after two marks. What they cannot be told of is left out. `upTo`: how far was read; null: nothing is new. */
export interface News {
  log: { alerts: Placed[]; upTo: string | null; more: boolean };
  notices: { alerts: Placed[]; upTo: string | null };
}

/** What other rooms know of what a person can be told. Only reads. */
export interface AlertSources {
  news(userId: string, marks: { log: string; notice: string }): Promise<News>;
  /** Those that can still be told, by `refKey`. */
  now(userId: string, refs: readonly Ref[]): Promise<Map<string, Alert>>;
}

export function refKey({ what, id }: Ref): string {
  return `${what}:${id}`;
}

/** Whose rules and account decide. */
export interface PushPeople {
  /** Whether the account exists and is not suspended. */
  isActive(userId: string): Promise<boolean>;
  /** Whether the login is still there. */
  hasSession(sessionId: string): Promise<boolean>;
  /** What holds everything for the person now. */
  holds(userId: string): Promise<{ rule: "stopped" | "quiet_hours"; untilMs: number | null } | null>;
}
