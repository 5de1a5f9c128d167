/** What happens on one connection after its command has come; `read` gives what follows, null at its end. */
export type Behaviour = (connection: FakeConnection) => Promise<void> | void;

export interface FakeConnection {
  command: string;
  read(): Promise<Uint8Array | null>;
  /** Reads to the four zero bytes that end an INSTREAM. */
  readAll(): Promise<number>;
  write(text: string): Promise<void>;
  /** Closes with what was sent still unread on our side: the other gets a reset. */
  close(): void;
}

/** A clamd that answers whatever a test wants it to; PING, VERSION and the files of the self-test as a good one does. */
export class FakeClamd implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #serving: Promise<void>;
  readonly #running = new Set<Promise<void>>();
  /** Files that were sent, those of the self-test too. */
  streams = 0;
  /** Connections at once, at the most. */
  most = 0;
  version = "ClamAV 1.4.6";
  /** For files that are not of the self-test: those begin with `file`. */
  behaviour: Behaviour = async (connection) => {
    await connection.readAll();
    await connection.write("stream: OK\0");
  };
  /** Asked first, for every command; false lets the rest answer. */
  commands: (connection: FakeConnection) => Promise<boolean> | boolean = () => false;

  constructor() {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#serving = this.#serve();
  }

  get address(): { host: string; port: number } {
    return { host: "127.0.0.1", port: this.#listener.addr.port };
  }

  get openConnections(): number {
    return this.#open.size;
  }

  async #serve(): Promise<void> {
    for await (const conn of this.#listener) {
      this.#open.add(conn);
      this.most = Math.max(this.most, this.#open.size);
      const run = this.#answer(conn).catch(() => undefined).finally(() => {
        this.#close(conn);
        this.#running.delete(run);
      });
      this.#running.add(run);
    }
  }

  async #answer(conn: Deno.TcpConn): Promise<void> {
    let held = new Uint8Array(0);
    const fill = async () => {
      const buffer = new Uint8Array(64 * 1024);
      const count = await conn.read(buffer);
      if (count === null) return false;
      const both = new Uint8Array(held.length + count);
      both.set(held);
      both.set(buffer.subarray(0, count), held.length);
      held = both;
      return true;
    };
    while (!held.includes(0)) if (!await fill()) return;
    const command = new TextDecoder().decode(held.subarray(0, held.indexOf(0)));
    held = held.slice(held.indexOf(0) + 1);
    const connection: FakeConnection = {
      command,
      async read() {
        if (held.length === 0 && !await fill()) return null;
        const bytes = held;
        held = new Uint8Array(0);
        return bytes;
      },
      async readAll() {
        let total = 0;
        while (true) {
          while (held.length < 4) if (!await fill()) return total;
          const length = new DataView(held.buffer, held.byteOffset).getUint32(0);
          while (held.length < 4 + length) if (!await fill()) return total;
          held = held.slice(4 + length);
          if (length === 0) return total;
          total += length;
        }
      },
      async write(text) {
        const bytes = new TextEncoder().encode(text);
        for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
      },
      close: () => this.#close(conn),
    };
    if (await this.commands(connection)) return;
    if (command === "zPING") return await connection.write("PONG\0");
    if (command === "zVERSION") return await connection.write(`${this.version}\0`);
    this.streams++;
    while (held.length < 8) if (!await fill()) break;
    if (new TextDecoder().decode(held.subarray(4, 8)) === "file") return await this.behaviour(connection);
    await this.#selfTest(connection, () => held);
  }

  async #selfTest(connection: FakeConnection, held: () => Uint8Array): Promise<void> {
    const start = new TextDecoder("latin1").decode(held().subarray(4, 8));
    await connection.readAll();
    await connection.write(
      start === "X5O!" ? "stream: Eicar-Test-Signature FOUND\0" : "stream: Heuristics.Encrypted.Zip FOUND\0",
    );
  }

  #close(conn: Deno.TcpConn): void {
    if (!this.#open.delete(conn)) return;
    conn.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of [...this.#open]) this.#close(conn);
    await this.#serving.catch(() => undefined);
    await Promise.all(this.#running);
  }
}
