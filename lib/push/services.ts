import type { Clock, Timer } from "../platform/mod.ts";
import { pushLimits } from "../protocol/mod.ts";
import type { PushOutcome } from "./ports.ts";

/** Wait after an answer that asks for one of everything, when it says none, and the longest that is believed. */
const pauseMs = 5000;
const pauseMaxMs = 10 * 60_000;

/** One push service, as it answers now. */
interface Lane {
  running: number;
  waiting: (() => void)[];
  pausedUntilMs: number;
  timer: Timer | null;
}

/**
 * Sends to each push service on a lane of its own, so that one that hangs or asks for a pause keeps no other waiting. At most
 * `pushLimits.pushesAtOnce` to one service run at a time.
 */
export class ServiceLanes {
  readonly #clock: Clock;
  readonly #lanes = new Map<string, Lane>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends when the service of that host has room. Null: this was closed before. */
  async run(host: string, send: () => Promise<PushOutcome>): Promise<PushOutcome | null> {
    const lane = this.#laneOf(host);
    if (lane.running >= pushLimits.pushesAtOnce || this.#isPaused(lane)) {
      await new Promise<void>((resolve) => {
        lane.waiting.push(resolve);
        this.#next(lane);
      });
    } else lane.running++;
    try {
      if (this.#closed) return null;
      const outcome = await send();
      if (outcome.kind === "later" && outcome.status === 429) this.#pause(lane, outcome.waitMs);
      return outcome;
    } finally {
      lane.running--;
      this.#next(lane);
      if (lane.running === 0 && lane.waiting.length === 0 && !this.#isPaused(lane)) this.#lanes.delete(host);
    }
  }

  /** Lets everything that waits go on, to find that this is closed. */
  close(): void {
    this.#closed = true;
    for (const lane of this.#lanes.values()) {
      lane.timer?.cancel();
      for (const go of lane.waiting.splice(0)) {
        lane.running++;
        go();
      }
    }
  }

  #laneOf(host: string): Lane {
    let lane = this.#lanes.get(host);
    if (lane === undefined) {
      this.#lanes.set(host, lane = { running: 0, waiting: [], pausedUntilMs: 0, timer: null });
    }
    return lane;
  }

  #isPaused({ pausedUntilMs }: Lane): boolean {
    return !this.#closed && pausedUntilMs > this.#clock.now();
  }

  #pause(lane: Lane, waitMs: number | null): void {
    lane.pausedUntilMs = this.#clock.now() + Math.min(waitMs ?? pauseMs, pauseMaxMs);
  }

  #next(lane: Lane): void {
    if (lane.waiting.length === 0) return;
    if (this.#isPaused(lane)) {
      lane.timer ??= this.#clock.after(lane.pausedUntilMs - this.#clock.now(), () => {
        lane.timer = null;
        this.#next(lane);
      });
      return;
    }
    while (lane.running < pushLimits.pushesAtOnce) {
      const go = lane.waiting.shift();
      if (go === undefined) return;
      lane.running++;
      go();
    }
  }
}
