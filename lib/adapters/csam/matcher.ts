import type { Clock } from "../../platform/mod.ts";
import { english, limits, type Message, type Said, say } from "../../protocol/mod.ts";
import type { CsamFinding, CsamMatcher, ScannerHealth, ScanSubject } from "../../scanning/ports.ts";
import { Deadline, GivenUp } from "../deadline.ts";
import { ByteCursor, Unreadable } from "./byte_cursor.ts";
import { greyPicture } from "./grey_picture.ts";
import { mediaKind } from "./media_type.ts";
import { gzipMedia, Tally, tarMedia } from "./members.ts";
import { type CsamService, type Media, type Outcome, ServiceFailed } from "./service.ts";
import { zipMedia } from "./zip_members.ts";

/** Time for which a valid answer shows that the service works; after it, a test picture is sent. */
const healthyMs = 5 * 60_000;
/** Time between two health checks after a failed one. */
const unhealthyMs = 15_000;

/** A matching service for the scan worker (SC-3): decides which files the service gets, and turns its answers into findings. */
export class ServiceMatcher implements CsamMatcher {
  readonly #service: CsamService;
  readonly #clock: Clock;
  /** Time of the last valid answer; null after a failure. */
  #lastGoodMs: number | null = null;
  #lastLook: { atMs: number; health: ScannerHealth } | null = null;
  #looking: Promise<ScannerHealth> | null = null;

  constructor(service: CsamService, clock: Clock) {
    this.#service = service;
    this.#clock = clock;
  }

  get name(): string {
    return this.#service.name;
  }

  async match(subject: ScanSubject, signal: AbortSignal): Promise<CsamFinding> {
    using deadline = new Deadline(this.#clock, signal);
    const outcome = await this.#outcome(() => this.#subject(subject, deadline), signal);
    return {
      ...outcome,
      answer: outcome.answer.slice(0, limits.scanAnswer),
      scanner: this.name,
      version: this.#service.version,
    };
  }

  async health(): Promise<ScannerHealth> {
    const now = this.#clock.now();
    if (this.#lastGoodMs !== null && now - this.#lastGoodMs < healthyMs) return this.#health(null);
    if (this.#lastLook !== null && now - this.#lastLook.atMs < unhealthyMs) return this.#lastLook.health;
    this.#looking ??= this.#look().finally(() => this.#looking = null);
    return await this.#looking;
  }

  async #look(): Promise<ScannerHealth> {
    const { signal } = new AbortController();
    using deadline = new Deadline(this.#clock, signal);
    const bytes = await greyPicture();
    const health = this.#health(
      await this.#reason(() =>
        this.#ask({
          kind: "image",
          type: "image/png",
          sizeBytes: bytes.length,
          sha256: null,
          open: () => Promise.resolve(ReadableStream.from([bytes])),
        }, deadline), signal),
    );
    this.#lastLook = health.ok ? null : { atMs: this.#clock.now(), health };
    return health;
  }

  #health(reason: Message | null): ScannerHealth {
    return { ok: reason === null, reason, version: this.#service.version, real: true };
  }

  async #subject(subject: ScanSubject, deadline: Deadline): Promise<Outcome> {
    const seen = mediaKind(subject.head, subject.type);
    const open = () => subject.open();
    switch (seen.kind) {
      case "image":
      case "video":
        return await this.#ask({ ...seen, ...sizeAndHash(subject), open }, deadline);
      case "zip":
        return await this.#inside(deadline, (tally) => zipMedia(open, subject.sizeBytes, tally, deadline));
      case "tar":
        return await this.#inside(deadline, async function* (tally) {
          await using cursor = new ByteCursor(await deadline.opened(open()), deadline);
          yield* tarMedia(cursor, tally);
        });
      case "gzip":
        return await this.#inside(deadline, async function* (tally) {
          yield* gzipMedia(await deadline.opened(open()), tally, deadline);
        });
      case "closed":
        return { verdict: "not_applicable", answer: `${seen.name}: contents not checked` };
      case "other":
        return { verdict: "not_applicable", answer: "neither a picture nor a video" };
      default:
        return seen satisfies never;
    }
  }

  /**
   * Checks each picture and video inside. The first match ends the check. Otherwise the gravest outcome counts, and one unchecked
   * file makes the whole incomplete.
   */
  async #inside(deadline: Deadline, mediaOf: (tally: Tally) => AsyncGenerator<Media>): Promise<Outcome> {
    const tally = new Tally();
    let worst: Outcome | null = null;
    try {
      for await (const media of mediaOf(tally)) {
        const outcome = await this.#ask(media, deadline);
        if (outcome.verdict === "match") {
          return { ...outcome, answer: `inside: ${outcome.answer}` };
        }
        if (outcome.verdict === "error") return { ...outcome, answer: `inside: ${outcome.answer}` };
        if (graver(outcome, worst)) worst = { ...outcome, answer: `inside: ${outcome.answer}` };
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      const unread: Outcome = { verdict: "incomplete", answer: `contents not checked: ${error.message}` };
      if (graver(unread, worst)) worst = unread;
    }
    if (worst !== null) return worst;
    const closed = tally.archives === 0 ? "" : `; ${tally.archives} archives inside: contents not checked`;
    return tally.media === 0
      ? { verdict: "not_applicable", answer: `no picture or video inside${closed}` }
      : { verdict: "clean", answer: `${tally.media} inside, none is known${closed}` };
  }

  async #ask(media: Media, deadline: Deadline): Promise<Outcome> {
    const outcome = await this.#service.ask(media, deadline);
    // The service answered; an error about one file is no failure of the service.
    this.#lastGoodMs = this.#clock.now();
    return outcome;
  }

  /** Turns errors into outcomes: it never throws, and no error is clean. */
  async #outcome(run: () => Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
    try {
      return await run();
    } catch (error) {
      return { verdict: "error", answer: english(this.#failure(error, signal)) };
    }
  }

  /** Reason why the service does not work; null when it calls the test picture clean. */
  async #reason(run: () => Promise<Outcome>, signal: AbortSignal): Promise<Message | null> {
    try {
      const { verdict, answer } = await run();
      return verdict === "clean" ? null : say("verbatim", { text: answer.slice(0, limits.scanAnswer) });
    } catch (error) {
      return this.#failure(error, signal);
    }
  }

  #failure(error: unknown, signal: AbortSignal): Said {
    if (error instanceof ServiceFailed || error instanceof GivenUp) {
      if (!signal.aborted) this.#lastGoodMs = null;
      return error.said;
    }
    // An error of the file's stream; its text can contain a path.
    return say("scanner.unread", { name: error instanceof Error ? error.name : "unknown" });
  }
}

/** Outcomes of one file inside that count for the whole, the gravest last. */
const grave: readonly Outcome["verdict"][] = ["incomplete", "listed", "ncii"];

function graver(one: Outcome, other: Outcome | null): boolean {
  return grave.indexOf(one.verdict) > (other === null ? -1 : grave.indexOf(other.verdict));
}

function sizeAndHash({ sizeBytes, sha256 }: ScanSubject) {
  return { sizeBytes, sha256 };
}
