/**
 * A new entry of a person's inbox, and what consent decided about it. A device that has read everything before it gets it
 * from here, as long as `epoch` is still the person's.
 */
export interface LiveEntry {
  delivery: LiveCommand["delivery"] | { cursor: string; message: { id: string } };
  /** For devices that show some kinds only (WS-10). */
  kind: string;
  epoch: number;
}

/** The same of a command; what is sent to many people is never a chat message. */
export interface LiveCommand extends Omit<LiveEntry, "delivery"> {
  delivery: { cursor: string; command: { id: string }; state: string };
}

/** New inbox entries. Heard by open connections, and by a `BellListener`. */
export interface InboxBell {
  /** This person's inbox has something new; `entry` says what. Called in the order of the commits. */
  ring(userId: string, entry?: LiveEntry): void;
  /**
   * Asks `entryFor` once for each connected person: the entry for devices that are up to date, `read` to have the log read,
   * `skip` when it is not for them. Nothing may change about that person before the answer is used.
   */
  ringAll(entryFor: (userId: string) => LiveCommand | "read" | "skip"): void;
}

/** The end of one session, and its renewal. Heard by its connections, and by a `BellListener`. */
export interface SessionBell {
  /** AU-13: the session goes on until then (RFC 3339), and so do its connections. */
  sessionRenewed(sessionId: string, expiresAt: string): void;
  /** AU-13: another session took the place of this one. The connection that asked goes on with it, and all others end. */
  sessionReplaced(replaced: ReplacedSession): void;
  closeSession(sessionId: string, close: "sessionOver"): void;
  /** The person's logins were ended at once, all or all but one: what an earlier login left behind, long over by itself, ends too. */
  sessionsEnded(userId: string): void;
}

/** One session in the place of another. `expiresAt`: RFC 3339. */
export interface ReplacedSession {
  from: string;
  to: string;
  expiresAt: string;
  /** The id of the connection that goes on; unset for none. */
  keep?: string | undefined;
}

/** Everything that only open connections hear. */
export interface ConnectionBell {
  /** Sends a notification to all of a person's devices, or all but one. */
  notify(userId: string, method: string, params: unknown, except?: { device: string }): void;
  /** Stops deliveries with this call, also those that are being read (CO-6). */
  freeze(userId: string): void;
  /** Continues deliveries after a resume. */
  thaw(userId: string): void;
  /** The person's stop is on disk: resolves once no process can deliver to them (OP-7). */
  stoppedEverywhere(userId: string): Promise<void>;
  /** Preferences or contacts changed: what is being read must be decided again (DL-9). */
  consentChanged(userId: string): void;
  /** Resolves once changes of before hold in every process. */
  changedEverywhere(userId: string): Promise<void>;
  /** Closes all connections of a person with the code of this name. */
  closeUser(userId: string, close: "sessionOver" | "suspended"): void;
}

/** What devices without a page in view are told (UI-12). Heard by a `BellListener` alone. */
export interface AlarmBell {
  /** The person read or answered something: a device may show a notification of it. */
  handled(userId: string): void;
  /** A broadcast is over for everybody who has not answered it: devices may show notifications of it. */
  over(commandId: string): void;
  /**
   * Tells of a command once more: its deadline is near (CM-8), or the time is over to which it was put off. Resolves when that is on
   * disk.
   */
  remind(userId: string, commandId: string, why: "deadline" | "later"): Promise<void>;
  /** Whether the person is connected, or has a device that can be told. */
  isReachable(userId: string): boolean;
  /** Ids of all of them. */
  reachable(): Promise<string[]>;
}

/** Who is connected. */
export interface Presence {
  /** Whether a connected device of the person was handed this and has not acknowledged it. */
  isOut(userId: string, id: string): boolean;
  /** Ids of all connected people. */
  online(): string[];
  isOnline(userId: string): boolean;
  /** Rises with each stop and each change of consent: an earlier decision may not hold any more. */
  epoch(userId: string): number;
}

/**
 * How services reach people. The bell only rings: deliveries come from the store, so a lost ring delays a command and loses
 * none. The hub of `realtime/` implements it for one process, `cluster/` for several.
 */
export interface Bell extends InboxBell, SessionBell, ConnectionBell, AlarmBell, Presence {}

/** Hears what is new, changed or ended, besides the connections: push implements it, for devices that show nothing themselves. */
export interface BellListener {
  ring(userId: string): void;
  ringAll(): void;
  /** The person's rules changed, or they dealt with something: what is held or shown must be looked at again. */
  changed(userId: string): void;
  /** A broadcast is over: those whose devices show it must be looked at again. */
  over(commandId: string): void;
  remind(userId: string, commandId: string, why: "deadline" | "later"): Promise<void>;
  /** Whether the person has a device that is told; true where only the store knows. */
  hasDevice(userId: string): boolean;
  peopleWithDevices(): Promise<string[]>;
  sessionEnded(sessionId: string): void;
  /** Every login of the person that is not there any more has ended, also by its time. */
  sessionsEnded(userId: string): void;
  sessionRenewed(sessionId: string, expiresAt: string): void;
}
