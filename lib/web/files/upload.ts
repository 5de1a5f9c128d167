import type { Context } from "fresh";
import type { State } from "../define.ts";
import { boundaryOf, type FormEvent, readParts } from "./multipart.ts";
import type { Caller, Clock } from "../../platform/mod.ts";
import {
  type Answer,
  type FileObject,
  limits,
  type Message,
  Refusal,
  type RefusalDetail,
  say,
} from "../../protocol/mod.ts";
import { originOf } from "../authentication.ts";
import { isProxy } from "../forwarded.ts";
import type { UploadedFrom } from "../../files/mod.ts";

const wrong = (message: Message, fields?: RefusalDetail["fields"]) =>
  new Refusal("invalid_params", message, fields === undefined ? {} : { fields });

/** Where an upload comes from. The port of the peer is the proxy's own behind a proxy. */
export function uploadOrigin(ctx: Context<State>): UploadedFrom {
  const { remoteAddr } = ctx.info;
  const isPeers = "port" in remoteAddr && !isProxy(remoteAddr, ctx.state.services.config);
  // What an upload keeps, and no more: not the browser's own description.
  const { address, device, requestId } = originOf(ctx);
  return { address, device, requestId, port: isPeers ? remoteAddr.port : null };
}

/** `Content-Length` in bytes; null where it is not said. */
export function saidLength(headers: Headers): number | null | Refusal {
  const said = headers.get("content-length");
  if (said === null) return null;
  return /^[0-9]{1,15}$/.test(said) ? Number(said) : wrong("upload.length");
}

/** Bytes that come in another form than the file's would be kept like that. */
export function refusedEncoding(headers: Headers): Refusal | undefined {
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  return encoding === "identity" ? undefined : wrong("upload.encoding");
}

/** A stream for a service that ends only where all was well, and what was wrong when it broke off. */
export interface GuardedBody {
  stream: ReadableStream<Uint8Array>;
  problem(): Refusal | undefined;
  /** Lets go of what was not taken. */
  close(): void;
}

/** What `take` makes of the body. Where it refuses a body that was wrong itself, the answer says what was wrong. */
export async function takeBody<T>(
  body: GuardedBody,
  take: (stream: ReadableStream<Uint8Array>) => Answer<T>,
): Answer<T> {
  let answer: T | Refusal;
  try {
    answer = await take(body.stream);
  } catch (error) {
    const problem = body.problem();
    if (problem === undefined) throw error;
    return problem;
  } finally {
    body.close();
  }
  return answer instanceof Refusal ? body.problem() ?? answer : answer;
}

/** A request's bytes as they are. */
export function rawBody(req: Request): GuardedBody {
  return guarded(chunksOf(req.body), async () => await req.body?.cancel());
}

async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array | Refusal> {
  try {
    for await (const chunk of body ?? []) yield chunk;
  } catch {
    yield wrong("upload.incomplete");
  }
}

/** Takes a chunk only when one is asked for; a refusal among the chunks is the last. `letGo` is for chunks that nobody asked for. */
function guarded(chunks: AsyncGenerator<Uint8Array | Refusal>, letGo: () => Promise<void>): GuardedBody {
  let problem: Refusal | undefined;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) return controller.close();
      if (!(value instanceof Refusal)) return controller.enqueue(value);
      problem = value;
      controller.error(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  }, { highWaterMark: 0 });
  return {
    stream,
    problem: () => problem,
    // Not awaited: a chunk that is on its way may never come. What was closed already, or is being read, cannot be cancelled.
    close: () => void chunks.return(undefined).then(letGo).catch(() => undefined),
  };
}

/**
 * FI-1: the file of a request, as a form with the field `file` or as raw bytes under `?name=`. Takes any type of content: what
 * a client says of it is not believed. What is refused leaves nothing behind.
 */
export async function readUpload(ctx: Context<State>, caller: Caller): Answer<FileObject> {
  const { headers } = ctx.req;
  const length = saidLength(headers);
  if (length instanceof Refusal) return length;
  const encoded = refusedEncoding(headers);
  if (encoded !== undefined) return encoded;
  const isForm = /^multipart\/form-data\b/i.test(headers.get("content-type") ?? "");
  return isForm ? await formUpload(ctx, caller, length) : await rawUpload(ctx, caller, length);
}

async function rawUpload(ctx: Context<State>, caller: Caller, size: number | null): Answer<FileObject> {
  const name = ctx.url.searchParams.get("name");
  if (name === null) {
    return wrong("upload.how", {
      name: "field.fileName",
    });
  }
  const over = tooLong(ctx, size, 0);
  if (over !== undefined) return over;
  const { files } = ctx.state.services;
  return await takeBody(
    rawBody(ctx.req),
    (stream) => files.upload(caller, uploadOrigin(ctx), { name, size }, stream),
  );
}

/** Before a byte is read: what is too long by what it says of itself. */
function tooLong(ctx: Context<State>, size: number | null, beside: number): Refusal | undefined {
  const most = ctx.state.services.config.uploadMaxBytes;
  return size === null || size <= most + beside
    ? undefined
    : new Refusal("too_large", say("upload.tooLarge", { count: most }));
}

/** Most bytes that a form has besides its file: fields, and a head for each part. */
const besideFile = (limits.formFields * 2 + 2) * limits.formFieldBytes;

async function formUpload(ctx: Context<State>, caller: Caller, length: number | null): Answer<FileObject> {
  if (ctx.url.searchParams.has("name")) {
    return wrong("multipart.named", { name: "field.rawOnly" });
  }
  const boundary = boundaryOf(ctx.req.headers.get("content-type") ?? "");
  if (boundary === null) return wrong("multipart.noBoundary");
  const over = tooLong(ctx, length, besideFile);
  if (over !== undefined) return over;
  const { body } = ctx.req;
  if (body === null) return wrong("file.choose");

  const form = new UploadForm(readParts(body, boundary));
  const { files, clock } = ctx.state.services;
  const name = await inTime(clock, form.toFile());
  if (name instanceof Refusal) {
    // Not awaited: what is being read may never come.
    form.close().catch(() => undefined);
    return name;
  }
  return await takeBody(
    guarded(form.file(), () => form.close()),
    (stream) => files.upload(caller, uploadOrigin(ctx), { name, size: null }, stream),
  );
}

/** The file's first byte has as long as any byte behind it. */
async function inTime(clock: Clock, reading: Promise<string | Refusal>): Promise<string | Refusal> {
  const { promise: late, resolve } = Promise.withResolvers<Refusal>();
  const seconds = limits.uploadStallMs / 1000;
  using _timer = clock.after(
    limits.uploadStallMs,
    () => resolve(wrong(say("multipart.late", { count: seconds }))),
  );
  return await Promise.race([reading, late]);
}

/** A form with one file, and some fields that nobody reads. */
class UploadForm {
  readonly #events: AsyncGenerator<FormEvent>;
  #fields = 0;
  #fieldBytes = 0;

  constructor(events: AsyncGenerator<FormEvent>) {
    this.#events = events;
  }

  /** Reads up to the file's first byte, and gives its name. */
  async toFile(): Promise<string | Refusal> {
    for (let next = await this.#events.next(); !next.done; next = await this.#events.next()) {
      const event = next.value;
      if (event.kind === "part" && event.part.filename !== null) {
        const { name, filename } = event.part;
        if (name !== "file") return wrong("multipart.field");
        // What browsers send for a field in which nothing was chosen.
        return filename === "" ? wrong("file.choose") : filename;
      }
      const refused = this.#beside(event);
      if (refused !== undefined) return refused;
    }
    return wrong("file.choose");
  }

  /** The file's bytes. Ends only with the whole form, so that nothing is kept of one that breaks off or holds another file. */
  async *file(): AsyncGenerator<Uint8Array | Refusal> {
    let inFile = true;
    try {
      for await (const event of this.#events) {
        if (event.kind === "part") {
          inFile = false;
          if (event.part.filename !== null) return yield wrong("multipart.oneFile");
        }
        if (event.kind === "data" && inFile) yield event.bytes;
        else {
          const refused = this.#beside(event);
          if (refused !== undefined) return yield refused;
        }
      }
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#events.return(undefined);
  }

  /** What comes besides the file is counted and left. */
  #beside(event: FormEvent): Refusal | undefined {
    switch (event.kind) {
      case "part":
        this.#fields++;
        this.#fieldBytes = 0;
        return this.#fields > limits.formFields
          ? wrong(say("multipart.fields", { count: limits.formFields }))
          : undefined;
      case "data":
        this.#fieldBytes += event.bytes.length;
        return this.#fieldBytes > limits.formFieldBytes
          ? wrong(say("multipart.fieldLong", { count: limits.formFieldBytes / 1024 }))
          : undefined;
      case "refused":
        return event.refusal;
      default:
        return event satisfies never;
    }
  }
}
