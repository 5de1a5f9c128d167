import { createCipheriv, hkdfSync } from "node:crypto";
// Not the door: the posting thread loads this, and needs nothing else of the protocol.
import { pushLimits } from "../../protocol/push_limits.ts";

const curve = { name: "ECDH", namedCurve: "P-256" } as const;
const saltBytes = 16;
/** One record has the whole push: RFC 8188's size includes the tag and the delimiter. */
const recordBytes = 4096;
const pointBytes = 65;
/** Head of the public key: tag, length, no unused bits, and that the point is not compressed. */
const bitString = [0x03, 0x42, 0x00, 0x04];
const utf8 = new TextEncoder();

/** A device's keys, base64url (RFC 8291). */
export interface DeviceKeys {
  p256dh: string;
  auth: string;
}

/**
 * The body of a push for one device (RFC 8291, `aes128gcm` of RFC 8188). Every push is as long as any other, so its size tells
 * nothing. Throws when the text has no room, or when the device's key is no point of the curve.
 */
export async function encrypted(
  text: string,
  { p256dh, auth }: DeviceKeys,
): Promise<Uint8Array<ArrayBuffer>> {
  const { privateKey } = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  const pair = { privateKey, point: pointOf(await crypto.subtle.exportKey("pkcs8", privateKey)) };
  const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
  return await encryptedWith(padded(text), { p256dh, auth }, pair, salt);
}

/** A key pair: the private key, and the public one as a point of the curve. */
export interface KeyPair {
  privateKey: CryptoKey;
  point: Uint8Array<ArrayBuffer>;
}

/** The same with a key pair and a salt that were chosen: RFC 8291 has an example of each step. */
export async function encryptedWith(
  content: Uint8Array<ArrayBuffer>,
  { p256dh, auth }: DeviceKeys,
  { privateKey, point }: KeyPair,
  salt: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const device = bytesOf(p256dh);
  const deviceKey = await crypto.subtle.importKey("raw", device, curve, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: deviceKey }, privateKey, 256);
  const about = joined(utf8.encode("WebPush: info\0"), device, point);
  const secret = hkdf(shared, bytesOf(auth), about, 32);
  const key = hkdf(secret, salt, utf8.encode("Content-Encoding: aes128gcm\0"), 16);
  const nonce = hkdf(secret, salt, utf8.encode("Content-Encoding: nonce\0"), 12);
  const sealing = createCipheriv("aes-128-gcm", new Uint8Array(key), new Uint8Array(nonce));
  const sealed = [sealing.update(content), sealing.final(), sealing.getAuthTag()];
  const head = new Uint8Array(5);
  const view = new DataView(head.buffer);
  view.setUint32(0, recordBytes);
  view.setUint8(4, point.byteLength);
  return joined(salt, head, point, ...sealed);
}

/**
 * The public key in a private key's PKCS #8: its last field, behind the head of a bit string of 66 bytes (RFC 5915). Asked for its raw
 * public key, the runtime computes it again, which takes as long as the secret.
 */
function pointOf(pkcs8: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pkcs8);
  const head = bytes.subarray(-pointBytes - bitString.length + 1);
  if (!bitString.every((byte, at) => head[at] === byte)) throw new Error("A private key has no public key.");
  return bytes.slice(-pointBytes);
}

/** The text, the end of the last record, and zeros (RFC 8188). */
function padded(text: string): Uint8Array<ArrayBuffer> {
  const content = utf8.encode(text);
  if (content.length > pushLimits.pushBytes) throw new RangeError("A push has no room for this text.");
  const whole = new Uint8Array(pushLimits.pushBytes + 1);
  whole.set(content);
  whole[content.length] = 2;
  return whole;
}

function hkdf(
  secret: ArrayBuffer,
  salt: Uint8Array,
  about: Uint8Array,
  length: number,
): ArrayBuffer {
  return hkdfSync("sha256", new Uint8Array(secret), salt, about, length);
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(base64url, { alphabet: "base64url" });
}
