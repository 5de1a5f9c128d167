/** A log with structured fields. Never a token, a password or the text of a command (OP-3). */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A log whose every line carries `fields` too. */
  with(fields: LogFields): Log;
}

/** Several ids, or counts by a name that the code gives, are one field. */
export type LogFields = Record<
  string,
  string | number | boolean | null | undefined | Error | readonly string[] | Readonly<Record<string, number>>
>;

/** A log that says nothing. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  with: () => silentLog,
};
