import { type Clock, systemClock, type Timer } from "../platform/clock.ts";
import { type ConnectionState, isReplaced } from "./connection_state.ts";

/** What a page says about its connection. */
export type ConnectionNotice =
  | "connecting"
  | "online"
  | "stream"
  | "offline"
  | "login"
  | "replaced"
  | "closed";

/** How long a page without a connection says "connecting" before it reports a problem. */
export const graceMs = 2_000;

type Phase =
  | { kind: "online" }
  /** Says "connecting"; reports `problem` when the timer ends. */
  | { kind: "grace"; timer: Timer; problem: ConnectionNotice }
  | { kind: "reported"; notice: ConnectionNotice };

/**
 * Turns the states of a connection into notices. Each page opens a connection of its own, so a change of page passes through
 * `idle` and `connecting`, and a short loss of the network through `offline`: only what lasts is a problem.
 */
export class ConnectionReport implements Disposable {
  readonly #clock: Clock;
  readonly #show: (notice: ConnectionNotice) => void;
  #phase: Phase;

  constructor(state: ConnectionState, show: (notice: ConnectionNotice) => void, clock: Clock = systemClock) {
    this.#clock = clock;
    this.#show = show;
    this.#phase = this.#grace("connecting");
    this.changed(state);
  }

  changed(state: ConnectionState): void {
    const notice = noticeOf(state);
    const phase = this.#phase;
    if (state.kind === "online") {
      if (phase.kind === "grace") phase.timer.cancel();
      this.#phase = { kind: "online" };
      return this.#show(notice);
    }
    switch (phase.kind) {
      case "online":
        this.#phase = this.#grace(notice);
        return this.#show("connecting");
      case "grace":
        phase.problem = notice;
        return;
      case "reported":
        // Between two attempts nothing has changed for the person.
        if (notice === "connecting" && phase.notice === "offline") return;
        return this.#report(notice);
      default:
        phase satisfies never;
    }
  }

  [Symbol.dispose](): void {
    if (this.#phase.kind === "grace") this.#phase.timer.cancel();
  }

  #grace(problem: ConnectionNotice): Phase {
    const timer = this.#clock.after(graceMs, () => {
      if (this.#phase.kind === "grace") this.#report(this.#phase.problem);
    });
    return { kind: "grace", timer, problem };
  }

  #report(notice: ConnectionNotice): void {
    this.#phase = { kind: "reported", notice };
    this.#show(notice);
  }
}

function noticeOf(state: ConnectionState): ConnectionNotice {
  switch (state.kind) {
    case "idle":
    case "connecting":
      return "connecting";
    case "online":
      return state.transport ?? "online";
    case "offline":
    case "login":
      return state.kind;
    case "stopped":
      return isReplaced(state) ? "replaced" : "closed";
    default:
      state satisfies never;
      return "closed";
  }
}
