import { english } from "../../protocol/mod.ts";
import { z } from "zod";
import type { Deadline } from "../deadline.ts";
import { type BankMeaning, type Banks, outcomeOf } from "./banks.ts";
import type { HttpClient } from "./http_client.ts";
import { type CsamService, type Media, type Outcome, ServiceFailed } from "./service.ts";

/** Classifications of known material (SC-9). A new classification of the service is unknown here, and so not clean. */
const meanings: ReadonlyMap<string, BankMeaning> = new Map([
  ["csam", "csam"],
  ["harmful-abusive-material", "other"],
]);

const answer = z.object({
  sha1_base32: z.string(),
  sha256_hex: z.string(),
  size_bytes: z.number(),
  classification: z.enum(["csam", "harmful-abusive-material", "no-known-match"]),
  match_type: z.enum(["exact", "near"]).nullable(),
  near_match_details: z.array(z.object({ sha1_base32: z.string(), classification: z.string() })),
});

/** Arachnid Shield of the Canadian Centre for Child Protection. It gets the raw bytes of pictures and videos. */
export class Arachnid implements CsamService {
  readonly name = "arachnid";
  readonly version = "v1";
  readonly #http: HttpClient;
  readonly #banks: Banks;
  readonly #authorization: string;

  constructor(http: HttpClient, user: string, secret: string, banks: Banks) {
    this.#http = http;
    this.#banks = banks;
    this.#authorization = `Basic ${new TextEncoder().encode(`${user}:${secret}`).toBase64()}`;
  }

  async ask(media: Media, deadline: Deadline): Promise<Outcome> {
    const headers = { "authorization": this.#authorization, "content-type": media.type };
    const came = await this.#http.post("/v1/media/", headers, media, deadline);
    if (came.status === 413) return { verdict: "incomplete", answer: english(this.#http.refusal(came)) };
    // The error is about this file; the service works.
    if ([400, 415, 422].includes(came.status)) {
      return { verdict: "error", answer: english(this.#http.refusal(came)) };
    }
    const said = this.#http.checked(answer, came);
    if (media.sha256 !== null && said.sha256_hex.toLowerCase() !== media.sha256) {
      throw new ServiceFailed("service.otherBytes");
    }
    const near = said.near_match_details.filter(({ classification }) => meanings.has(classification));
    const hits = [...near, ...(meanings.has(said.classification) ? [said] : [])];
    if (hits.length > 0) {
      const matchType = said.match_type ?? "near";
      return outcomeOf(
        hits.map(({ classification, sha1_base32 }) => ({
          bank: classification,
          matchType,
          reference: sha1_base32,
        })),
        (bank) => this.#banks.get(bank) ?? meanings.get(bank) ?? "other",
        `${[...new Set(hits.map(({ classification }) => classification))].join(", ")}, ${matchType}`,
      );
    }
    if (said.match_type !== null || said.near_match_details.length > 0) {
      throw new ServiceFailed("service.contradiction");
    }
    return { verdict: "clean", answer: said.classification };
  }
}
