import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import type { OpenServices } from "../../lib/compose/mod.ts";
import { socketMethods } from "../../lib/compose/socket_methods.ts";
import { type Caller, iso } from "../../lib/platform/mod.ts";
import { methods, Refusal } from "../../lib/protocol/mod.ts";
import type { Handlers } from "../../lib/realtime/mod.ts";
import { FakeClock, settle } from "../fakes/clock.ts";
import { type LoggedInCaller, openTestServices, person, testConfig } from "../fakes/open_services.ts";
import { seededRandom } from "../fakes/random.ts";
import { unzipped } from "../fakes/unzipped.ts";

/** In every text of the adversary: none of it may reach the person where consent forbids it. */
export const marker = "zzkneel";
/** In every chat message of the adversary. */
export const chatMarker = `${marker} says`;
/** One message with it, up to its text, and its id. */
const chatMessage = new RegExp(
  `\\{"id":"(\\w{26})","from":\\{[^}]*\\},"to":"[^"]*","thread":[^,]*,"body":"${chatMarker}"`,
  "g",
);

const minuteMs = 60_000;
const warden = { username: "warden", password: "a long enough passphrase" };
/** Accounts of the adversary: a contact, an owner of the person's group, one with the right to broadcast, and strangers. */
export const adversary = ["mallory", "oscar", "caster", "puppet-1", "puppet-2"] as const;
export const victim = "vera";
export type Method = keyof Handlers;
export type Name = (typeof adversary)[number];

/** What the person does with the adversary from some step on, by calls of their own. Nobody may notice. */
export interface HiddenRule {
  name: string;
  calls: readonly (readonly [Method, unknown])[];
  /** Nothing of theirs may reach the person: none of their texts, or none of their commands. */
  keepsOut: "texts" | "commands";
  /** Nor any of their chat messages: then the person shares what they read. */
  keepsChat?: true;
}

/** The server's end of a socket whose other end only listens. */
class Ear {
  binaryType = "blob";
  readyState: number = WebSocket.OPEN;
  readonly bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  onclose: (() => void) | null = null;
  heard: string[] = [];

  send(text: string): void {
    this.heard.push(text);
  }

  close(): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    queueMicrotask(() => this.onclose?.());
  }
}

/**
 * A server with a person and an adversary: a group of accounts that call everything. The person's rules hold all commands, so
 * they wait; in some worlds the person also forbids them. All that the adversary sees is kept.
 */
export class AdversaryWorld implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly seen: string[] = [];
  /** What reached the person and must not. */
  readonly leaked: string[] = [];
  /** Messages of the adversary that the person saw while nothing was stopped. */
  readonly #talkSeen = new Set<string>();
  /** What the person keeps out by now. */
  #keepsOut: HiddenRule["keepsOut"] | null = null;
  #keepsChat = false;
  stopped = false;
  sent: { id: string; by: Name }[] = [];
  said: { id: string; by: Name }[] = [];
  keys = 0;
  readonly #callers = new Map<string, LoggedInCaller>();
  readonly #ears = new Map<string, Ear>();
  #store!: Store;
  #open!: OpenServices;
  #handlers!: Handlers;

  private constructor() {}

  /** `shares`: everybody shows what they read, and when they write (CH-3). */
  static async open(seed: number, shares: boolean): Promise<AdversaryWorld> {
    const world = new AdversaryWorld();
    const { clock } = world;
    world.#store = await openStore(":memory:");
    world.#open = await openTestServices({
      store: world.#store,
      clock,
      random: seededRandom(seed),
      config: testConfig({
        BEHEST_ADMIN_USERNAME: warden.username,
        BEHEST_ADMIN_PASSWORD: warden.password,
        BEHEST_HEARTBEAT_MS: "600000",
      }),
    });
    const { services } = world.#open;
    world.#handlers = socketMethods(services);
    for (const name of [warden.username, victim, ...adversary]) {
      world.#callers.set(name, (await person(world.#open, name)).caller);
    }
    await services.users.change(world.caller(warden.username), "caster", { rights: { broadcast: true } });
    for (const name of ["club", "den"]) {
      await services.groups.create(world.caller(warden.username), { name, title: `The ${name}` });
      await services.groups.setMember(world.caller(warden.username), name, "oscar", { role: "owner" });
      await world.call("oscar", "group.accept", { group: name });
    }
    for (const [member, role] of [["mallory", "sender"], [victim, "member"]] as const) {
      await services.groups.setMember(world.caller("oscar"), "club", member, { role });
      await world.call(member, "group.accept", { group: "club" });
    }
    await world.call("mallory", "contact.request", { username: victim });
    await world.call(victim, "contact.accept", { username: "mallory" });
    if (shares) {
      for (const name of [victim, "mallory"]) {
        await world.call(name, "preferences.set", { shareRead: true, shareWriting: true });
      }
    }
    // Quiet hours of the whole day: nothing is delivered, so everything waits.
    await world.call(victim, "preferences.set", {
      quietHours: { from: "00:00", to: "00:00" },
      categories: { feet: "allow" },
    });
    // Notices of all this are written beside the calls: they come before anyone hears, in every world.
    await world.rest();
    for (const name of [victim, ...adversary]) world.connect(name);
    await world.rest();
    for (const ear of world.#ears.values()) ear.heard = [];
    return world;
  }

  get services() {
    return this.#open.services;
  }

  caller(name: string): Caller {
    return this.#callers.get(name)!;
  }

  /** Calls a method of the socket for someone. */
  async call(name: string, method: Method, params: unknown): Promise<unknown> {
    const parsed = methods[method].params.parse(params);
    const handler = this.#handlers[method] as (caller: Caller, params: unknown) => unknown;
    return await handler(this.caller(name), parsed);
  }

  /** A call of the adversary: its answer is kept. */
  async probe(name: Name, method: Method, params: unknown): Promise<unknown> {
    const answer = await this.call(name, method, params);
    this.note(name, method, answer);
    return answer;
  }

  note(name: string, what: string, answer: unknown): void {
    this.seen.push(`${name} ${what} ${JSON.stringify(answer)}`);
  }

  connect(name: string): void {
    this.disconnect(name);
    const ear = new Ear();
    this.#ears.set(name, ear);
    const sessionExpiresAt = iso(this.clock.now() + 24 * 60 * minuteMs);
    const caller = { ...this.#callers.get(name)!, sessionExpiresAt };
    const opening = { caller, device: "phone", window: 64, accept: null };
    // The parts of a socket that the server uses.
    this.services.realtime.open(ear as unknown as WebSocket, opening);
  }

  disconnect(name: string): void {
    this.#ears.get(name)?.close();
    this.#ears.delete(name);
  }

  /** What the person does; what they read is looked through. */
  async act(method: Method, params: unknown): Promise<unknown> {
    const answer = await this.call(victim, method, params);
    this.#judge(JSON.stringify(answer));
    return answer;
  }

  /** The person's rule begins. */
  async hide({ calls, keepsOut, keepsChat }: HiddenRule): Promise<void> {
    await this.rest();
    this.#keepsOut = keepsOut;
    this.#keepsChat = keepsChat === true;
    for (const [method, params] of calls) {
      const answer = await this.call(victim, method, params);
      // A grant accepts a contact, and the history may have ended that.
      const isNoContact = answer instanceof Refusal && method === "grant.set" && answer.kind === "forbidden";
      if (answer instanceof Refusal && !isNoContact) throw new Error(`${method} was refused: ${answer.kind}`);
    }
    await this.rest();
  }

  /** Waits until nothing happens, and keeps what the adversary's sockets heard, in no order: jobs run beside each other. */
  async rest(): Promise<void> {
    for (let look = 0; look < 12; look++) {
      await this.#store.committer.idle();
      await this.#store.kv.get(["none"]);
      await settle();
    }
    for (const name of adversary) {
      const ear = this.#ears.get(name);
      if (ear === undefined) continue;
      for (
        const text of ear.heard.map((text) => text.replaceAll(/"cursor":"[^"]*"/g, '"cursor":""')).sort()
      ) {
        this.seen.push(`${name} hears ${text}`);
      }
      ear.heard = [];
    }
    const own = this.#ears.get(victim);
    for (const text of own?.heard.splice(0) ?? []) this.#judge(text);
  }

  /** Lets time pass, without sockets if it is long: they would miss their heartbeats. */
  async pass(ms: number): Promise<void> {
    const connected = ms > minuteMs ? [...this.#ears.keys()] : [];
    for (const name of connected) this.disconnect(name);
    await this.clock.advanceAsync(ms);
    // What was due meanwhile is done before anybody is back: otherwise chance decides who hears it.
    if (connected.length > 0) await this.#open.runDueJobs();
    for (const name of connected) this.connect(name);
    await this.#open.runDueJobs();
    await this.rest();
    // Totals are told a second later.
    await this.clock.advanceAsync(1000);
    await this.rest();
  }

  async export(name: Name): Promise<void> {
    const exported = await this.services.accountData.export(this.caller(name));
    if (exported instanceof Refusal) return this.note(name, "export", exported);
    const files = unzipped(new Uint8Array(await new Response(exported.archive).arrayBuffer()));
    for (
      const path of [
        "contacts.json",
        "groups.json",
        "commands/sent.json",
        "commands/received.json",
        "chat.json",
      ]
    ) {
      this.note(name, path, new TextDecoder().decode(files.get(path)));
    }
  }

  /** Whether the text may be there: while the person is stopped, or keeps the adversary out, nothing new may. */
  #judge(text: string): void {
    const isCommand = text.includes(`"title":"${marker}"`);
    if (this.#keepsChat && text.includes(chatMarker)) this.leaked.push(text);
    const arrives = (text: string) =>
      text.includes(marker) || /"relation":"incoming"|"accepted":false/.test(text);
    // A Stop takes nothing of a talk that the person has seen before.
    const fresh = text.replaceAll(chatMessage, (message, id) => this.#talkSeen.has(id) ? "" : message);
    const leaks = this.#keepsOut === "texts"
      ? arrives(text)
      : this.stopped
      ? arrives(fresh)
      : this.#keepsOut === "commands" && isCommand;
    if (leaks) this.leaked.push(text);
    if (this.stopped) return;
    for (const [, id] of text.matchAll(chatMessage)) this.#talkSeen.add(id!);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of [victim, ...adversary]) this.disconnect(name);
    await this.services.realtime.shutdown().catch(() => undefined);
    await this.#open[Symbol.asyncDispose]();
    await this.#store[Symbol.asyncDispose]();
  }
}
