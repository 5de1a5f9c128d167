import { BoundedMap, type Clock, type Timer } from "../platform/mod.ts";
import { Pace } from "./pace.ts";

/** What happens to a device between two looks. */
interface Turn {
  /** A push is on its way to it. */
  sending: boolean;
  /** More came than its pace lets through. */
  waited: boolean;
  /** A look found it busy, or did not see all. */
  missed: boolean;
}

/** Devices whose last push is kept in mind: as many as can end while one look reads. */
const endsKept = 4096;

/** Sends one push at a time to each device, and no faster than its pace. */
export class Turns {
  readonly #clock: Clock;
  readonly #pace = new Pace();
  readonly #turns = new Map<string, Turn>();
  readonly #timers = new Map<string, Timer>();
  /** When the last push of each device ended, counted in pushes. */
  readonly #ends = new BoundedMap<string, number>(endsKept);
  #ended = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The time of a read of devices that begins now, counted in pushes. */
  get moment(): number {
    return this.#ended;
  }

  /**
   * Whether a look may tell the device something, if it read the device at that moment. `busy`: it is looked at again when its push
   * has its answer. `told`: its push ended since, so what was read may be from before it.
   */
  stateOf(deviceId: string, moment: number): "free" | "busy" | "told" {
    const turn = this.#turns.get(deviceId);
    if (turn?.sending !== true) return (this.#ends.get(deviceId) ?? 0) > moment ? "told" : "free";
    turn.missed = true;
    return "busy";
  }

  /** Whether the device's pace lets it ring. If not, `again` is called when it does. */
  mayRing(deviceId: string, again: () => void): boolean {
    const waitMs = this.#pace.waitMs(deviceId, this.#clock.now());
    if (waitMs === 0) return true;
    this.#turns.set(deviceId, { sending: false, waited: true, missed: false });
    if (!this.#timers.has(deviceId)) {
      this.#timers.set(
        deviceId,
        this.#clock.after(waitMs, () => {
          this.#timers.delete(deviceId);
          again();
        }),
      );
    }
    return false;
  }

  /**
   * Runs `send`, which tells the device something if it `rings`. `again` is called after it if there is more: when `more` is set, when
   * `send` gives true, or when a look came meanwhile.
   */
  async take(
    deviceId: string,
    { rings, more }: { rings: boolean; more: boolean },
    send: () => Promise<boolean>,
    again: () => void,
  ): Promise<void> {
    const turn: Turn = {
      sending: true,
      waited: this.#turns.get(deviceId)?.waited === true,
      missed: more,
    };
    this.#turns.set(deviceId, turn);
    if (rings) this.#pace.rang(deviceId, this.#clock.now(), turn.waited);
    try {
      if (await send()) turn.missed = true;
    } finally {
      this.#turns.delete(deviceId);
      this.#ends.set(deviceId, ++this.#ended);
    }
    if (turn.missed) again();
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
  }
}
