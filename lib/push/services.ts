import type { Clock, Timer } from "../platform/mod.ts";
import { pushLimits } from "../protocol/mod.ts";
import type { PushOutcome } from "./ports.ts";

/** Wait after answers that ask for one, when they do not say how long, and the longest that is believed. */
const pauseMs = 5000;
const pauseMaxMs = 10 * 60_000;
/**
 * So many people in a row whose pushes were put off, with nothing taken between them, and the service as a whole is left in peace. Fewer
 * are only those devices' own trouble, and one person cannot have others wait.
 */
const peopleInRow = 3;
/** Of what may start in a second, as much at a time. */
const burst = 1 / 4;
/** Services whose answers are kept in mind. */
const lanesKept = 1000;
/** Pushes a second to a service that asked for less again and again. */
const leastEachSecond = 5;

/** One push service, as it answers now. */
interface Lane {
  running: number;
  waiting: (() => void)[];
  /** Pushes that may start each second, and how many of those are left. */
  eachSecond: number;
  left: number;
  leftAtMs: number;
  /** Whose pushes were put off since the last that was taken. */
  putOff: Set<string>;
  pausedUntilMs: number;
  timer: Timer | null;
}

/**
 * Sends to each push service on a lane of its own, so that one that hangs or asks for a pause keeps no other waiting. At most
 * `pushLimits.pushesAtOnce` to one service run at a time, and `pushLimits.pushesEachSecond` start in a second: half as many after each
 * pause, and one more with each push that is taken.
 */
export class ServiceLanes {
  readonly #clock: Clock;
  readonly #lanes = new Map<string, Lane>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends to a person's device when the service of that host has room. Null: `send` gave that, or this was closed before. */
  async run(
    host: string,
    userId: string,
    send: () => Promise<PushOutcome | null>,
  ): Promise<PushOutcome | null> {
    const lane = this.#laneOf(host);
    await new Promise<void>((resolve) => {
      lane.waiting.push(resolve);
      this.#next(lane);
    });
    try {
      if (this.#closed) return null;
      const outcome = await send();
      if (outcome !== null) this.#learn(lane, userId, outcome);
      return outcome;
    } finally {
      lane.running--;
      this.#next(lane);
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
      const eachSecond = pushLimits.pushesEachSecond;
      lane = {
        running: 0,
        waiting: [],
        eachSecond,
        left: eachSecond * burst,
        leftAtMs: this.#clock.now(),
        putOff: new Set(),
        pausedUntilMs: 0,
        timer: null,
      };
      this.#lanes.set(host, lane);
      if (this.#lanes.size > lanesKept) this.#forgetOne();
    }
    return lane;
  }

  /** The oldest that is idle. */
  #forgetOne(): void {
    for (const [host, { running, waiting }] of this.#lanes) {
      if (running === 0 && waiting.length === 0) return void this.#lanes.delete(host);
    }
  }

  #learn(lane: Lane, userId: string, outcome: PushOutcome): void {
    if (outcome.kind !== "later") {
      lane.putOff.clear();
      lane.eachSecond = Math.min(lane.eachSecond + 1, pushLimits.pushesEachSecond);
      return;
    }
    lane.putOff.add(userId);
    if (lane.putOff.size < peopleInRow) return;
    lane.putOff.clear();
    lane.pausedUntilMs = this.#clock.now() + Math.min(outcome.waitMs ?? pauseMs, pauseMaxMs);
    lane.eachSecond = Math.max(Math.floor(lane.eachSecond / 2), leastEachSecond);
    lane.left = Math.min(lane.left, lane.eachSecond * burst);
  }

  #next(lane: Lane): void {
    while (lane.waiting.length > 0 && lane.running < pushLimits.pushesAtOnce) {
      const waitMs = this.#waitMs(lane);
      if (waitMs > 0) {
        lane.timer ??= this.#clock.after(waitMs, () => {
          lane.timer = null;
          this.#next(lane);
        });
        return;
      }
      lane.left--;
      lane.running++;
      lane.waiting.shift()!();
    }
  }

  /** Milliseconds until a push may start; 0: now. */
  #waitMs(lane: Lane): number {
    if (this.#closed) return 0;
    const nowMs = this.#clock.now();
    if (lane.pausedUntilMs > nowMs) return lane.pausedUntilMs - nowMs;
    const came = Math.max(0, nowMs - lane.leftAtMs) * lane.eachSecond / 1000;
    lane.left = Math.min(lane.left + came, Math.max(1, lane.eachSecond * burst));
    lane.leftAtMs = nowMs;
    return lane.left >= 1 ? 0 : Math.ceil((1 - lane.left) * 1000 / lane.eachSecond);
  }
}
