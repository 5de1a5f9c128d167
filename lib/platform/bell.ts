/**
 * A new entry of a person's inbox and what consent said of it, for devices that have read all that lies before it. It may
 * be handed over as long as `epoch` is still the person's.
 */
export interface LiveEntry {
  delivery: { cursor: string; command: { id: string }; state: string };
  /** For devices that show some kinds only (WS-10). */
  kind: string;
  epoch: number;
}

/**
 * How services reach the people who are connected. It only rings: what is delivered always comes from the store, so a
 * lost ring costs a moment and not a command. The hub of `realtime/` answers it in one process.
 */
export interface Bell {
  /** There is something new in this person's inbox; with `entry`, what it is. Called in the order of the commits. */
  ring(userId: string, entry?: LiveEntry): void;
  /**
   * Rings everybody who is connected: with what they get if they are up to date, to have them read their log, or not at all
   * because it is nothing for them. Asked once for each person, of whom nothing may change in between.
   */
  ringAll(entryFor: (userId: string) => LiveEntry | "read" | "skip"): void;
  /** Everybody who is connected. */
  online(): string[];
  /** Another number after each stop and each change of what the person takes: what was decided before may not hold. */
  epoch(userId: string): number;
  /** A notification to all of a person's devices, or all but one. */
  notify(userId: string, method: string, params: unknown, except?: { device: string }): void;
  /** From this call on nothing is delivered to the person, not even what is being read right now (CO-6). */
  freeze(userId: string): void;
  /** Deliveries may go on: after a resume. */
  thaw(userId: string): void;
  /** Preferences or contacts changed: what is being read right now must be decided again (DL-9). */
  consentChanged(userId: string): void;
  /** Closes the sockets of one session, or of one person, with a close code's name. */
  closeSession(sessionId: string, close: "sessionOver"): void;
  closeUser(userId: string, close: "sessionOver" | "suspended"): void;
  isOnline(userId: string): boolean;
}
