import { createECDH, createHash, createHmac } from "node:crypto";
import { importJWK, SignJWT } from "jose";
import { makeSecret, readSecret } from "../disk/secret_file.ts";
import type { Clock } from "../../platform/mod.ts";

const fileName = "push.key";
/** RFC 8292 allows a day. */
const signedMs = 12 * 3600_000;
/** A signature is used until this long before its end. */
const earlyMs = 3600_000;
/** Push services whose signature is kept. */
const signaturesKept = 200;

/** The server's key pair for push services (RFC 8292), base64url, and the secret of notifications' buttons (32 bytes). */
export interface PushKeys {
  publicKey: string;
  privateKey: string;
  ticketSecret: Uint8Array<ArrayBuffer>;
}

/**
 * The keys, from 32 random bytes in `push.key` of the data directory, made at the first start. With another file every
 * subscription that was made before is refused by its push service.
 */
export async function loadPushKeys(dir: string): Promise<PushKeys> {
  const path = `${dir}/${fileName}`;
  return pushKeys(
    await readSecret(path, "remove it, then notifications have to be switched on anew") ??
      await makeSecret(path),
  );
}

export function pushKeys(secret: Uint8Array): PushKeys {
  const curve = createECDH("prime256v1");
  // Nearly every number of 32 bytes is a private key; the few that are not lead to one that is.
  let key = secret;
  while (!takes(curve, key)) key = createHash("sha256").update(key).digest();
  return {
    publicKey: base64url(curve.getPublicKey()),
    privateKey: base64url(key),
    ticketSecret: new Uint8Array(createHmac("sha256", secret).update("tickets of notifications").digest()),
  };
}

function takes(curve: ReturnType<typeof createECDH>, key: Uint8Array): boolean {
  try {
    curve.setPrivateKey(key);
    return true;
  } catch {
    return false;
  }
}

/** Says to push services who sends (RFC 8292). One signature serves all pushes to a service for hours. */
export class Vapid {
  readonly #keys: PushKeys;
  /** Whom a push service may ask about this server: `mailto:` or `https:`. */
  readonly #contact: string;
  readonly #clock: Pick<Clock, "now">;
  readonly #signed = new Map<string, { header: Promise<string>; untilMs: number }>();

  constructor(keys: PushKeys, contact: string, clock: Pick<Clock, "now">) {
    this.#keys = keys;
    this.#contact = contact;
    this.#clock = clock;
  }

  /** The header `Authorization` for the push service of an origin. */
  header(origin: string): Promise<string> {
    const now = this.#clock.now();
    const kept = this.#signed.get(origin);
    if (kept !== undefined && now < kept.untilMs - earlyMs) return kept.header;
    const untilMs = now + signedMs;
    const header = this.#sign(origin, untilMs);
    if (this.#signed.size >= signaturesKept) this.#signed.clear();
    this.#signed.set(origin, { header, untilMs });
    return header;
  }

  async #sign(origin: string, untilMs: number): Promise<string> {
    const { publicKey, privateKey } = this.#keys;
    const point = Uint8Array.fromBase64(publicKey, { alphabet: "base64url" });
    const key = await importJWK({
      kty: "EC",
      crv: "P-256",
      d: privateKey,
      x: base64url(point.subarray(1, 33)),
      y: base64url(point.subarray(33)),
    }, "ES256");
    const token = await new SignJWT().setProtectedHeader({ typ: "JWT", alg: "ES256" }).setAudience(origin)
      .setSubject(this.#contact).setExpirationTime(Math.floor(untilMs / 1000)).sign(key);
    return `vapid t=${token}, k=${publicKey}`;
  }
}

function base64url(bytes: Uint8Array): string {
  return new Uint8Array(bytes).toBase64({ alphabet: "base64url", omitPadding: true });
}
