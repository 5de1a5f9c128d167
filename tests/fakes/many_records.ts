import type { KvKey, KvPort } from "../../lib/adapters/kv/port.ts";

/** Most entries in one commit. */
export const atOnce = 200;

/**
 * Copies all entries that are about one record, `count` times: each copy has another text in the place of each of `tokens`
 * (ids, names), in keys and values. This knows no layout, so it holds whatever the records look like.
 */
export async function multiply(kv: KvPort, tokens: readonly string[], count: number): Promise<void> {
  const about = (await Array.fromAsync(kv.list({ prefix: [] }))).filter(({ key, value }) =>
    // Work that is due is done once, and an answer to a repeated key belongs to its first send.
    key[0] !== "job" && key[0] !== "send_key" && tokens.some((token) => isAbout({ key, value }, token))
  );
  let atomic = kv.atomic();
  let size = 0;
  for (let copy = 1; copy <= count; copy++) {
    const swaps = new Map(tokens.map((token) => [token, other(token, copy)]));
    for (const { key, value } of about) {
      const place = `${copy.toString(16).padStart(16, "0")}0001`;
      // The shared log's places are versionstamps, which nothing but a commit gives.
      const copied = key[0] === "broadcast" ? ["broadcast", place] : key.map((part) => swapped(part, swaps));
      const record = swapped(value, swaps);
      atomic.set(copied as KvKey, key[0] === "cast" ? { ...record as object, place } : record);
      if (++size < atOnce) continue;
      await atomic.commit();
      [atomic, size] = [kv.atomic(), 0];
    }
  }
  await atomic.commit();
}

function isAbout(entry: unknown, token: string): boolean {
  if (typeof entry === "string") return entry.includes(token);
  if (entry === null || typeof entry !== "object") return false;
  return Object.values(entry).some((part) => isAbout(part, token));
}

/** Another text of the same length, which sorts near it. */
function other(token: string, copy: number): string {
  const tail = String(copy).padStart(Math.min(8, token.length - 1), "0");
  return token.slice(0, token.length - tail.length) + tail;
}

function swapped(part: unknown, swaps: ReadonlyMap<string, string>): unknown {
  if (typeof part === "string") {
    let text = part;
    for (const [from, to] of swaps) if (text.includes(from)) text = text.replaceAll(from, to);
    return text;
  }
  if (Array.isArray(part)) return part.map((one) => swapped(one, swaps));
  if (part === null || typeof part !== "object" || Object.getPrototypeOf(part) !== Object.prototype) {
    return part;
  }
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [swapped(name, swaps), swapped(value, swaps)]),
  );
}
