/** The person who calls a service. The transport makes it after it checked the session. */
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
  /** What the caller's access token may do (AU-11); unset for a login, which may do everything that the person may. */
  scopes?: readonly string[];
  /** Set for a token whose program is told of answers to what it sends (AU-11). */
  hasWebhook?: true;
  /** In every log line of the request (OP-3). */
  requestId: string;
}

/** MO-4: whether the caller's role is `least` or a higher one. A role of another version is none of them. */
export function hasRole({ role }: Pick<Caller, "role">, least: "moderator" | "admin"): boolean {
  switch (role) {
    case "admin":
      return true;
    case "moderator":
      return least === "moderator";
    case "member":
      return false;
    default:
      role satisfies never;
      return false;
  }
}
