import assert from "node:assert/strict";
import {
  BehestClient,
  type OutboxStore,
  type SeenStore,
  SharedConnection,
  type TabChannel,
  type TabLocks,
} from "../../lib/client/mod.ts";
import { FakeClock, settle } from "./clock.ts";
import { FakeSocket, readyParams, userId } from "./client_rig.ts";
import { seededRandom } from "./random.ts";

interface Wanted {
  give(): void;
  gone: boolean;
}

/** One lock as a browser has it: in order, stolen on request, given back when a tab is gone. */
export class FakeLocks {
  #held: { lost(): void } | undefined;
  #queue: Wanted[] = [];
  /** Set to have every request fail, as in a page that may not use locks. */
  refuses = false;

  /** The lock as one tab sees it; `crash()` is the end of that tab without a word. */
  tab(): TabLocks & { crash(): void } {
    const mine: Wanted[] = [];
    let holding: { free(): void } | undefined;
    return {
      request: (_name, { steal, signal }, held) => {
        if (this.refuses) return Promise.reject(new DOMException("no locks", "SecurityError"));
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        const lost = () => reject(new DOMException("stolen", "AbortError"));
        const take = () => {
          const own = { lost };
          this.#held = own;
          const free = () => {
            if (this.#held !== own) return;
            this.#held = undefined;
            holding = undefined;
            this.#next();
          };
          holding = { free };
          held().then(() => {
            free();
            resolve();
          });
        };
        if (steal) {
          this.#held?.lost();
          this.#held = undefined;
          queueMicrotask(take);
          return promise;
        }
        const wanted: Wanted = { give: take, gone: false };
        mine.push(wanted);
        signal?.addEventListener("abort", () => {
          wanted.gone = true;
          reject(new DOMException("aborted", "AbortError"));
        });
        this.#queue.push(wanted);
        this.#next();
        return promise;
      },
      crash: () => {
        for (const wanted of mine) wanted.gone = true;
        holding?.free();
      },
    };
  }

  #next(): void {
    queueMicrotask(() => {
      if (this.#held !== undefined) return;
      this.#queue = this.#queue.filter(({ gone }) => !gone);
      this.#queue.shift()?.give();
    });
  }
}

/** One channel as a browser has it: what a tab says, all others hear a moment later, as copies. */
export class FakeChannels {
  readonly #open = new Set<FakeChannel>();

  channel(): FakeChannel {
    const channel = new FakeChannel((message) => {
      const copy = structuredClone(message);
      for (const other of this.#open) if (other !== channel) queueMicrotask(() => other.hear(copy));
    }, () => this.#open.delete(channel));
    this.#open.add(channel);
    return channel;
  }
}

class FakeChannel implements TabChannel {
  readonly #say: (message: unknown) => void;
  readonly #close: () => void;
  readonly #listeners: ((event: { data: unknown }) => void)[] = [];
  /** A frozen tab neither hears nor speaks. */
  frozen = false;

  constructor(say: (message: unknown) => void, close: () => void) {
    this.#say = say;
    this.#close = close;
  }

  postMessage(message: unknown): void {
    if (!this.frozen) this.#say(message);
  }

  addEventListener(_type: "message", listener: (event: { data: unknown }) => void): void {
    this.#listeners.push(listener);
  }

  hear(data: unknown): void {
    if (this.frozen) return;
    for (const listener of this.#listeners) listener({ data });
  }

  close(): void {
    this.#close();
  }
}

export interface FakeTab {
  shared: SharedConnection;
  /** Titles that its listeners were handed. */
  seen: string[];
  sockets: FakeSocket[];
  channel: FakeChannel;
  hiddenMs: number;
  /** The newest socket. */
  readonly socket: FakeSocket;
  /** Ends without a word, as a tab that the browser kills. */
  crash(): void;
}

/** Tabs of one browser, on fake locks, channels, sockets and one clock. */
export class TabRig implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly locks = new FakeLocks();
  readonly channels = new FakeChannels();
  readonly tabs: FakeTab[] = [];
  readonly #stores: { store?: SeenStore; outbox?: OutboxStore };

  constructor(stores: { store?: SeenStore; outbox?: OutboxStore } = {}) {
    this.#stores = stores;
  }

  /** Sockets that the tabs opened together. */
  get sockets(): FakeSocket[] {
    return this.tabs.flatMap(({ sockets }) => sockets);
  }

  async open(options: { locks?: boolean; start?: boolean } = {}): Promise<FakeTab> {
    const { clock } = this;
    const random = seededRandom(this.tabs.length + 1);
    const channel = this.channels.channel();
    const locks = this.locks.tab();
    const sockets: FakeSocket[] = [];
    let client: BehestClient | undefined;
    const shared = new SharedConnection({
      tab: `tab-${this.tabs.length + 1}`,
      locks: options.locks === false ? undefined : locks,
      channel: () => channel,
      hiddenMs: () => tab.hiddenMs,
      client: () => {
        const made = new BehestClient({
          url: "wss://behest.example/api/ws",
          clock,
          random,
          userId,
          ...this.#stores,
          socket: (url, protocols) => {
            const socket = new FakeSocket(url, protocols);
            sockets.push(socket);
            return socket;
          },
        });
        client = made;
        return Promise.resolve({ client: made, end: () => this.#end(made, sockets) });
      },
      clock,
      random,
    });
    const tab: FakeTab = {
      shared,
      seen: [],
      sockets,
      channel,
      hiddenMs: 0,
      get socket() {
        const socket = sockets.at(-1);
        assert.ok(socket, "no socket was opened");
        return socket;
      },
      crash: () => {
        channel.frozen = true;
        channel.close();
        locks.crash();
        if (client !== undefined) void this.#end(client, sockets);
      },
    };
    shared.on("deliver", ({ command }) => void tab.seen.push(command.id));
    this.tabs.push(tab);
    if (options.start !== false) shared.start("person");
    await settle();
    return tab;
  }

  /** The tab that has the connection is online. */
  async online(tab: FakeTab, ready: Record<string, unknown> = {}): Promise<FakeSocket> {
    tab.socket.notify("session.ready", readyParams(ready));
    await settle();
    assert.equal(tab.shared.state.kind, "online");
    return tab.socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { shared, channel } of this.tabs) {
      channel.frozen = true;
      shared.close();
    }
    await settle();
    assert.equal(this.clock.pending, 0, "a timer was left behind");
  }

  async #end(client: BehestClient, sockets: FakeSocket[]): Promise<void> {
    const closed = client.close();
    sockets.at(-1)?.end(1000);
    await closed;
  }
}
