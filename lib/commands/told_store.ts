import { type Clock, type Log, type LogFields, storyEvents, type Timer } from "../platform/mod.ts";
import type { CommandState } from "../protocol/mod.ts";
import { isClosed } from "./lifecycle.ts";
import type { Change, CommandStore } from "./ports.ts";

/** People who have a broadcast are told of together: thousands acknowledge within a second. */
const togetherMs = 1_000;

export interface ToldStore extends Disposable {
  readonly store: CommandStore;
}

/**
 * The same store; the log tells what it wrote of each command, once it is written (OP-3). A line names people and states as the
 * sender could see them, and no rule: nobody learns from it who blocks whom (CO-3).
 */
export function toldStore(store: CommandStore, log: Log, clock: Clock): ToldStore {
  const taken = new TakenBroadcasts(log, clock);
  const tell = (commandId: string, state: CommandState, fields: LogFields) =>
    log.info(eventOf(state), { command: commandId, state, ...fields });
  return {
    store: {
      ...store,
      async change(changes, also) {
        const changed = await store.change(changes, also);
        if (changed) {
          for (const one of movesOf(changes)) tell(one.commandId, one.state, whose(one, also?.requestId));
        }
        return changed;
      },
      async take(userId, states, at, current) {
        const took = await store.take(userId, states, at, current);
        if (!took) return took;
        const own: string[] = [];
        for (const { commandId, version } of states) {
          // A broadcast has no record of its own before it was delivered.
          if (version === null) taken.add(commandId);
          else own.push(commandId);
        }
        if (own.length > 0) log.info(storyEvents.acknowledged, { user: userId, ...commandsIn(own) });
        return took;
      },
      async changeBroadcast(commandId, from, to, happening, requestId) {
        const changed = await store.changeBroadcast(commandId, from, to, happening, requestId);
        if (changed !== false) tell(commandId, to === "open" ? "queued" : to, { people: "all", requestId });
        return changed;
      },
      async purge(record) {
        await store.purge(record);
        log.info(storyEvents.purged, { command: record.command.id });
      },
    },
    [Symbol.dispose]: () => taken[Symbol.dispose](),
  };
}

/** One command is a field of its own, so that lines of a lone command read alike. */
function commandsIn(ids: readonly string[]): LogFields {
  return ids.length === 1 ? { command: ids[0] } : { commands: ids };
}

function eventOf(state: CommandState): string {
  return isClosed(state) ? storyEvents.ended : storyEvents.changed;
}

interface Move {
  commandId: string;
  state: CommandState;
  userIds: string[];
}

/** The changes of states, with those of one command into one state together. */
function movesOf(changes: readonly Change[]): Move[] {
  const moves: Move[] = [];
  for (const { from: { userId, commandId, record }, to: { state } } of changes) {
    if (record.state === state) continue;
    const known = moves.find((one) => one.commandId === commandId && one.state === state);
    if (known === undefined) moves.push({ commandId, state, userIds: [userId] });
    else known.userIds.push(userId);
  }
  return moves;
}

function whose({ userIds }: Move, requestId: string | undefined): LogFields {
  return userIds.length === 1 ? { user: userIds[0], requestId } : { people: userIds.length, requestId };
}

/** Counts who has each broadcast, and tells it once a second. */
class TakenBroadcasts implements Disposable {
  readonly #log: Log;
  readonly #clock: Clock;
  #people = new Map<string, number>();
  #timer: Timer | null = null;

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  add(commandId: string): void {
    this.#people.set(commandId, (this.#people.get(commandId) ?? 0) + 1);
    this.#timer ??= this.#clock.after(togetherMs, () => this.#tell());
  }

  #tell(): void {
    this.#timer = null;
    for (const [command, people] of this.#people) {
      this.#log.info(storyEvents.acknowledged, { command, people });
    }
    this.#people = new Map();
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
    this.#tell();
  }
}
