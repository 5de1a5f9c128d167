import { type Said, say } from "../../protocol/mod.ts";
import type { z } from "zod";
import type { Clock } from "../../platform/mod.ts";
import { type Deadline, GivenUp } from "../deadline.ts";
import { Unreadable } from "./byte_cursor.ts";
import { type Media, ServiceFailed } from "./service.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The same as in the services' own clients. */
const connectMs = 3_000;
const readMs = 60_000;
const answerBytes = 1024 * 1024;
/** Largest body that is sent in one piece with its length; larger ones are streamed in chunks without a length. */
export const wholeBytes = 4 * 1024 * 1024;
/** Time after an answer in which no new connection test is needed. */
const recentMs = 30_000;
/** Characters that are kept of a service's error text. */
const detailLength = 200;

/** Tests quickly whether something listens; `fetch` alone has no time limit for that. */
export type Knock = (hostname: string, port: number, signal: AbortSignal) => Promise<void>;

export interface ClientOptions {
  clock: Clock;
  base: string;
  fetch: typeof fetch;
  knock: Knock;
  /** Never repeated in a message, even when the service repeats them. */
  secrets: readonly string[];
}

export interface Answer {
  status: number;
  /** Parsed JSON; undefined for any other body. */
  body: unknown;
}

/** HTTP client for one service, with limits on time and answer size, and no redirects. */
export class HttpClient {
  readonly #options: ClientOptions;
  #answeredMs = -Infinity;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /**
   * Posts a picture or video, with `before` and `after` around its bytes. Returns every answer from 200 to 499. Throws
   * `ServiceFailed`, `GivenUp`, `Unreadable`, and errors from reading the file.
   */
  async post(
    path: string,
    headers: Record<string, string>,
    media: Media,
    deadline: Deadline,
    [before, after]: readonly [Bytes, Bytes] = [new Uint8Array(0), new Uint8Array(0)],
  ): Promise<Answer> {
    const { base, fetch, clock } = this.#options;
    await this.#reach(deadline);
    const body = new Body(media, deadline, before, after);
    try {
      deadline.within(readMs, "service.noAnswer");
      const response = await deadline.race(fetch(`${base}${path}`, {
        method: "POST",
        headers: { accept: "application/json", ...headers },
        body: await body.open(),
        redirect: "manual",
        signal: deadline.signal,
      }));
      const answer = await this.#read(response, deadline);
      if (answer.status === 200 && !body.complete) {
        throw new ServiceFailed("service.early");
      }
      this.#answeredMs = clock.now();
      return answer;
    } catch (error) {
      if (body.failure !== null) throw body.failure;
      if (error instanceof ServiceFailed || error instanceof GivenUp) throw error;
      deadline.signal.throwIfAborted();
      // The error's message can contain the address; its name is enough.
      throw new ServiceFailed(
        say("service.cut", { name: error instanceof Error ? error.name : "unknown" }),
      );
    } finally {
      deadline.rest();
      await body.close();
    }
  }

  /** Checks the answer with a schema; throws `ServiceFailed` when it does not match. */
  checked<S extends z.ZodType>(schema: S, { status, body }: Answer): z.output<S> {
    if (status !== 200) throw new ServiceFailed(this.refusal({ status, body }));
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const place = parsed.error.issues[0]?.path.map(String).join(".").slice(0, 60) ?? "";
    throw new ServiceFailed(place === "" ? "service.unclear" : say("service.unclearAt", { place }));
  }

  /** Describes a refusal in one sentence: the status and the service's text. */
  refusal({ status, body }: Answer): Said {
    const said = wordsOf(body);
    return said === null
      ? say("service.status", { status })
      : say("service.refused", { status, text: this.#safe(said) });
  }

  async #reach(deadline: Deadline): Promise<void> {
    const { base, knock, clock } = this.#options;
    if (clock.now() - this.#answeredMs < recentMs) return;
    const { hostname, port, protocol } = new URL(base);
    deadline.within(connectMs, "service.noConnection");
    try {
      const host = hostname.replace(/^\[|\]$/g, "");
      await deadline.race(knock(host, Number(port) || (protocol === "https:" ? 443 : 80), deadline.signal));
    } catch (error) {
      deadline.signal.throwIfAborted();
      throw new ServiceFailed(
        say("service.unreachable", { name: error instanceof Error ? error.name : "unknown" }),
      );
    }
  }

  async #read(response: Response, deadline: Deadline): Promise<Answer> {
    const { status } = response;
    const isJson = /^application\/json\b/i.test(response.headers.get("content-type") ?? "");
    const text = await this.#text(response, deadline);
    if (status < 200 || status >= 500) throw new ServiceFailed(say("service.status", { status }));
    if (status >= 300 && status < 400) throw new ServiceFailed(say("service.redirect", { status }));
    if (!isJson) return { status, body: undefined };
    try {
      return { status, body: JSON.parse(text) };
    } catch {
      return { status, body: undefined };
    }
  }

  async #text(response: Response, deadline: Deadline): Promise<string> {
    if (response.body === null) return "";
    deadline.within(readMs, "service.endless");
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = "";
    let length = 0;
    try {
      while (true) {
        const { value, done } = await deadline.race(reader.read());
        if (done) return text + decoder.decode();
        length += value.length;
        if (length > answerBytes) throw new ServiceFailed("service.long");
        text += decoder.decode(value, { stream: true });
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  /** Removes credentials and control characters, and shortens the text. */
  #safe(said: string): string {
    const secrets = this.#options.secrets.filter((secret) => secret !== "");
    const clean = secrets.reduce((text, secret) => text.replaceAll(secret, "…"), said);
    return clean.replace(/[^\x20-\x7e]/g, " ").slice(0, detailLength);
  }
}

/** Returns the error text of an answer: `detail`, `message` or `error`. */
function wordsOf(body: unknown): string | null {
  if (typeof body !== "object" || body === null) return null;
  const said = ["detail", "message", "error"].map((name) => Reflect.get(body, name));
  return said.find((value): value is string => typeof value === "string") ?? null;
}

/** A request body and its error. */
class Body {
  readonly #media: Media;
  readonly #deadline: Deadline;
  readonly #around: readonly [Bytes, Bytes];
  #reader: ReadableStreamDefaultReader<Bytes> | null = null;
  failure: unknown = null;
  /** The whole body was sent. */
  complete = false;

  constructor(media: Media, deadline: Deadline, before: Bytes, after: Bytes) {
    this.#media = media;
    this.#deadline = deadline;
    this.#around = [before, after];
  }

  async open(): Promise<BodyInit> {
    const parts = this.#parts();
    const { sizeBytes } = this.#media;
    if (sizeBytes !== null && sizeBytes > wholeBytes) return streamOf(parts);
    const start: Bytes[] = [];
    let length = 0;
    for (let part = await parts.next(); !part.done; part = await parts.next()) {
      start.push(part.value);
      length += part.value.length;
      if (length > wholeBytes + 4096) return streamOf(parts, start);
    }
    return new Blob(start);
  }

  async close(): Promise<void> {
    await this.#reader?.cancel().catch(() => undefined);
  }

  async *#parts(): AsyncGenerator<Bytes> {
    const [before, after] = this.#around;
    try {
      if (before.length > 0) yield before;
      this.#reader = (await this.#deadline.opened(this.#media.open())).getReader();
      let length = 0;
      while (true) {
        const { value, done } = await this.#deadline.race(this.#reader.read());
        if (done) break;
        length += value.length;
        this.#deadline.within(readMs, "service.noBytes");
        yield value;
      }
      const { sizeBytes } = this.#media;
      if (sizeBytes !== null && length !== sizeBytes) throw new Unreadable("It is not as long as it claims.");
      if (after.length > 0) yield after;
      this.complete = true;
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  }
}

function streamOf(parts: AsyncGenerator<Bytes>, start: readonly Bytes[] = []): ReadableStream<Bytes> {
  const first = [...start];
  return new ReadableStream<Bytes>({
    async pull(controller) {
      const ready = first.shift();
      if (ready !== undefined) return controller.enqueue(ready);
      const { value, done } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  }, { highWaterMark: 0 });
}
