import { limits } from "../protocol/limits.ts";
import type { Clock, Timer } from "../platform/clock.ts";
import type { Line } from "./line.ts";
import type { StoredRequest } from "./outbox_store.ts";
import { RequestError, type RequestErrorKind } from "./requests.ts";

/** One request on its way, with the promise of who asked. */
export interface Errand extends Omit<StoredRequest, "userId"> {
  timeoutMs: number;
  /** Times that it went out and was cut off, refused for its rate, or not answered. */
  tries: number;
  /** Of an earlier page's request: somebody waits for its answer again. */
  joined?: true;
  settle(outcome: { result: unknown } | { error: RequestError }): void;
}

export interface LaneHost {
  /** The errand waits here now, or its `sentAt` changed. */
  kept(errand: Errand): void;
  /** The errand has left. */
  gone(errand: Errand): void;
}

/** Wait after a refusal that gave no time of its own. */
const defaultRetryMs = 1_000;

const passingKinds: readonly RequestErrorKind[] = ["broken", "rate_limited", "timed_out"];
const untiringKinds: readonly RequestErrorKind[] = [...passingKinds, "unavailable", "internal", "queue_full"];

/**
 * Requests that wait for a line and go out one after the other, so that their order is kept through refusals for the
 * rate and broken lines. `untiring` never gives up on an errand for lack of luck.
 */
export class Lane {
  readonly #clock: Clock;
  readonly #host: LaneHost;
  readonly #untiring: boolean;
  #errands: Errand[] = [];
  #line: Line | undefined;
  #sending: Errand | undefined;
  #pause: Timer | undefined;

  constructor(clock: Clock, host: LaneHost, options: { untiring: boolean }) {
    this.#clock = clock;
    this.#host = host;
    this.#untiring = options.untiring;
  }

  get size(): number {
    return this.#errands.length;
  }

  get all(): readonly Errand[] {
    return this.#errands;
  }

  /** Puts the errand in its place: ids tell the order in which the person acted. */
  add(errand: Errand): void {
    const after = this.#errands.findLastIndex((other) => other.id < errand.id);
    this.#errands.splice(after + 1, 0, errand);
    this.#host.kept(errand);
    this.#next();
  }

  /** Begins to send on this line, until it ends. */
  start(line: Line): void {
    this.#line = line;
    this.#next();
  }

  lineEnded(): void {
    this.#line = undefined;
    this.#sending = undefined;
    this.#pause?.cancel();
    this.#pause = undefined;
  }

  /** Ends every errand with this error. What a store keeps stays there. */
  abandon(error: RequestError): void {
    this.lineEnded();
    const errands = this.#errands;
    this.#errands = [];
    for (const errand of errands) errand.settle({ error });
  }

  #next(): void {
    const line = this.#line;
    const errand = this.#errands[0];
    if (line === undefined || !line.usable || errand === undefined) return;
    if (this.#sending !== undefined || this.#pause !== undefined) return;
    if (this.#tooOld(errand)) {
      return this.#done(errand, {
        error: new RequestError("expired", "This waited too long to be sent again safely."),
      });
    }
    this.#sending = errand;
    if (errand.sentAt === null) {
      errand.sentAt = this.#clock.now();
      this.#host.kept(errand);
    }
    line.call(errand.method, errand.params, errand.timeoutMs).then(
      (result) => this.#done(errand, { result }),
      (error: RequestError) => this.#refused(errand, error, line),
    );
  }

  /** The server remembers a key for a day; after that a repeat could be a second command (CM-1). */
  #tooOld(errand: Errand): boolean {
    return errand.method === "command.send" && errand.sentAt !== null &&
      this.#clock.now() - errand.sentAt >= limits.keyKeptMs;
  }

  #done(errand: Errand, outcome: { result: unknown } | { error: RequestError }): void {
    const at = this.#errands.indexOf(errand);
    if (at < 0) return;
    this.#errands.splice(at, 1);
    if (this.#sending === errand) this.#sending = undefined;
    errand.settle(outcome);
    this.#host.gone(errand);
    this.#next();
  }

  #refused(errand: Errand, error: RequestError, line: Line): void {
    if (!this.#passes(error)) return this.#done(errand, { error });
    errand.tries++;
    if (errand.tries > limits.clientRetries && !this.#untiring) return this.#done(errand, { error });
    if (error.kind === "broken" || this.#line !== line || this.#sending !== errand) return;
    this.#sending = undefined;
    const waitMs = Math.min(error.retryAfterMs ?? defaultRetryMs, limits.reconnectMaxMs);
    this.#pause = this.#clock.after(waitMs, () => {
      this.#pause = undefined;
      this.#next();
    });
  }

  /** Whether the same request may do better later. */
  #passes(error: RequestError): boolean {
    return (this.#untiring ? untiringKinds : passingKinds).includes(error.kind);
  }
}
