/** The safety stop (CO-6). `pending`: the person pressed Stop and the server has not answered yet. */
export interface StopState {
  stopped: boolean;
  pending: boolean;
}

/** Tells of each change of the safety stop once. */
export class StopReport {
  readonly #current: () => StopState;
  readonly #tell: (stop: StopState) => void;
  #told: StopState = { stopped: false, pending: false };

  constructor(current: () => StopState, tell: (stop: StopState) => void) {
    this.#current = current;
    this.#tell = tell;
  }

  /** To be called when the stop may have changed. */
  update(): void {
    const now = this.#current();
    if (this.#told.stopped === now.stopped && this.#told.pending === now.pending) return;
    this.#told = now;
    this.#tell(now);
  }
}
