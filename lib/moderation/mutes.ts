import { type Clock, iso } from "../platform/mod.ts";
import { Refusal } from "../protocol/mod.ts";
import type { MutesStore, Restriction } from "./ports.ts";

/**
 * MO-2: who may not send. It is asked with every send, so all of them are kept in memory where this process is the only
 * writer; then the answer is there at once, and sends keep their order.
 */
export class Mutes {
  readonly #store: MutesStore;
  readonly #clock: Clock;
  readonly #kept: Map<string, Restriction> | null;

  private constructor(store: MutesStore, clock: Clock, kept: Map<string, Restriction> | null) {
    this.#store = store;
    this.#clock = clock;
    this.#kept = kept;
  }

  static async load(store: MutesStore, clock: Clock, exclusive: boolean): Promise<Mutes> {
    return new Mutes(store, clock, exclusive ? await store.mutes() : null);
  }

  /** Called when one was written. */
  note(userId: string, mute: Restriction): void {
    this.#kept?.set(userId, mute);
  }

  /** The mute in force; a promise only where other processes write too. */
  muteOf(userId: string): Restriction | null | Promise<Restriction | null> {
    if (this.#kept === null) {
      return this.#store.mutesOf([userId]).then((found) => this.#inForce(found.get(userId)));
    }
    const mute = this.#kept.get(userId);
    if (mute === undefined) return null;
    const inForce = this.#inForce(mute);
    if (inForce === null) this.#kept.delete(userId);
    return inForce;
  }

  async mutesOf(userIds: readonly string[]): Promise<Map<string, Restriction>> {
    const found = this.#kept ?? await this.#store.mutesOf(userIds);
    const inForce = new Map<string, Restriction>();
    for (const id of userIds) {
      const mute = this.#inForce(found.get(id));
      if (mute !== null) inForce.set(id, mute);
    }
    return inForce;
  }

  #inForce(mute: Restriction | undefined): Restriction | null {
    return mute !== undefined && (mute.until === null || this.#clock.now() < mute.until) ? mute : null;
  }
}

/** What a muted person is told when they send. */
export function mutedRefusal(mute: Restriction): Refusal {
  const end = mute.until === null ? "until this is lifted" : `until ${iso(mute.until)}`;
  return new Refusal("forbidden", `You may not send ${end}. The reason: ${mute.reason}`);
}
