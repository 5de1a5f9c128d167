import { limits, pushLimits } from "../protocol/mod.ts";
import { type PushStore, refKey, type StoredSubscription, type Subscription } from "./ports.ts";

/** Writes devices that others may write at the same time. */
export class DeviceRecords {
  readonly #store: Pick<PushStore, "get" | "change">;

  constructor(store: Pick<PushStore, "get" | "change">) {
    this.#store = store;
  }

  /** Changes a device; nothing when it was removed, or when `change` gives the same object. */
  async change(userId: string, id: string, change: (device: Subscription) => Subscription): Promise<void> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const stored = await this.#store.get(userId, id);
      if (stored === null) return;
      const to = change(stored.value);
      if (to === stored.value || await this.#store.change(stored, to)) return;
    }
    throw new Error("A push subscription could not be written: too many writers at once.");
  }

  /** Writes a device after a look. False: it had been written meanwhile; what was told stays told, and what came to wait stays. */
  async save(stored: StoredSubscription, to: Subscription): Promise<boolean> {
    if (await this.#store.change(stored, to)) return true;
    const before = new Set(stored.value.waiting.map(refKey));
    const { logMark, noticeMark, last, failures, retryMs, shown } = to;
    await this.change(to.userId, to.id, (now) => {
      const came = now.waiting.filter((one) => !before.has(refKey(one)));
      const others = to.waiting.filter((one) => !came.some((other) => refKey(other) === refKey(one)));
      const waiting = [...came, ...others].slice(0, pushLimits.pushWaiting);
      return { ...now, logMark, noticeMark, last, failures, retryMs, shown, waiting };
    });
    return false;
  }
}
