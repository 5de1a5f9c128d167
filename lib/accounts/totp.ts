import type { Random } from "../platform/mod.ts";

/** RFC 4226, section 4: a shared secret of 160 bits. */
const secretBytes = 20;
const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** RFC 6238, section 5.2: one step of 30 s for the time of typing, and one for a clock that is ahead. */
const toleranceSeconds = 30;

/** Returns a new secret in base 32. */
export function newTotpSecret(random: Random): string {
  let bits = "";
  for (const byte of random.bytes(secretBytes)) bits += byte.toString(2).padStart(8, "0");
  return bits.replace(/.{5}/g, (five) => base32[Number.parseInt(five, 2)]!);
}

/** Returns the address that authenticator apps read from a QR code. */
export async function totpUri(username: string, secret: string): Promise<string> {
  const { generateURI } = await import("otplib");
  return generateURI({ issuer: "Behest", label: username, secret });
}

/** Whether the input has the form of a code: six digits, with spaces as apps show them. */
export function isTotpCode(typed: string): boolean {
  return /^[0-9]{6}$/.test(typed.replace(/\s/g, ""));
}

/** Returns the time step of a code; null when the code is wrong or its step is not later than `lastStep`. */
export async function totpStep(
  typed: string,
  { secret, lastStep }: { secret: string; lastStep: number | null },
  nowMs: number,
): Promise<number | null> {
  if (!isTotpCode(typed)) return null;
  const { verify } = await import("otplib");
  const checked = await verify({
    secret,
    token: typed.replace(/\s/g, ""),
    epoch: Math.floor(nowMs / 1000),
    epochTolerance: toleranceSeconds,
    ...(lastStep === null ? {} : { afterTimeStep: lastStep }),
  });
  if (!checked.valid || !("timeStep" in checked)) return null;
  // Checked again besides the option: a code must never be valid twice.
  return lastStep !== null && checked.timeStep <= lastStep ? null : checked.timeStep;
}
