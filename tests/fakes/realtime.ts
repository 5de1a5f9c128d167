import type { Caller, Log, LogFields } from "../../lib/platform/mod.ts";
import {
  type Delivery,
  type Method,
  methods,
  type OwnSanction,
  type Refusal,
  type User,
} from "../../lib/protocol/mod.ts";
import { Connection } from "../../lib/realtime/connection.ts";
import type { ConnectionOpening } from "../../lib/realtime/ports.ts";
import { Dispatcher, type Handlers } from "../../lib/realtime/dispatcher.ts";
import { Hub, type Inbox, type InboxPage, type RealtimeSettings } from "../../lib/realtime/mod.ts";
import { FakeClock, settle } from "./clock.ts";
import { FakeSocket } from "./socket.ts";

export const annId = "01JANN00000000000000000000";
const sessionId = "01JSESS0000000000000000000";

export function aCaller(over: Partial<Caller> = {}): Caller {
  return {
    userId: annId,
    username: "ann",
    displayName: "Ann",
    role: "member",
    rights: { broadcast: false },
    sessionId,
    device: "phone",
    address: "127.0.0.1",
    requestId: "r",
    ...over,
  };
}

export function aUser(caller: Caller): User {
  const { userId, username, displayName, role, rights } = caller;
  return { id: userId, username, displayName, role, rights, createdAt: "2026-01-01T00:00:00.000Z" };
}

/** The n-th place of a log. */
export function cursorOf(n: number): string {
  return n.toString(16).padStart(20, "0");
}

export function aDelivery(n: number, body = `body ${n}`): Delivery {
  return {
    cursor: cursorOf(n),
    state: "queued",
    command: {
      id: `01J${String(n).padStart(23, "0")}`,
      kind: "message",
      title: null,
      body,
      data: null,
      categories: ["general"],
      attachments: [],
      from: { id: annId, username: "bob", displayName: "Bob" },
      audience: { kind: "user" },
      createdAt: "2026-01-01T00:00:00.000Z",
      deliverAt: null,
      dueAt: null,
      expiresAt: "2026-01-15T00:00:00.000Z",
      requires: "none",
    },
  };
}

/** One person's log in memory. Reads can be held up, so that a test decides what happens meanwhile. */
export class FakeInbox implements Inbox {
  log: Delivery[] = [];
  cursor: string | null = null;
  held: { untilMs: number | null } | null = null;
  /** While set, the person's rules hold commands apart (CO-12). */
  apart: { untilMs: number | null } | undefined;
  readonly handedOut: string[][] = [];
  failure: Error | null = null;
  /** While set, reads of the log wait for it; what they answer was seen before the wait. */
  gate: Promise<void> | null = null;
  reads = 0;
  readsAtOnce = 0;
  mostReadsAtOnce = 0;
  largestRead = 0;
  readonly acknowledged: { device: string; cursor: string; commandIds: string[] }[] = [];

  resume(): Promise<{ cursor: string | null; pending: number }> {
    return Promise.resolve({ cursor: this.cursor, pending: this.#after(this.cursor).length });
  }

  async next(
    _userId: string,
    after: string | null,
    max: number,
    accept: ReadonlySet<string> | null,
  ): Promise<InboxPage> {
    this.reads++;
    this.largestRead = Math.max(this.largestRead, max);
    this.mostReadsAtOnce = Math.max(this.mostReadsAtOnce, ++this.readsAtOnce);
    const { held } = this;
    const rest = this.#after(after);
    await this.gate;
    await Promise.resolve();
    this.readsAtOnce--;
    if (this.failure !== null) throw this.failure;
    if (held !== null) return { deliveries: [], upTo: after, held, more: false };
    const seen = rest.slice(0, max);
    const deliveries = seen.filter(({ command }) =>
      accept === null || !("kind" in command) || accept.has(command.kind)
    );
    const page = { deliveries, upTo: seen.at(-1)?.cursor ?? after, held: null, more: rest.length > max };
    return this.apart === undefined ? page : { ...page, apart: this.apart };
  }

  left(): void {}
  handed(_userId: string, commandIds: readonly string[]): void {
    this.handedOut.push([...commandIds]);
  }

  acknowledge(_userId: string, device: string, cursor: string, commandIds: string[]): Promise<void> {
    this.acknowledged.push({ device, cursor, commandIds });
    this.cursor = cursor;
    return Promise.resolve();
  }

  #after(cursor: string | null): Delivery[] {
    return this.log.filter((delivery) => cursor === null || delivery.cursor > cursor);
  }
}

/** Keeps every line that was logged. */
export class FakeLog implements Log {
  readonly lines: { level: string; event: string; fields: LogFields }[] = [];
  debug = (event: string, fields: LogFields = {}) => this.#keep("debug", event, fields);
  info = (event: string, fields: LogFields = {}) => this.#keep("info", event, fields);
  warn = (event: string, fields: LogFields = {}) => this.#keep("warn", event, fields);
  error = (event: string, fields: LogFields = {}) => this.#keep("error", event, fields);
  with = () => this;

  #keep(level: string, event: string, fields: LogFields): void {
    this.lines.push({ level, event, fields });
  }
}

/** Handlers of which a test gives the ones it calls; any other throws. */
export function someHandlers(given: Partial<Handlers>): Handlers {
  const names = (Object.keys(methods) as Method[]).filter((name) =>
    name !== "heartbeat" && name !== "inbox.ack"
  );
  return Object.fromEntries(names.map((name) => [name, given[name] ?? missing(name)])) as Handlers;
}

function missing(name: string): () => never {
  return () => {
    throw new Error(`The test gives no handler for ${name}.`);
  };
}

/** The hub of a test with everything around it in memory. */
export class FakeRealtime {
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly inbox = new FakeInbox();
  readonly hub: Hub;
  readonly settings: RealtimeSettings;
  user: (caller: Caller) => Promise<User | Refusal> = (caller) => Promise.resolve(aUser(caller));
  asNow: (caller: Caller) => Caller = (caller) => caller;
  stoppedSince: string | null = null;
  sanctions: OwnSanction[] = [];
  readonly #dispatcher: Dispatcher;
  #connections = 0;

  /** `later`: when broadcasts ring; by default with the call. */
  constructor(
    handlers: Partial<Handlers> = {},
    settings: Partial<RealtimeSettings> = {},
    later?: ConstructorParameters<typeof Hub>[3],
  ) {
    this.settings = {
      heartbeatMs: 20_000,
      rateRequests: 0,
      rateSends: 0,
      retentionDays: 14,
      uploadMaxBytes: 1024,
      ...settings,
    };
    this.hub = new Hub(this.clock, this.settings.heartbeatMs, true, later);
    this.#dispatcher = new Dispatcher(someHandlers(handlers), (caller) => this.asNow(caller));
  }

  /** A connection that was taken in and greeted. */
  async connect(over: OpeningOver = {}): Promise<{ connection: Connection; socket: FakeSocket }> {
    const line = this.take(over);
    void line.connection.start();
    await settle();
    return line;
  }

  /** A connection that was taken in, before the line stands. */
  take(over: OpeningOver = {}): { connection: Connection; socket: FakeSocket } {
    const { caller, ...rest } = over;
    const sessionExpiresAt = new Date(this.clock.now() + 86_400_000).toISOString();
    const opening: ConnectionOpening = {
      caller: { ...aCaller(), sessionExpiresAt, ...caller },
      device: "phone",
      window: 64,
      accept: null,
      ...rest,
    };
    const socket = new FakeSocket();
    const { clock, log, inbox, settings } = this;
    const greeting = {
      user: (who: Caller) => this.user(who),
      stoppedSince: () => Promise.resolve(this.stoppedSince),
      sanctions: () => Promise.resolve(this.sanctions),
    };
    const connection = new Connection(
      `c${++this.#connections}`,
      socket,
      opening,
      { clock, log, inbox, settings, greeting },
      this.#dispatcher,
      this.hub,
      this.hub.isFrozen(opening.caller.userId),
    );
    this.hub.add(connection);
    return { connection, socket };
  }
}

export interface OpeningOver extends Partial<Omit<ConnectionOpening, "caller">> {
  caller?: Partial<ConnectionOpening["caller"]>;
}

export function request(id: string | number, method: string, params: unknown = {}): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}
