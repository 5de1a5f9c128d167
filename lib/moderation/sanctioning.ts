import type { Caller } from "../platform/mod.ts";
import { limits, Refusal, say } from "../protocol/mod.ts";
import type { AccountChange, AccountRecord, Restriction, SanctionInForce, SanctionRecord } from "./ports.ts";
import { stillInForce, strictest } from "./restrictions.ts";

/** The part of an account's change that follows from its sanctions. */
type Sanctioned =
  & Pick<AccountChange, "mute" | "limit" | "suspension">
  & { sanctions: readonly SanctionRecord[]; inForce: readonly SanctionInForce[] };

/** MO-7: adds a sanction. One that is as strict keeps applying; the new one then only counts once that is over or lifted. */
export function withSanction(
  account: AccountRecord,
  before: readonly SanctionInForce[],
  sanction: SanctionRecord,
): Sanctioned | Refusal {
  const others = stillInForce(before, sanction.createdAt);
  if (others.length >= limits.sanctionsInForce) {
    return new Refusal("conflict", say("sanction.limit", { count: limits.sanctionsInForce }));
  }
  const { id, kind, reason, until } = sanction;
  const added = { id, kind, until };
  const applies = strictest([...ofKind(others, kind), added]) === added;
  return {
    sanctions: [sanction],
    inForce: [...others, added],
    ...(applies ? restricted(account, kind, { reason, until }) : {}),
  };
}

/** MO-7: lifts one sanction. The strictest of those left applies; `reasonOf` reads its reason. An incident's suspension stays. */
export async function withoutSanction(
  account: AccountRecord,
  before: readonly SanctionInForce[],
  sanction: SanctionRecord,
  lifted: NonNullable<SanctionRecord["lifted"]>,
  reasonOf: (sanctionId: string) => Promise<string>,
): Promise<Sanctioned | Refusal> {
  const inForce = stillInForce(before, lifted.at);
  if (!inForce.some(({ id }) => id === sanction.id)) return new Refusal("conflict", "sanction.over");
  const left = inForce.filter(({ id }) => id !== sanction.id);
  const next = strictest(ofKind(left, sanction.kind));
  const restriction = next === null ? null : { reason: await reasonOf(next.id), until: next.until };
  return {
    sanctions: [{ ...sanction, lifted }],
    inForce: left,
    ...restricted(account, sanction.kind, restriction),
  };
}

/** Sanctions that a decision imposes, and ids of those that it lifts. */
export interface SanctionsPlan {
  add: readonly SanctionRecord[];
  /** Those that are over stay as they are. */
  lift: { ids: readonly string[]; by: string; reason: string };
  /** MO-7: the outcome of an appeal, for its sanction. */
  appeal?: { sanctionId: string; appeal: NonNullable<SanctionRecord["appeal"]> };
}

interface SanctionReads {
  sanction(sanctionId: string): Promise<SanctionRecord | null>;
}

/** MO-2: all that a decision does to an account's sanctions, as one change. */
export async function withPlan(
  account: AccountRecord,
  before: readonly SanctionInForce[],
  { add, lift, appeal }: SanctionsPlan,
  now: number,
  reads: SanctionReads,
): Promise<Sanctioned | Refusal> {
  let done: Sanctioned = { sanctions: [], inForce: before };
  const join = (next: Sanctioned) => {
    const others = done.sanctions.filter(({ id }) => !next.sanctions.some((one) => one.id === id));
    done = { ...done, ...next, sanctions: [...others, ...next.sanctions] };
  };
  const reasonOf = async (id: string) => (await reads.sanction(id))?.reason ?? "";
  if (appeal !== undefined) {
    const sanction = await reads.sanction(appeal.sanctionId);
    if (sanction !== null) join({ ...done, sanctions: [{ ...sanction, appeal: appeal.appeal }] });
  }
  for (const id of lift.ids) {
    const sanction = done.sanctions.find((one) => one.id === id) ?? await reads.sanction(id);
    if (sanction === null) continue;
    const lifted = { at: now, by: lift.by, reason: lift.reason };
    const next = await withoutSanction(account, done.inForce, sanction, lifted, reasonOf);
    // Read, lifted or over: nothing to end.
    if (!(next instanceof Refusal)) join(next);
  }
  for (const sanction of add) {
    const next = withSanction(account, done.inForce, sanction);
    if (next instanceof Refusal) return next;
    join(next);
  }
  return done;
}

/** Nobody sanctions themselves. Only administrators sanction moderators and administrators. */
export function mayNot(caller: Caller, account: AccountRecord): Refusal | null {
  if (account.id === caller.userId) return new Refusal("conflict", "sanction.self");
  if (account.role !== "member" && caller.role !== "admin") {
    return new Refusal("forbidden", "sanction.staff");
  }
  return null;
}

function ofKind(sanctions: readonly SanctionInForce[], kind: SanctionRecord["kind"]): SanctionInForce[] {
  return sanctions.filter((one) => one.kind === kind);
}

function restricted(
  account: AccountRecord,
  kind: SanctionRecord["kind"],
  restriction: Restriction | null,
): Pick<AccountChange, "mute" | "limit" | "suspension"> {
  switch (kind) {
    case "warn":
      return {};
    case "limit":
      return { limit: restriction };
    case "mute":
      return { mute: restriction };
    case "suspend":
      // An incident's suspension is the strictest, and ends only with the incident.
      return account.incident === null ? { suspension: restriction } : {};
    default:
      return kind satisfies never;
  }
}
