import { type Message, said, say } from "../../protocol/mod.ts";
import { type Clock, type Log, type Random, randomText, systemRandom } from "../../platform/mod.ts";
import type { CyberTipline, TiplineFailure } from "../../scanning/evidence_ports.ts";
import { Deadline, GivenUp } from "../deadline.ts";
import { answerBytes, readAnswer, type TiplineAnswer } from "./answers.ts";

/** Time limit for an answer, and between two steps of an upload. */
const callMs = 30_000;
const stallMs = 60_000;

interface Options {
  /** `https://…/ispws`. */
  url: string;
  user: string;
  password: string;
  clock: Clock;
  log: Log;
  random?: Random;
}

/** A request's body; `sent` is called for each piece that was sent. */
type Body = (
  sent: () => void,
) => Promise<{ type: string; body: string | ReadableStream<Uint8Array<ArrayBuffer>> }>;

/** NCMEC's CyberTipline over HTTP (its Reporting API): sends XML and forms, receives XML. */
export class CyberTipClient implements CyberTipline {
  readonly #options: Required<Options>;

  constructor(options: Options) {
    this.#options = { random: systemRandom, ...options };
  }

  async status(): Promise<true | TiplineFailure> {
    return done(await this.#call("status", null));
  }

  async submit(reportXml: string): Promise<{ reportId: string } | TiplineFailure> {
    const answer = await this.#call("submit", xml(reportXml));
    if ("failed" in answer) return answer;
    return answer.reportId === null ? notUnderstood("tipline.noReport") : { reportId: answer.reportId };
  }

  async upload(
    reportId: string,
    file: { name: string; sizeBytes: number; open(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> },
  ): Promise<{ fileId: string } | TiplineFailure> {
    const answer = await this.#call("upload", this.#form(reportId, file), reportId);
    if ("failed" in answer) return answer;
    return answer.fileId === null ? notUnderstood("tipline.noFile") : { fileId: answer.fileId };
  }

  async fileInfo(fileDetailsXml: string): Promise<true | TiplineFailure> {
    return done(await this.#call("fileinfo", xml(fileDetailsXml)));
  }

  async finish(reportId: string): Promise<true | TiplineFailure> {
    return done(await this.#call("finish", this.#form(reportId), reportId));
  }

  async retract(reportId: string): Promise<true | TiplineFailure> {
    return done(await this.#call("retract", this.#form(reportId), reportId));
  }

  async #call(path: string, body: Body | null, reportId?: string): Promise<TiplineAnswer | TiplineFailure> {
    const { clock, log } = this.#options;
    using deadline = new Deadline(clock, new AbortController().signal);
    try {
      const answer = await deadline.race(this.#fetch(path, body, deadline));
      if ("failed" in answer) return answer;
      if (answer.code !== 0) return { failed: "refused", code: answer.code, text: answer.description };
      if (reportId !== undefined && answer.reportId !== null && answer.reportId !== reportId) {
        return notUnderstood("tipline.otherReport");
      }
      return answer;
    } catch (error) {
      if (error instanceof GivenUp) return { failed: "unavailable", text: error.said };
      log.warn("cybertip.failed", { call: path, error: error instanceof Error ? error : String(error) });
      return { failed: "unavailable", text: said("tipline.unreachable") };
    }
  }

  async #fetch(path: string, body: Body | null, deadline: Deadline): Promise<TiplineAnswer | TiplineFailure> {
    const { url, user, password } = this.#options;
    deadline.within(callMs, "tipline.noAnswer");
    const sent = () => deadline.within(stallMs, "tipline.stalled");
    const made = await body?.(sent);
    const credentials = new TextEncoder().encode(`${user}:${password}`).toBase64();
    const response = await fetch(`${url}/${path}`, {
      method: made === undefined ? "GET" : "POST",
      headers: {
        authorization: `Basic ${credentials}`,
        accept: "application/xml, text/xml",
        ...(made === undefined ? {} : { "content-type": made.type }),
      },
      // Credentials and evidence are sent to the configured address only.
      redirect: "error",
      signal: deadline.signal,
      ...(made === undefined ? {} : { body: made.body }),
    });
    const text = await textUpTo(response, answerBytes);
    // An answer with an error status can also contain a reason.
    const answer = text === null ? null : readAnswer(text);
    if (answer !== null && (response.ok || answer.code !== 0)) return answer;
    if (response.status === 401 || response.status === 403) {
      return { failed: "unavailable", text: say("tipline.credentials", { status: response.status }) };
    }
    return response.ok ? notUnderstood("tipline.unclear") : {
      failed: "unavailable",
      text: say("tipline.status", { status: response.status }),
    };
  }

  /** Builds a form with the report's number and the file as a stream. */
  #form(
    id: string,
    file?: { name: string; open(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> },
  ): Body {
    return async (sent) => {
      const boundary = `behest-${randomText(this.#options.random, 18)}`;
      const part = (header: string) => `--${boundary}\r\nContent-Disposition: form-data; ${header}\r\n\r\n`;
      const type = `multipart/form-data; boundary=${boundary}`;
      const before = `${part('name="id"')}${id}\r\n`;
      const after = `--${boundary}--\r\n`;
      if (file === undefined) return { type, body: before + after };
      const name = file.name.replace(/[^A-Za-z0-9._-]/g, "_");
      const header = part(`name="file"; filename="${name}"\r\nContent-Type: application/octet-stream`);
      const bytes = await file.open();
      return { type, body: ReadableStream.from(pieces(before + header, bytes, `\r\n${after}`, sent)) };
    };
  }
}

async function* pieces(
  before: string,
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  after: string,
  sent: () => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  yield encoder.encode(before);
  for await (const chunk of bytes) {
    yield chunk;
    sent();
  }
  yield encoder.encode(after);
}

function xml(text: string): Body {
  return () => Promise.resolve({ type: "text/xml; charset=utf-8", body: text });
}

function done(answer: TiplineAnswer | TiplineFailure): true | TiplineFailure {
  return "failed" in answer ? answer : true;
}

function notUnderstood(reason: Message): TiplineFailure {
  return { failed: "unavailable", text: said(reason) };
}

/** Returns the body as text; null when it is longer, or not UTF-8. */
async function textUpTo(response: Response, most: number): Promise<string | null> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > most) return null;
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await new Blob(chunks).bytes());
  } catch {
    return null;
  }
}
