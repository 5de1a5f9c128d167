import type { Bell, Clock, LiveCommand, LiveEntry, Log, ReplacedSession } from "../platform/mod.ts";
import { Member } from "./member.ts";
import { Elsewhere } from "./elsewhere.ts";
import type { ClusterLink, Hearer } from "./ports.ts";

/** What every instance carries out, in one order. */
type Order =
  /** The person was stopped or resumed: the store says which. */
  | { is: "stop"; userId: string }
  | { is: "rules"; userId: string }
  | { is: "sessionOver"; sessionId: string }
  | { is: "sessionReplaced"; replaced: ReplacedSession }
  | { is: "sessionRenewed"; sessionId: string; expiresAt: string }
  | { is: "sessionsEnded"; userId: string }
  | { is: "closeUser"; userId: string; close: "sessionOver" | "suspended" }
  /** Role, rights or name of the account. */
  | { is: "account"; userId: string }
  | { is: "connected"; userId: string; device: string; connection: string }
  | { is: "left"; userId: string }
  /** An instance has joined, and asks who is connected to the others. */
  | { is: "joined" }
  | { is: "present"; people: [userId: string, count: number][] }
  /** What is too long for a note. */
  | { is: "notify"; note: Extract<Note, { is: "notify" }> };

/** What may be lost: the looks of each second, and the next page, have it too. */
type Note =
  | { is: "ring"; userId: string }
  | { is: "ringAll" }
  | { is: "notify"; userId: string; method: string; params: unknown; except?: { device: string } };

/** A connection as the bell needs it. */
export interface OwnConnection {
  readonly id: string;
  readonly userId: string;
  readonly device: string;
  end(close: "replaced", reason: string): void;
}

/** The bell of this instance alone: the hub. */
export interface OwnBell extends Bell {
  /** Tells of every connection that begins or ends. */
  watch(watcher: { added(connection: OwnConnection): void; ended(connection: OwnConnection): void }): void;
  connectionsOf(userId: string): readonly OwnConnection[];
  /** The numbers of connections by person. */
  people(): Iterable<[userId: string, count: number]>;
  /** Runs a call of which connections alone hear, and no listener: the other instance tells its own. */
  connectionsOnly(call: () => void): void;
}

/** What this instance does when another one tells it. */
export interface HeardElsewhere {
  /** Halts with the call what the person gets; then calls `goOn` if the person is not stopped. Resolves when the store was asked. */
  stop(userId: string, goOn: () => void): Promise<void>;
  /** The person's rules are others now: what was decided before holds no more. */
  rules(userId: string): void;
  account(userId: string): Promise<void>;
  /** Resolves when everything that was given to the store before has been answered. */
  settled(): Promise<void>;
}

export interface SharedBellParts {
  own: OwnBell;
  link: ClusterLink;
  clock: Clock;
  log: Log;
  elapsedMs?: () => number;
}

/** The bell of several instances: what the services tell here reaches the connections of all (OP-7). */
export class SharedBell implements Bell, AsyncDisposable {
  readonly #own: OwnBell;
  #member!: Member<Order, Note>;
  #heard: HeardElsewhere | null = null;
  readonly #id: string;
  readonly #log: Log;
  readonly #elsewhere = new Elsewhere();
  /** Connections whose beginning has come back from the board: a later one of their device replaces them. */
  readonly #placed = new Set<string>();
  /** Changes of a person's rules that are not known to hold everywhere. */
  readonly #changing = new Map<string, Promise<void>>();

  private constructor({ own, link, log }: SharedBellParts) {
    this.#own = own;
    this.#id = link.id;
    this.#log = log;
  }

  static async open(parts: SharedBellParts): Promise<SharedBell> {
    const bell = new SharedBell(parts);
    bell.#member = await Member.join<Order, Note>({ ...parts, hearer: bell.#hearer() });
    parts.own.watch({
      added: ({ id, userId, device }) => bell.#tell({ is: "connected", userId, device, connection: id }),
      ended(connection) {
        bell.#placed.delete(connection.id);
        bell.#tell({ is: "left", userId: connection.userId });
      },
    });
    bell.#tell({ is: "joined" });
    return bell;
  }

  /** From now on this instance carries out what others tell; before, it has nothing that would have to. */
  hear(heard: HeardElsewhere): void {
    this.#heard = heard;
  }

  get lost(): Promise<Error> {
    return this.#member.lost;
  }

  /** Whether something may be delivered now. */
  readonly mayWrite = (): boolean => {
    return this.#member.mayGoOn;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#member[Symbol.asyncDispose]();
  }

  ring(userId: string, entry?: LiveEntry): void {
    this.#own.ring(userId, entry);
    if (this.#elsewhere.has(userId)) this.#member.say({ is: "ring", userId });
  }

  ringAll(entryFor: (userId: string) => LiveCommand | "read" | "skip"): void {
    this.#own.ringAll(entryFor);
    this.#member.say({ is: "ringAll" });
  }

  notify(userId: string, method: string, params: unknown, except?: { device: string }): void {
    this.#own.notify(userId, method, params, except);
    if (!this.#elsewhere.has(userId)) return;
    const note = {
      is: "notify" as const,
      userId,
      method,
      params,
      ...(except === undefined ? {} : { except }),
    };
    if (!this.#member.say(note)) this.#tell({ is: "notify", note });
  }

  freeze(userId: string): void {
    this.#own.freeze(userId);
  }

  async stoppedEverywhere(userId: string): Promise<void> {
    await this.#member.order({ is: "stop", userId });
  }

  thaw(userId: string): void {
    this.#own.thaw(userId);
    this.#tell({ is: "stop", userId });
  }

  consentChanged(userId: string): void {
    this.#own.consentChanged(userId);
    // What was told before says nothing of this change.
    this.#changing.delete(userId);
    if (this.#elsewhere.has(userId)) this.#tellRules(userId).catch(() => undefined);
  }

  /** Tells even where the person is not known to be: they may just have come. */
  async changedEverywhere(userId: string): Promise<void> {
    await (this.#changing.get(userId) ?? this.#tellRules(userId));
  }

  #tellRules(userId: string): Promise<void> {
    const told = this.#member.order({ is: "rules", userId });
    this.#changing.set(userId, told);
    const over = () => {
      if (this.#changing.get(userId) === told) this.#changing.delete(userId);
    };
    told.then(over, over);
    return told;
  }

  /** The account's role, rights or name are others now. */
  accountChanged(userId: string): void {
    this.#tell({ is: "account", userId });
  }

  handled(userId: string): void {
    this.#own.handled(userId);
  }

  over(commandId: string): void {
    this.#own.over(commandId);
  }

  async remind(userId: string, commandId: string, why: "deadline" | "later"): Promise<void> {
    await this.#own.remind(userId, commandId, why);
  }

  isReachable(userId: string): boolean {
    return this.#own.isReachable(userId) || this.#elsewhere.has(userId);
  }

  async reachable(): Promise<string[]> {
    return [...new Set([...await this.#own.reachable(), ...this.#elsewhere.people()])];
  }

  closeSession(sessionId: string, close: "sessionOver"): void {
    this.#own.closeSession(sessionId, close);
    this.#tell({ is: "sessionOver", sessionId });
  }

  sessionsEnded(userId: string): void {
    this.#own.sessionsEnded(userId);
    this.#tell({ is: "sessionsEnded", userId });
  }

  sessionRenewed(sessionId: string, expiresAt: string): void {
    this.#own.sessionRenewed(sessionId, expiresAt);
    this.#tell({ is: "sessionRenewed", sessionId, expiresAt });
  }

  sessionReplaced(replaced: ReplacedSession): void {
    this.#own.sessionReplaced(replaced);
    this.#tell({ is: "sessionReplaced", replaced });
  }

  closeUser(userId: string, close: "sessionOver" | "suspended"): void {
    this.#own.closeUser(userId, close);
    this.#tell({ is: "closeUser", userId, close });
  }

  isOut(userId: string, id: string): boolean {
    return this.#own.isOut(userId, id);
  }

  online(): string[] {
    return [...new Set([...this.#own.online(), ...this.#elsewhere.people()])];
  }

  isOnline(userId: string): boolean {
    return this.#own.isOnline(userId) || this.#elsewhere.has(userId);
  }

  epoch(userId: string): number {
    return this.#own.epoch(userId);
  }

  /** Nobody waits for it. When it cannot be told, this instance's lease ends. */
  #tell(order: Order): void {
    this.#member.order(order).catch((error: Error) => this.#log.debug("instance.untold", { error }));
  }

  #hearer(): Hearer<Order, Note> {
    return {
      carryOut: (from, order) => this.#carryOut(from, order),
      heard: (note) => this.#note(note),
      live: (ids) => this.#elsewhere.keep(ids),
    };
  }

  #note(note: Note): void {
    const own = this.#own;
    own.connectionsOnly(() => {
      switch (note.is) {
        case "ring":
          return own.ring(note.userId);
        case "ringAll":
          return own.ringAll(() => "read");
        case "notify":
          return own.notify(note.userId, note.method, note.params, note.except);
        default:
          note satisfies never;
      }
    });
  }

  #carryOut(from: string, order: Order): Promise<void> | void {
    if (from === this.#id) {
      if (
        order.is === "connected" &&
        this.#own.connectionsOf(order.userId).some(({ id }) => id === order.connection)
      ) {
        this.#placed.add(order.connection);
      }
      return;
    }
    const own = this.#own;
    switch (order.is) {
      case "stop":
        return this.#stop(order.userId);
      case "rules":
        own.connectionsOnly(() => own.consentChanged(order.userId));
        this.#heard?.rules(order.userId);
        return this.#heard?.settled();
      case "sessionOver":
        return own.connectionsOnly(() => own.closeSession(order.sessionId, "sessionOver"));
      case "sessionReplaced":
        return own.connectionsOnly(() => own.sessionReplaced(order.replaced));
      case "sessionRenewed":
        return own.connectionsOnly(() => own.sessionRenewed(order.sessionId, order.expiresAt));
      case "sessionsEnded":
        return own.connectionsOnly(() => own.sessionsEnded(order.userId));
      case "closeUser":
        return own.closeUser(order.userId, order.close);
      case "account":
        return this.#heard?.account(order.userId);
      case "connected":
        this.#elsewhere.came(from, order.userId);
        for (const one of [...own.connectionsOf(order.userId)]) {
          if (one.device === order.device && this.#placed.has(one.id)) {
            one.end("replaced", `replaced by ${order.connection} of another instance`);
          }
        }
        return;
      case "left":
        return this.#elsewhere.went(from, order.userId);
      case "joined":
        return this.#present();
      case "present":
        return this.#elsewhere.are(from, order.people);
      case "notify":
        return this.#note(order.note);
      default:
        order satisfies never;
    }
  }

  async #stop(userId: string): Promise<void> {
    const own = this.#own;
    own.connectionsOnly(() => own.freeze(userId));
    const goOn = () => own.connectionsOnly(() => own.thaw(userId));
    if (this.#heard === null) goOn();
    else await this.#heard.stop(userId, goOn);
  }

  /** What is told of each connection before and after this is told in its order. */
  #present(): void {
    const people = [...this.#own.people()];
    for (let at = 0; at < people.length; at += presentAtOnce) {
      this.#tell({ is: "present", people: people.slice(at, at + presentAtOnce) });
    }
  }
}

const presentAtOnce = 500;
