import type { ChatMessage } from "../protocol/chat.ts";
import type { CommandState, ListItem } from "../protocol/commands.ts";
import { type Clock, systemClock } from "../platform/clock.ts";
import { answered, openDatabase, written } from "./indexed_db.ts";
import { isOpenItem, type KeptCommand } from "./kept.ts";
import type { OutboxStore, StoredRequest } from "./outbox_store.ts";
import { MemorySeenStore, type SeenStore } from "./seen_store.ts";

/** The person whose data this browser keeps. */
export interface KeptPerson {
  userId: string;
  username: string;
  /** End of their session as last told, in milliseconds since 1970. */
  untilMs?: number;
}

/** A chat message. `talk`: of the talk (`talkName`). */
export interface KeptMessage {
  id: string;
  at: number;
  talk: string;
  message: ChatMessage;
}

/** The talk of a message for the person with the username: the other person, and the command of the thread. */
export function talkName({ from, to, thread }: ChatMessage, username: string): string {
  return talkOf(from.username === username ? to : from.username, thread);
}

export function talkOf(other: string, thread: string | null): string {
  return thread === null ? other : `${other} ${thread}`;
}

/** The rows of each table, by `id`. Table `person` has one row, with the id "person". */
interface Tables {
  person: KeptPerson & { id: "person" };
  outbox: StoredRequest;
  seen: { id: string; at: number; state: CommandState };
  commands: KeptCommand;
  messages: KeptMessage;
}

type Table = keyof Tables;

const databaseName = "behest";
const tables = ["person", "outbox", "seen", "commands", "messages"] as const satisfies Table[];
/** How long a row is kept after the last news of it (UI-3). `seen` is kept longer than a command can wait at the server. */
export const keptMs = 14 * 24 * 3600_000;
const aged = [["seen", 2 * keptMs], ["commands", keptMs], ["messages", keptMs]] as const;

/**
 * One person's data in this browser's IndexedDB: the commands of two weeks, the ids of shown commands, the requests without an
 * answer. Not encrypted. Deleted at logout and when another person logs in. Calls reject if the browser has no storage.
 */
export class IndexedStore {
  readonly #db: IDBDatabase;
  readonly #clock: Clock;
  /** Rows for the next write; rows that come during a write are written after it. */
  readonly #seenLater: Tables["seen"][] = [];
  #writingSeen: Promise<void> | undefined;
  readonly outbox: OutboxStore;
  readonly seen: SeenStore;

  private constructor(db: IDBDatabase, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.outbox = {
      load: () => this.#all("outbox"),
      put: (request) => this.#put("outbox", [request]),
      remove: (id) => written(db, ["outbox"], (table) => void table("outbox").delete(id)),
    };
    const memory = new MemorySeenStore();
    this.seen = {
      get: async (id) => memory.get(id) ?? (await this.#get("seen", id).catch(() => undefined))?.state,
      // Not awaited: a full storage or a long backlog must not delay the inbox. This page remembers the row in any case.
      set: (id, state) => {
        memory.set(id, state);
        this.#seenLater.push({ id, state, at: clock.now() });
        this.#writingSeen ??= this.#writeSeen().finally(() => this.#writingSeen = undefined);
        return Promise.resolve();
      },
    };
  }

  /**
   * Opens the store for this person and deletes another person's data. With null, opens that of the last person, if any. `place`: the
   * sub-path of the server, as another one on this origin has a store of its own.
   */
  static async open(
    person: KeptPerson | null,
    clock: Clock = systemClock,
    place = "",
  ): Promise<IndexedStore> {
    const db = await openDatabase(databaseName + place, 1, (db) => {
      for (const name of tables) db.createObjectStore(name, { keyPath: "id" });
    });
    const store = new IndexedStore(db, clock);
    if (person !== null) await store.#take(person);
    return store;
  }

  person(): Promise<KeptPerson | undefined> {
    return this.#get("person", "person");
  }

  /** Sets the end of the person's session. */
  async lasts(untilMs: number): Promise<void> {
    const person = await this.#get("person", "person");
    if (person !== undefined) await this.#put("person", [{ ...person, untilMs }]);
  }

  async command(id: string): Promise<ListItem | undefined> {
    return (await this.#get("commands", id))?.item;
  }

  /** Newest first; ids sort by time. */
  async commands(): Promise<ListItem[]> {
    return (await this.#all("commands")).reverse().map(({ item }) => item);
  }

  /** Adds the rows, or replaces those with the same ids. */
  keep(items: readonly ListItem[]): Promise<void> {
    const at = this.#clock.now();
    return this.#put("commands", items.map((item) => ({ id: item.command.id, at, item })));
  }

  /**
   * Takes over a page of the server's list: adds its rows unless a stored one is newer, and deletes the rows `gone`, which the
   * page should contain, unless there was news of them after `askedMs`, when the page was requested.
   */
  merge(items: readonly ListItem[], gone: readonly string[], askedMs: number): Promise<void> {
    const at = this.#clock.now();
    return this.#changeCommands((rows, put, remove) => {
      const known = new Map(rows.map((row) => [row.id, row]));
      for (const item of items) {
        const { id } = item.command;
        const heard = known.get(id)?.item.state?.updatedAt ?? "";
        if (heard <= (item.state?.updatedAt ?? "")) put({ id, at, item });
      }
      for (const id of gone) if ((known.get(id)?.at ?? askedMs) < askedMs) remove(id);
    });
  }

  /** CO-6: sets every open row to `stopped`. */
  stopOpen(): Promise<void> {
    return this.#changeCommands((rows, put) => {
      for (const row of rows) {
        const { item } = row;
        if (isOpenItem(item)) put({ ...row, item: { ...item, state: { ...item.state!, state: "stopped" } } });
      }
    });
  }

  /** Adds chat messages, or replaces those with the same ids. */
  keepMessages(messages: readonly ChatMessage[], username: string): Promise<void> {
    return this.#put(
      "messages",
      messages.map((message) => ({
        id: message.id,
        at: Date.parse(message.createdAt),
        talk: talkName(message, username),
        message,
      })),
    );
  }

  /** The kept messages of a talk, oldest first; ids sort by time. Those of more than two weeks are left out. */
  async messages(talk: string): Promise<ChatMessage[]> {
    return (await this.allMessages()).filter((row) => row.talk === talk).map(({ message }) => message);
  }

  /** All kept messages of two weeks, oldest first. */
  async allMessages(): Promise<KeptMessage[]> {
    const fromMs = this.#clock.now() - keptMs;
    return (await this.#all("messages")).filter(({ at }) => at > fromMs);
  }

  /** Deletes rows that had no news for too long. */
  prune(): Promise<void> {
    const now = this.#clock.now();
    return written(this.#db, ["seen", "commands", "messages"], async (table) => {
      for (const [name, ageMs] of aged) {
        const rows = await answered<Tables[typeof name][]>(table(name).getAll());
        for (const { id, at } of rows) if (at < now - ageMs) table(name).delete(id);
      }
    });
  }

  /** Deletes everything and closes the store. */
  async wipe(): Promise<void> {
    const done = written(this.#db, tables, (table) => {
      for (const name of tables) table(name).clear();
    });
    // Later calls fail; the open transaction still completes.
    this.close();
    await done;
  }

  close(): void {
    this.#db.close();
  }

  /** Deletes another person's data, except a stop that was not sent yet: it stays valid (CO-6). */
  #take(person: KeptPerson): Promise<void> {
    return written(this.#db, tables, async (table) => {
      const last = await answered<KeptPerson | undefined>(table("person").get("person"));
      if (last?.userId === person.userId) return;
      for (const [name] of aged) table(name).clear();
      for (const { id, userId, method } of await answered<StoredRequest[]>(table("outbox").getAll())) {
        if (userId !== person.userId && method !== "safety.stop") table("outbox").delete(id);
      }
      table("person").put({ ...person, id: "person" });
    });
  }

  async #writeSeen(): Promise<void> {
    while (this.#seenLater.length > 0) {
      await this.#put("seen", this.#seenLater.splice(0)).catch(() => undefined);
    }
  }

  async #get<N extends Table>(name: N, id: string): Promise<Tables[N] | undefined> {
    return await answered(this.#db.transaction(name).objectStore(name).get(id));
  }

  async #all<N extends Table>(name: N): Promise<Tables[N][]> {
    return await answered(this.#db.transaction(name).objectStore(name).getAll());
  }

  #put<N extends Table>(name: N, rows: readonly Tables[N][]): Promise<void> {
    return written(this.#db, [name], (table) => {
      for (const row of rows) table(name).put(row);
    });
  }

  #changeCommands(
    change: (rows: KeptCommand[], put: (row: KeptCommand) => void, remove: (id: string) => void) => void,
  ): Promise<void> {
    return written(this.#db, ["commands"], async (table) => {
      const commands = table("commands");
      const rows = await answered<KeptCommand[]>(commands.getAll());
      change(rows, (row) => void commands.put(row), (id) => void commands.delete(id));
    });
  }
}
