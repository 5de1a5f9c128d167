import type { Message } from "../protocol/mod.ts";

/** Something that needs an administrator. `cause`: the name of a check, or `incident:` and its id; one cause is told once. */
export interface OperatorProblem {
  cause: string;
  reason: Message | null;
}

/** What needs an administrator, as far as it was read. */
export interface OperatorFindings {
  problems: readonly OperatorProblem[];
  /** Whether a cause that is not among them may be there all the same. */
  mayBeThere(cause: string): boolean;
}

/** That a problem began, or that it is over. */
export interface OperatorNews extends OperatorProblem {
  /** The same at each try to tell it. */
  id: string;
  sinceMs: number;
  /** Null: it has begun. */
  overMs: number | null;
}

/** News that somebody has not been told. */
export interface UntoldNews {
  news: OperatorNews;
  /** Commands that told of its beginning. */
  earlier: readonly string[];
  /** Who is still to be told. */
  inbox: boolean;
  webhook: boolean;
  failures: number;
  nextMs: number;
}

/** What is kept, so that a restart tells nothing twice and forgets nothing. */
export interface OperatorState {
  open: Readonly<Record<string, { sinceMs: number; reason: Message | null; commands: readonly string[] }>>;
  untold: readonly UntoldNews[];
}

export interface OperatorStore {
  read(): Promise<{ state: OperatorState; version: string | null }>;
  /** False, and nothing is written, when it has changed since it was read. */
  write(state: OperatorState, version: string | null): Promise<boolean>;
}

export interface OperatorTellers {
  /** Sends it to the administrators and withdraws what is over; the ids of the commands, and whether everybody has one. */
  inbox(news: OperatorNews, earlier: readonly string[]): Promise<{ commands: string[]; all: boolean }>;
  /** Null: no webhook is configured. False when it was not taken. */
  webhook: ((news: OperatorNews) => Promise<boolean>) | null;
}
