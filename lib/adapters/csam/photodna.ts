import { english, say } from "../../protocol/mod.ts";
import { z } from "zod";
import type { Clock } from "../../platform/mod.ts";
import type { Deadline } from "../deadline.ts";
import { type Banks, outcomeOf } from "./banks.ts";
import type { HttpClient } from "./http_client.ts";
import { type CsamService, type Media, type Outcome, ServiceFailed } from "./service.ts";

const types: ReadonlySet<string> = new Set([
  "image/gif",
  "image/jpeg",
  "image/png",
  "image/bmp",
  "image/tiff",
]);
const largestBytes = 4 * 1024 * 1024;
/** The service accepts about five requests a second. */
const paceMs = 200;

const answer = z.object({
  Status: z.object({ Code: z.number() }),
  TrackingId: z.string().nullish(),
  IsMatch: z.boolean().nullish(),
  MatchDetails: z.object({
    MatchFlags: z.array(z.object({
      AdvancedInfo: z.array(z.object({ Key: z.string(), Value: z.string() })).nullish(),
      Source: z.string().nullish(),
    })).nullish(),
  }).nullish(),
});

/** PhotoDNA Cloud Service of Microsoft: five kinds of pictures, up to 4 MB. The code inside the answer decides. */
export class PhotoDna implements CsamService {
  readonly name = "photodna";
  readonly version = "v1.0";
  readonly #http: HttpClient;
  readonly #banks: Banks;
  readonly #key: string;
  readonly #clock: Clock;
  #nextMs = 0;

  constructor(http: HttpClient, key: string, clock: Clock, banks: Banks) {
    this.#http = http;
    this.#banks = banks;
    this.#key = key;
    this.#clock = clock;
  }

  async ask(media: Media, deadline: Deadline): Promise<Outcome> {
    if (!types.has(media.type)) {
      return { verdict: "incomplete", answer: `PhotoDNA does not look at ${media.type}.` };
    }
    if (media.sizeBytes !== null && media.sizeBytes > largestBytes) {
      return { verdict: "incomplete", answer: "PhotoDNA does not look at pictures of more than 4 MB." };
    }
    await this.#turn(deadline);
    const headers = { "ocp-apim-subscription-key": this.#key, "content-type": media.type };
    const came = await this.#http.post("/photodna/v1.0/Match?enhance=false", headers, media, deadline);
    if (came.status === 413) return { verdict: "incomplete", answer: english(this.#http.refusal(came)) };
    if ([400, 415, 422].includes(came.status)) {
      return { verdict: "error", answer: english(this.#http.refusal(came)) };
    }
    return judged(this.#http.checked(answer, came), this.#banks);
  }

  async #turn(deadline: Deadline): Promise<void> {
    const now = this.#clock.now();
    const atMs = Math.max(now, this.#nextMs);
    this.#nextMs = atMs + paceMs;
    if (atMs > now) await deadline.wait(atMs - now);
  }
}

/** Longest name of a source that is kept. */
const longestSource = 100;

function judged(said: z.output<typeof answer>, banks: Banks): Outcome {
  const code = said.Status.Code;
  switch (code) {
    case 3000:
      break;
    case 3208:
    case 3209:
      return { verdict: "incomplete", answer: `${code}: smaller than 160 × 160 or larger than 4 MB` };
    case 3002:
      return { verdict: "error", answer: "3002: parameters" };
    case 3206:
      // Only files that begin like a picture are sent: this one is broken, or only looks like a picture.
      return { verdict: "error", answer: "3206: not a picture" };
    default:
      throw new ServiceFailed(say("service.code", { code }));
  }
  const flags = said.MatchDetails?.MatchFlags ?? [];
  if (said.IsMatch === true) {
    const sources = flags.map(({ Source }) => Source).filter((source) => typeof source === "string");
    const ids = flags.flatMap(({ AdvancedInfo }) => AdvancedInfo ?? []).filter(({ Key }) =>
      Key === "MatchId"
    );
    const reference = ids[0]?.Value ?? said.TrackingId ?? null;
    return outcomeOf(
      (sources.length === 0 ? ["match"] : sources).map((bank) => ({
        bank: bank.slice(0, longestSource),
        matchType: null,
        reference,
      })),
      // The service has lists of child abuse material only; an operator can say otherwise of one.
      (bank) => banks.get(bank) ?? "csam",
      `${code}, match: ${sources.join(", ").slice(0, longestSource) || "match"}`,
    );
  }
  if (said.IsMatch !== false || flags.length > 0) {
    throw new ServiceFailed("service.contradiction");
  }
  return { verdict: "clean", answer: `${code}, no match` };
}
