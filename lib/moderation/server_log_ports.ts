import type { LogLevel } from "../protocol/mod.ts";

/** What a line must be to be found. */
export interface LogFilter {
  /** The least important level. */
  level: LogLevel;
  /** An event, or the beginning of several up to a full stop. */
  event: string | null;
  /** In any field, alone or as the beginning of a request's id. */
  id: string | null;
  /** Id of a person whom the line names. */
  userId: string | null;
  fromMs: number | null;
  toMs: number | null;
}

/** A line as it was written. */
export interface LogRecord {
  place: string;
  time: string;
  level: LogLevel;
  event: string;
  fields: Record<string, unknown>;
}

export interface LogSearch {
  /** Newest first. */
  lines: LogRecord[];
  /** Where the search goes on; null at the end. There may be fewer lines than asked for, as a search reads a bounded amount. */
  next: string | null;
}

/** The server's own log, read from its newest line back. */
export interface LogLines {
  before(place: string | null, filter: LogFilter, limit: number): Promise<LogSearch>;
}
