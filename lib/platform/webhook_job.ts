/**
 * A durable message to the webhook of the token that sent a command: how things stand with one of its recipients. A try that fails
 * is written again with more `failures`.
 */
export interface WebhookJob {
  kind: "webhook";
  /** The same in all tries, so that a receiver drops repeats. */
  id: string;
  tokenId: string;
  commandId: string;
  recipientId: string;
  state: string;
  /** When the recipient answered, RFC 3339. */
  at: string;
  failures: number;
}
