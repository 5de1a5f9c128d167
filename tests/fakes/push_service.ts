import { createECDH, hkdfSync, randomBytes } from "node:crypto";
import { jwtVerify } from "jose";
import type { PushBody } from "../../lib/push/mod.ts";

/** What a device got. `body`: decrypted. */
export interface Got {
  body: Partial<PushBody>;
  text: string;
  urgency: string | null;
  ttlSeconds: number;
  topic: string | null;
  /** Of the whole encrypted body. */
  bytes: number;
}

/** How the service answers one push: a status, with headers; or not at all, until it is closed. */
export type Answering = number | { status: number; headers: Record<string, string> } | "hang";

/** A device of the fake service: a browser's push subscription, with the private key beside it. */
export class FakeDevice {
  readonly endpoint: string;
  readonly got: Got[] = [];
  /** Answers to the next pushes; 201 when there is none. */
  readonly answers: Answering[] = [];
  /** Pushes that came, taken or not. */
  tries = 0;
  readonly #ecdh = createECDH("prime256v1");
  readonly #auth = randomBytes(16);

  constructor(endpoint: string) {
    this.endpoint = endpoint;
    this.#ecdh.generateKeys();
  }

  /** As `PushSubscription.toJSON()` gives it. */
  get subscription() {
    const p256dh = this.#ecdh.getPublicKey().toString("base64url");
    return {
      endpoint: this.endpoint,
      expirationTime: null,
      keys: { p256dh, auth: this.#auth.toString("base64url") },
    };
  }

  /** What came since the last look. */
  take(): Got[] {
    return this.got.splice(0);
  }

  /** RFC 8291, the receiver's side. */
  async decrypted(body: Uint8Array<ArrayBuffer>): Promise<string> {
    const salt = body.subarray(0, 16);
    const keyLength = body[20]!;
    const server = body.subarray(21, 21 + keyLength);
    const sealed = body.subarray(21 + keyLength);
    const shared = this.#ecdh.computeSecret(server);
    const info = new Uint8Array([...utf8("WebPush: info\0"), ...this.#ecdh.getPublicKey(), ...server]);
    const secret = new Uint8Array(hkdfSync("sha256", shared, this.#auth, info, 32));
    const key = hkdfSync("sha256", secret, salt, utf8("Content-Encoding: aes128gcm\0"), 16);
    const iv = hkdfSync("sha256", secret, salt, utf8("Content-Encoding: nonce\0"), 12);
    const opening = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
    const padded = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, opening, sealed));
    const end = padded.findLastIndex((byte) => byte !== 0);
    if (padded[end] !== 2) throw new Error("The last record of a push ends with a 2 (RFC 8188).");
    return new TextDecoder().decode(padded.subarray(0, end));
  }
}

/**
 * A push service on this computer, as strict as RFC 8030, 8291 and 8292 let it be: what is not as they say gets 400 and is kept in
 * `complaints`.
 */
export class FakePushService implements AsyncDisposable {
  readonly complaints: string[] = [];
  readonly #devices = new Map<string, FakeDevice>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #hung: PromiseWithResolvers<void>[] = [];
  readonly #now: () => number;

  private constructor(now: () => number) {
    this.#now = now;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#take(request),
    );
  }

  /** `now`: the clock by which signatures are checked. */
  static open(now: () => number = Date.now): FakePushService {
    return new FakePushService(now);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Variables that let a server use it. */
  get env(): Record<string, string> {
    return { BEHEST_PUSH: "mailto:admin@example.org", BEHEST_PUSH_HOSTS: this.origin };
  }

  device(): FakeDevice {
    const path = `/push/${randomBytes(12).toString("base64url")}`;
    const device = new FakeDevice(this.origin + path);
    this.#devices.set(path, device);
    return device;
  }

  /** Everything that any device got, decrypted. */
  get texts(): string[] {
    return [...this.#devices.values()].flatMap(({ got }) => got.map(({ text }) => text));
  }

  async #take(request: Request): Promise<Response> {
    const body = await request.bytes();
    const device = this.#devices.get(new URL(request.url).pathname);
    if (device === undefined) return new Response(null, { status: 404 });
    device.tries++;
    const answering = device.answers.shift() ?? 201;
    if (answering === "hang") {
      const hung = Promise.withResolvers<void>();
      this.#hung.push(hung);
      await hung.promise;
      return new Response(null, { status: 503 });
    }
    const { status, headers } = typeof answering === "number"
      ? { status: answering, headers: {} }
      : answering;
    if (status >= 300) return new Response(null, { status, headers });
    const problem = await this.#problemOf(request, body);
    if (problem !== null) {
      this.complaints.push(problem);
      return new Response(null, { status: 400 });
    }
    const text = await device.decrypted(body);
    device.got.push({
      body: JSON.parse(text),
      text,
      urgency: request.headers.get("urgency"),
      ttlSeconds: Number(request.headers.get("ttl")),
      topic: request.headers.get("topic"),
      bytes: body.length,
    });
    return new Response(null, { status, headers: { location: `${this.origin}/message/1` } });
  }

  async #problemOf({ method, headers }: Request, body: Uint8Array): Promise<string | null> {
    if (method !== "POST") return `method ${method}`;
    if (!/^\d+$/.test(headers.get("ttl") ?? "")) return "no TTL (RFC 8030, 5.2)";
    if (!/^(very-low|low|normal|high)$/.test(headers.get("urgency") ?? "normal")) return "urgency";
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(headers.get("topic") ?? "x")) return "topic (RFC 8030, 5.4)";
    if (headers.get("content-encoding") !== "aes128gcm") return "content-encoding (RFC 8291, 2)";
    if (body.length > 4096) return "more than 4096 bytes (RFC 8291, 4)";
    const size = new DataView(body.buffer, body.byteOffset).getUint32(16);
    if (size < body.length - 86) return "more than one record";
    const [, token = "", key = ""] = /^vapid t=([^,]+), ?k=(.+)$/.exec(headers.get("authorization") ?? "") ??
      [];
    try {
      const raw = Uint8Array.fromBase64(key, { alphabet: "base64url" });
      const curve = { name: "ECDSA", namedCurve: "P-256" };
      const publicKey = await crypto.subtle.importKey("raw", raw, curve, true, ["verify"]);
      const currentDate = new Date(this.#now());
      const { payload } = await jwtVerify(token, publicKey, { audience: this.origin, currentDate });
      if (payload.exp! * 1000 > this.#now() + 24 * 3600_000) {
        return "signed for more than a day (RFC 8292, 2)";
      }
      if (!/^(mailto|https):/.test(payload.sub ?? "")) return "no contact (RFC 8292, 2.1)";
    } catch (error) {
      return `signature: ${error}`;
    }
    return null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { resolve } of this.#hung) resolve();
    await this.#server.shutdown();
  }
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
