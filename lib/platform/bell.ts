/**
 * How services reach the people who are connected. It only rings: what is delivered always comes from the store, so a
 * lost ring costs a moment and not a command. The hub of `realtime/` answers it in one process.
 */
export interface Bell {
  /** There is something new in this person's inbox. */
  ring(userId: string): void;
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
