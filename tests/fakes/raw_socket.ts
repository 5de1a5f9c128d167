import type { SentFrame } from "./socket.ts";
import { until } from "./until.ts";

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A WebSocket client byte by byte, for what no well-behaved client would send. */
export class RawSocket implements AsyncDisposable {
  readonly status: number;
  readonly headers: Headers;
  /** The body of an answer that was no upgrade. */
  readonly body: string;
  readonly texts: string[] = [];
  closeCode: number | null = null;
  ended = false;
  readonly #connection: Deno.Conn;
  readonly #reading: Promise<void>;

  private constructor(connection: Deno.Conn, head: string, rest: Uint8Array<ArrayBuffer>) {
    this.#connection = connection;
    const [statusLine = "", ...lines] = head.split("\r\n");
    this.status = Number(statusLine.split(" ")[1]);
    this.headers = new Headers();
    for (const line of lines) {
      const colon = line.indexOf(":");
      this.headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    this.body = this.status === 101 ? "" : new TextDecoder().decode(rest);
    this.#reading = this.status === 101 ? this.#read(rest) : Promise.resolve();
  }

  /** Asks for an upgrade. `headers` come on top of, or in place of, the usual ones; an empty one is left out. */
  static async open(port: number, path: string, headers: Record<string, string> = {}): Promise<RawSocket> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const all: Record<string, string> = {
      host: `127.0.0.1:${port}`,
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    };
    const lines = Object.entries(all).filter(([, value]) => value !== "").map(([name, value]) =>
      `${name}: ${value}`
    );
    await writeAll(
      connection,
      new TextEncoder().encode(`GET ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`),
    );
    let bytes = new Uint8Array();
    const chunk = new Uint8Array(16_384);
    while (true) {
      const text = new TextDecoder("latin1").decode(bytes);
      const end = text.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (end >= 0 && bytes.length >= end + 4 + length) {
        return new RawSocket(connection, text.slice(0, end), bytes.slice(end + 4));
      }
      const count = await connection.read(chunk);
      if (count === null) throw new Error(`The server hung up after ${text}`);
      bytes = join(bytes, chunk.subarray(0, count));
    }
  }

  /** Writes one frame. A peer that hung up meanwhile is no error: that is what some tests wait for. */
  async frame(kind: keyof typeof opcodes, payload: Uint8Array | string, fin = true): Promise<boolean> {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    return await this.bytes(frameBytes(opcodes[kind], bytes, fin));
  }

  async text(text: string): Promise<boolean> {
    return await this.frame("text", text);
  }

  async bytes(bytes: Uint8Array): Promise<boolean> {
    try {
      await writeAll(this.#connection, bytes);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset) {
        return false;
      }
      throw error;
    }
  }

  get frames(): SentFrame[] {
    return this.texts.map((text) => JSON.parse(text) as SentFrame);
  }

  /** Waits for a frame. */
  async seen(match: (frame: SentFrame) => boolean): Promise<SentFrame> {
    return await until(() => this.frames.find(match) ?? null, "a frame");
  }

  /** Waits for the server's close frame. */
  async closed(): Promise<number> {
    return await until(() => this.closeCode, "a close");
  }

  /** Hangs up without a word. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#connection.close();
    } catch {
      // The reader saw the end first.
    }
    await this.#reading;
  }

  async #read(first: Uint8Array<ArrayBuffer>): Promise<void> {
    let bytes = first;
    const chunk = new Uint8Array(65_536);
    try {
      while (true) {
        bytes = this.#takeFrames(bytes);
        const count = await this.#connection.read(chunk);
        if (count === null) break;
        bytes = join(bytes, chunk.subarray(0, count));
      }
    } catch {
      // Reset by the server, or closed by the test.
    }
    this.ended = true;
  }

  #takeFrames(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    let rest = bytes;
    while (rest.length >= 2) {
      const view = new DataView(rest.buffer, rest.byteOffset);
      const short = rest[1]! & 127;
      const head = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (rest.length < head) break;
      const length = short === 126 ? view.getUint16(2) : short === 127 ? Number(view.getBigUint64(2)) : short;
      if (rest.length < head + length) break;
      const payload = rest.subarray(head, head + length);
      const opcode = rest[0]! & 15;
      if (opcode === opcodes.text) this.texts.push(new TextDecoder().decode(payload));
      if (opcode === opcodes.close) this.closeCode = length >= 2 ? payload[0]! * 256 + payload[1]! : 1005;
      rest = rest.slice(head + length);
    }
    return rest;
  }
}

/** A client's frame, masked with zeros: allowed, and the payload stays readable. */
export function frameBytes(opcode: number, payload: Uint8Array, fin = true): Uint8Array {
  const { length } = payload;
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const bytes = new Uint8Array(head + 4 + length);
  const view = new DataView(bytes.buffer);
  bytes[0] = (fin ? 128 : 0) | opcode;
  bytes[1] = 128 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head === 4) view.setUint16(2, length);
  if (head === 10) view.setBigUint64(2, BigInt(length));
  bytes.set(payload, head + 4);
  return bytes;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function join(a: Uint8Array<ArrayBuffer>, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
