import { type Clock, type Log, silentLog, type Timer } from "../platform/mod.ts";
import type { Beat, BoardEntry, ClusterLink, Hearer } from "./ports.ts";

/**
 * A lease ends so long after its last renewal, by the store's clock. An instance that cannot renew it delivers nothing more
 * after `quietMs`, counted from before it asked. What is between is for a store's clock that jumps, as when a standby takes
 * over whose clock is up to five seconds off, and for what was on its way.
 */
export const leaseMs = 15_000;
export const quietMs = 8_000;
const beatMs = 1_000;
/** How often it is asked whether all others have carried an order out, besides when the wire says so. */
const askMs = 100;
/** Orders of one entry, and the texts of one message on the wire. */
const ordersAtOnce = 200;
/** Notes that wait for the wire; further ones are lost, as others may be. */
const notesKept = 10_000;

/** First letters of the texts on the wire. */
const posted = "e";
const done = "d";
const noted = "n";

interface Awaited extends Waiter {
  number: number;
}

export interface MemberParts<Order, Note> {
  link: ClusterLink;
  hearer: Hearer<Order, Note>;
  clock: Clock;
  log?: Log;
  /** Milliseconds that only go forward. */
  elapsedMs?: () => number;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * One instance among others: keeps its lease, carries out what the board says, and tells the others. An order is on the board,
 * so none is lost; a note is only on the wire.
 */
export class Member<Order, Note> implements AsyncDisposable {
  readonly #link: ClusterLink;
  readonly #hearer: Hearer<Order, Note>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #elapsedMs: () => number;
  /** When the last renewal that was answered was asked for, by both clocks: one may stand still while the computer sleeps. */
  #renewedAt = { elapsed: 0, wall: 0 };
  #seen = 0;
  /** Numbers of entries that are being carried out. */
  readonly #underWay = new Set<number>();
  #toldDone = 0;
  #live: readonly string[] = [];
  #beating = false;
  #beatAgain = false;
  #tickTimer: Timer | null = null;
  #turn = 0;
  #orders: (Waiter & { order: Order })[] = [];
  #posting = false;
  /** Orders that are on the board, and not known to be carried out everywhere. */
  #awaited: Awaited[] = [];
  #asking = false;
  #askAgain = false;
  #askTimer: Timer | null = null;
  #notes: Note[] = [];
  #ended: Error | null = null;
  readonly #lost = Promise.withResolvers<Error>();

  private constructor(parts: MemberParts<Order, Note>) {
    this.#link = parts.link;
    this.#hearer = parts.hearer;
    this.#clock = parts.clock;
    this.#log = parts.log ?? silentLog;
    this.#elapsedMs = parts.elapsedMs ?? (() => performance.now());
  }

  /** Takes a lease; from then on everybody waits for this instance. */
  static async join<Order, Note>(parts: MemberParts<Order, Note>): Promise<Member<Order, Note>> {
    const member = new Member(parts);
    const { id, board, wire } = parts.link;
    const asked = member.#now();
    member.#seen = member.#toldDone = await board.join(id, leaseMs);
    member.#renewedAt = asked;
    wire.listen((text) => member.#heard(text));
    member.#tick();
    return member;
  }

  /** Resolves when the lease is lost: the process must end. */
  get lost(): Promise<Error> {
    return this.#lost.promise;
  }

  /** Whether something may be delivered now. Asked in the same turn as it is. */
  get mayGoOn(): boolean {
    return this.#ended === null && this.#age() < quietMs;
  }

  /** Ids of the instances whose leases run, this one included. */
  get live(): readonly string[] {
    return this.#live;
  }

  /**
   * Resolves once each instance has carried the order out, or its lease has ended. Orders of one instance are on the board in
   * the order of the calls. Throws when this instance's own lease has ended.
   */
  order(order: Order): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (this.#ended !== null) reject(this.#ended);
    else {
      this.#orders.push({ order, resolve, reject });
      if (!this.#posting) {
        this.#posting = true;
        queueMicrotask(() => void this.#post());
      }
    }
    return promise;
  }

  /** Tells the others soon, or never. False: it is too long for that. */
  say(note: Note): boolean {
    if (fits([note], this.#link.wire.longest) === false) return false;
    if (this.#notes.length >= notesKept) return true;
    if (this.#notes.push(note) === 1) queueMicrotask(() => this.#sendNotes());
    return true;
  }

  /** Lets go: the others need not wait for the lease's end. Only once nothing is delivered here any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end(new Error("this instance has left"));
    await this.#link.board.leave(this.#link.id).catch(() => undefined);
  }

  #now(): { elapsed: number; wall: number } {
    return { elapsed: this.#elapsedMs(), wall: this.#clock.now() };
  }

  #age(): number {
    const now = this.#now();
    return Math.max(now.elapsed - this.#renewedAt.elapsed, now.wall - this.#renewedAt.wall);
  }

  #heard(text: string): void {
    if (this.#ended !== null) return;
    const kind = text[0];
    if (kind === posted) this.#beatNow();
    else if (kind === done) this.#ask();
    else if (kind === noted) {
      const { from, notes } = JSON.parse(text.slice(1)) as { from: string; notes: Note[] };
      if (from === this.#link.id) return;
      for (const note of notes) this.#hearer.heard(note);
    }
  }

  #sendNotes(): void {
    const from = this.#link.id;
    const room = this.#link.wire.longest;
    const notes = this.#notes;
    this.#notes = [];
    if (this.#ended !== null) return;
    for (let at = 0; at < notes.length;) {
      let count = Math.min(ordersAtOnce, notes.length - at);
      // A note alone fits: `say` has looked.
      while (count > 1 && !fits(notes.slice(at, at + count), room)) count = Math.ceil(count / 2);
      this.#link.wire.send(`${noted}${JSON.stringify({ from, notes: notes.slice(at, at + count) })}`);
      at += count;
    }
  }

  async #post(): Promise<void> {
    while (this.#orders.length > 0 && this.#ended === null) {
      const batch = this.#orders.splice(0, ordersAtOnce);
      try {
        const body = JSON.stringify(batch.map(({ order }) => order));
        const number = await this.#link.board.post(this.#link.id, ++this.#turn, body);
        if (number === null) throw new Error("this instance's lease has ended");
        for (const { resolve, reject } of batch) this.#awaited.push({ number, resolve, reject });
        this.#link.wire.send(posted);
        this.#beatNow();
      } catch (error) {
        // What others must know is not known to be told: then nobody is to wait for this instance, or to hear of it.
        for (const { reject } of batch) reject(error);
        this.#lose(error as Error);
      }
    }
    this.#posting = false;
  }

  /** Also while a renewal is not answered, and first thing after a pause of the process. */
  #tick(): void {
    if (this.#elapsedMs() - this.#renewedAt.elapsed >= quietMs) {
      this.#lose(new Error("the store has not renewed this instance's lease for too long"));
      return;
    }
    this.#tickTimer = this.#clock.after(beatMs, () => this.#tick());
    this.#beatNow();
  }

  #beatNow(): void {
    if (this.#ended !== null) return;
    if (this.#beating) this.#beatAgain = true;
    else void this.#beat();
  }

  async #beat(): Promise<void> {
    this.#beating = true;
    do {
      this.#beatAgain = false;
      const asked = this.#now();
      const carried = this.#carried();
      try {
        const { board, id, wire } = this.#link;
        const beat = await board.beat(id, leaseMs, carried, this.#seen);
        if (this.#ended !== null) break;
        if (beat === null) {
          this.#lose(new Error("this instance's lease has ended"));
          break;
        }
        this.#renewedAt = asked;
        if (carried > this.#toldDone) {
          this.#toldDone = carried;
          wire.send(done);
          this.#ask();
        }
        this.#take(beat);
      } catch (error) {
        this.#log.warn("instance.beat_failed", { error: error as Error });
      }
    } while (this.#beatAgain && this.#ended === null);
    this.#beating = false;
  }

  #take({ entries, live }: Beat): void {
    if (live.length !== this.#live.length || live.some((id) => !this.#live.includes(id))) {
      this.#live = live;
      this.#hearer.live(live);
    }
    for (const entry of entries) {
      if (entry.number <= this.#seen) continue;
      this.#seen = entry.number;
      this.#underWay.add(entry.number);
      void this.#carryOut(entry).then(() => {
        this.#underWay.delete(entry.number);
        if (this.#carried() > this.#toldDone) this.#beatNow();
      });
    }
    if (entries.length > 0) this.#beatAgain = true;
  }

  /** Never tells that it is done when it failed: then the lease ends, and the process. */
  async #carryOut({ from, body }: BoardEntry): Promise<void> {
    try {
      const orders = JSON.parse(body) as Order[];
      // All begin in this turn, in their order.
      await Promise.all(orders.map((order) => this.#hearer.carryOut(from, order)));
    } catch (error) {
      this.#log.error("instance.order_failed", { error: error as Error });
      this.#lose(error as Error);
      await new Promise(() => undefined);
    }
  }

  /** All entries up to this one were carried out. */
  #carried(): number {
    return this.#underWay.size === 0 ? this.#seen : Math.min(...this.#underWay) - 1;
  }

  /** Asks whether what waits is done everywhere, now and again until nothing waits. */
  #ask(): void {
    if (this.#asking) this.#askAgain = true;
    else if (this.#awaited.length > 0 && this.#ended === null) void this.#askNow();
  }

  async #askNow(): Promise<void> {
    this.#asking = true;
    this.#askTimer?.cancel();
    do {
      this.#askAgain = false;
      try {
        const upTo = await this.#link.board.doneEverywhere();
        const open: Awaited[] = [];
        for (const one of this.#awaited) {
          if (one.number <= upTo) one.resolve();
          else open.push(one);
        }
        this.#awaited = open;
      } catch (error) {
        this.#log.warn("instance.ask_failed", { error: error as Error });
      }
    } while (this.#askAgain && this.#awaited.length > 0 && this.#ended === null);
    this.#asking = false;
    if (this.#awaited.length > 0 && this.#ended === null) {
      this.#askTimer = this.#clock.after(askMs, () => this.#ask());
    }
  }

  #lose(error: Error): void {
    if (this.#ended !== null) return;
    this.#end(error);
    this.#lost.resolve(error);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#tickTimer?.cancel();
    this.#askTimer?.cancel();
    for (const { reject } of [...this.#orders.splice(0), ...this.#awaited.splice(0)]) reject(error);
  }
}

const encoder = new TextEncoder();
/** What stands around the notes of a text. */
const around = 100;

function fits(notes: readonly unknown[], longest: number): boolean {
  return encoder.encode(JSON.stringify(notes)).length + around <= longest;
}
