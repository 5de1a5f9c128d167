import type { ChatDelivery, ChatMessage } from "../protocol/chat.ts";
import { isOpen } from "../protocol/closed_states.ts";
import type { CommandChanged, CommandState, Delivery } from "../protocol/commands.ts";
import { clientLimits as limits } from "../protocol/client_limits.ts";
import { type Clock, iso } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { asError } from "./events.ts";
import type { SeenStore } from "./seen_store.ts";

export interface InboxHost {
  /** Whether something can be shown now: there is a handler, and no stop is on or pending. */
  open(): boolean;
  deliver(delivery: Delivery): Promise<void>;
  message(delivery: ChatDelivery): Promise<void>;
  changed(changed: CommandChanged): void;
  failed(delivery: Delivery, error: unknown): void;
  ack(cursor: string): Promise<unknown>;
  /** Ends the connection: the server delivers again on the next. */
  drop(reason: string): void;
}

interface CommandEntry extends Delivery {
  /** Closed before the person saw it: acknowledged and not shown. */
  withdrawn: boolean;
}

type Entry = CommandEntry | ChatDelivery;

/**
 * Hands deliveries to the handlers one by one, in the order of the log and each command once (DL-3), and acknowledges those
 * whose handlers are done. Works on one delivery at a time over all connections: a repeat on a new connection waits for the
 * handler of the first.
 */
export class Inbox {
  readonly #seen: SeenStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #host: InboxHost;
  #queue: Entry[] = [];
  /** Counts connections: a delivery of one must not be acknowledged on the next. */
  #connection = 0;
  #working = false;
  /** The entry that the handlers work on. */
  #current: Entry | undefined;
  /** The handler failed too often: this connection hands over nothing more. */
  #held = false;
  #failing: { id: string; times: number } | undefined;
  #taken: string | undefined;
  #acking = false;

  constructor(seen: SeenStore, clock: Clock, log: Log, host: InboxHost) {
    this.#seen = seen;
    this.#clock = clock;
    this.#log = log;
    this.#host = host;
  }

  /** False when the server sent more than any window allows. */
  take(deliveries: Delivery[]): boolean {
    if (this.#queue.length + deliveries.length > limits.windowMax) return false;
    for (const delivery of deliveries) this.#queue.push({ ...delivery, withdrawn: false });
    this.wake();
    return true;
  }

  /** The same for a chat message: it has its place among the commands. */
  takeMessage(delivery: ChatDelivery): boolean {
    if (this.#queue.length >= limits.windowMax) return false;
    this.#queue.push(delivery);
    this.wake();
    return true;
  }

  /** The server delivers again on the next connection what was not acknowledged. */
  connectionEnded(): void {
    this.#connection++;
    this.#queue = [];
    this.#held = false;
    this.#taken = undefined;
    this.#acking = false;
  }

  /** Tells of a change; a command that still waits here is handed over in its new state. */
  change(changed: CommandChanged): void {
    const { id, state } = changed;
    // A change with `recipient` or `totals` belongs to a command that this person sent.
    if (state === undefined || changed.recipient !== undefined || changed.totals !== undefined) {
      return this.#host.changed(changed);
    }
    const waiting = this.#queue.filter(isCommand)
      .find((entry) => entry.command.id === id && entry !== this.#current);
    if (waiting !== undefined) {
      waiting.state = state;
      if (changed.command !== undefined) waiting.command = changed.command;
      // The person has not seen the command, so a closed one is not shown at all (DL-8).
      waiting.withdrawn = !isOpen(state);
    }
    void this.#remember(id, state);
    this.#host.changed(changed);
  }

  /** Call this when `open()` may have become true. */
  wake(): void {
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let entry = this.#ripe(); entry !== undefined; entry = this.#ripe()) {
      const connection = this.#connection;
      this.#current = entry;
      const failure = await this.#handle(entry);
      this.#current = undefined;
      // The connection ended: the entry is delivered again, as a repeat if it was handled.
      if (connection !== this.#connection) continue;
      if (failure === undefined) this.#took(entry);
      else this.#failed(entry, failure.cause);
    }
    this.#working = false;
  }

  /** The next entry, if it can be handled now. */
  #ripe(): Entry | undefined {
    const entry = this.#queue[0];
    if (entry === undefined || this.#held) return undefined;
    return (isCommand(entry) && entry.withdrawn) || this.#host.open() ? entry : undefined;
  }

  async #handle(entry: Entry): Promise<{ cause: unknown } | undefined> {
    return isCommand(entry) ? await this.#handleCommand(entry) : await this.#handleMessage(entry);
  }

  async #handleMessage(entry: ChatDelivery): Promise<{ cause: unknown } | undefined> {
    const { message } = entry;
    try {
      const now = seenAs(message);
      if (await this.#seen.get(message.id) === now) return undefined;
      await this.#host.message(entry);
      await this.#seen.set(message.id, now);
      return undefined;
    } catch (cause) {
      return { cause };
    }
  }

  async #handleCommand(entry: CommandEntry): Promise<{ cause: unknown } | undefined> {
    const { cursor, command, state } = entry;
    // Not remembered as seen: if the server reopens the command, it is new to the person.
    if (entry.withdrawn) return undefined;
    try {
      const known = await this.#seen.get(command.id);
      if (known === undefined) await this.#host.deliver({ cursor, command, state });
      if (known !== state) await this.#seen.set(command.id, state);
      if (known !== undefined && known !== state) {
        this.#host.changed({ id: command.id, state, command, at: iso(this.#clock.now()) });
      }
      return undefined;
    } catch (cause) {
      return { cause };
    }
  }

  #took(entry: Entry): void {
    this.#queue.shift();
    if (this.#failing?.id === idOf(entry)) this.#failing = undefined;
    this.#taken = entry.cursor;
    this.#acknowledge();
  }

  #failed(entry: Entry, cause: unknown): void {
    const id = idOf(entry);
    const times = this.#failing?.id === id ? this.#failing.times + 1 : 1;
    this.#failing = { id, times };
    this.#log.error("client.delivery_failed", { id, times, error: asError(cause) });
    if (isCommand(entry)) {
      const { cursor, command, state } = entry;
      this.#host.failed({ cursor, command, state }, cause);
    }
    // After the last retry the connection stays: the person can still send and stop.
    this.#held = true;
    if (times < limits.clientHandlerTries) this.#host.drop("a delivery was not taken");
  }

  /** Sends one acknowledgement at a time. They are cumulative, so the newest replaces those that wait. */
  #acknowledge(): void {
    const cursor = this.#taken;
    if (this.#acking || cursor === undefined) return;
    const connection = this.#connection;
    this.#acking = true;
    this.#taken = undefined;
    this.#host.ack(cursor).then(
      () => {
        if (connection !== this.#connection) return;
        this.#acking = false;
        this.#acknowledge();
      },
      (error: unknown) => {
        if (connection !== this.#connection) return;
        // Deliveries without an acknowledgement would fill the window; a new connection starts from what the server knows.
        this.#log.warn("client.ack_failed", { error: asError(error) });
        this.#host.drop("an acknowledgement was not taken");
      },
    );
  }

  async #remember(id: string, state: CommandState): Promise<void> {
    try {
      const known = await this.#seen.get(id);
      if (known !== undefined && known !== state) await this.#seen.set(id, state);
    } catch (error) {
      this.#log.warn("client.seen_store_failed", { error: asError(error) });
    }
  }
}

function isCommand(entry: Entry): entry is CommandEntry {
  return "command" in entry;
}

function idOf(entry: Entry): string {
  return isCommand(entry) ? entry.command.id : entry.message.id;
}

/** How a message was shown, in the terms of the store of seen commands: the same again is a repeat (DL-3). */
function seenAs({ retractedAt, state, sealed }: ChatMessage): CommandState {
  if (retractedAt !== null) return "cancelled";
  if (state !== undefined) return state === "checking" ? "scheduled" : "failed";
  return sealed === true ? "queued" : "delivered";
}
