import type { Clock, Ids, Log, Timer } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import type {
  OperatorFindings,
  OperatorNews,
  OperatorState,
  OperatorStore,
  OperatorTellers,
  UntoldNews,
} from "./operator_ports.ts";

const lookMs = 30_000;
/** A check that fails for less than this is told in `/readyz` only: clamd takes minutes to start. */
const beginsMs = 3 * 60_000;
/** One that comes and goes is one problem. */
const endsMs = 5 * 60_000;
/** After each failed try to tell somebody; after the last one it is given up. */
const waitsMs = [30, 60, 300, 900, 3600, 7200, 18_000, 36_000].map((seconds) => seconds * 1000);
/** Bounds the record: what is more waits until some is told or over. */
const openMax = 50;
/** Of these, incidents: many of them, which anybody can bring about by uploads, leave room for a check that fails. */
const eventsMax = 30;
const untoldMax = 100;

export interface OperatorWatchNeeds {
  /** What needs an administrator now. */
  problems(): Promise<OperatorFindings>;
  store: OperatorStore;
  tellers: OperatorTellers;
  clock: Clock;
  ids: Pick<Ids, "next">;
  log: Log;
}

/**
 * Tells administrators of what needs them: each problem once when it has begun, and once when it is over (OP-4). What is told is
 * written first and told then, under one id, so a crash tells it again and the receivers know it.
 */
export class OperatorWatch implements AsyncDisposable {
  readonly #needs: OperatorWatchNeeds;
  /** Since when causes are there that were not told, or are away that were. */
  readonly #changing = new Map<string, number>();
  #looking: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;
  #closed = false;
  #failed = false;

  constructor(needs: OperatorWatchNeeds) {
    this.#needs = needs;
  }

  /** Begins to look every 30 s, until it is disposed of. */
  start(): void {
    if (this.#closed) return;
    this.#timer = this.#needs.clock.after(lookMs, () => {
      this.#looking = this.#tryLook().then(() => this.start());
    });
  }

  /** Looks once. Rejects when the store or a source fails. */
  async look(): Promise<void> {
    const { problems, store } = this.#needs;
    const found = await problems();
    const { state, version } = await store.read();
    const next = this.#next(state, found);
    // Another process was faster: it tells.
    if (next !== state && !await store.write(next, version)) return;
    await this.#tell();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  async #tryLook(): Promise<void> {
    try {
      await this.look();
      this.#failed = false;
    } catch (error) {
      // Once, not every 30 s.
      if (!this.#failed) this.#needs.log.error("operator.look_failed", { error: error as Error });
      this.#failed = true;
    }
  }

  /** The state with what has begun and what is over; the same object when nothing has. */
  #next(state: OperatorState, { problems: found, mayBeThere }: OperatorFindings): OperatorState {
    const { clock, ids } = this.#needs;
    const now = clock.now();
    const there = new Map(found.map((problem) => [problem.cause, problem]));
    const open = { ...state.open };
    let untold = [...state.untold];
    const add = (news: OperatorNews, rest: Pick<UntoldNews, "earlier" | "inbox" | "webhook">) => {
      untold.push({ news, ...rest, failures: 0, nextMs: now });
    };
    const webhook = this.#needs.tellers.webhook !== null;
    for (const { cause, reason } of found) {
      if (Object.hasOwn(open, cause)) {
        this.#changing.delete(cause);
        continue;
      }
      const causes = Object.keys(open);
      const full = causes.length >= openMax || untold.length >= untoldMax ||
        (isEvent(cause) && causes.filter(isEvent).length >= eventsMax);
      if (full || !this.#lasts(cause, isEvent(cause) ? 0 : beginsMs, now)) continue;
      open[cause] = { sinceMs: now, reason, commands: [] };
      add({ id: ids.next(), cause, reason, sinceMs: now, overMs: null }, {
        earlier: [],
        inbox: true,
        webhook,
      });
    }
    for (const [cause, { sinceMs, reason, commands }] of Object.entries(open)) {
      if (there.has(cause) || mayBeThere(cause) || !this.#lasts(cause, isEvent(cause) ? 0 : endsMs, now)) {
        continue;
      }
      delete open[cause];
      // Who never heard that it began need not hear that it is over.
      const begun = untold.find(({ news }) => news.cause === cause && news.overMs === null);
      untold = untold.filter((one) => one !== begun);
      const left = {
        earlier: commands,
        inbox: begun?.inbox !== true,
        webhook: webhook && begun?.webhook !== true,
      };
      if (left.inbox || left.webhook) add({ id: ids.next(), cause, reason, sinceMs, overMs: now }, left);
    }
    for (const cause of this.#changing.keys()) {
      if (!there.has(cause) && !Object.hasOwn(open, cause)) this.#changing.delete(cause);
    }
    const same = untold.length === state.untold.length &&
      Object.keys(open).length === Object.keys(state.open).length &&
      Object.keys(open).every((cause) => Object.hasOwn(state.open, cause));
    return same ? state : { open, untold };
  }

  /** Whether a cause has been as it is for so long. */
  #lasts(cause: string, ms: number, now: number): boolean {
    const since = this.#changing.get(cause) ?? now;
    this.#changing.set(cause, Math.min(since, now));
    if (now - since < ms) return false;
    this.#changing.delete(cause);
    return true;
  }

  /** Tells what is due, one after the other, and keeps after each what came of it. */
  async #tell(): Promise<void> {
    const { store, clock } = this.#needs;
    const { state } = await store.read();
    for (const one of state.untold) {
      if (this.#closed || one.nextMs > clock.now()) continue;
      const told = await this.#told(one);
      await this.#keep(one, told);
    }
  }

  async #told(one: UntoldNews): Promise<{ left: UntoldNews | null; commands: string[] }> {
    const { tellers: { inbox, webhook }, clock, log } = this.#needs;
    const { news, earlier, failures } = one;
    // What throws is tried again like the rest, and keeps nothing that stands behind it.
    const failed = (error: Error) => void log.error("operator.failed", { cause: news.cause, error });
    const { commands, all } = one.inbox
      ? await inbox(news, earlier).catch((error) => failed(error) ?? { commands: [], all: false })
      : { commands: [], all: true };
    const posted = !one.webhook || webhook === null ||
      await webhook(news).catch((error) => failed(error) ?? false);
    if (all && posted) return { left: null, commands };
    const wait = waitsMs[failures];
    log.warn("operator.untold", { cause: news.cause, failures: failures + 1, last: wait === undefined });
    const left = wait === undefined ? null : {
      ...one,
      inbox: !all,
      webhook: !posted,
      failures: failures + 1,
      nextMs: clock.now() + wait,
    };
    return { left, commands };
  }

  async #keep({ news }: UntoldNews, { left, commands }: { left: UntoldNews | null; commands: string[] }) {
    const { store } = this.#needs;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const { state, version } = await store.read();
      const untold = state.untold.flatMap((one) =>
        one.news.id !== news.id ? [one] : left === null ? [] : [left]
      );
      const problem = news.overMs === null ? state.open[news.cause] : undefined;
      const open = problem === undefined || commands.length === 0
        ? state.open
        : { ...state.open, [news.cause]: { ...problem, commands } };
      if (await store.write({ open, untold }, version)) return;
    }
  }
}

/** It has happened, and is no check that can come and go. */
function isEvent(cause: string): boolean {
  return cause.startsWith("incident:");
}
