import type { SharedBell } from "../../lib/cluster/mod.ts";
import type { Caller } from "../../lib/platform/mod.ts";
import type { Halting } from "../fakes/halting.ts";
import type { LiveDevice, LiveRig } from "../fakes/live_rig.ts";

export const names = ["ada", "ben", "cat"];
/** A message between two instances is late by up to this. */
export const latestMs = 1500;
/** How wrong the clocks of instances are, either way. */
export const wrongMs = 5000;
export const longestHaltMs = 25_000;

/** One process. It lives until its lease is lost, or it is killed. */
export interface Instance {
  id: string;
  halting: Halting;
  rig: LiveRig;
  bell: SharedBell;
  people: Caller[];
  dead: boolean;
}

export interface Line {
  name: string;
  device: string;
  at: Instance;
  line: LiveDevice;
  /** How many texts of it were looked at, and what it was handed. */
  seen: number;
  onLine: Set<string>;
  lastCursor: string;
}

export interface Device {
  name: string;
  device: string;
  /** First deliveries in their order, over all of its lines. */
  taken: Map<string, string>;
  now: Line | null;
}

export interface Sent {
  from: string;
  to: readonly string[];
  id: string;
}
