import type { Restriction, SanctionInForce, SanctionRecord } from "../../moderation/mod.ts";
import { stillInForce, strictest } from "../../moderation/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { keys } from "./keys.ts";
import type { KvPort } from "./port.ts";

/** A person's sanctions, newest first, as many as are shown. */
export async function sanctionsOf(kv: KvPort, userId: string): Promise<SanctionRecord[]> {
  const newestFirst = { reverse: true, limit: limits.pageMax };
  const found: SanctionRecord[] = [];
  for await (const { value } of kv.list<SanctionRecord>({ prefix: keys.sanctionsOf(userId) }, newestFirst)) {
    found.push(value);
  }
  return found;
}

/**
 * The sanctions that were neither lifted nor read, oldest first (MO-7). Earlier versions had no such record: there the last
 * mute and the last suspension replaced the ones before.
 */
export async function sanctionsInForce(kv: KvPort, userId: string): Promise<SanctionInForce[]> {
  const { value } = await kv.get<SanctionInForce[]>(keys.inForce(userId));
  if (value !== null) return value;
  const found = await sanctionsOf(kv, userId);
  const last = (["mute", "suspend"] as const).map((kind) => found.find((one) => one.kind === kind));
  return last.flatMap((one) => one === undefined ? [] : [{ id: one.id, kind: one.kind, until: one.until }])
    .sort((one, other) => one.id < other.id ? -1 : 1);
}

/** The suspension by moderators that applies at a time, or null. `before`: the one of an account without any sanction record. */
export async function moderatorsSuspension(
  kv: KvPort,
  userId: string,
  before: Restriction | null,
  nowMs: number,
): Promise<Restriction | null> {
  const listed = await sanctionsInForce(kv, userId);
  if (listed.length === 0 && (await kv.get(keys.inForce(userId))).value === null) return before;
  const suspensions = stillInForce(listed, nowMs).filter(({ kind }) => kind === "suspend");
  const applies = strictest(suspensions);
  if (applies === null) return null;
  const { value } = await kv.get<SanctionRecord>(keys.sanction(userId, applies.id));
  return { reason: value?.reason ?? "", until: applies.until };
}
