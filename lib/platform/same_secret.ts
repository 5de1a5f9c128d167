import { timingSafeEqual } from "node:crypto";

/** Whether two texts are the same. The time it takes says nothing of where they differ, only of their lengths. */
export function isSameSecret(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => new TextEncoder().encode(text));
  return a!.length === b!.length && timingSafeEqual(a!, b!);
}
