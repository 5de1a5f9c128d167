import type { PasskeyCreated, PasskeyUsed } from "../../lib/protocol/mod.ts";

/** What a response is made wrong with. */
export interface Forgery {
  origin?: string;
  challenge?: string;
  rpId?: string;
  counter?: number;
  type?: string;
  userHandle?: string;
  /** The device did not ask who holds it. */
  unverified?: true;
  /** Somebody else's key. */
  keys?: CryptoKeyPair;
}

const flagPresent = 0x01;
const flagVerified = 0x04;
const flagAttested = 0x40;

/** A security key in software (WebAuthn Level 3, ES256, attestation "none"): makes what a browser would send. */
export class Authenticator {
  readonly #keys: CryptoKeyPair;
  readonly id: string;
  counter = 0;

  private constructor(keys: CryptoKeyPair, id: string) {
    this.#keys = keys;
    this.id = id;
  }

  static async make(): Promise<Authenticator> {
    return new Authenticator(await newKeys(), base64url(crypto.getRandomValues(new Uint8Array(16))));
  }

  /** The answer to `navigator.credentials.create`. */
  async create(challenge: string, origin: string, forged: Forgery = {}): Promise<PasskeyCreated> {
    const raw = new Uint8Array(
      await crypto.subtle.exportKey("raw", (forged.keys ?? this.#keys).publicKey),
    );
    const id = Uint8Array.fromBase64(this.id, { alphabet: "base64url" });
    const attested = bytes(
      new Uint8Array(16),
      [id.length >> 8, id.length & 255],
      id,
      // COSE: EC2, ES256, P-256, x and y.
      [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20],
      raw.slice(1, 33),
      [0x22, 0x58, 0x20],
      raw.slice(33),
    );
    const data = await this.#data(origin, forged, flagAttested, attested);
    const attestation = bytes(
      [0xa3],
      cborText("fmt"),
      cborText("none"),
      cborText("attStmt"),
      [0xa0],
      cborText("authData"),
      [0x59, data.length >> 8, data.length & 255],
      data,
    );
    return {
      id: this.id,
      rawId: this.id,
      type: "public-key",
      response: {
        clientDataJSON: base64url(clientData("webauthn.create", challenge, origin, forged)),
        attestationObject: base64url(attestation),
        transports: ["internal"],
      },
    };
  }

  /** The answer to `navigator.credentials.get`. */
  async get(challenge: string, origin: string, forged: Forgery = {}): Promise<PasskeyUsed> {
    this.counter++;
    const data = await this.#data(origin, forged, 0, new Uint8Array());
    const client = clientData("webauthn.get", challenge, origin, forged);
    const signed = bytes(data, new Uint8Array(await crypto.subtle.digest("SHA-256", client)));
    const signature = await crypto.subtle.sign(
      { name: "ECDSA", hash: "SHA-256" },
      (forged.keys ?? this.#keys).privateKey,
      signed,
    );
    return {
      id: this.id,
      rawId: this.id,
      type: "public-key",
      response: {
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(derOf(new Uint8Array(signature))),
        ...(forged.userHandle === undefined ? {} : { userHandle: forged.userHandle }),
      },
    };
  }

  async #data(origin: string, { rpId, counter, unverified }: Forgery, flags: number, rest: Uint8Array) {
    const name = new TextEncoder().encode(rpId ?? new URL(origin).hostname);
    const count = counter ?? this.counter;
    return bytes(
      new Uint8Array(await crypto.subtle.digest("SHA-256", name)),
      [flags | flagPresent | (unverified === true ? 0 : flagVerified)],
      [count >>> 24, (count >>> 16) & 255, (count >>> 8) & 255, count & 255],
      rest,
    );
  }
}

export function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
}

function clientData(type: string, challenge: string, origin: string, forged: Forgery) {
  const text = JSON.stringify({
    type: forged.type ?? type,
    challenge: forged.challenge ?? challenge,
    origin: forged.origin ?? origin,
    crossOrigin: false,
  });
  return new TextEncoder().encode(text);
}

/** Short text in CBOR. */
function cborText(text: string): Uint8Array<ArrayBuffer> {
  return bytes([0x60 + text.length], new TextEncoder().encode(text));
}

/** The two numbers of an ECDSA signature as ASN.1 has them. */
function derOf(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const numbers = [raw.slice(0, 32), raw.slice(32)].map((number) => {
    let start = 0;
    while (start < 31 && number[start] === 0) start++;
    const short = number.slice(start);
    const value = short[0]! >= 0x80 ? bytes([0], short) : short;
    return bytes([0x02, value.length], value);
  });
  const body = bytes(...numbers);
  return bytes([0x30, body.length], body);
}

function bytes(...parts: (Uint8Array | number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function base64url(data: Uint8Array): string {
  return data.toBase64({ alphabet: "base64url", omitPadding: true });
}
