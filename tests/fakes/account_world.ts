import assert from "node:assert/strict";
import { type Committed, Committer, type Write } from "../../lib/adapters/kv/committer.ts";
import type { KvPort } from "../../lib/adapters/kv/port.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import { type Clock, systemClock } from "../../lib/platform/mod.ts";
import {
  chatDraft,
  commandDraft,
  english,
  type FileObject,
  type Params,
  Refusal,
} from "../../lib/protocol/mod.ts";
import { person } from "./open_services.ts";
import { type WholePerson, WholeServer } from "./whole_server.ts";
import { until } from "./until.ts";

export const password = "a long enough passphrase";

/** The system's clock, some time ahead. */
export class AheadClock implements Clock {
  aheadMs = 0;
  now = () => Date.now() + this.aheadMs;
  after = (ms: number, call: () => void) => systemClock.after(ms, call);
}

/** A committer whose process dies at its n-th commit: that one and all later ones are not made. */
export class DyingCommitter extends Committer {
  left: number;
  made = 0;

  constructor(kv: KvPort, left: number) {
    super(kv);
    this.left = left;
  }

  override commit(write: Write): Promise<Committed> {
    if (this.left-- <= 0) return Promise.reject(new Error("the process died"));
    this.made++;
    return super.commit(write);
  }
}

/** Bytes that are a picture as far as its first bytes say: PNG with one pixel. */
export function png(): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  );
}

interface Parts {
  server: WholeServer;
  clock: AheadClock;
  store: Store;
  dying: DyingCommitter;
  ann: WholePerson;
  bob: WholePerson;
  root: WholePerson;
  annId: string;
}

/** A server with everything that it can hold on ann, and with bob, who knows her. */
export class AccountWorld implements AsyncDisposable {
  server: WholeServer;
  readonly clock: AheadClock;
  readonly store: Store;
  readonly dying: DyingCommitter;
  readonly ann: WholePerson;
  readonly bob: WholePerson;
  readonly root: WholePerson;
  readonly annId: string;
  readonly #dir: string;

  private constructor(parts: Parts, dir: string) {
    this.server = parts.server;
    this.clock = parts.clock;
    this.store = parts.store;
    this.dying = parts.dying;
    this.ann = parts.ann;
    this.bob = parts.bob;
    this.root = parts.root;
    this.annId = parts.annId;
    this.#dir = dir;
  }

  static async start(): Promise<AccountWorld> {
    const clock = new AheadClock();
    const store = await openStore(":memory:");
    const dying = new DyingCommitter(store.kv, Infinity);
    const dir = await Deno.makeTempDir({ prefix: "behest-account-" });
    const server = await WholeServer.start({}, { store: { ...store, committer: dying }, clock }, dir);
    const [ann, bob, root] = [await server.person("ann"), await server.person("bob"), await server.admin()];
    const { caller } = await person(server.open, "ann");
    return new AccountWorld({ server, clock, store, dying, ann, bob, root, annId: caller.userId }, dir);
  }

  /** The process ended, however; another one begins on what it left. */
  async restart(): Promise<void> {
    // What cannot be written any more is what this is about.
    await Promise.resolve(this.server[Symbol.asyncDispose]()).catch(() => undefined);
    // What the dead process had under lease is free after a minute.
    this.clock.aheadMs += 2 * 60_000;
    this.server = await WholeServer.start({}, { store: this.store, clock: this.clock }, this.#dir);
  }

  /** The caller behind somebody's token, for what is no REST call. */
  async caller(who: WholePerson) {
    const origin = { address: "192.0.2.1", device: "test", requestId: "test" };
    return must(await this.server.open.services.accounts.authenticate(who.token, origin));
  }

  async send(who: WholePerson, draft: Partial<Params<"command.send">>): Promise<string> {
    const { commands } = this.server.open.services;
    const whole = commandDraft.parse({ key: crypto.randomUUID(), kind: "message", title: "Title", ...draft });
    return must(await commands.send(await this.caller(who), whole)).command.id;
  }

  async cleanFile(who: WholePerson, name: string, bytes: BodyInit): Promise<FileObject> {
    const file = await this.server.upload(who, name, bytes);
    await until(async () => await this.server.state(who, file.id) === "clean", "a checked file");
    return file;
  }

  /** Contacts both ways, a group, preferences, commands both ways, a file, a picture, a sanction. */
  async fill(): Promise<{ picture: FileObject; letter: FileObject; sent: string; received: string }> {
    const { services } = this.server.open;
    const [ann, bob, root] = [
      await this.caller(this.ann),
      await this.caller(this.bob),
      await this.caller(this.root),
    ];
    must(await services.contacts.request(ann, { username: "bob", note: "ANN-NOTE" }));
    must(await services.contacts.accept(bob, { username: "ann" }));
    must(await services.groups.create(root, { name: "readers", title: "Readers" }));
    must(await services.groups.setMember(root, "readers", "ann", { role: "member" }));
    must(await services.groups.accept(ann, { group: "readers" }));
    must(await services.preferences.set(ann, { dailyLimit: 100, blockedUsers: ["carl"] }));
    must(await services.grants.set(ann, { to: { user: "bob" }, perDay: 50 }));
    must(await services.users.sanction(root, "ann", { kind: "warn", reason: "ANN-WARNING" }));
    const letter = await this.cleanFile(this.ann, "../letter ü.txt", "ANN-LETTER");
    const picture = await this.cleanFile(this.ann, "me.png", png());
    must(await services.profiles.change(ann, { bio: "ANN-BIO", avatar: picture.id }));
    const to = (username: string) => ({ kind: "user" as const, to: [username] });
    const received = await this.send(this.bob, { audience: to("ann"), title: "BOB-OPEN" });
    await this.send(this.bob, { audience: to("ann"), title: "BOB-BLOCKED", categories: ["feet"] });
    must(await services.commands.inboxList(ann, {}));
    must(await services.commands.update(ann, { id: received, state: "accepted" }));
    const sent = await this.send(this.ann, {
      audience: to("bob"),
      title: "ANN-SENT",
      attachments: [letter.id],
    });
    must(await services.commands.inboxList(bob, {}));
    must(await services.chat.send(bob, chatDraft.parse({ key: "1", to: "ann", body: "BOB-CHAT" })));
    const { message } = must(
      await services.chat.send(ann, chatDraft.parse({ key: "1", thread: received, body: "ANN-CHAT" })),
    );
    must(await services.chat.list(ann, { with: "bob" }));
    must(await services.chat.list(bob, { thread: received, with: "ann" }));
    must(await services.chat.read(bob, { thread: received, with: "ann", upTo: message.id }));
    return { picture, letter, sent, received };
  }

  remove(who: WholePerson, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
    const headers = { "content-type": "application/json" };
    return this.server.ask(who, "/account", { method: "DELETE", headers, body: JSON.stringify(body) });
  }

  /** Until nothing is due any more, now and after the second look. */
  async finish(): Promise<void> {
    const { open } = this.server;
    await open.runDueJobs();
    this.clock.aheadMs += 11 * 60_000;
    await open.runDueJobs();
    await open.runDueJobs();
  }

  /** Keys under which something still speaks of ann, by the first part; what others hold of their own is not hers. */
  async traces(): Promise<string[]> {
    const found: string[] = [];
    for await (const { key, value } of this.store.kv.list({ prefix: [] })) {
      const text = JSON.stringify([key, value], (_, part) => typeof part === "bigint" ? String(part) : part);
      if (text.includes(this.annId) || text.includes("ANN-")) found.push(key.map(String).join("/"));
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dying.left = Infinity;
    await this.server[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
    await Deno.remove(this.#dir, { recursive: true });
  }
}

export function must<T>(answer: T | Refusal): T {
  if (answer instanceof Refusal) assert.fail(`${answer.kind}: ${english(answer.message)}`);
  return answer;
}
