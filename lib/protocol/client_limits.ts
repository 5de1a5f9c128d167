/**
 * The bounds that run in browsers and in the client library too. They are apart from the server's, as a script carries the whole of
 * what it names one part of. Units stand at the end of each name.
 */
export const clientLimits = {
  /** Largest inbound WebSocket frame (WS-2). */
  frameInBytes: 64 * 1024,
  /** Deliveries in one `command.deliver` frame (DL-1). */
  deliverBatch: 64,
  /** Nesting of a JSON frame that is still parsed; deeper ones are refused before the schema walks them. */
  jsonDepth: 32,
  /** Most deliveries that a device may have unacknowledged (WS-1). */
  windowMax: 256,
  /** Time from SIGTERM to exit (WS-8). */
  shutdownMs: 10_000,
  /** Longest wait of a reconnect and its first step: random up to min(30 s, 2^n × 0.5 s) (section 3). */
  reconnectMaxMs: 30_000,
  reconnectBaseMs: 500,
  /** Frames that the client library keeps while the line is down. */
  clientOutbox: 256,
  /** Command ids the client library remembers to drop repeats (DL-3): ten times what an inbox may hold. */
  clientSeenIds: 100_000,
  /** Time from opening a socket to `session.ready`, and for one answer, before the client library gives up. */
  clientConnectMs: 15_000,
  clientRequestMs: 15_000,
  /** Requests of the client library that may wait for their answers at once. */
  clientInFlight: 4096,
  /** Times that the client library sends one kept request again, be it refused for its rate or cut off. */
  clientRetries: 10,
  /** Times that a delivery's handler may fail and cost the line before the inbox is held until the next line. */
  clientHandlerTries: 3,
  /** Time that the client library gives the other side to close the socket properly. */
  clientCloseMs: 2_000,
  /** How long the server knows the key of a send again (CM-1). */
  keyKeptMs: 24 * 3600_000,
  /** Characters of a body, files of a command and of its proof (CM-2, CM-5). */
  body: 4000,
  attachments: 10,
  proofFiles: 10,
  /** CH-3: how long a message can be taken back, and how often a client says that somebody is writing. */
  retractMs: 10 * 60_000,
  chatWritingMs: 4000,
  /** Windows in `quietHours` (CO-1). */
  quietWindows: 10,
} as const;
