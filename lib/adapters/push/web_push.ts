import {
  isPushService,
  type NamedServices,
  type PushMessage,
  type PushOutcome,
  type PushSender,
} from "../../push/mod.ts";
import type { Clock } from "../../platform/mod.ts";
import { type DeviceKeys, encrypted } from "./encryption.ts";
import { type PushKeys, Vapid } from "./vapid.ts";

export interface WebPushOptions {
  keys: PushKeys;
  /** Whom a push service may ask about this server: `mailto:` or `https:`. */
  contact: string;
  /** Push services besides those of the browsers. */
  named?: NamedServices;
  clock: Pick<Clock, "now">;
  /** Tests bring the requests to a service of their own. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/**
 * Pushes (RFC 8030), encrypted for the device (RFC 8291), to push services and to nothing else: to those of the browsers' makers by
 * https, so that another machine under their names cannot answer, and to those that the operator names. No redirect is followed.
 */
export class WebPush implements PushSender {
  readonly #options: WebPushOptions;
  readonly #vapid: Vapid;

  constructor(options: WebPushOptions) {
    this.#options = options;
    this.#vapid = new Vapid(options.keys, options.contact, options.clock);
  }

  get publicKey(): string {
    return this.#options.keys.publicKey;
  }

  takes(endpoint: string): boolean {
    return isPushService(endpoint, this.#options.named);
  }

  async send(
    { endpoint, p256dh, auth }: DeviceKeys & { endpoint: string },
    { text, urgency, ttlSeconds, topic }: PushMessage,
    signal: AbortSignal,
  ): Promise<PushOutcome> {
    // The list may have changed since it was taken.
    if (!this.takes(endpoint)) return { kind: "gone", status: null };
    let body: Uint8Array<ArrayBuffer>;
    try {
      body = await encrypted(text, { p256dh, auth });
    } catch (error) {
      // A key that is no point of the curve: nothing can ever be sent there.
      if (error instanceof DOMException || error instanceof TypeError) return { kind: "gone", status: null };
      throw error;
    }
    const get = this.#options.fetch ?? ((url, init) => fetch(url, init));
    try {
      const response = await get(endpoint, {
        method: "POST",
        headers: {
          authorization: await this.#vapid.header(new URL(endpoint).origin),
          "content-encoding": "aes128gcm",
          "content-type": "application/octet-stream",
          ttl: String(ttlSeconds),
          urgency,
          ...(topic === null ? {} : { topic }),
        },
        body,
        // What it leads to is on no list.
        redirect: "manual",
        signal,
      });
      await response.body?.cancel();
      return outcomeOf(response, this.#options.clock.now());
    } catch (error) {
      const why = error instanceof Error ? error.name : "unknown";
      return { kind: "later", waitMs: null, status: null, why };
    }
  }
}

function outcomeOf({ status, headers }: Response, nowMs: number): PushOutcome {
  const why = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: "sent", status };
  // 401 and 403: made with other keys than this server has now.
  if (status === 404 || status === 410 || status === 401 || status === 403) return { kind: "gone", status };
  if (status !== 429 && status < 500) return { kind: "refused", status, why };
  return { kind: "later", waitMs: waitOf(headers.get("retry-after"), nowMs), status, why };
}

/** Seconds, or a date (RFC 9110). */
function waitOf(retryAfter: string | null, nowMs: number): number | null {
  if (retryAfter === null) return null;
  const seconds = Number(retryAfter);
  const waitMs = Number.isNaN(seconds) ? Date.parse(retryAfter) - nowMs : seconds * 1000;
  return waitMs > 0 && Number.isFinite(waitMs) ? waitMs : null;
}
