import { english, record } from "../../protocol/mod.ts";
import { z } from "zod";
import type { Deadline } from "../deadline.ts";
import { type Banks, outcomeOf } from "./banks.ts";
import type { HttpClient } from "./http_client.ts";
import { type CsamService, type Media, type Outcome, ServiceFailed } from "./service.ts";

const hit = z.object({ bank_content_id: z.number(), distance: z.union([z.string(), z.number()]) });
/** Answer: for each kind of hash, the banks that contain it. */
const answer = record(z.string(), record(z.string(), z.array(hit).min(1)));

/** Hasher-Matcher-Actioner: gets a form with the file, and answers with the banks that contain a near match. */
export class Hma implements CsamService {
  readonly name = "hma";
  readonly version = "1";
  readonly #http: HttpClient;
  readonly #banks: Banks;
  readonly #headers: Record<string, string>;

  /** The service has no authentication; `credentials` are for a proxy in front of it. */
  constructor(http: HttpClient, credentials: { user: string; secret: string } | null, banks: Banks) {
    this.#http = http;
    this.#banks = banks;
    this.#headers = credentials === null ? {} : {
      authorization: `Basic ${
        new TextEncoder().encode(`${credentials.user}:${credentials.secret}`).toBase64()
      }`,
    };
  }

  async ask(media: Media, deadline: Deadline): Promise<Outcome> {
    const { boundary, before, after } = formAround(media);
    const headers = { ...this.#headers, "content-type": `multipart/form-data; boundary=${boundary}` };
    // Without this parameter a lookup can skip banks at random.
    const path = "/m/lookup?bypass_coinflip=true";
    const came = await this.#http.post(path, headers, media, deadline, [before, after]);
    if (came.status === 413) return { verdict: "incomplete", answer: english(this.#http.refusal(came)) };
    if ([400, 415, 422].includes(came.status)) {
      return { verdict: "error", answer: english(this.#http.refusal(came)) };
    }
    const said = Object.entries(this.#http.checked(answer, came));
    // An answer without any hash is no explicit "no match".
    if (said.length === 0) throw new ServiceFailed("service.noLookup");
    const found = said.flatMap(([signal, banks]) =>
      Object.entries(banks).flatMap(([bank, hits]) => hits.map((one) => ({ signal, bank, ...one })))
    );
    const [first] = found;
    if (first === undefined) {
      return { verdict: "clean", answer: `no match (${said.map(([signal]) => signal).join(", ")})` };
    }
    const banks = [...new Set(found.map(({ bank }) => bank))].join(", ");
    return outcomeOf(
      found.map(({ bank, bank_content_id, distance }) => ({
        bank,
        matchType: Number(distance) === 0 ? "exact" : "near",
        reference: String(bank_content_id),
      })),
      // Anyone can name a bank: its name alone accuses nobody (SC-9).
      (bank) => this.#banks.get(bank) ?? "other",
      `${banks} (${first.signal}, distance ${first.distance})`,
    );
  }
}

/**
 * Returns the form's text before and after the bytes. The file name is fixed, so nothing that the person typed leaves the
 * server.
 */
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
