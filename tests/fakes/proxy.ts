/** A line to a server on this computer that can be cut, or be made to swallow what is said. */
export class LineProxy implements Disposable {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #to: number;
  readonly #open = new Set<Deno.TcpConn>();
  #swallows = false;
  #refuses = false;
  /** How often something was said that did not get through. */
  swallowed = 0;
  /** WebSockets that were refused. */
  refused = 0;

  constructor(to: number) {
    this.#to = to;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    void this.#serve();
  }

  /** From now on nothing gets through, and nobody is told. */
  swallow(): void {
    this.#swallows = true;
  }

  /** New connections get through. */
  heal(): void {
    this.#swallows = false;
  }

  /** WS-12: whether WebSockets are refused, as a proxy that knows no upgrades does. */
  refuseUpgrades(refuses: boolean): void {
    this.#refuses = refuses;
  }

  /** Every connection ends. */
  cut(): void {
    for (const conn of this.#open) close(conn);
    this.#open.clear();
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    this.cut();
  }

  async #serve(): Promise<void> {
    for await (const near of this.#listener) void this.#join(near);
  }

  async #join(near: Deno.TcpConn): Promise<void> {
    try {
      const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#to });
      for (const conn of [near, far]) this.#open.add(conn);
      await Promise.race([this.#pass(near, far), this.#pass(far, near)]);
      for (const conn of [near, far]) {
        this.#open.delete(conn);
        close(conn);
      }
    } catch {
      close(near);
    }
  }

  async #pass(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    let swallowed = false;
    try {
      for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
        // What was swallowed once is never made good: a byte would be missing.
        swallowed ||= this.#swallows;
        if (swallowed) this.swallowed++;
        if (this.#refuses && isUpgrade(buffer.subarray(0, count))) {
          this.refused++;
          await from.write(refusal);
          return;
        }
        for (let at = 0; at < count && !swallowed;) at += await to.write(buffer.subarray(at, count));
      }
    } catch {
      // Cut.
    }
  }
}

const refusal = new TextEncoder().encode(
  "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
);

/** A browser sends the head of a WebSocket in one piece, on a connection of its own. */
function isUpgrade(bytes: Uint8Array): boolean {
  return /^upgrade: websocket\r$/im.test(new TextDecoder().decode(bytes));
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It was closed by the other side.
  }
}
