import type { FirstState, StateRecord } from "../../commands/ports.ts";

/** The stored form of a first record. The rest follows from the command. */
export interface ShortFirst extends FirstState {
  first: true;
}

/** Compact form of a record that was delivered and nothing else: a third of the size. Most records are such. */
export interface ShortTaken extends Pick<StateRecord, "createdAt" | "place" | "allowedBy" | "cast"> {
  /** When it was delivered; nothing else has happened to it. */
  taken: string;
}

/** A record with what an undo brings back in its compact form too. */
type StoredRecord = ShortTaken | Omit<StateRecord, "undo"> & { undo?: { at: string; before: StoredRecord } };

export type StoredValue = StoredRecord | ShortFirst;

export function isFirst(value: StoredValue): value is ShortFirst {
  return "first" in value;
}

/** The stored form of a record. */
export function shortened(record: StateRecord): StoredRecord {
  const { undo } = record;
  // CM-13: most answers follow a delivery.
  if (undo !== undefined) return { ...record, undo: { ...undo, before: shortened(undo.before) } };
  if (!isJustTaken(record)) return record;
  const { createdAt, place, allowedBy, cast } = record;
  return { taken: record.updatedAt, createdAt, place, allowedBy, ...(cast === undefined ? {} : { cast }) };
}

/** The record of a stored form. */
export function whole(value: StoredRecord): StateRecord {
  if (!("taken" in value)) {
    const { undo, ...record } = value;
    return undo === undefined ? record : { ...record, undo: { at: undo.at, before: whole(undo.before) } };
  }
  const { taken, ...kept } = value;
  return {
    state: "delivered",
    updatedAt: taken,
    deliveredAt: taken,
    opened: false,
    withheldBy: null,
    countedOn: null,
    until: null,
    note: null,
    proof: [],
    frozenMs: 0,
    timeline: [
      { at: kept.createdAt, state: "queued", who: null, note: null },
      { at: taken, state: "delivered", who: null, note: null },
    ],
    ...kept,
  };
}

function isJustTaken(record: StateRecord): boolean {
  const { createdAt, place: _place, allowedBy: _allowedBy, cast: _cast, ...rest } = record;
  const { state, updatedAt, deliveredAt, opened, withheldBy, countedOn, until, note, proof, ...more } = rest;
  const {
    frozenMs,
    frozenUntilMs,
    uncounted,
    review,
    timeline,
    answer,
    startedAt,
    edition,
    undo: _undo,
    ...none
  } = more;
  // Fails to compile for a new field, which would be lost if it were not checked here.
  none satisfies Record<string, never>;
  const [first, last] = timeline;
  return state === "delivered" && deliveredAt === updatedAt && !opened && withheldBy === null &&
    countedOn === null && until === null && note === null && proof.length === 0 && frozenMs === 0 &&
    frozenUntilMs === undefined && uncounted === undefined && review === undefined && answer === undefined &&
    startedAt === undefined && edition === undefined && timeline.length === 2 &&
    first!.state === "queued" && first!.at === createdAt && first!.who === null && first!.note === null &&
    last!.state === "delivered" && last!.at === updatedAt && last!.who === null && last!.note === null;
}
