/** Randomness as a port: tests and the simulation pass a seeded one. */
export interface Random {
  /** `length` bytes; from the system unless a test decides. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
  /** A number from 0 up to 1, for jitter. */
  fraction(): number;
}

export const systemRandom: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  fraction: () => Math.random(),
};

/** URL-safe text of `length` random bytes. */
export function randomText(random: Random, length: number): string {
  return random.bytes(length).toBase64({ alphabet: "base64url", omitPadding: true });
}
