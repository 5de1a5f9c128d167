import { EvidenceProblem } from "../../scanning/evidence_ports.ts";

/**
 * A sealed file: a header, then frames of AES-256-GCM. The file's key is derived (HKDF) from the store's key, a random salt
 * and the file's id. So the frame's number is enough as a nonce, and a file under another id does not open. Each frame also
 * authenticates the header, its number and whether it is the last: missing, moved or foreign frames do not open either.
 */
export interface SealedHeader {
  keyId: Uint8Array<ArrayBuffer>;
  salt: Uint8Array<ArrayBuffer>;
  /** SHA-256 and size of the plain bytes. */
  sha256: Uint8Array<ArrayBuffer>;
  sizeBytes: number;
}

/** Plain bytes of a frame. A few frames are in memory at a time. */
export const frameBytes = 1024 * 1024;
export const tagBytes = 16;
export const saltBytes = 32;
/** Ends with the version of the format. */
const magic = new TextEncoder().encode("BHSEAL\u0000\u0001");
const keyIdBytes = 8;
const hashBytes = 32;
export const headerBytes = magic.length + keyIdBytes + saltBytes + hashBytes + 8;

/** Returns the header's bytes in the file. */
export function writeHeader({ keyId, salt, sha256, sizeBytes }: SealedHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headerBytes);
  let at = 0;
  for (const part of [magic, keyId, salt, sha256]) {
    bytes.set(part, at);
    at += part.length;
  }
  new DataView(bytes.buffer).setBigUint64(at, BigInt(sizeBytes));
  return bytes;
}

export function readHeader(bytes: Uint8Array<ArrayBuffer>): SealedHeader {
  if (bytes.length < headerBytes || magic.some((byte, at) => bytes[at] !== byte)) {
    throw new EvidenceProblem("is not sealed evidence of this version, or its beginning was changed");
  }
  let at = magic.length;
  const take = (length: number) => bytes.slice(at, at += length);
  const [keyId, salt, sha256] = [take(keyIdBytes), take(saltBytes), take(hashBytes)];
  const size = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw new EvidenceProblem("names a size that cannot be");
  return { keyId, salt, sha256, sizeBytes: Number(size) };
}

/** Number of frames: at least one, so that an empty file is authenticated too. */
export function framesOf(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / frameBytes));
}

/** Size of the whole sealed file in bytes. */
export function sealedBytes(sizeBytes: number): number {
  return headerBytes + sizeBytes + framesOf(sizeBytes) * tagBytes;
}

/** Id of a key in headers; reveals nothing about the key. */
export async function keyIdOf(key: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const label = new TextEncoder().encode("behest evidence key id");
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array([...label, ...key]));
  return new Uint8Array(digest).slice(0, keyIdBytes);
}

/** Encrypts and decrypts the frames of one file. */
export class Frames {
  readonly #key: CryptoKey;
  readonly #header: Uint8Array<ArrayBuffer>;
  readonly #count: number;

  private constructor(key: CryptoKey, header: Uint8Array<ArrayBuffer>, count: number) {
    this.#key = key;
    this.#header = header;
    this.#count = count;
  }

  static async of(key: Uint8Array<ArrayBuffer>, id: string, header: SealedHeader): Promise<Frames> {
    const master = await crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveKey"]);
    const info = new TextEncoder().encode(`behest evidence ${id}`);
    const own = await crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: header.salt, info },
      master,
      { name: "AES-GCM", length: 256 },
      false,
      ["encrypt", "decrypt"],
    );
    return new Frames(own, writeHeader(header), framesOf(header.sizeBytes));
  }

  async encrypt(number: number, plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await crypto.subtle.encrypt(this.#use(number), this.#key, plain));
  }

  async decrypt(number: number, sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return new Uint8Array(await crypto.subtle.decrypt(this.#use(number), this.#key, sealed));
    } catch {
      throw new EvidenceProblem(
        `was changed in frame ${number} of ${this.#count}, or does not belong to this incident`,
      );
    }
  }

  #use(number: number): AesGcmParams {
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setUint32(8, number);
    const additionalData = new Uint8Array(this.#header.length + 5);
    additionalData.set(this.#header);
    const view = new DataView(additionalData.buffer, this.#header.length);
    view.setUint32(0, number);
    view.setUint8(4, number === this.#count - 1 ? 1 : 0);
    return { name: "AES-GCM", iv, additionalData, tagLength: tagBytes * 8 };
  }
}
