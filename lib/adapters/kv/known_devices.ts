import { BoundedMap } from "../../platform/mod.ts";
import type { StoredSubscription } from "../../push/mod.ts";

/**
 * People's devices in memory: each push writes one, and the next look wants all of them. Only for a store that belongs to this
 * process. A write tells `changed` or `written` once it is there; until then a look finds the device as it was, and its own write
 * fails.
 */
export class KnownDevices {
  readonly #most: number;
  readonly #known: BoundedMap<string, readonly StoredSubscription[]>;
  /** Reads under way whose result is to be kept. */
  readonly #looks = new Map<string, symbol>();

  /** Of `most` people; 0 keeps nothing. */
  constructor(most: number) {
    this.#most = most;
    this.#known = new BoundedMap(most);
  }

  async of(
    userId: string,
    read: () => Promise<StoredSubscription[]>,
  ): Promise<readonly StoredSubscription[]> {
    const known = this.#known.get(userId);
    if (known !== undefined || this.#most === 0) return known ?? await read();
    const look = Symbol();
    this.#looks.set(userId, look);
    try {
      const devices = await read();
      if (this.#looks.get(userId) === look) this.#known.set(userId, devices);
      return devices;
    } finally {
      if (this.#looks.get(userId) === look) this.#looks.delete(userId);
    }
  }

  peek(userId: string): readonly StoredSubscription[] | undefined {
    return this.#known.get(userId);
  }

  /** A device of the person was written: what was read as `from` is `to` now. */
  changed({ value: { userId, id }, version }: StoredSubscription, to: StoredSubscription): void {
    const known = this.#known.get(userId);
    this.written(userId);
    // One commit can write several devices of a person, which all have its version then.
    const isIt = (one: StoredSubscription) => one.value.id === id && one.version === version;
    if (known?.some(isIt) !== true) return;
    // Again at the end: those in use are the last to go.
    this.#known.set(userId, known.map((one) => isIt(one) ? to : one));
  }

  /** Devices of the person were written or removed, or may have been. */
  written(userId: string): void {
    this.#known.delete(userId);
    this.#looks.delete(userId);
  }
}
