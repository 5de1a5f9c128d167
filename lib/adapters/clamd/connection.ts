import { SaidError } from "../said_error.ts";
import { say } from "../../protocol/mod.ts";
import type { Deadline } from "../deadline.ts";
import { type Reply, replyBytes } from "./reply.ts";

export interface Address {
  host: string;
  port: number;
}

/** Bytes in one frame of INSTREAM. Larger frames are faster on the socket alone, but not with clamd. */
export const frameBytes = 64 * 1024;

/** Time without progress after which a connection is given up. clamd stops reading while all its threads are busy. */
const connectMs = 5_000;
const stallMs = 60_000;
/** Time from the last byte sent to the answer: more than MaxScanTime, by default 2 minutes. */
const answerMs = 5 * 60_000;

/** Thrown when clamd refused the connection: it is starting, or not running. */
export class NotThere extends SaidError {
  override readonly name = "NotThere";
}

/**
 * One connection, for one command. Its opener closes it. It closes at once when the deadline aborts, so nothing waits on it
 * any longer.
 */
export class Connection implements AsyncDisposable {
  readonly #conn: Deno.TcpConn;
  readonly #deadline: Deadline;
  readonly #reading: Promise<Reply>;
  readonly #close = () => {
    if (!this.#closed) this.#conn.close();
    this.#closed = true;
  };
  #closed = false;
  /** A part of an answer arrived, or the connection ended. */
  #answered = false;

  private constructor(conn: Deno.TcpConn, deadline: Deadline) {
    this.#conn = conn;
    this.#deadline = deadline;
    deadline.signal.addEventListener("abort", this.#close, { once: true });
    this.#reading = this.#read();
  }

  /** Throws `NotThere` or `GivenUp`. */
  static async open({ host, port }: Address, deadline: Deadline): Promise<Connection> {
    deadline.within(connectMs, "clamd.noConnection");
    const { signal } = deadline;
    let conn: Deno.TcpConn;
    try {
      conn = await Deno.connect({ hostname: host, port, signal });
    } catch (error) {
      signal.throwIfAborted();
      const name = error instanceof Error ? error.name : "unknown";
      throw new NotThere(say("clamd.unreachable", { address: `${host}:${port}`, name }));
    }
    if (signal.aborted) {
      conn.close();
      signal.throwIfAborted();
    }
    return new Connection(conn, deadline);
  }

  /** True when the bytes were sent before any answer; false when an answer or the end came first. */
  async send(bytes: Uint8Array): Promise<boolean> {
    this.#deadline.within(stallMs, "clamd.noBytes");
    // A reset follows an early answer, like that of the size limit, so the answer must not wait for the write.
    return !this.#answered && await Promise.race([this.#write(bytes), this.#reading.then(() => false)]);
  }

  /** Returns the answer after the end of the connection. Throws `GivenUp`. */
  async reply(ms: number = answerMs): Promise<Reply> {
    this.#deadline.within(ms, "clamd.noAnswer");
    const reply = await this.#reading;
    this.#deadline.signal.throwIfAborted();
    return reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#deadline.signal.removeEventListener("abort", this.#close);
    this.#close();
    await this.#reading;
    this.#deadline.rest();
  }

  async #write(bytes: Uint8Array): Promise<boolean> {
    try {
      for (let sent = 0; sent < bytes.length;) sent += await this.#conn.write(bytes.subarray(sent));
      return true;
    } catch {
      return false;
    }
  }

  async #read(): Promise<Reply> {
    const bytes = new Uint8Array(replyBytes);
    let length = 0;
    const reply = (end: Reply["end"]): Reply => ({ bytes: bytes.slice(0, length), end });
    try {
      while (length < bytes.length) {
        const count = await this.#conn.read(bytes.subarray(length));
        if (count === null) return reply("closed");
        length += count;
        this.#answered = true;
      }
      return reply("too_long");
    } catch {
      return reply("reset");
    } finally {
      this.#answered = true;
    }
  }
}

/** Sends a command without a body and returns the answer. Throws `NotThere` or `GivenUp`. */
export async function ask(
  address: Address,
  command: string,
  deadline: Deadline,
  ms: number,
): Promise<Reply> {
  await using connection = await Connection.open(address, deadline);
  await connection.send(new TextEncoder().encode(`z${command}\0`));
  return await connection.reply(ms);
}

/**
 * Sends a stream as INSTREAM frames and returns the answer. Calls `onChunk` with each chunk. Reads the stream to its end or
 * cancels it. Throws `NotThere`, `GivenUp`, and errors of the stream.
 */
export async function instream(
  address: Address,
  open: () => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>,
  deadline: Deadline,
  onChunk: (chunk: Uint8Array) => void = () => {},
): Promise<{ reply: Reply; sentBytes: number; allSent: boolean }> {
  await using connection = await Connection.open(address, deadline);
  const reader = (await deadline.opened(open())).getReader();
  let sentBytes = 0;
  try {
    let taken = await connection.send(new TextEncoder().encode("zINSTREAM\0"));
    const frame = new Uint8Array(4 + frameBytes);
    while (taken) {
      const { value: chunk, done } = await deadline.race(reader.read());
      if (done) {
        taken = await connection.send(new Uint8Array(4));
        break;
      }
      onChunk(chunk);
      for (let at = 0; taken && at < chunk.length; at += frameBytes) {
        const part = chunk.subarray(at, at + frameBytes);
        new DataView(frame.buffer).setUint32(0, part.length);
        frame.set(part, 4);
        taken = await connection.send(frame.subarray(0, 4 + part.length));
        if (taken) sentBytes += part.length;
      }
    }
    return { reply: await connection.reply(), sentBytes, allSent: taken };
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
