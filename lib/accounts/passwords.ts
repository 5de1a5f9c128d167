import { scrypt, timingSafeEqual } from "node:crypto";
import type { Random } from "../platform/mod.ts";
import { limits, Refusal } from "../protocol/mod.ts";

/** What one derivation costs: `2^log2N × 128 × blockSize` bytes of memory, `parallel` passes one after another. */
export interface ScryptCost {
  log2N: number;
  blockSize: number;
  parallel: number;
}

/**
 * One of the equivalent scrypt settings of OWASP's Password Storage Cheat Sheet (AU-10). Of those it is the one
 * with 16 MiB, so that two at once stay small beside the rest of the process.
 */
export const owaspCost: ScryptCost = { log2N: 14, blockSize: 8, parallel: 5 };

/** What the accounts need of it. */
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
 * Hashes as `$scrypt$ln=14,r=8,p=5$salt$hash`, base64 without padding. At most two derivations run at once on
 * the thread pool; the rest wait in order, so that logins cannot take the whole machine.
 */
export class Passwords implements Hashing {
  readonly #cost: ScryptCost;
  readonly #random: Random;
  /** Stands in for people who do not exist, so that they cost the same work (AU-4). */
  readonly #nobody: Parsed;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(random: Random, cost: ScryptCost = owaspCost) {
    this.#random = random;
    this.#cost = cost;
    this.#nobody = { cost, salt: random.bytes(saltBytes), hash: random.bytes(hashBytes) };
  }

  /** The text to store; `unavailable` when too many wait already. */
  async hash(password: string): Promise<string | Refusal> {
    const salt = this.#random.bytes(saltBytes);
    const hash = await this.#derive(password, salt, this.#cost);
    if (hash instanceof Refusal) return hash;
    const { log2N, blockSize, parallel } = this.#cost;
    return `$scrypt$ln=${log2N},r=${blockSize},p=${parallel}$${base64(salt)}$${base64(hash)}`;
  }

  /** Whether the password is the stored one; null stands for a person who does not exist, and is never right. */
  async verify(password: string, stored: string | null): Promise<boolean | Refusal> {
    const { cost, salt, hash } = stored === null ? this.#nobody : parse(stored);
    const derived = await this.#derive(password, salt, cost);
    if (derived instanceof Refusal) return derived;
    return timingSafeEqual(derived, hash) && stored !== null;
  }

  /** Whether the hash took less work than a new one would: time to make it again. */
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
        return new Refusal("unavailable", "Too many people are logging in. Try again in a moment.");
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await derive(password, salt, cost);
    } finally {
      // A waiting one takes the place over, so that nobody can slip in between.
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
  // Keyboards compose the same letters in different ways; NFKC makes them the same bytes (NIST SP 800-63B).
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
  // A record that cannot be read is a bug or damage; it must not pass for a wrong password.
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
