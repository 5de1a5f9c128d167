import type { Wire } from "../../cluster/ports.ts";
import type { PostgresClient } from "./client.ts";

/** PostgreSQL takes 8,000 bytes of a message. */
const longestBytes = 7_900;
/** Messages that wait while others are being sent; further ones are lost. */
const kept = 1_000;

/** Small texts by NOTIFY. Those that come while others are under way go together, in one transaction that is not synced. */
export class PostgresWire implements Wire {
  readonly longest = longestBytes;
  readonly #client: PostgresClient;
  readonly #channel: string;
  #waiting: string[] = [];
  #sending = false;
  #heard: (text: string) => void = () => undefined;

  private constructor(client: PostgresClient, channel: string) {
    this.#client = client;
    this.#channel = channel;
  }

  /** `schema`: as it is called, without quotes. Listens until the client is closed, also after a broken connection. */
  static async open(client: PostgresClient, schema: string): Promise<PostgresWire> {
    const wire = new PostgresWire(client, await channelOf(schema));
    await client.listen(wire.#channel, (text) => wire.#heard(text));
    return wire;
  }

  listen(heard: (text: string) => void): void {
    this.#heard = heard;
  }

  send(text: string): void {
    if (this.#waiting.length >= kept) return;
    this.#waiting.push(text);
    if (this.#sending) return;
    this.#sending = true;
    queueMicrotask(() => void this.#send());
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const texts = this.#waiting;
      this.#waiting = [];
      // Two that are the same are one.
      const list = JSON.stringify([...new Set(texts)]);
      await this.#client.call(
        `select set_config('synchronous_commit', 'off', true), pg_notify($1, one)
          from json_array_elements_text($2::text::json) as one`,
        [this.#channel, list],
      ).catch(() => undefined);
    }
    this.#sending = false;
  }
}

/** A name of the schema that fits, whatever the schema is called. */
async function channelOf(schema: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(schema));
  return `behest_${new Uint8Array(digest).toHex().slice(0, 32)}`;
}
