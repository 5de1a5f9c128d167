import { must } from "./accounts_rig.ts";
import { person } from "./open_services.ts";
import { FakePushService } from "./push_service.ts";
import { WholeServer } from "./whole_server.ts";

/** A TCP proxy to the server that can be cut, or that lets no WebSocket pass. */
class CuttableProxy implements AsyncDisposable {
  readonly origin: string;
  readonly #listener: Deno.Listener;
  readonly #target: number;
  readonly #blocksSockets: boolean;
  readonly #open = new Set<Deno.Conn>();
  readonly #accepting: Promise<void>;
  /** The next WebSocket is cut after so many pieces of the server. */
  #piecesLeft: number | null = null;

  constructor(target: number, options: { blocksSockets: boolean }) {
    this.#target = target;
    this.#blocksSockets = options.blocksSockets;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.origin = `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
    this.#accepting = this.#accept();
  }

  /** The next WebSocket ends after so many pieces of the server, the answer to its handshake among them. */
  cutNext(pieces: number): void {
    this.#piecesLeft = pieces;
  }

  /** Every connection ends without a word. */
  cut(): void {
    for (const conn of [...this.#open]) this.#end(conn);
  }

  async #accept(): Promise<void> {
    try {
      for await (const conn of this.#listener) void this.#carry(conn);
    } catch {
      // The listener was closed.
    }
  }

  async #carry(conn: Deno.Conn): Promise<void> {
    this.#open.add(conn);
    try {
      const first = new Uint8Array(16_384);
      const length = await conn.read(first);
      if (length === null) return;
      const bytes = first.subarray(0, length);
      const isSocket = /^upgrade: *websocket/im.test(new TextDecoder().decode(bytes));
      if (this.#blocksSockets && isSocket) return;
      const pieces = isSocket ? this.#piecesLeft : null;
      if (isSocket) this.#piecesLeft = null;
      const other = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      this.#open.add(other);
      try {
        await other.write(bytes);
        await Promise.race([
          conn.readable.pipeTo(other.writable, { preventClose: true }),
          other.readable.pipeThrough(cutAfter(pieces)).pipeTo(conn.writable, { preventClose: true }),
        ]);
      } finally {
        this.#end(other);
      }
    } catch {
      // One of the two ends is gone.
    } finally {
      this.#end(conn);
    }
  }

  #end(conn: Deno.Conn): void {
    if (!this.#open.delete(conn)) return;
    try {
      conn.close();
    } catch {
      // It was closed already.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await this.#accepting;
  }
}

/** Passes so many pieces, and then fails; null: all. */
function cutAfter(pieces: number | null): TransformStream<Uint8Array, Uint8Array> {
  let left = pieces ?? Infinity;
  return new TransformStream({
    transform(piece, controller) {
      if (left-- > 0) controller.enqueue(piece);
      else controller.error(new Error("cut"));
    },
  });
}

/** What the live suite of a library is told, in its environment or as it is. */
export interface SuiteWorld {
  /** The server behind a proxy that `cut` cuts. */
  server: string;
  /** A request to this address ends every connection of `server`; with `?after=N`, the next WebSocket after N pieces. */
  cut: string;
  /** The server behind a proxy that lets no WebSocket pass. */
  blocked: string;
  /** Two people who are contacts. */
  ann: string;
  bob: string;
  password: string;
  /** Address and keys of a device at a push service, with spaces between them. */
  push: string;
}

/** One real server for the live suites of all libraries. */
export class SdkWorld implements AsyncDisposable {
  readonly #server: WholeServer;
  readonly #proxies: CuttableProxy[] = [];
  readonly #owned: AsyncDisposableStack;
  readonly #pushes: FakePushService;

  private constructor(server: WholeServer, pushes: FakePushService, owned: AsyncDisposableStack) {
    this.#server = server;
    this.#pushes = pushes;
    this.#owned = owned;
  }

  static async start(): Promise<SdkWorld> {
    await using opening = new AsyncDisposableStack();
    const pushes = opening.use(FakePushService.open());
    const server = opening.use(await WholeServer.start({ BEHEST_HEARTBEAT_MS: "1000", ...pushes.env }));
    return new SdkWorld(server, pushes, opening.move());
  }

  /** For the suite of a language. */
  async suite(language: string): Promise<SuiteWorld> {
    const { open, port } = this.#server;
    const [ann, bob] = [`${language}-ann`, `${language}-bob`];
    const [asks, accepts] = [await person(open, ann), await person(open, bob)];
    must(await open.services.contacts.request(asks.caller, { username: bob }));
    must(await open.services.contacts.accept(accepts.caller, { username: ann }));
    const cuttable = this.#owned.use(new CuttableProxy(port, { blocksSockets: false }));
    const blocking = this.#owned.use(new CuttableProxy(port, { blocksSockets: true }));
    this.#proxies.push(cuttable, blocking);
    const control = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
      const after = new URL(url).searchParams.get("after");
      if (after === null) cuttable.cut();
      else cuttable.cutNext(Number(after));
      return new Response(null, { status: 204 });
    });
    this.#owned.defer(() => control.shutdown());
    const { endpoint, keys } = this.#pushes.device().subscription;
    return {
      server: cuttable.origin,
      cut: `http://127.0.0.1:${control.addr.port}`,
      blocked: blocking.origin,
      ann,
      bob,
      password: "a long enough passphrase",
      push: [endpoint, keys.p256dh, keys.auth].join(" "),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const proxy of this.#proxies) proxy.cut();
    await this.#owned[Symbol.asyncDispose]();
  }
}

/** As a program of another language reads it. */
export function environmentOf(world: SuiteWorld): Record<string, string> {
  return Object.fromEntries(
    Object.entries(world).map(([name, value]) => [`BEHEST_TEST_${name.toUpperCase()}`, String(value)]),
  );
}
