/** An entry of the board. `from`: the id of the instance that wrote it. */
export interface BoardEntry {
  number: number;
  from: string;
  body: string;
}

/** What a renewal of a lease finds. */
export interface Beat {
  /** Entries after `seen`, oldest first; more of them may be there. */
  entries: BoardEntry[];
  /** Ids of the instances whose leases run. */
  live: string[];
}

/**
 * A list of entries in the store that all instances carry out in its order, and their leases. All times are the store's own.
 * Every call may be made twice, and a call that throws may have been made.
 */
export interface Board {
  /** Begins a lease. Gives the number of the last entry: what was told before this instance was there is in the store. */
  join(id: string, leaseMs: number): Promise<number>;
  /** Renews the lease, and notes that all entries up to `done` were carried out. Null: it has ended, and is never renewed. */
  beat(id: string, leaseMs: number, done: number, seen: number): Promise<Beat | null>;
  /** Adds an entry and gives its number; null without a lease. `turn`: 1, 2, … for each entry of this instance. */
  post(id: string, turn: number, body: string): Promise<number | null>;
  /**
   * The number up to which every instance with a running lease has carried all out. An instance whose lease has ended counts
   * no more, and nothing that it writes is taken from then on: that is true when this resolves.
   */
  doneEverywhere(): Promise<number>;
  /** Ends the lease. */
  leave(id: string): Promise<void>;
}

/** Carries small texts to the other instances: late, twice, in another order, or never. */
export interface Wire {
  /** In bytes of UTF-8; a longer text is not carried. */
  readonly longest: number;
  send(text: string): void;
  /** Texts of the others, and perhaps own ones. */
  listen(heard: (text: string) => void): void;
}

/** How an instance reaches the others. */
export interface ClusterLink {
  /** Of this process alone. */
  readonly id: string;
  readonly board: Board;
  readonly wire: Wire;
}

/** Who carries out what other instances tell. */
export interface Hearer<Order, Note> {
  /** Called in the order of the board, for own orders too. Resolves once it is carried out here, however long ago another call began. */
  carryOut(from: string, order: Order): Promise<void> | void;
  heard(note: Note): void;
  /** Ids of all instances, this one included; called when they have changed. */
  live(ids: readonly string[]): void;
}
