import { Fact, type Membership } from "./facts.ts";
import { type Grants, type Rules, withoutTerms } from "./grants.ts";
import { type Asked, firstPreferences, type Preferences, waitingStates } from "./rules.ts";

/** Somebody, and what they decided. */
export class Person {
  readonly name: string;
  readonly timeZone: string;
  readonly joinedMs: number;
  readonly preferences = new Fact<Preferences>(firstPreferences);
  readonly grants = new Fact<Grants>({});
  /** Ever had a grant: what comes by one way may then overtake what waits on another. */
  granted = false;
  readonly stopped = new Fact(false);
  /** Stop was called in this life of the server: it freezes with the call, answered or not (CO-6). */
  pressed = false;
  /** First handed over since midnight while there was a limit, by what counts it and day. */
  readonly handedOn = new Map<string, number>();
  /** What was let through when it was sent and ever since. */
  readonly due = new Set<Sent>();

  constructor(name: string, timeZone: string, joinedMs: number) {
    this.name = name;
    this.timeZone = timeZone;
    this.joinedMs = joinedMs;
  }

  /** The rules that may hold at this moment. */
  get rules(): Rules[] {
    return this.preferences.options.flatMap((preferences) =>
      this.grants.options.map((grants) => ({ preferences, grants }))
    );
  }

  /** The same for a command: a grant for who is no contact, or perhaps none, may hold or not. */
  rulesFor(asked: Asked, contact: boolean): Rules[] {
    if (asked.audience !== "user" || contact) return this.rules;
    return this.rules.flatMap((rules) => [rules, withoutTerms(rules, asked)]);
  }
}

/** One person's side of a command, as far as it is known for sure. */
export class Part {
  /** What was last answered to a move of the person. */
  state = "queued";
  /** Moves that may end it and were not answered; those lost in a crash for good. */
  doubts = 0;
  /** Moves that the person began. */
  begun = 0;
  over = false;
  /** The person looked at the content (CO-2), and moves that say so and are not answered. */
  opened = false;
  opening = 0;
  /** Was handed over, listed or answered. */
  known = false;
  /** A page showed it before a device had it. */
  onPage = false;
  /** Was handed over while a number was in force, so it counts as open before it is acknowledged. */
  counted = false;
  /** A device acknowledged it, or the person answered it: it is in the history. */
  inHistory = false;
  /** May have been let through when it was sent. */
  mayHave = true;
  /** Was let through when it was sent and ever since. */
  mustHave = true;
  /** The membership by which a group's command is for the person. */
  membership: Membership = null;
  /** As the sender last saw it. */
  seenBySender = "scheduled";

  /** It ended by something that was asked for at a time, unless it had before. */
  end(state: string, sent: Sent, askedMs: number): void {
    if (this.over) return;
    this.over = true;
    const expired = askedMs >= sent.expiresMs && waitingStates.has(this.state);
    const unknown = this.doubts > 0 || this.state === "unknown";
    this.state = unknown ? "unknown" : expired ? "expired" : state;
  }
}

/** A command that somebody sends, known by the secret in its body before it has an id. */
export class Sent implements Asked {
  readonly secret: string;
  readonly from: string;
  readonly audience: "user" | "group" | "category" | "all";
  readonly group: string | null;
  readonly categories: string[];
  readonly kind: string;
  readonly requires: string;
  readonly deliverMs: number | null;
  readonly expiresMs: number;
  readonly parts = new Map<string, Part>();
  id: string | null = null;
  /** When it was answered, as the number of the answer; null: it is under way. */
  answeredAt: number | null = null;
  /** Rules changed, or the process crashed, while it was under way. */
  fuzzy = false;
  matched = 0;
  /** Whether the rules let a person's part of the count be either way. */
  fuzzyTotals = false;
  cancelled = false;

  constructor(
    given: Omit<
      Sent,
      "parts" | "id" | "answeredAt" | "fuzzy" | "fuzzyTotals" | "matched" | "cancelled" | "isBroadcast"
    >,
  ) {
    this.secret = given.secret;
    this.from = given.from;
    this.audience = given.audience;
    this.group = given.group;
    this.categories = given.categories;
    this.kind = given.kind;
    this.requires = given.requires;
    this.deliverMs = given.deliverMs;
    this.expiresMs = given.expiresMs;
  }

  get isBroadcast(): boolean {
    return this.audience !== "user";
  }
}
