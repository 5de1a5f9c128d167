import { createECDH, createHash } from "node:crypto";
import { isPushService, type PushOutcome, type PushSender } from "../../push/mod.ts";
import { makeSecret, readSecret } from "../disk/secret_file.ts";

const fileName = "push.key";
/** How long a push service keeps a push for a browser that it cannot reach, in seconds. */
const keptSeconds = 12 * 3600;

/** The server's key pair for push services (RFC 8292), base64url. */
export interface VapidKeys {
  publicKey: string;
  privateKey: string;
}

/**
 * The keys, from 32 random bytes in `push.key` of the data directory, made at the first start. With another file every
 * subscription that was made before is refused by its push service.
 */
export async function loadVapidKeys(dir: string): Promise<VapidKeys> {
  const path = `${dir}/${fileName}`;
  return vapidKeys(
    await readSecret(path, "remove it, then notifications have to be switched on anew") ??
      await makeSecret(path),
  );
}

export function vapidKeys(secret: Uint8Array): VapidKeys {
  const curve = createECDH("prime256v1");
  // Nearly every number of 32 bytes is a private key; the few that are not lead to one that is.
  let key = secret;
  while (!takes(curve, key)) key = createHash("sha256").update(key).digest();
  return { publicKey: base64url(curve.getPublicKey()), privateKey: base64url(key) };
}

function takes(curve: ReturnType<typeof createECDH>, key: Uint8Array): boolean {
  try {
    curve.setPrivateKey(key);
    return true;
  } catch {
    return false;
  }
}

export interface WebPushOptions {
  keys: VapidKeys;
  /** Whom a push service may ask about this server: `mailto:` or `https:`. */
  contact: string;
  /** Tests bring the requests to a service of their own. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** Pushes without content to the browsers' push services, and to nothing else. */
export class WebPush implements PushSender {
  readonly #options: WebPushOptions;

  constructor(options: WebPushOptions) {
    this.#options = options;
  }

  get publicKey(): string {
    return this.#options.keys.publicKey;
  }

  async send(endpoint: string, signal: AbortSignal): Promise<PushOutcome> {
    // The list may have changed since it was taken.
    if (!isPushService(endpoint)) return { kind: "gone" };
    const { keys, contact } = this.#options;
    // Loaded with the first push, not at the start.
    const { generateRequestDetails }: typeof import("./web_push.d.ts") = await import("web-push");
    const { headers, method } = generateRequestDetails({ endpoint }, null, {
      TTL: keptSeconds,
      urgency: "normal",
      // A push that waits is replaced by the next: both say the same.
      topic: "news",
      vapidDetails: { subject: contact, ...keys },
    });
    const sent = Object.entries(headers).filter(([name]) => name.toLowerCase() !== "content-length");
    const get = this.#options.fetch ?? ((url, init) => fetch(url, init));
    let response: Response;
    try {
      response = await get(endpoint, {
        method,
        headers: sent.map(([name, value]): [string, string] => [name, String(value)]),
        body: new Uint8Array(),
        // What it leads to is on no list.
        redirect: "manual",
        signal,
      });
      await response.body?.cancel();
    } catch (error) {
      return { kind: "later", waitMs: null, why: error instanceof Error ? error.name : "unknown" };
    }
    return outcomeOf(response);
  }
}

function outcomeOf({ status, headers }: Response): PushOutcome {
  const why = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: "sent" };
  // 401 and 403: made with other keys than this server has now.
  if (status === 404 || status === 410 || status === 401 || status === 403) return { kind: "gone" };
  if (status !== 429 && status < 500) return { kind: "refused", why };
  const seconds = Number(headers.get("retry-after") ?? NaN);
  return { kind: "later", waitMs: seconds > 0 && Number.isFinite(seconds) ? seconds * 1000 : null, why };
}

function base64url(bytes: Uint8Array): string {
  return new Uint8Array(bytes).toBase64({ alphabet: "base64url", omitPadding: true });
}
