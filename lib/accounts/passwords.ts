import { scrypt, timingSafeEqual } from "node:crypto";
import type { Random } from "../platform/mod.ts";
import { limits, Refusal } from "../protocol/mod.ts";

/** Cost of one derivation: `2^log2N × 128 × blockSize` bytes of memory, and `parallel` passes in sequence. */
export interface ScryptCost {
  log2N: number;
  blockSize: number;
  parallel: number;
}

/**
 * One of the equivalent scrypt settings of OWASP's Password Storage Cheat Sheet (AU-10): the one with 16 MiB, so that two at
 * once need little memory.
 */
export const owaspCost: ScryptCost = { log2N: 14, blockSize: 8, parallel: 5 };

/** Password hashing, as `Accounts` uses it. */
export interface Hashing {
  hash(password: string): Promise<string | Refusal>;
  verify(password: string, stored: string | null): Promise<boolean | Refusal>;
  isWeaker(stored: string): boolean;
}

const saltBytes = 16;
const hashBytes = 32;

interface Parsed {
  cost: ScryptCost;
  salt: Uint8Array<ArrayBuffer>;
  hash: Uint8Array<ArrayBuffer>;
}

/**
 * Hashes in the form `$scrypt$ln=14,r=8,p=5$salt$hash`, base64 without padding. At most two derivations run at once in the
 * thread pool; the rest wait in order, so that logins cannot use the whole machine.
 */
export class Passwords implements Hashing {
  readonly #cost: ScryptCost;
  readonly #random: Random;
  /** Verified for unknown people, so that they cost the same work (AU-4). */
  readonly #nobody: Parsed;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(random: Random, cost: ScryptCost = owaspCost) {
    this.#random = random;
    this.#cost = cost;
    this.#nobody = { cost, salt: random.bytes(saltBytes), hash: random.bytes(hashBytes) };
  }

  /** Returns the text to store; `unavailable` when too many callers wait. */
  async hash(password: string): Promise<string | Refusal> {
    const salt = this.#random.bytes(saltBytes);
    const hash = await this.#derive(password, salt, this.#cost);
    if (hash instanceof Refusal) return hash;
    const { log2N, blockSize, parallel } = this.#cost;
    return `$scrypt$ln=${log2N},r=${blockSize},p=${parallel}$${base64(salt)}$${base64(hash)}`;
  }

  /** Whether the password matches the stored hash. Null, for an unknown person, takes the same time and never matches. */
  async verify(password: string, stored: string | null): Promise<boolean | Refusal> {
    const { cost, salt, hash } = stored === null ? this.#nobody : parse(stored);
    const derived = await this.#derive(password, salt, cost);
    if (derived instanceof Refusal) return derived;
    return timingSafeEqual(derived, hash) && stored !== null;
  }

  /** Whether a new hash would cost more work than this one. */
  isWeaker(stored: string): boolean {
    return workOf(parse(stored).cost) < workOf(this.#cost);
  }

  async #derive(
    password: string,
    salt: Uint8Array,
    cost: ScryptCost,
  ): Promise<Uint8Array<ArrayBuffer> | Refusal> {
    if (this.#running >= limits.passwordRuns) {
      if (this.#waiting.length >= limits.passwordQueue) {
        return new Refusal("unavailable", "login.busy");
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await derive(password, salt, cost);
    } finally {
      // The next waiting caller gets the place directly, so that no other caller can take it first.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

function derive(password: string, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array<ArrayBuffer>> {
  const { log2N, blockSize, parallel } = cost;
  const N = 2 ** log2N;
  const maxmem = 256 * blockSize * (N + parallel);
  // Keyboards compose the same letters differently; NFKC makes their bytes equal (NIST SP 800-63B).
  const typed = password.normalize("NFKC");
  return new Promise((resolve, reject) => {
    scrypt(typed, salt, hashBytes, { N, r: blockSize, p: parallel, maxmem }, (error, key) => {
      if (error === null) resolve(new Uint8Array(key));
      else reject(error);
    });
  });
}

const form = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parse(stored: string): Parsed {
  const [, log2N, blockSize, parallel, salt, hash] = form.exec(stored) ?? [];
  // An unreadable hash is a bug or damage, and must not look like a wrong password.
  if (salt === undefined || hash === undefined) throw new Error("A stored password hash cannot be read.");
  const parsed = {
    cost: { log2N: Number(log2N), blockSize: Number(blockSize), parallel: Number(parallel) },
    salt: Uint8Array.fromBase64(salt),
    hash: Uint8Array.fromBase64(hash),
  };
  if (parsed.cost.log2N > 20 || parsed.hash.length !== hashBytes) {
    throw new Error("A stored password hash is out of bounds.");
  }
  return parsed;
}

function workOf({ log2N, blockSize, parallel }: ScryptCost): number {
  return 2 ** log2N * blockSize * parallel;
}

function base64(bytes: Uint8Array): string {
  return bytes.toBase64({ omitPadding: true });
}
