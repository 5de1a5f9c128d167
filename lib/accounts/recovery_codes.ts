import type { Random } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import { hashOf } from "./tokens.ts";

/** Crockford's base 32: a code is read from paper and typed. */
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const groupLetters = 5;
/** Fifteen letters are 75 bits, so that a hash of one gives nothing away. */
const groups = 3;

/** New codes as they are shown, and the hashes that are kept of them. */
export async function newRecoveryCodes(random: Random): Promise<{ codes: string[]; hashes: string[] }> {
  const codes = Array.from({ length: limits.recoveryCodes }, () => oneCode(random));
  return { codes, hashes: await Promise.all(codes.map(recoveryHash)) };
}

/** Of a code as it was typed: case, spaces and dashes do not matter, and letters that look like digits are those. */
export function recoveryHash(typed: string): Promise<string> {
  const code = typed.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  return hashOf(`recovery ${code}`);
}

function oneCode(random: Random): string {
  const group = () => Array.from(random.bytes(groupLetters), (byte) => letters[byte & 31]).join("");
  return Array.from({ length: groups }, group).join("-");
}
