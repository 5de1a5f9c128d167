import { type Clock, iso } from "../platform/mod.ts";
import { Refusal, say } from "../protocol/mod.ts";
import type { MutesStore, Restriction } from "./ports.ts";
import { inForce } from "./restrictions.ts";

/** A restriction that every send asks for. */
export type RestrictionKind = "mute" | "limit";

/**
 * MO-2, MO-7: the people who may not send, or only to their contacts. Every send asks here. While this process is the only writer, all of one kind are in memory:
 * the answer needs no wait, and sends keep their order.
 */
export class Mutes {
  readonly #store: MutesStore;
  readonly #clock: Clock;
  readonly #kept: Map<string, Restriction> | null;
  readonly #kind: RestrictionKind;

  private constructor(
    store: MutesStore,
    clock: Clock,
    kept: Map<string, Restriction> | null,
    kind: RestrictionKind,
  ) {
    this.#kind = kind;
    this.#store = store;
    this.#clock = clock;
    this.#kept = kept;
  }

  static async load(
    store: MutesStore,
    clock: Clock,
    exclusive: boolean,
    kind: RestrictionKind = "mute",
  ): Promise<Mutes> {
    return new Mutes(store, clock, exclusive ? await store.mutes() : null, kind);
  }

  /** Called after a mute was written, or ended (null). */
  note(userId: string, mute: Restriction | null): void {
    if (mute === null) this.#kept?.delete(userId);
    else this.#kept?.set(userId, mute);
  }

  /** The mute in force, or null. A promise only if other processes write mutes. */
  muteOf(userId: string): Restriction | null | Promise<Restriction | null> {
    if (this.#kept === null) {
      return this.#store.mutesOf([userId]).then((found) => inForce(found.get(userId), this.#clock.now()));
    }
    const mute = this.#kept.get(userId);
    if (mute === undefined) return null;
    const holding = inForce(mute, this.#clock.now());
    if (holding === null) this.#kept.delete(userId);
    return holding;
  }

  /** Why the person may not send, or null; a promise as in `muteOf`. */
  refusalFor(userId: string): Refusal | null | Promise<Refusal | null> {
    const mute = this.muteOf(userId);
    if (mute instanceof Promise) {
      return mute.then((found) => found === null ? null : refusalOf(this.#kind, found));
    }
    return mute === null ? null : refusalOf(this.#kind, mute);
  }

  async mutesOf(userIds: readonly string[]): Promise<Map<string, Restriction>> {
    const found = this.#kept ?? await this.#store.mutesOf(userIds);
    const holding = new Map<string, Restriction>();
    for (const id of userIds) {
      const mute = inForce(found.get(id), this.#clock.now());
      if (mute !== null) holding.set(id, mute);
    }
    return holding;
  }
}

/** Tells the person until when, and the reason. */
function refusalOf(kind: RestrictionKind, { reason, until }: Restriction): Refusal {
  const [key, keyUntil] = kind === "mute"
    ? ["muted", "muted.until"] as const
    : ["limited", "limited.until"] as const;
  const message = until === null ? say(key, { reason }) : say(keyUntil, { reason, time: iso(until) });
  return new Refusal("forbidden", message);
}
