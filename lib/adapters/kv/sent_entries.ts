import type { CommandRecord } from "../../commands/ports.ts";
import { BoundedMap } from "../../platform/mod.ts";
import { keys } from "./keys.ts";
import type { LogValue, SentValue } from "./log_entries.ts";
import type { KvEntry, KvEntryMaybe } from "./port.ts";
import type { ShortFirst, StoredValue } from "./short_records.ts";
import type { Store } from "./store.ts";

/** First states that were read with their entries and are kept until they are asked for. */
const statesKept = 20_000;

/** A state as `StatesPart` reads it. */
export interface SentState {
  entry: KvEntryMaybe<StoredValue>;
  moment: number;
}

/**
 * What entries of people's logs say of their commands, which saves the reads of the command and of the person's first state of
 * it. Only for a store that belongs to this process: the committer says what has changed since the entry was read.
 */
export class SentEntries {
  readonly #store: Pick<Store, "committer" | "exclusive">;
  readonly #commands: BoundedMap<string, CommandRecord>;
  readonly #states = new BoundedMap<string, { cursor: string; allowedBy: string | null; moment: number }>(
    statesKept,
  );

  /** `commands`: those that are kept in memory, which gets what entries have. */
  constructor(
    store: Pick<Store, "committer" | "exclusive">,
    commands: BoundedMap<string, CommandRecord>,
  ) {
    this.#store = store;
    this.#commands = commands;
  }

  /** Takes what was read; `moment` is the committer's before that. */
  read(userId: string, { key, value: { commandId, sent } }: KvEntry<LogValue>, moment: number): void {
    const { committer, exclusive } = this.#store;
    if (!exclusive || sent === undefined) return;
    // Every edit and every end of a command writes its states too.
    if (!committer.isUnchanged(keys.state(userId, commandId), moment)) return;
    this.#states.set(nameOf(userId, commandId), {
      cursor: key[2] as string,
      allowedBy: sent.allowedBy,
      moment,
    });
    if (!this.#commands.has(commandId)) this.#commands.set(commandId, recordOf(sent));
  }

  /** The person's first state, if nothing was written of it since its entry was read. */
  stateOf(userId: string, commandId: string): SentState | undefined {
    const name = nameOf(userId, commandId);
    const known = this.#states.get(name);
    if (known === undefined) return undefined;
    const key = keys.state(userId, commandId);
    if (!this.#store.committer.isUnchanged(key, known.moment)) {
      this.#states.delete(name);
      return undefined;
    }
    const value: ShortFirst = { first: true, allowedBy: known.allowedBy, withheldBy: null };
    // The state and the entry were written by one commit.
    return { entry: { key, value, versionstamp: known.cursor }, moment: known.moment };
  }
}

function recordOf({ record }: SentValue): CommandRecord {
  return JSON.parse(record);
}

function nameOf(userId: string, commandId: string): string {
  return `${userId} ${commandId}`;
}
