import { createHash } from "node:crypto";
import type { OpenOptions, OpenServices } from "../../lib/compose/mod.ts";
import type { Caller, Log } from "../../lib/platform/mod.ts";
import {
  type Command,
  commandDraft,
  type CommandState,
  type FileObject,
  type GroupRole,
  type Params,
  Refusal,
  type Role,
} from "../../lib/protocol/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import { KeptLog, must } from "./accounts_rig.ts";
import { sendOver } from "./built_app.ts";
import { FakeClock } from "./clock.ts";
import { MemoryBlobs } from "./memory_blobs.ts";
import { openTestServices, testConfig } from "./open_services.ts";
import { base, type Send, withoutWords } from "./page_forms.ts";
import { seededRandom } from "./random.ts";
import { ScriptedCsamMatcher, ScriptedVirusScanner } from "./scanners.ts";
import { until } from "./until.ts";

/** Of everybody whom a rig registers. */
export const password = "a long enough passphrase";
export const annsLogin = { username: "ann", password };

export interface AppOptions {
  /** Variables over the test's own. */
  env?: Record<string, string>;
  log?: Log;
  /** What the log tells of itself. */
  logState?: OpenOptions["logState"];
  /** Without one, the server waits for its setup link to be used. */
  admin?: boolean;
  /** Who is registered at the start. */
  people?: readonly string[];
}

/** A file that is uploaded: what the scanners make of it, and what it is. */
export interface FileWish {
  name?: string;
  content?: string | Uint8Array<ArrayBuffer>;
  /** `matched` is abuse material, as far as the matcher knows. */
  state?: FileObject["state"] | "matched";
}

const origin = { address: "192.0.2.1", device: "web", requestId: "test" };
const administrator = { username: "root", password: "a sentence that only root knows" };

/**
 * The whole app without a network: real services on a `:memory:` store and bytes in memory, with scripted scanners and a clock
 * that stands still. `ann` and `bob` are logged in, `root` administers.
 */
export class AppRig implements AsyncDisposable {
  readonly open: OpenServices;
  readonly clock: FakeClock;
  readonly blobs: MemoryBlobs;
  readonly virus: ScriptedVirusScanner;
  readonly csam: ScriptedCsamMatcher;
  /** The answers as they are. */
  readonly wholeSend: Send;
  /** The same, without the words that islands take with them: a sentence is found only where a page shows it. */
  readonly send: Send;
  readonly #tokens = new Map<string, string>();
  readonly #wished: Map<string, FileWish["state"]>;
  #numbers = 0;

  private constructor(
    parts: Pick<AppRig, "open" | "clock" | "blobs" | "virus" | "csam" | "wholeSend">,
    wished: Map<string, FileWish["state"]>,
  ) {
    this.open = parts.open;
    this.clock = parts.clock;
    this.blobs = parts.blobs;
    this.virus = parts.virus;
    this.csam = parts.csam;
    this.wholeSend = parts.wholeSend;
    this.send = async (path, init) => await withoutWords(await this.wholeSend(path, init));
    this.#wished = wished;
  }

  static async start(options: AppOptions = {}): Promise<AppRig> {
    const clock = new FakeClock();
    const blobs = new MemoryBlobs(clock);
    const wished = new Map<string, FileWish["state"]>();
    const virus = new ScriptedVirusScanner(({ sha256 }) => {
      const state = wished.get(sha256);
      if (state === "held") return "incomplete";
      if (state === "rejected") return "infected";
      return state === "scanning" ? "hang" : "clean";
    });
    const csam = new ScriptedCsamMatcher(({ sha256 }) =>
      wished.get(sha256) === "matched" ? "match" : "not_applicable"
    );
    const admin = options.admin === false ? {} : {
      BEHEST_ADMIN_USERNAME: administrator.username,
      BEHEST_ADMIN_PASSWORD: administrator.password,
    };
    const config = testConfig({
      BEHEST_UPLOAD_MAX_BYTES: String(1024 * 1024),
      BEHEST_QUOTA_BYTES: String(4 * 1024 * 1024),
      // Scans that a test lets hang do not keep others waiting.
      BEHEST_SCAN_CONCURRENCY: "16",
      ...admin,
      ...options.env,
    });
    const open = await openTestServices({
      config,
      clock,
      random: seededRandom(1),
      blobs,
      scanners: { virus, csam },
      log: options.log ?? new KeptLog(),
      ...(options.logState === undefined ? {} : { logState: options.logState }),
    });
    const ask = await sendOver(open.services);
    const wholeSend: Send = async (path, init) => await ask(new Request(base + path, init));
    const rig = new AppRig({ open, clock, blobs, virus, csam, wholeSend }, wished);
    if (options.admin !== false) await rig.logIn(administrator);
    const people = options.people ?? ["ann", "bob"];
    await Promise.all(people.map((username) => rig.person(username)));
    return rig;
  }

  get services(): Services {
    return this.open.services;
  }

  /** Registers somebody, whose cookie it returns. */
  async person(username: string, role: Role = "member"): Promise<string> {
    const { accounts, config, invites } = this.services;
    const body = { username, password, adult: true as const };
    const invite = config.registration === "invite"
      ? { invite: must(await invites.create(await this.caller("root"), {})).invite }
      : {};
    must(await accounts.register(origin, { ...body, ...invite }));
    const cookie = await this.logIn({ username, password });
    if (role !== "member") await this.setRole(username, role);
    return cookie;
  }

  async setRole(username: string, role: Role, rights = { broadcast: false }): Promise<void> {
    must(await this.services.users.change(await this.caller("root"), username, { role, rights }));
  }

  /** A new session; returns its cookie. */
  async logIn(body: { username: string; password: string }): Promise<string> {
    const { token } = must(await this.services.accounts.login(origin, body));
    this.#tokens.set(body.username, token);
    return this.cookieOf(body.username);
  }

  /** Time passes, and everybody logs in again. */
  async later(ms: number): Promise<void> {
    this.clock.advance(ms);
    for (const username of this.#tokens.keys()) {
      await this.logIn(username === administrator.username ? administrator : { username, password });
    }
  }

  tokenOf(username: string): string {
    const token = this.#tokens.get(username);
    if (token === undefined) throw new Error(`${username} has not logged in.`);
    return token;
  }

  cookieOf(username: string): string {
    return `behest_session=${this.tokenOf(username)}`;
  }

  bearerOf(username: string): { authorization: string } {
    return { authorization: `Bearer ${this.tokenOf(username)}` };
  }

  async caller(username: string): Promise<Caller> {
    return must(await this.services.accounts.authenticate(this.tokenOf(username), origin));
  }

  async befriend(one: string, other: string): Promise<void> {
    const [asks, accepts] = [await this.caller(one), await this.caller(other)];
    must(await this.services.contacts.request(asks, { username: other }));
    must(await this.services.contacts.accept(accepts, { username: one }));
  }

  /** Sends a task; a person who is named becomes a contact of the sender. */
  async command(
    from: string,
    to: string | Params<"command.send">["audience"],
    over: Partial<Params<"command.send">> = {},
  ): Promise<Command> {
    const caller = await this.caller(from);
    if (typeof to === "string") {
      const { contacts } = await this.services.contacts.list(caller);
      if (!contacts.some(({ username }) => username === to)) await this.befriend(from, to);
    }
    const draft = commandDraft.parse({
      key: `rig-${this.#numbers++}`,
      kind: "task",
      title: "Water the plants",
      body: "The ones by the window.",
      audience: typeof to === "string" ? { kind: "user", to: [to] } : to,
      ...over,
    });
    return must(await this.services.commands.send(caller, draft)).command;
  }

  /** Lists somebody's inbox, which delivers what waits, and answers one of its commands. */
  async answer(
    who: string,
    id: string,
    state: CommandState,
    more: Partial<Params<"command.update">> = {},
  ): Promise<void> {
    const caller = await this.caller(who);
    must(await this.services.commands.inboxList(caller, {}));
    const params = { id, state, ...more } as Params<"command.update">;
    if (state !== "delivered") must(await this.services.commands.update(caller, params));
  }

  async preferences(who: string, change: Params<"preferences.set">): Promise<void> {
    must(await this.services.preferences.set(await this.caller(who), change));
  }

  async profile(who: string, change: Parameters<Services["profiles"]["change"]>[1]): Promise<void> {
    must(await this.services.profiles.change(await this.caller(who), change));
  }

  /** A group with these people in it; with `asked`, who has not accepted yet. */
  async group(
    name: string,
    members: Record<string, GroupRole | ["asked", GroupRole]>,
    title = name,
  ): Promise<void> {
    const { groups } = this.services;
    const root = await this.caller("root");
    must(await groups.create(root, { name, title }));
    for (const [username, given] of Object.entries(members)) {
      const role = typeof given === "string" ? given : given[1];
      must(await groups.setMember(root, name, username, { role }));
      if (typeof given === "string") must(await groups.accept(await this.caller(username), { group: name }));
    }
  }

  async review(who: string, id: string, recipient: string, accept: boolean, note: string): Promise<void> {
    must(await this.services.commands.review(await this.caller(who), { id, recipient, accept, note }));
  }

  /** What somebody sent, or received, as the API says it. */
  async commandOf(who: string, id: string) {
    return must(await this.services.commands.get(await this.caller(who), { id }));
  }

  async sentBy(who: string) {
    const { items } = await this.services.commands.list(await this.caller(who), { box: "outbox" });
    return items;
  }

  /** Uploads a file, and waits until its scan left it in the state that was wished for. */
  async file(
    owner = "ann",
    { name = "a file.txt", content, state = "clean" }: FileWish = {},
  ): Promise<FileObject> {
    const given = content ?? `file ${this.#numbers++}`;
    const bytes = typeof given === "string" ? new TextEncoder().encode(given) : given;
    this.#wished.set(createHash("sha256").update(bytes).digest("hex"), state);
    const { files } = this.services;
    const caller = await this.caller(owner);
    const body = new Blob([bytes]).stream();
    const { id } = must(await files.upload(caller, { ...origin, port: 50_000 }, { name, size: null }, body));
    const ends = state === "matched" ? "rejected" : state;
    const scanned = await until(async () => {
      const file = must(await files.get(caller, id));
      return file.state === ends ? file : null;
    }, `a file that is ${ends}`);
    if (state === "matched") { for (let turn = 0; turn < 3; turn++) await this.open.runDueJobs(); }
    return scanned;
  }

  /** The bytes of somebody's file, once it was checked. */
  async contentOf(who: string, id: string): Promise<Uint8Array<ArrayBuffer>> {
    const caller = await this.caller(who);
    const { open } = await until(async () => {
      const content = await this.services.files.content(caller, id);
      return content instanceof Refusal ? null : content;
    }, `the checked file ${id}`);
    return await new Response(await open()).bytes();
  }

  /** Runs what is due until something has happened. */
  async jobsUntil(happened: () => Promise<boolean>, what: string): Promise<void> {
    await until(async () => {
      await this.open.runDueJobs();
      return await happened();
    }, what);
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.open[Symbol.asyncDispose]();
  }
}

/** Runs a test over an app of its own. */
export async function withApp(
  run: (send: Send, app: AppRig) => Promise<void>,
  options: AppOptions = {},
): Promise<void> {
  await using app = await AppRig.start(options);
  await run(app.send, app);
}
