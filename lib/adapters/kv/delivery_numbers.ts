import { endOf } from "../../commands/mod.ts";
import type { BroadcastRecord, CommandRecord, StateRecord } from "../../commands/ports.ts";
import { sourceOf } from "../../consent/mod.ts";
import type { DeliveryNumbers } from "../../consent/ports.ts";
import { isOpen } from "../../protocol/closed_states.ts";
import { getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import { isFirst, type StoredValue, whole } from "./short_records.ts";
import { allTaken } from "./taken_lists.ts";

/** No local date spans more than this. */
const dayAtMostMs = 50 * 3600_000;
const listing = { batchSize: 500 };

interface Counted {
  commandId: string;
  today: boolean;
  open: boolean;
  /** Of a broadcast: the state without the broadcast's own end. */
  cast: StateRecord["state"] | null;
}

class Tally {
  all = 0;
  readonly by = new Map<string, number>();

  add(source: string | null): void {
    this.all++;
    if (source !== null) this.by.set(source, (this.by.get(source) ?? 0) + 1);
  }
}

/**
 * CO-12: counts what was delivered to a person on a local day, and what was delivered and is not closed, from their states. What
 * was handed to a device and is not acknowledged counts too, if it was counted then. Only for people with a number in a grant or
 * a ceiling.
 */
export async function deliveryNumbers(
  kv: Deno.Kv,
  userId: string,
  day: string,
  isToday: (ms: number) => boolean,
): Promise<DeliveryNumbers> {
  // Read first: a delivery that is counted during the list changes it, and the write that relies on this fails.
  const seen = await kv.get<number>(keys.deliveredOn(userId, day));
  const now = Date.parse(`${day}T12:00:00Z`);
  const counted: Counted[] = [];
  const isNear = (ms: number) => Math.abs(ms - now) < dayAtMostMs && isToday(ms);
  // What was delivered and nothing else is in lists (DL-11); a record of its own goes before that.
  const taken = new Map<string, Counted>();
  for await (const { at, ids } of allTaken(kv, userId)) {
    const today = isNear(Date.parse(at));
    for (const commandId of ids) taken.set(commandId, { commandId, today, open: true, cast: null });
  }
  for await (const { key, value } of kv.list<StoredValue>({ prefix: keys.statesOf(userId) }, listing)) {
    if (isFirst(value)) continue;
    taken.delete(String(key[2]));
    const { state, deliveredAt, countedOn, withheldBy, cast } = whole(value);
    if (deliveredAt === null && countedOn === null) continue;
    const deliveredMs = Date.parse(deliveredAt ?? "");
    // What was handed over counts for its day, also if a rule withholds it since.
    const today = countedOn === null ? isNear(deliveredMs) : countedOn === day;
    const open = withheldBy === null && isOpen(state);
    if (today || open) {
      counted.push({ commandId: String(key[2]), today, open, cast: cast === true ? state : null });
    }
  }
  counted.push(...taken.values());
  const commands = await getValues<CommandRecord>(
    kv,
    counted.map(({ commandId }) => keys.command(commandId)),
  );
  for (const [at, one] of counted.entries()) {
    if (taken.has(one.commandId) && commands[at]?.cast !== undefined) one.cast = "delivered";
  }
  const casts = counted.filter(({ cast, open }) => cast !== null && open);
  const broadcasts = await getValues<BroadcastRecord>(
    kv,
    casts.map(({ commandId }) => keys.broadcast(commandId)),
  );
  const over = new Set(casts.flatMap(({ commandId, cast }, at) => {
    const broadcast = broadcasts[at] ?? null;
    return broadcast === null || isOpen(endOf(cast!, broadcast)) ? [] : [commandId];
  }));
  const [today, open] = [new Tally(), new Tally()];
  for (const [at, one] of counted.entries()) {
    const record = commands[at];
    if (record === null || record === undefined) continue;
    const source = sourceOf(record.command);
    if (one.today) today.add(source);
    if (one.open && !over.has(one.commandId)) open.add(source);
  }
  return { today, open, seen: { value: seen.value ?? 0, version: seen.versionstamp } };
}
