import type { Log, LogFields } from "./log.ts";
import { LogFile } from "./log_file.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogOptions {
  /** The file that is written; older ones beside it as `.1`, `.2` and so on. Its directory exists. */
  path: string;
  level: LogLevel;
  now(): number;
  /** Readable lines of what is logged; null for none. */
  console: ((line: string) => void) | null;
}

/** A log that is closed by who opened it; closing writes what is still held. */
export interface OpenLog extends Log, AsyncDisposable {}

/** Lines below a warning are written together: at this size or after this time. */
const bufferChars = 32 * 1024;
const flushMs = 500;

const order: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/**
 * JSON lines to a rotated file and readable lines to the console (OP-3). Fields that could carry a secret or
 * what people wrote are left out whatever a caller passes. Throws when the file cannot be opened.
 */
export function openLog(options: LogOptions): OpenLog {
  const { level: least, now } = options;
  const timeText = () => new Date(now()).toISOString();
  const file = new LogFile({
    path: options.path,
    broken: (reason) =>
      options.console?.(readable({ time: timeText(), level: "error", event: "log.broken", reason }, {})),
    lost: (lines) => `${JSON.stringify({ time: timeText(), level: "error", event: "log.lost", lines })}\n`,
  });
  const buffer = new LogBuffer(file);
  const write = (level: LogLevel, event: string, fields: LogFields) => {
    if (order[level] < order[least]) return;
    const line = { time: timeText(), level, event, ...safeFields(fields) };
    // A warning must be in the file when the process dies of what it warned about.
    buffer.add(`${JSON.stringify(line)}\n`, order[level] >= order.warn);
    options.console?.(readable(line, fields));
  };
  return {
    ...logTo(write, {}),
    [Symbol.asyncDispose]() {
      buffer[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

/** Writes lines together, at a size, after a time, or at once when one is urgent. */
class LogBuffer implements Disposable {
  readonly #file: LogFile;
  #text = "";
  #lines = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(file: LogFile) {
    this.#file = file;
  }

  add(line: string, urgent: boolean): void {
    this.#text += line;
    this.#lines++;
    if (urgent || this.#text.length >= bufferChars) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), flushMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines > 0) this.#file.write(this.#text, this.#lines);
    this.#text = "";
    this.#lines = 0;
  }

  [Symbol.dispose](): void {
    this.#flush();
    this.#file[Symbol.dispose]();
  }
}

type Write = (level: LogLevel, event: string, fields: LogFields) => void;

function logTo(write: Write, fixed: LogFields): Log {
  const at = (level: LogLevel) => (event: string, fields?: LogFields) =>
    write(level, event, { ...fixed, ...fields });
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => logTo(write, { ...fixed, ...fields }),
  };
}

type Line = Record<string, unknown> & { time: string; level: LogLevel; event: string };

/** Names of fields that never reach a log, and what people wrote to each other. */
const secretName = /token|password|ticket|secret|authorization|cookie/i;
const contentNames: ReadonlySet<string> = new Set(["body", "title", "note", "data"]);

function safeFields(fields: LogFields): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || secretName.test(name) || contentNames.has(name)) continue;
    if (name === "time" || name === "level" || name === "event") continue;
    safe[name] = safeValue(value);
  }
  return safe;
}

function safeValue(value: Exclude<LogFields[string], undefined>): unknown {
  if (typeof value === "string") return withoutSecrets(value);
  if (value instanceof Error) {
    return {
      name: value.name,
      message: withoutSecrets(value.message),
      stack: withoutSecrets(value.stack ?? ""),
      ...(value.cause instanceof Error ? { cause: safeValue(value.cause) } : {}),
    };
  }
  return value;
}

/** Query strings (where a socket's token and ticket stand) and anything shaped like a signed token. */
function withoutSecrets(text: string): string {
  return text.replace(/\?[^\s"'<>?]*=[^\s"'<>]*/g, "?…").replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, "[token]");
}

/** `18:00:01.123 WARN  socket.closed connection=… code=4408`, with the stack of an error below it. */
function readable(line: Line, fields: LogFields): string {
  const { time, level, event, ...rest } = line;
  const pairs = Object.entries(rest).map(([name, value]) => ` ${name}=${readableValue(value)}`);
  const stacks = Object.values(fields).filter((value) => value instanceof Error)
    .map((error) => `\n${withoutSecrets(error.stack ?? "")}`);
  return `${time.slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${event}${pairs.join("")}${stacks.join("")}`;
}

function readableValue(value: unknown): string {
  if (value !== null && typeof value === "object") return JSON.stringify(Reflect.get(value, "message"));
  return typeof value === "string" && !/^[\w.:/@+-]+$/.test(value) ? JSON.stringify(value) : String(value);
}
