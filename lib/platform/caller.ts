/** Who asks: set once by the transport after the session was checked, passed to every service call. */
export interface Caller {
  userId: string;
  username: string;
  displayName: string;
  role: "member" | "moderator" | "admin";
  rights: { broadcast: boolean };
  sessionId: string;
  /** The socket's device, or `web` for a page or REST call. */
  device: string;
  /** Address of the peer, for the audit log and rate limits. */
  address: string;
  /** Follows a request from transport to store in the log (OP-3). */
  requestId: string;
}
