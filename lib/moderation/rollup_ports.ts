import type { Counts } from "../platform/mod.ts";

/** How full the disk of the data directory is, in bytes. `free`: what this process may still write. */
export interface DiskSpace {
  usedBytes: number;
  freeBytes: number;
}

/** What is looked at, not counted. */
export interface Levels {
  connections: number;
  jobsDue: number;
  scanBacklog: number;
  /** Null where there is no data directory, or it cannot be looked at. */
  disk: DiskSpace | null;
}

/** The numbers of one step of time. */
export interface RollupPoint extends Levels, Counts {
  /** Its begin, in milliseconds since 1970; a multiple of its step. */
  atMs: number;
  /** How many looks are in it. `connections` is their mean; of jobs and scans it has the most, of the disk the last. */
  looks: number;
}

/** Where a point is kept: each step has a fixed number of places, and a new point takes that of the oldest. */
export interface RollupPlace {
  stepMs: number;
  slot: number;
}

export interface RollupStore {
  /** In the order of the places; null where nothing was written yet. */
  read(places: readonly RollupPlace[]): Promise<(RollupPoint | null)[]>;
  /** Everything of a step, in no order: points of an earlier time too. */
  all(stepMs: number): Promise<RollupPoint[]>;
  /** One commit. */
  write(points: readonly { place: RollupPlace; point: RollupPoint }[]): Promise<void>;
}
