import { BoundedMap } from "../platform/mod.ts";
import { pushLimits } from "../protocol/mod.ts";

/** When a device was told last, and how long it is left in peace then. */
interface Told {
  atMs: number;
  gapMs: number;
}

/** Devices whose pace is kept. */
const kept = 20_000;

/**
 * How often devices may ring. What comes after a while rings at once; while more keeps coming, the gap doubles, and each ring tells
 * all of it. In memory: after a start every device may ring.
 */
export class Pace {
  readonly #told = new BoundedMap<string, Told>(kept);

  /** Milliseconds until the device may ring; 0: now. */
  waitMs(deviceId: string, nowMs: number): number {
    const told = this.#told.get(deviceId);
    if (told === undefined || nowMs < told.atMs) return 0;
    return Math.max(0, told.atMs + told.gapMs - nowMs);
  }

  /** The device was told. `waited`: more came than it may be told of at once. */
  rang(deviceId: string, nowMs: number, waited: boolean): void {
    const before = this.#told.get(deviceId)?.gapMs ?? pushLimits.pushGapMs;
    const gapMs = waited ? Math.min(before * 2, pushLimits.pushGapMaxMs) : pushLimits.pushGapMs;
    this.#told.set(deviceId, { atMs: nowMs, gapMs });
  }
}
