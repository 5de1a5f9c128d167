/** What a client does after a close: the table of the specification, section 3. */
export type AfterClose = "stop" | "login" | "reconnect" | "back_off";

/** Every close code the server sends, with the reason text of the close frame and the client's next step. */
export const closeCodes = {
  badFrame: { code: 4400, reason: "bad frame", then: "stop" },
  sessionOver: { code: 4401, reason: "session over", then: "login" },
  suspended: { code: 4403, reason: "suspended", then: "stop" },
  heartbeatMissed: { code: 4408, reason: "heartbeat missed", then: "reconnect" },
  replaced: { code: 4409, reason: "replaced by a newer connection", then: "stop" },
  frameTooLarge: { code: 4413, reason: "frame too large", then: "stop" },
  tooManyRefusals: { code: 4429, reason: "too many refusals", then: "back_off" },
  internal: { code: 4500, reason: "internal error", then: "reconnect" },
  restarting: { code: 4503, reason: "restarting", then: "reconnect" },
  tooSlow: { code: 4508, reason: "too slow", then: "reconnect" },
} as const satisfies Record<string, { code: number; reason: string; then: AfterClose }>;

export type CloseName = keyof typeof closeCodes;
export type CloseCode = (typeof closeCodes)[CloseName];

const byCode = new Map<number, AfterClose>(Object.values(closeCodes).map((c) => [c.code, c.then]));

/** The client's next step for any close code; codes of the network and unknown ones mean: try again. */
export function afterClose(code: number): AfterClose {
  return byCode.get(code) ?? "reconnect";
}
