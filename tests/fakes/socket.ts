import type { Transport } from "../../lib/realtime/mod.ts";

/** A frame as the server sent it. */
export interface SentFrame {
  id?: string | number | null;
  method?: string;
  // The tests look into whatever came; they know what they sent.
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data?: Record<string, unknown> };
}

/** The client's end of a line without a network: keeps what was sent, takes it in at once or not at all. */
export class FakeSocket implements Transport {
  readonly texts: string[] = [];
  closed: { code: number; reason: string } | null = null;
  /** While true nothing that is sent is taken in. */
  stuck = false;
  /** What the next `send` throws. */
  failure: Error | null = null;
  #buffered = 0;

  send(text: string): void {
    if (this.failure !== null) throw this.failure;
    if (this.closed !== null) throw new Error("Sent after the close.");
    this.texts.push(text);
    if (this.stuck) this.#buffered += new TextEncoder().encode(text).length;
  }

  bufferedAmount(): number {
    return this.#buffered;
  }

  close(code: number, reason: string): void {
    if (this.closed !== null) throw new Error("Closed twice.");
    this.closed = { code, reason };
  }

  /** The client takes in this many bytes, or all of them. */
  drain(bytes = this.#buffered): void {
    this.#buffered = Math.max(0, this.#buffered - bytes);
  }

  get frames(): SentFrame[] {
    return this.texts.map((text) => JSON.parse(text) as SentFrame);
  }

  /** The code that the server closed with; null while the line stands. */
  closeCode(): number | null {
    return this.closed?.code ?? null;
  }

  /** Params of every notification of a method. */
  notified(method: string): Record<string, unknown>[] {
    return this.frames.filter((frame) => frame.method === method).map((frame) => frame.params ?? {});
  }

  /** The answer to a request. */
  answer(id: string | number | null): SentFrame | undefined {
    return this.frames.find((frame) => frame.id === id);
  }

  /** Ids of the commands that were delivered, in order. */
  delivered(): string[] {
    return this.notified("command.deliver").flatMap((params) =>
      (params.deliveries as { command: { id: string } }[]).map((delivery) => delivery.command.id)
    );
  }
}
