import {
  isPushService,
  type NamedServices,
  type PushMessage,
  type PushOutcome,
  type PushSender,
  pushServiceHosts,
} from "../../push/mod.ts";
import type { Clock } from "../../platform/mod.ts";
import type { DeviceKeys } from "./encryption.ts";
import { type Fetch, type Post, post, type Posted } from "./posting.ts";
import { PostingThread } from "./posting_thread.ts";
import { type PushKeys, Vapid } from "./vapid.ts";

/** With more pushes under way than this, a thread of their own takes them: fewer are not worth its memory. */
const withoutThread = 16;
/** A thread that died is started again after this time; until then pushes go from here. */
const againMs = 60_000;

export interface WebPushOptions {
  keys: PushKeys;
  /** Whom a push service may ask about this server: `mailto:` or `https:`. */
  contact: string;
  /** Push services besides those of the browsers. */
  named?: NamedServices;
  clock: Pick<Clock, "now">;
  /** Tests bring the requests to a service of their own. */
  fetch?: Fetch;
  /** Tests see the thread. */
  startThread?: (hosts: string[]) => PostingThread;
}

/**
 * Pushes (RFC 8030), encrypted for the device (RFC 8291), to push services and to nothing else: to those of the browsers' makers by
 * https, so that another machine under their names cannot answer, and to those that the operator names. No redirect is followed.
 */
export class WebPush implements PushSender {
  readonly #options: WebPushOptions;
  readonly #vapid: Vapid;
  #thread: PostingThread | null = null;
  #threadFromMs = -Infinity;
  #running = 0;
  #closed = false;

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
    const headers = {
      authorization: await this.#vapid.header(new URL(endpoint).origin),
      "content-encoding": "aes128gcm",
      "content-type": "application/octet-stream",
      ttl: String(ttlSeconds),
      urgency,
      ...(topic === null ? {} : { topic }),
    };
    this.#running++;
    try {
      const posted = await this.#post({ endpoint, p256dh, auth, text, headers }, signal);
      return outcomeOf(posted, this.#options.clock.now());
    } finally {
      this.#running--;
    }
  }

  close(): void {
    this.#closed = true;
    this.#thread?.end();
  }

  #post(one: Post, signal: AbortSignal): Promise<Posted> {
    const { fetch } = this.#options;
    const thread = fetch === undefined ? this.#threadNow() : null;
    return thread === null ? post(one, signal, fetch) : thread.post(one, signal);
  }

  #threadNow(): PostingThread | null {
    const now = this.#options.clock.now();
    if (this.#thread?.isEnded === true) {
      this.#thread = null;
      this.#threadFromMs = now + againMs;
    }
    if (this.#closed || this.#thread !== null) return this.#thread;
    if (this.#running <= withoutThread || now < this.#threadFromMs) return null;
    const { named = [], startThread = (hosts) => new PostingThread(hosts) } = this.#options;
    this.#thread = startThread([
      ...pushServiceHosts.map((host) => `${host}:443`),
      ...named.map(placeOf),
    ]);
    return this.#thread;
  }
}

/** As the process's own permission has it (`tools/permissions.ts`): a host alone would be all of its ports. */
function placeOf(origin: string): string {
  const { hostname, port, protocol } = new URL(origin);
  return `${hostname}:${port === "" ? (protocol === "https:" ? 443 : 80) : port}`;
}

function outcomeOf(posted: Posted, nowMs: number): PushOutcome {
  // Nothing can ever be sent there.
  if (posted === "no_key") return { kind: "gone", status: null };
  if ("failed" in posted) return { kind: "later", waitMs: null, status: null, why: posted.failed };
  const { status, retryAfter } = posted;
  const why = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: "sent", status };
  // 401 and 403: made with other keys than this server has now.
  if (status === 404 || status === 410 || status === 401 || status === 403) return { kind: "gone", status };
  if (status !== 429 && status < 500) return { kind: "refused", status, why };
  return { kind: "later", waitMs: waitOf(retryAfter, nowMs), status, why };
}

/** Seconds, or a date (RFC 9110). */
function waitOf(retryAfter: string | null, nowMs: number): number | null {
  if (retryAfter === null) return null;
  const seconds = Number(retryAfter);
  const waitMs = Number.isNaN(seconds) ? Date.parse(retryAfter) - nowMs : seconds * 1000;
  return waitMs > 0 && Number.isFinite(waitMs) ? waitMs : null;
}
