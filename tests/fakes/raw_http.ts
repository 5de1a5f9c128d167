export interface RawAnswer {
  status: number;
  headers: Headers;
  body: string;
}

/** An HTTP client byte by byte, for what no well-behaved client would send, and for seeing what is really answered. */
export class RawHttp implements Disposable {
  readonly #connection: Deno.Conn;
  #rest = "";

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  static async open(port: number): Promise<RawHttp> {
    return new RawHttp(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** A request's head; the body, if there is one, is sent apart. */
  async head(method: string, path: string, headers: Record<string, string>): Promise<void> {
    const lines = Object.entries({ host: "127.0.0.1", ...headers }).map(([name, value]) =>
      `${name}: ${value}\r\n`
    );
    await this.send(new TextEncoder().encode(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`));
  }

  async send(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#connection.write(bytes.subarray(sent));
  }

  /** The next answer; of `bodiless` ones (to a HEAD, or with 204 and 304) the head is all. */
  async answer({ bodiless = false } = {}): Promise<RawAnswer> {
    const head = await this.#upTo((text) => text.indexOf("\r\n\r\n") + 4 || null, 4);
    const [statusLine = "", ...lines] = head.trimEnd().split("\r\n");
    const headers = new Headers(
      lines.map((line): [string, string] => [
        line.slice(0, line.indexOf(":")),
        line.slice(line.indexOf(":") + 1).trim(),
      ]),
    );
    const length = bodiless ? 0 : Number(headers.get("content-length") ?? 0);
    const body = length === 0
      ? ""
      : await this.#upTo((text) => text.length >= length ? length : null, length);
    return { status: Number(statusLine.split(" ")[1]), headers, body };
  }

  async #upTo(end: (text: string) => number | null, least: number): Promise<string> {
    const chunk = new Uint8Array(65_536);
    while (true) {
      const at = end(this.#rest);
      if (at !== null && at >= least && this.#rest.length >= at) {
        const text = this.#rest.slice(0, at);
        this.#rest = this.#rest.slice(at);
        return text;
      }
      const count = await this.#connection.read(chunk);
      if (count === null) throw new Error(`The server hung up after ${this.#rest}`);
      this.#rest += new TextDecoder("latin1").decode(chunk.subarray(0, count));
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
