import type { Log } from "../../platform/log.ts";
import { asError } from "../events.ts";
import type { TabLocks } from "./messages.ts";

export interface LeaderLockHost {
  /** This tab has the lock. */
  taken(): void;
  /** Another tab stole the lock; this one waits for it again. */
  lost(): void;
}

/** This tab's turn for the lock that makes a tab the leader. The browser hands the lock on when its tab is gone. */
export class LeaderLock {
  readonly #locks: TabLocks;
  readonly #name: string;
  readonly #log: Log;
  readonly #host: LeaderLockHost;
  #waiting: AbortController | undefined;
  /** Gives the lock back; undefined while another tab has it. */
  #release: (() => void) | undefined;
  #closed = false;

  constructor(locks: TabLocks, name: string, log: Log, host: LeaderLockHost) {
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

  /** Takes the lock from the tab that has it. */
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
      // This page may not use locks. Two tabs that replace each other's connection are better than none with a connection.
      this.#log.warn("client.no_lock", { error: asError(error) });
      void take();
    });
  }
}
