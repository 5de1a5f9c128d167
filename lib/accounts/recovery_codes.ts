import type { Random } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import { hashOf } from "./tokens.ts";

/** Crockford's base 32: people read these codes from paper and type them. */
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const groupLetters = 5;
/** Fifteen letters have 75 bits, so a hash reveals nothing about the code. */
const groups = 3;

/** Returns new codes for display, and their hashes for the store. */
export async function newRecoveryCodes(random: Random): Promise<{ codes: string[]; hashes: string[] }> {
  const codes = Array.from({ length: limits.recoveryCodes }, () => oneCode(random));
  return { codes, hashes: await Promise.all(codes.map(recoveryHash)) };
}

/** Hashes a typed code. Ignores case, spaces and dashes, and reads letters like O and I as digits. */
export function recoveryHash(typed: string): Promise<string> {
  const code = typed.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  return hashOf(`recovery ${code}`);
}

function oneCode(random: Random): string {
  const group = () => Array.from(random.bytes(groupLetters), (byte) => letters[byte & 31]).join("");
  return Array.from({ length: groups }, group).join("-");
}
