import { kvChatStore } from "../../lib/adapters/kv/chat_store.ts";
import { kvCommandStore } from "../../lib/adapters/kv/commands_store.ts";
import { kvConsentStore } from "../../lib/adapters/kv/consent_store.ts";
import { kvCommandFiles } from "../../lib/adapters/kv/file_uses.ts";
import { JobRunner } from "../../lib/adapters/kv/jobs.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import { Chat } from "../../lib/chat/mod.ts";
import {
  type CommandRoom,
  type CommandStore,
  type GateNeeds,
  type GroupMembership,
  type InboxSlice,
  type Job,
  type Needs as CommandNeeds,
  openCommands,
  type Person,
  toldStore,
} from "../../lib/commands/mod.ts";
import { Consent, Grants } from "../../lib/consent/mod.ts";
import {
  type Bell,
  type Caller,
  firstIdAt,
  Ids,
  type Log,
  type NoticeJob,
  silentLog,
} from "../../lib/platform/mod.ts";
import {
  type Audience,
  type ChatDelivery,
  type Command,
  type CommandDraft,
  commandDraft,
  type Delivery,
  english,
  type GrantChange,
  type NewNotice,
  type PreferencesChange,
  Refusal,
  serverSender,
} from "../../lib/protocol/mod.ts";
import { FakeClock, fakeStartMs, settle } from "./clock.ts";
import { FakeBell } from "./command_bell.ts";
import { FakeNotices } from "./notices.ts";
import { seededRandom } from "./random.ts";

export const dayMs = 24 * 3600_000;

/** What a device read: its commands, and its chat messages. */
export interface ReadInbox extends Omit<InboxSlice, "deliveries"> {
  deliveries: Delivery[];
  messages: ChatDelivery[];
}

/** The commands room over a store, with a fake clock, people by name and a bell that writes down. */
export class CommandRig implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly store: Store;
  readonly bell: FakeBell = new FakeBell();
  readonly notices = new FakeNotices();
  readonly consent: Consent;
  readonly grants: Grants;
  readonly commands: CommandStore;
  readonly room: CommandRoom;
  readonly chat: Chat;
  readonly jobs: JobRunner<Job | NoticeJob<NewNotice>>;
  readonly #bell: Bell;
  readonly #people = new Map<string, Person>();
  readonly #contacts = new Set<string>();
  readonly #timeZones = new Map<string, string>();
  /** Groups of each person, by name. */
  readonly memberships = new Map<string, Map<string, GroupMembership>>();
  #keys = 0;

  private constructor(
    store: Store,
    clock: FakeClock,
    change: (store: CommandStore) => CommandStore,
    bell: Bell | undefined,
    gates: Partial<GateNeeds> | undefined,
    log: Log | undefined,
    idSeed: number,
  ) {
    this.store = store;
    this.clock = clock;
    const told = log === undefined ? null : toldStore(kvCommandStore(store), log, clock);
    this.commands = change(told?.store ?? kvCommandStore(store));
    this.#bell = bell ?? this.bell;
    const people = this.#people;
    this.consent = new Consent({
      store: {
        ...kvConsentStore(store),
        async *userIdsAfter(after) {
          for (const userId of [...people.keys()].sort()) if (after === null || userId > after) yield userId;
        },
      },
      timeZones: { timeZoneOf: (userId) => Promise.resolve(this.#timeZones.get(userId) ?? "UTC") },
      clock,
      bell: this.#bell,
      exclusive: store.exclusive,
    });
    this.grants = new Grants({
      store: kvConsentStore(store),
      consent: this.consent,
      clock,
      bell: this.#bell,
      relationTo: ({ userId }, username) => {
        const other = named(username);
        return Promise.resolve(
          other === undefined
            ? null
            : { contact: this.#contacts.has(pairOf(userId, other.id)), sharesGroup: false },
        );
      },
      isMember: (userId, group) => Promise.resolve(this.memberships.get(userId)?.has(group) === true),
    });
    const named = (name: string) => [...this.#people.values()].find(({ username }) => username === name);
    const peoplePort = {
      byUsernames: (names) => Promise.resolve(mapOf(names, named)),
      byIds: (ids) => Promise.resolve(mapOf(ids, (id) => this.#people.get(id))),
      relationsOf: (userId, others) =>
        Promise.resolve(
          new Map(others.map((other) => [other, {
            contact: this.#contacts.has(pairOf(userId, other)),
            sharesGroup: false,
            ...(other === userId ? { self: true } : {}),
            ...(userId === serverSender.id ? { administers: true } : {}),
          }])),
        ),
      membershipsOf: (userId) => Promise.resolve(this.memberships.get(userId) ?? new Map()),
      membersOf: (group) =>
        Promise.resolve(
          new Map([...this.memberships].flatMap(([userId, groups]) => {
            const membership = groups.get(group);
            return membership === undefined ? [] : [[userId, membership]];
          })),
        ),
    } satisfies CommandNeeds["people"];
    const ids = new Ids(clock, seededRandom(idSeed));
    this.room = openCommands({
      store: this.commands,
      people: peoplePort,
      files: kvCommandFiles(store, clock),
      consent: this.consent,
      bell: this.#bell,
      notices: this.notices,
      clock,
      ids,
      log: log ?? silentLog,
      retentionDays: 14,
      chat: () => this.chat.log,
      gates: {
        asNow: (caller) => caller,
        muted: () => null,
        limited: () => null,
        areContacts: () => Promise.resolve(true),
        sendsPerMinute: 0,
        ...gates,
      },
    });
    this.chat = new Chat({
      store: kvChatStore(store, 14),
      people: peoplePort,
      threads: this.room.threads,
      files: kvCommandFiles(store, clock),
      consent: this.consent,
      bell: this.#bell,
      clock,
      ids,
      log: silentLog,
      limited: (userId) => gates?.limited?.(userId) ?? null,
      retentionDays: 14,
    }, (caller, then) => this.room.sender.chat(caller, then));
    this.jobs = new JobRunner<Job | NoticeJob<NewNotice>>({
      kv: store.kv,
      clock,
      log: silentLog,
      run: (job) => job.kind === "notice" ? this.notices.run(job) : this.room.run(job),
    });
  }

  /** `change` may stand between the room and its store, to let a write fail. A given store stays the caller's. */
  static async open(
    options: {
      store?: Store;
      clock?: FakeClock;
      change?: (store: CommandStore) => CommandStore;
      /** In place of the one that only writes down. */
      bell?: Bell;
      /** In place of gates that let everyone pass. */
      gates?: Partial<GateNeeds>;
      /** Hears what becomes of each command (OP-3). */
      log?: Log;
      /** Of the random part of ids: two processes make different ones. */
      idSeed?: number;
    } = {},
  ): Promise<CommandRig> {
    const store = options.store ?? await openStore(":memory:");
    const clock = options.clock ?? new FakeClock();
    const { change = (same) => same, bell, gates, log, idSeed = 7 } = options;
    const rig = new CommandRig(store, clock, change, bell, gates, log, idSeed);
    if (options.store !== undefined) rig.#ownsStore = false;
    await rig.consent.prepare();
    return rig;
  }

  #ownsStore = true;

  async [Symbol.asyncDispose](): Promise<void> {
    this.room.close();
    await this.jobs[Symbol.asyncDispose]();
    await this.room.inbox.flush();
    await this.chat.flush();
    if (this.#ownsStore) await this.store[Symbol.asyncDispose]();
  }

  /** Ids rise with time; who joined at the same time comes in the order of their names. */
  person(username: string, role: Caller["role"] = "member", joinedMs = fakeStartMs - dayMs): Caller {
    const name = username.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
    const userId = firstIdAt(joinedMs).slice(0, -name.length) + name;
    this.#people.set(userId, { id: userId, username, displayName: username });
    return {
      userId,
      username,
      displayName: username,
      role,
      rights: { broadcast: role === "admin" },
      sessionId: "session",
      device: "web",
      address: "127.0.0.1",
      requestId: "request",
    };
  }

  connect(one: Caller, other: Caller): void {
    this.#contacts.add(pairOf(one.userId, other.userId));
  }

  /** An accepted membership, since now unless told otherwise. */
  join(who: Caller, group: string, role: GroupMembership["role"] = "member", since = this.clock.now()): void {
    const groups = this.memberships.get(who.userId) ?? new Map<string, GroupMembership>();
    this.memberships.set(who.userId, groups.set(group, { role, since }));
    this.#bell.consentChanged(who.userId);
  }

  leave(who: Caller, group: string): void {
    this.memberships.get(who.userId)?.delete(group);
    this.#bell.consentChanged(who.userId);
  }

  setTimeZone(caller: Caller, timeZone: string): void {
    this.#timeZones.set(caller.userId, timeZone);
    this.consent.forget(caller.userId);
  }

  draft(to: Caller | readonly Caller[], change: Record<string, unknown> = {}): CommandDraft {
    const names = (Array.isArray(to) ? to as readonly Caller[] : [to as Caller]).map((one) => one.username);
    return commandDraft.parse({
      key: `key-${this.#keys++}`,
      audience: { kind: "user", to: names },
      kind: "message",
      title: "Title",
      body: "Body",
      ...change,
    });
  }

  async send(
    from: Caller,
    to: Caller | readonly Caller[],
    change: Record<string, unknown> = {},
  ): Promise<Command> {
    return taken(await this.room.sender.send(from, this.draft(to, change))).command;
  }

  async prefer(who: Caller, change: PreferencesChange): Promise<void> {
    taken(await this.consent.set(who, change));
  }

  async grant(who: Caller, change: GrantChange): Promise<void> {
    taken(await this.grants.set(who, change));
  }

  /** Everything that is delivered to a new device, to the end or until it is held. */
  async inboxOf(who: Caller, accept: ReadonlySet<string> | null = null): Promise<Delivery[]> {
    return (await this.readInbox(who, null, accept)).deliveries;
  }

  async readInbox(
    who: Caller,
    after: string | null = null,
    accept: ReadonlySet<string> | null = null,
  ): Promise<ReadInbox> {
    const whole: ReadInbox = { deliveries: [], messages: [], upTo: after, held: null, more: true };
    while (whole.more) {
      const slice = await this.room.inbox.next(who.userId, whole.upTo, 16, accept);
      for (const one of slice.deliveries) {
        if ("message" in one) whole.messages.push(one);
        else whole.deliveries.push(one);
      }
      const { upTo, held, more, apart } = slice;
      Object.assign(whole, { upTo, held, more, ...(apart === undefined ? {} : { apart }) });
    }
    return whole;
  }

  /** The same of chat messages alone: their texts. */
  async takeChat(who: Caller, device = "phone"): Promise<string[]> {
    const { cursor } = await this.room.inbox.resume(who.userId, device);
    const { deliveries, messages } = await this.readInbox(who, cursor);
    const last = [...deliveries, ...messages].map((one) => one.cursor).sort().at(-1);
    const [commandIds, messageIds] = [
      deliveries.map(({ command }) => command.id),
      messages.map(({ message }) => message.id),
    ];
    if (last !== undefined) {
      await this.room.inbox.acknowledge(who.userId, device, last, commandIds, messageIds);
    }
    return messages.map(({ message }) => message.retractedAt === null ? message.body : "(retracted)");
  }

  /** Reads what is new for a device and acknowledges it. Gives the ids. */
  async take(who: Caller, device = "phone"): Promise<string[]> {
    const { cursor } = await this.room.inbox.resume(who.userId, device);
    const { deliveries } = await this.readInbox(who, cursor);
    const last = deliveries.at(-1);
    const ids = deliveries.map(({ command }) => command.id);
    if (last !== undefined) await this.room.inbox.acknowledge(who.userId, device, last.cursor, ids);
    return ids;
  }

  /** A command to a group, a category or everyone. */
  async broadcast(from: Caller, audience: Audience, change: Record<string, unknown> = {}): Promise<Command> {
    return taken(await this.room.sender.send(from, this.draft([], { audience, ...change }))).command;
  }

  /** The state of a command for a recipient, in the store: the truth. */
  async stateOf(who: Caller, commandId: string) {
    const [stored] = await this.commands.states([{ userId: who.userId, commandId }]);
    return stored?.record ?? null;
  }

  /** What the sender is told of a recipient's state. */
  async told(sender: Caller, commandId: string): Promise<Record<string, string>> {
    const detail = taken(await this.room.history.get(sender, { id: commandId }));
    return Object.fromEntries((detail.recipients ?? []).map(({ username, state }) => [username, state]));
  }

  /** Waits until nothing is written and nothing is being read any more. */
  async rest(): Promise<void> {
    // As many looks as one after the other may follow from a single ring.
    for (let look = 0; look < 16; look++) {
      await this.store.committer.idle();
      // A look at the store stands behind all that were asked before it.
      await this.store.kv.get(["none"]);
      await settle();
    }
  }

  async runDue(afterMs = 0): Promise<void> {
    this.clock.advance(afterMs);
    await this.jobs.runDue();
  }
}

/** The value of an answer that must not be a refusal. */
export function taken<T>(answer: T | Refusal): T {
  if (answer instanceof Refusal) {
    throw new Error(`refused: ${answer.kind}: ${english(answer.message)}`);
  }
  return answer;
}

/** The kind of a refusal, or `taken` when it was none. */
export function kindOf(answer: unknown): string {
  return answer instanceof Refusal ? answer.kind : "taken";
}

function pairOf(one: string, other: string): string {
  return [one, other].sort().join(" ");
}

function mapOf(names: readonly string[], find: (name: string) => Person | undefined): Map<string, Person> {
  const found = new Map<string, Person>();
  for (const name of names) {
    const person = find(name);
    if (person !== undefined) found.set(name, person);
  }
  return found;
}
