import type { Beat, Board, ClusterLink, Wire } from "../../lib/cluster/mod.ts";

interface Lease {
  untilMs: number;
  done: number;
}

/** How one instance reaches the board and the wire; by default at once, and the wire loses nothing. */
export interface Reach {
  call<T>(act: () => T): Promise<T>;
  /** Carries a text to an instance. */
  carry(give: () => void): void;
}

const direct: Reach = {
  // Like a database's answer, it is not there in the same turn.
  call: async (act) => await Promise.resolve().then(act),
  carry: (give) => give(),
};

/** A board and a wire in memory, for any number of instances. `now`: the store's clock. */
export class MemoryBoard {
  readonly #now: () => number;
  readonly #entries: { from: string; turn: number; body: string }[] = [];
  readonly #leases = new Map<string, Lease>();
  readonly #listeners = new Map<string, { reach: Reach; heard: (text: string) => void }>();
  /** Messages that were put on the wire. */
  carried = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  isLive(id: string): boolean {
    return (this.#leases.get(id)?.untilMs ?? 0) > this.#now();
  }

  link(id: string, reach = direct): ClusterLink {
    const board: Board = {
      join: (who, leaseMs) =>
        reach.call(() => {
          this.#leases.set(who, { untilMs: this.#now() + leaseMs, done: this.#entries.length });
          return this.#entries.length;
        }),
      beat: (who, leaseMs, done, seen) => reach.call(() => this.#beat(who, leaseMs, done, seen)),
      post: (who, turn, body) =>
        reach.call(() => {
          if (!this.isLive(who)) return null;
          const there = this.#entries.findIndex((one) => one.from === who && one.turn === turn);
          return there >= 0 ? there + 1 : this.#entries.push({ from: who, turn, body });
        }),
      doneEverywhere: () =>
        reach.call(() => {
          const live = [...this.#leases].filter(([who]) => this.isLive(who)).map(([, { done }]) => done);
          return Math.min(this.#entries.length, ...live);
        }),
      leave: (who) => reach.call(() => void this.#leases.delete(who)),
    };
    const wire: Wire = {
      longest: 7900,
      send: (text) => {
        this.carried++;
        for (const { reach: theirs, heard } of this.#listeners.values()) theirs.carry(() => heard(text));
      },
      listen: (heard) => void this.#listeners.set(id, { reach, heard }),
    };
    return { id, board, wire };
  }

  #beat(who: string, leaseMs: number, done: number, seen: number): Beat | null {
    const lease = this.#leases.get(who);
    if (lease === undefined || !this.isLive(who)) return null;
    lease.untilMs = Math.max(lease.untilMs, this.#now() + leaseMs);
    lease.done = Math.max(lease.done, done);
    return {
      // A page, as a database gives it.
      entries: this.#entries.slice(seen, seen + 5).map(({ from, body }, at) => ({
        number: seen + at + 1,
        from,
        body,
      })),
      live: [...this.#leases.keys()].filter((id) => this.isLive(id)),
    };
  }
}
