import { sourceOf } from "../consent/mod.ts";
import { KeyedMutex } from "../platform/mod.ts";
import type { DeliveryDecisions, Open } from "./delivery_decisions.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, Held, StoredState } from "./ports.ts";

/** Commands that get a new place in one step. */
const placedAtOnce = 32;
/** States that one look at held commands reads. */
const readAtOnce = 32;

/** What a person's rules hold apart, as one read of their log found it. */
export interface Apart {
  byId: Map<string, Held>;
  /** Those of them that have a new place, which was perhaps not read yet. */
  placed: Set<string>;
  /** When something held apart may go; null: when a rule changes, or a command closes. */
  untilMs: number | null;
  /** More of it may go now. */
  more: boolean;
}

/**
 * CO-12: a command that a grant, a pause or the ceiling holds does not stop the commands of others. Devices read past it, so it
 * is noted; once the rules let it go, it gets a new place at the end of the log, where every device finds it. Commands of one
 * source keep their order (DL-5). Only for people who ever had a grant or a ceiling.
 */
export class HeldApart {
  readonly #parts: Parts;
  readonly #decisions: DeliveryDecisions;
  readonly #locks = new KeyedMutex();

  constructor(parts: Parts, decisions: DeliveryDecisions) {
    this.#parts = parts;
    this.#decisions = decisions;
  }

  /** Runs a read after the person's earlier ones: a place that changes between two looks of another device breaks the order. */
  inTurn<T>(userId: string, read: () => Promise<T>): Promise<T> {
    return this.#locks.run(userId, read);
  }

  /** Gives those that may go now their new places. Decided from the clock, whenever a device reads. */
  async place(userId: string): Promise<Apart> {
    const { store, bell } = this.#parts;
    const held = await store.held(userId);
    const apart: Apart = {
      untilMs: null,
      more: false,
      placed: new Set(),
      byId: new Map(held.map((one) => [one.commandId, one])),
    };
    const bySource = Map.groupBy(held, ({ source }) => source);
    let placed = 0;
    // In the order of their oldest commands, so that a number that is shared goes to the oldest.
    for (const ones of bySource.values()) {
      placed += await this.#placeSome(userId, ones, apart, placedAtOnce - placed);
      if (placed >= placedAtOnce) {
        apart.more = true;
        break;
      }
    }
    if (placed > 0) bell.ring(userId);
    return apart;
  }

  /** Places the first commands of one source, up to the first that must still wait. Returns their number. */
  async #placeSome(userId: string, ones: readonly Held[], apart: Apart, most: number): Promise<number> {
    let placed = 0;
    for (let at = 0; at < ones.length; at += readAtOnce) {
      const some = ones.slice(at, at + readAtOnce);
      const open = await this.#openOf(userId, some);
      for (const one of some) {
        const found = open.get(one.commandId);
        if (found === undefined) {
          await this.#end(userId, one, apart);
          continue;
        }
        if (found.stored.record.place !== one.passed) {
          apart.placed.add(one.commandId);
          continue;
        }
        if (placed >= most) return placed;
        const decision = await this.#decisions.decideAtNewPlace(userId, found);
        switch (decision.verdict) {
          case "deliver":
            apart.placed.add(one.commandId);
            placed++;
            break;
          case "withhold":
            await this.#end(userId, one, apart);
            break;
          case "hold":
            waitUntil(apart, decision.untilMs);
            return placed;
          default:
            decision satisfies never;
        }
      }
    }
    return placed;
  }

  /** Those that are still open and in a log. */
  async #openOf(userId: string, held: readonly Held[]): Promise<Map<string, Open>> {
    const { store, clock } = this.#parts;
    const ids = held.map(({ commandId }) => commandId);
    const [states, records] = await Promise.all([
      store.states(ids.map((commandId) => ({ userId, commandId }))),
      store.commands(ids),
    ]);
    const found = new Map<string, Open>();
    for (const [index, commandId] of ids.entries()) {
      const command = records.get(commandId);
      if (command === undefined || command.expiresMs <= clock.now()) continue;
      const stored = command.cast === undefined
        ? states[index] ?? null
        : await this.#broadcastState(userId, command, states[index] ?? null);
      if (stored === null || stored.record.place === null || stored.record.withheldBy !== null) continue;
      found.set(commandId, { cursor: "", stored, command });
    }
    return found;
  }

  async #broadcastState(
    userId: string,
    command: CommandRecord,
    known: StoredState | null,
  ): Promise<StoredState | null> {
    const { store, broadcasts } = this.#parts;
    const broadcast = await store.broadcast(command.command.id);
    return await broadcasts.under(userId, command, { known, broadcast, handed: false });
  }

  /** Whether a device reads a command at the place at which it was passed. */
  wasPassed({ byId }: Apart, { command, stored: { record } }: Open): boolean {
    return byId.get(command.command.id)?.passed === record.place;
  }

  /** Whether a command waits because an earlier one of its source still has no place before it. */
  isBehind(apart: Apart, { command, cursor }: Open, read: ReadonlyMap<string, string>): boolean {
    const source = heldSource(command);
    for (const one of apart.byId.values()) {
      if (one.source !== source || one.commandId >= command.command.id) continue;
      const place = read.get(one.commandId);
      if (!apart.placed.has(one.commandId) || place === undefined || place > cursor) return true;
    }
    return false;
  }

  /** Notes commands that a device reads past. */
  async pass(userId: string, open: readonly Open[], apart: Apart): Promise<void> {
    const set = open.map(({ command, stored: { record } }): Held => ({
      commandId: command.command.id,
      source: heldSource(command),
      passed: record.place!,
    })).filter(({ commandId, passed }) => apart.byId.get(commandId)?.passed !== passed);
    if (set.length === 0) return;
    await this.#parts.store.changeHeld(userId, { set });
    for (const one of set) apart.byId.set(one.commandId, one);
  }

  /** Forgets commands that were read at their new place. */
  async arrived(userId: string, commandIds: readonly string[], apart: Apart): Promise<void> {
    const ended = commandIds.filter((commandId) => apart.byId.delete(commandId));
    if (ended.length > 0) await this.#parts.store.changeHeld(userId, { ended });
  }

  async #end(userId: string, { commandId }: Held, apart: Apart): Promise<void> {
    await this.arrived(userId, [commandId], apart);
  }
}

export function waitUntil(apart: Pick<Apart, "untilMs">, untilMs: number | null): void {
  if (untilMs !== null) apart.untilMs = Math.min(apart.untilMs ?? Infinity, untilMs);
}

function heldSource({ command, senderId }: CommandRecord): string {
  return sourceOf(command) === null ? `broadcast:${senderId}` : `${sourceOf(command)} ${senderId}`;
}
