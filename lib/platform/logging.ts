import type { Log, LogFields } from "./log.ts";
import { LogFile } from "./log_file.ts";
import { type LogMinute, LogMinutes } from "./log_minutes.ts";
import { inFileOnly } from "./story.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogOptions {
  /** The file that is written; older ones beside it as `.1`, `.2` and so on. Its directory exists. */
  path: string;
  level: LogLevel;
  now(): number;
  /** What all files of the log take together, at most. */
  maxBytes?: number;
  /** Readable lines of what is logged; null for none. */
  console: ((line: string) => void) | null;
}

/** A log that is closed by who opened it; closing writes what is still held. */
export interface OpenLog extends Log, AsyncDisposable {
  /** Why lines are lost at the moment; null while the file takes them. */
  broken(): string | null;
  /** Lines that were lost since the log was opened. */
  lost(): number;
  /** How many lines each minute of the last hour had, oldest first. */
  lastHour(): LogMinute[];
}

/** Lines below a warning are written together: so many, or after this time. */
const linesTogether = 256;
const flushMs = 500;
/** No write is much larger than this. */
const writtenChars = 256 * 1024;

const order: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/**
 * JSON lines to a rotated file and readable lines to the console (OP-3). Fields that could carry a secret or
 * what people wrote are left out whatever a caller passes. Throws when the file cannot be opened.
 */
export function openLog(options: LogOptions): OpenLog {
  const { level: least, now } = options;
  const timeText = (ms = now()) => new Date(ms).toISOString();
  const file = new LogFile({
    path: options.path,
    ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
    broken: (reason) =>
      options.console?.(readable({ time: timeText(), level: "error", event: "log.broken", reason }, {})),
    lost: (lines) => `${JSON.stringify({ time: timeText(), level: "error", event: "log.lost", lines })}\n`,
  });
  const buffer = new LogBuffer(file);
  const minutes = new LogMinutes();
  const write = (level: LogLevel, event: string, fields: LogFields) => {
    if (order[level] < order[least]) return;
    const ms = now();
    minutes.add(level, ms);
    // A warning must be in the file when the process dies of what it warned about.
    buffer.add({ ms, level, event, fields }, order[level] >= order.warn);
    if (options.console !== null && !inFileOnly(event)) {
      options.console(readable({ time: timeText(ms), level, event, ...safeFields(fields) }, fields));
    }
  };
  return {
    ...logTo(write, null),
    broken: () => file.brokenBy,
    lost: () => file.lostInAll,
    lastHour: () => minutes.lastHour(now()),
    [Symbol.asyncDispose]() {
      buffer[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

/** A line that is not written yet. */
interface Waiting {
  ms: number;
  level: LogLevel;
  event: string;
  fields: LogFields;
}

/**
 * Writes lines together, at a number, after a time, or at once when one is urgent. Only then they become text: one after the
 * other that takes a third of the time that it takes in the middle of other work.
 */
class LogBuffer implements Disposable {
  readonly #file: LogFile;
  #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(file: LogFile) {
    this.#file = file;
  }

  add(line: Waiting, urgent: boolean): void {
    this.#waiting.push(line);
    if (urgent || this.#waiting.length >= linesTogether) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), flushMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    let [text, lines, time, timeMs] = ["", 0, "", NaN];
    for (const { ms, level, event, fields } of waiting) {
      if (ms !== timeMs) [time, timeMs] = [new Date(ms).toISOString(), ms];
      text += jsonLine(time, level, event, fields);
      lines++;
      if (text.length < writtenChars) continue;
      this.#file.write(text, lines);
      [text, lines] = ["", 0];
    }
    if (lines > 0) this.#file.write(text, lines);
  }

  [Symbol.dispose](): void {
    this.#flush();
    this.#file[Symbol.dispose]();
  }
}

type Write = (level: LogLevel, event: string, fields: LogFields) => void;

function logTo(write: Write, fixed: LogFields | null): Log {
  const at = (level: LogLevel) => (event: string, fields: LogFields = {}) =>
    write(level, event, fixed === null ? fields : { ...fixed, ...fields });
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

/** Fields that every line has already. */
const ownNames: ReadonlySet<string> = new Set(["time", "level", "event"]);

/** How each name stands in a line; null where it is left out. Callers write names in the code, so they are few. */
const writtenNames = new Map<string, string | null>();

function writtenName(name: string): string | null {
  let written = writtenNames.get(name);
  if (written === undefined) {
    const isLogged = !secretName.test(name) && !contentNames.has(name) && !ownNames.has(name);
    written = isLogged ? `,${JSON.stringify(name)}:` : null;
    if (writtenNames.size < 1_000) writtenNames.set(name, written);
  }
  return written;
}

/** Ids and words: nothing to escape, and neither a query nor a signed token, which have `?` or a full stop. */
const plainText = /^[\w:-]*$/;

/** The line as JSON. Written by hand: the lines that tell a command's story are ids and numbers, and there are thousands. */
function jsonLine(time: string, level: LogLevel, event: string, fields: LogFields): string {
  let line = `{"time":"${time}","level":"${level}","event":${JSON.stringify(event)}`;
  for (const name in fields) {
    const value = fields[name];
    const written = value === undefined ? null : writtenName(name);
    if (value === undefined || written === null) continue;
    line += written;
    if (typeof value === "number") line += Number.isFinite(value) ? value : "null";
    else if (typeof value !== "string") line += JSON.stringify(safeValue(value));
    else line += plainText.test(value) ? `"${value}"` : JSON.stringify(withoutSecrets(value));
  }
  return `${line}}\n`;
}

function safeFields(fields: LogFields): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && writtenName(name) !== null) safe[name] = safeValue(value);
  }
  return safe;
}

function safeValue(value: Exclude<LogFields[string], undefined>): unknown {
  if (typeof value === "string") return withoutSecrets(value);
  if (Array.isArray(value)) return value.map(withoutSecrets);
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

function isCounts(value: unknown): value is Record<string, number> {
  return value !== null && typeof value === "object" && Object.values(value).every(Number.isFinite);
}

function readableValue(value: unknown): string {
  if (Array.isArray(value)) return value.join(",");
  if (isCounts(value)) return Object.entries(value).map(([name, count]) => `${name}:${count}`).join(",");
  if (value !== null && typeof value === "object") return JSON.stringify(Reflect.get(value, "message"));
  return typeof value === "string" && !/^[\w.:/@+-]+$/.test(value) ? JSON.stringify(value) : String(value);
}
