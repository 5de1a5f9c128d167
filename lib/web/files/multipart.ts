import { limits, type Message, Refusal } from "../../protocol/mod.ts";

/** The head of a part: its field's name, and the file's name where it is a file. */
export interface FormPart {
  name: string;
  filename: string | null;
}

/** What a form holds, in its order: a part, then its bytes. `refused` is the last: the form cannot be read on. */
export type FormEvent =
  | { kind: "part"; part: FormPart }
  | { kind: "data"; bytes: Uint8Array }
  | { kind: "refused"; refusal: Refusal };

const cr = 0x0d;
const lf = 0x0a;
const dash = 0x2d;
const lineEnd = new Uint8Array([cr, lf]);
const headEnd = new Uint8Array([cr, lf, cr, lf]);

const wrong = (message: Message) => new Refusal("invalid_params", message);
const stopped = () => wrong("multipart.incomplete");

/** The boundary that a `Content-Type` names (RFC 2046, section 5.1.1); null when it is none of a `multipart/form-data`. */
export function boundaryOf(contentType: string): string | null {
  const [, parameters = ""] = /^multipart\/form-data\s*(;.*)$/i.exec(contentType.trim()) ?? [];
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]*)"|([^\s;"]+))\s*(?:;|$)/i.exec(parameters) ?? [];
  const boundary = quoted ?? plain ?? "";
  return /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/.test(boundary) ? boundary : null;
}

/**
 * Reads a form as it comes (RFC 7578): no chunk of the body is taken before somebody asks for the next event, and besides
 * one chunk only a part's head is held, which may have `limits.formFieldBytes`. How many parts there are and how long is for
 * the reader to judge. A form without `refused` was whole, and its body is read to the end.
 *
 * Of our own, as what there is on npm is not strict enough for files that must not be misunderstood: @fastify/busboy 3.2.6
 * leaves out parts whose head is too long or says no name, ends a file's stream also where the body broke off, and cuts names
 * at slashes; @remix-run/multipart-parser holds whole files in memory.
 */
export async function* readParts(
  body: ReadableStream<Uint8Array>,
  boundary: string,
): AsyncGenerator<FormEvent, void, void> {
  const reader = body.getReader();
  try {
    const input = new Input(reader, new TextEncoder().encode(`\r\n--${boundary}`));
    const refusal = yield* partsOf(input);
    if (refusal !== undefined) yield { kind: "refused", refusal };
  } finally {
    // Also when nobody wants the rest. The runtime discards what still comes, so that the client gets to read the answer.
    reader.cancel().catch(() => undefined);
  }
}

async function* partsOf(input: Input): AsyncGenerator<FormEvent, Refusal | undefined, void> {
  let inPart = false;
  let preambleBytes = 0;
  for (;;) {
    for (let bytes = await input.content(); bytes !== null; bytes = await input.content()) {
      if (bytes === "broken") return stopped();
      if (inPart) yield { kind: "data", bytes };
      else preambleBytes += bytes.length;
      // What stands before the first part is for mail readers of old.
      if (preambleBytes > limits.formFieldBytes) return wrong("multipart.start");
    }
    const next = await input.afterDelimiter();
    if (next === "broken") return stopped();
    if (next === "end") return await input.epilogue();
    if (next === "other") return wrong("multipart.boundary");
    const head = await input.head();
    if (head instanceof Refusal) return head;
    const part = partOf(head);
    if (part instanceof Refusal) return part;
    inPart = true;
    yield { kind: "part", part };
  }
}

/** The body's bytes with what was read of them and not looked at yet. */
class Input {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #delimiter: Uint8Array;
  /** Begins with the line end that the first delimiter lacks. */
  #rest: Uint8Array = lineEnd;
  /** Set with the delimiter at the beginning of `#rest`. */
  #atDelimiter = false;

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>, delimiter: Uint8Array) {
    this.#reader = reader;
    this.#delimiter = delimiter;
  }

  /** The next bytes before a delimiter; null at the delimiter. */
  async content(): Promise<Uint8Array | null | "broken"> {
    if (this.#atDelimiter) return null;
    for (;;) {
      const { at, found } = find(this.#rest, this.#delimiter);
      this.#atDelimiter = found;
      if (at > 0) return this.#take(at);
      if (found) return null;
      if (!await this.#fill()) return "broken";
    }
  }

  /** What follows the delimiter: another part, the end of the form, or something that must not. */
  async afterDelimiter(): Promise<"part" | "end" | "other" | "broken"> {
    this.#take(this.#delimiter.length);
    this.#atDelimiter = false;
    while (this.#rest.length < 2) {
      if (!await this.#fill()) return "broken";
    }
    const [first, second] = this.#rest;
    if (first === dash && second === dash) return "end";
    return first === cr && second === lf ? "part" : "other";
  }

  /** The lines up to the empty one, with the line end before them. */
  async head(): Promise<string | Refusal> {
    for (;;) {
      const { at, found } = find(this.#rest, headEnd);
      if (at > limits.formFieldBytes) return wrong("multipart.headerLong");
      if (found) {
        const head = this.#take(at);
        this.#take(headEnd.length);
        return decoded(head) ?? wrong("multipart.headerUtf8");
      }
      if (!await this.#fill()) return stopped();
    }
  }

  /** Reads to the end of the body; what stands there is for nobody. */
  async epilogue(): Promise<Refusal | undefined> {
    let sizeBytes = 0;
    try {
      for (let read = await this.#reader.read(); !read.done; read = await this.#reader.read()) {
        sizeBytes += read.value.length;
        if (sizeBytes > limits.formFieldBytes) return wrong("multipart.trailing");
      }
      return undefined;
    } catch {
      return stopped();
    }
  }

  #take(length: number): Uint8Array {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  async #fill(): Promise<boolean> {
    try {
      const { done, value } = await this.#reader.read();
      if (done) return false;
      this.#rest = this.#rest.length === 0 ? value : joined(this.#rest, value);
      return true;
    } catch {
      // The other side went away.
      return false;
    }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** Where the mark begins, or at its end might begin; it begins with a line end, and has no other. Linear for every input. */
function find(bytes: Uint8Array, mark: Uint8Array): { at: number; found: boolean } {
  for (let at = bytes.indexOf(cr); at !== -1; at = bytes.indexOf(cr, at + 1)) {
    let same = 1;
    while (same < mark.length && bytes[at + same] === mark[same]) same++;
    if (same === mark.length) return { at, found: true };
    if (at + same >= bytes.length) return { at, found: false };
  }
  return { at: bytes.length, found: false };
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Transfer encodings that leave the bytes as they are; others came from mail, and RFC 7578 gave them up. */
const plainEncodings = ["7bit", "8bit", "binary"];

function partOf(head: string): FormPart | Refusal {
  let part: FormPart | null = null;
  // The first line end belongs to the delimiter.
  for (const line of head.split("\r\n").slice(1)) {
    const [, name, value = ""] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined) return wrong("multipart.headerUnread");
    if (name.toLowerCase() === "content-transfer-encoding" && !plainEncodings.includes(value.toLowerCase())) {
      return wrong("multipart.encoded");
    }
    if (name.toLowerCase() !== "content-disposition") continue;
    const read: FormPart | null = part === null ? dispositionOf(value) : null;
    if (read === null) return wrong("multipart.ambiguous");
    part = read;
  }
  return part ?? wrong("multipart.nameless");
}

/** Quotes end at the first `"` without a backslash before it. */
const parameter = /;[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\[^])*)"|([^\s;"]+))[ \t]*/y;

/** RFC 7578, section 4.2. `filename*` must not be sent in forms, and is ignored. */
function dispositionOf(value: string): FormPart | null {
  const type = /^form-data[ \t]*(?=;|$)/i.exec(value)?.[0];
  if (type === undefined) return null;
  const found = new Map<string, string>();
  parameter.lastIndex = type.length;
  while (parameter.lastIndex < value.length) {
    const [, name, quoted, plain] = parameter.exec(value) ?? [];
    if (name === undefined || found.has(name.toLowerCase())) return null;
    found.set(name.toLowerCase(), quoted === undefined ? plain ?? "" : unquoted(quoted));
  }
  const name = found.get("name");
  return name === undefined ? null : { name, filename: found.get("filename") ?? null };
}

/**
 * Browsers write `%22`, `%0D` and `%0A` for what would end a name, and every other percent sign as it is (the HTML standard,
 * "multipart/form-data encoding algorithm"); other clients put backslashes before quotes and backslashes. A backslash before
 * anything else is part of a path of Windows.
 */
function unquoted(text: string): string {
  return text.replace(/\\(["\\])/g, "$1").replace(/%(22|0D|0A)/gi, (escaped) => decodeURIComponent(escaped));
}
