import type { Random } from "../../lib/platform/random.ts";

/** A `Random` that a test can repeat: the same seed gives the same numbers. Not for secrets. */
export function seededRandom(seed: number): Random {
  const next = splitMix32(seed);
  return {
    bytes(length) {
      const out = new Uint8Array(length);
      for (let at = 0; at < length; at++) out[at] = next() >>> 24;
      return out;
    },
    fraction: () => next() / 2 ** 32,
  };
}

/** A 32-bit counter stepped by the golden ratio and mixed: small, fast, passes for random in tests. */
function splitMix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}
