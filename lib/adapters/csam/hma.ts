import { z } from "zod";
import type { Deadline } from "../deadline.ts";
import type { HttpClient } from "./http_client.ts";
import { type CsamService, type Media, type Outcome, ServiceFailed } from "./service.ts";

const hit = z.object({ bank_content_id: z.number(), distance: z.union([z.string(), z.number()]) });
/** For each kind of hash, the banks that know it. */
const answer = z.record(z.string(), z.record(z.string(), z.array(hit).min(1)));

/** Hasher-Matcher-Actioner: a form with the file, answered with the banks that hold something near it. */
export class Hma implements CsamService {
  readonly name = "hma";
  readonly version = "1";
  readonly #http: HttpClient;
  readonly #headers: Record<string, string>;

  /** It has no authentication of its own; `credentials` are for a proxy in front. */
  constructor(http: HttpClient, credentials: { user: string; secret: string } | null) {
    this.#http = http;
    this.#headers = credentials === null ? {} : {
      authorization: `Basic ${
        new TextEncoder().encode(`${credentials.user}:${credentials.secret}`).toBase64()
      }`,
    };
  }

  async ask(media: Media, deadline: Deadline): Promise<Outcome> {
    const { boundary, before, after } = formAround(media);
    const headers = { ...this.#headers, "content-type": `multipart/form-data; boundary=${boundary}` };
    // Without it a lookup may leave out banks by chance.
    const path = "/m/lookup?bypass_coinflip=true";
    const came = await this.#http.post(path, headers, media, deadline, [before, after]);
    if (came.status === 413) return { verdict: "incomplete", answer: this.#http.refusal(came) };
    if ([400, 415, 422].includes(came.status)) return { verdict: "error", answer: this.#http.refusal(came) };
    const said = Object.entries(this.#http.checked(answer, came));
    // An answer without any kind of hash is not one that says "no match".
    if (said.length === 0) throw new ServiceFailed("The service looked nothing up.");
    const found = said.flatMap(([signal, banks]) =>
      Object.entries(banks).flatMap(([bank, hits]) => hits.map((one) => ({ signal, bank, ...one })))
    );
    const [first] = found;
    if (first === undefined) {
      return { verdict: "clean", answer: `no match (${said.map(([signal]) => signal).join(", ")})` };
    }
    const banks = [...new Set(found.map(({ bank }) => bank))].join(", ");
    return {
      verdict: "match",
      answer: `${banks} (${first.signal}, distance ${first.distance})`,
      match: {
        classification: banks,
        matchType: Number(first.distance) === 0 ? "exact" : "near",
        reference: String(first.bank_content_id),
      },
    };
  }
}

/** What stands around the bytes in a form with one file. Its name is ours: no word of the person's leaves the server. */
function formAround({ kind, type }: Media) {
  const boundary = `behest-${crypto.randomUUID()}`;
  const field = kind === "image" ? "photo" : "video";
  const encoder = new TextEncoder();
  return {
    boundary,
    before: encoder.encode(
      `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${field}"\r\n` +
        `Content-Type: ${type}\r\n\r\n`,
    ),
    after: encoder.encode(`\r\n--${boundary}--\r\n`),
  };
}
