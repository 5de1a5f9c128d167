import type { Clock, Timer } from "../../platform/clock.ts";

export interface LeaderWatchHost {
  /** Asks the leader for its view. */
  ask(): void;
  /** Makes this tab the leader. */
  steal(): void;
  /** How long this tab has been hidden; 0 while visible. */
  hiddenMs(): number;
}

/** Time in which a leader answers. */
const answerMs = 2_000;
/** How long a leader can be hidden while another tab is visible: the browser slows the timers of hidden tabs down. */
const longestHiddenMs = 4 * 60_000;

/** Watches the leader from another tab: steals the lead when the leader does not answer, or was hidden for too long. */
export class LeaderWatch {
  readonly #clock: Clock;
  readonly #host: LeaderWatchHost;
  /** Runs until the leader must have answered. */
  #answer: Timer | undefined;
  /** Runs until the leader was hidden for too long. */
  #hidden: Timer | undefined;

  constructor(clock: Clock, host: LeaderWatchHost) {
    this.#clock = clock;
    this.#host = host;
  }

  ask(): void {
    this.#host.ask();
    this.#answer ??= this.#clock.after(answerMs, () => {
      this.#answer = undefined;
      this.#host.steal();
    });
  }

  /** Steals the lead from a leader that was hidden for too long, now or as soon as it was. */
  leaderHidden(hiddenMs: number): void {
    if (hiddenMs === 0 || this.#host.hiddenMs() > 0) return;
    if (hiddenMs >= longestHiddenMs) this.#host.steal();
    else this.#hidden = this.#clock.after(longestHiddenMs - hiddenMs, () => this.ask());
  }

  /** The leader answered, or this tab follows none. */
  stop(): void {
    this.#answer?.cancel();
    this.#hidden?.cancel();
    this.#answer = this.#hidden = undefined;
  }
}
