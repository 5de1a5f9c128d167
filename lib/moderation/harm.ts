import type { QueueKind, ReportReason, SanctionKind } from "../protocol/mod.ts";

export type Harm = 1 | 2 | 3;

/** MO-2: how bad a reported thing is; 3 comes first. */
const harms = {
  danger: 3,
  threat: 3,
  intimate: 3,
  illegal: 3,
  harassment: 2,
  sexual: 2,
  impersonation: 2,
  spam: 1,
  wrong_category: 1,
  other: 1,
} as const satisfies Record<ReportReason, Harm>;

/** Different people who report the same make it worse by one. */
const manyPeople = 3;

export function harmOf(reason: ReportReason, people: number): Harm {
  const harm = harms[reason];
  return people < manyPeople || harm === 3 ? harm : harm + 1 as Harm;
}

/** An appeal waits the more urgently, the more the sanction takes. */
export function harmOfAppeal(kind: SanctionKind): Harm {
  switch (kind) {
    case "suspend":
      return 3;
    case "mute":
    case "limit":
      return 2;
    case "warn":
      return 1;
    default:
      return kind satisfies never;
  }
}

/** Held files, and incidents (SC-5). */
export const harmOfFile: Harm = 1;
export const harmOfIncident: Harm = 3;

/** MO-8: the law gives it 48 hours. */
export const harmOfRemoval: Harm = 3;

/** The place in the queue, the highest first: what has a deadline comes before all harm. */
export function rankOf({ kind, harm }: { kind: QueueKind; harm: Harm }): number {
  return kind === "removal" ? 4 : harm;
}
