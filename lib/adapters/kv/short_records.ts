import type { FirstState, StateRecord } from "../../commands/ports.ts";

/** A first record: of the rest nobody has written anything yet, and all of it follows from the command. */
export interface ShortFirst extends FirstState {
  first: true;
}

/** What an acknowledgement makes of a first record, which is most of what is ever written: a third of the whole. */
export interface ShortTaken extends Pick<StateRecord, "createdAt" | "place" | "allowedBy" | "cast"> {
  /** When it was handed over; nothing else has happened to it. */
  taken: string;
}

export type StoredValue = StateRecord | ShortFirst | ShortTaken;

export function isFirst(value: StoredValue): value is ShortFirst {
  return "first" in value;
}

/** A record as it is stored. */
export function shortened(record: StateRecord): StateRecord | ShortTaken {
  if (!isJustTaken(record)) return record;
  const { createdAt, place, allowedBy, cast } = record;
  return { taken: record.updatedAt, createdAt, place, allowedBy, ...(cast === undefined ? {} : { cast }) };
}

/** A stored record as it was written. */
export function whole(value: StateRecord | ShortTaken): StateRecord {
  if (!("taken" in value)) return value;
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
  const { frozenMs, frozenUntilMs, uncounted, timeline, ...none } = more;
  // A field that is new has to be asked of here, or it would be lost.
  none satisfies Record<string, never>;
  const [first, last] = timeline;
  return state === "delivered" && deliveredAt === updatedAt && !opened && withheldBy === null &&
    countedOn === null && until === null && note === null && proof.length === 0 && frozenMs === 0 &&
    frozenUntilMs === undefined && uncounted === undefined && timeline.length === 2 &&
    first!.state === "queued" && first!.at === createdAt && first!.who === null && first!.note === null &&
    last!.state === "delivered" && last!.at === updatedAt && last!.who === null && last!.note === null;
}
