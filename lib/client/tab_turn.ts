import type { Log } from "../platform/log.ts";
import { asError } from "./events.ts";
import type { TabLocks } from "./tab_messages.ts";

export interface TabTurnHost {
  /** The lock is this tab's. */
  taken(): void;
  /** Another tab took it; this one waits again. */
  lost(): void;
}

/** This tab's place among those that want one lock. The browser hands it on when the tab that has it is gone. */
export class TabTurn {
  readonly #locks: TabLocks;
  readonly #name: string;
  readonly #log: Log;
  readonly #host: TabTurnHost;
  #waiting: AbortController | undefined;
  /** Gives the lock back; undefined while this tab does not have it. */
  #release: (() => void) | undefined;
  #closed = false;

  constructor(locks: TabLocks, name: string, log: Log, host: TabTurnHost) {
    this.#locks = locks;
    this.#name = name;
    this.#log = log;
    this.#host = host;
  }

  wait(): void {
    const waiting = new AbortController();
    this.#waiting = waiting;
    this.#want({ signal: waiting.signal }, waiting.signal);
  }

  /** Takes it from whoever has it. */
  steal(): void {
    if (this.#closed || this.#release !== undefined) return;
    this.#waiting?.abort();
    this.#want({ steal: true });
  }

  close(): void {
    this.#closed = true;
    this.#waiting?.abort();
    this.#release?.();
  }

  #want(options: { steal?: boolean; signal?: AbortSignal }, signal?: AbortSignal): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    const take = () => {
      if (this.#closed || signal?.aborted || this.#release !== undefined) return Promise.resolve();
      this.#release = resolve;
      this.#host.taken();
      return promise;
    };
    const over = () => {
      if (this.#release !== resolve) return;
      this.#release = undefined;
      resolve();
      if (this.#closed) return;
      this.#host.lost();
      this.wait();
    };
    this.#locks.request(this.#name, options, take).then(over, (error: unknown) => {
      if (this.#closed || signal?.aborted || this.#release === resolve) return over();
      // This page may not use locks: better two tabs that take the line from one another than none that has it.
      this.#log.warn("client.no_lock", { error: asError(error) });
      void take();
    });
  }
}
