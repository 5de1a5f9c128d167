import { Buffer } from "node:buffer";
import type { LogFilter, LogLines, LogRecord, LogSearch } from "../../moderation/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { isFound, needlesOf, readLine } from "./log_line.ts";

const blockBytes = 256 * 1024;
/** The time of a file's first line is its name: files are renamed, and their first line stays. */
const headBytes = 64;

const asText = new TextDecoder();

/** Every byte one character, so that places in the text are places in the file. Four times as fast as a `TextDecoder` of latin1. */
function asBytes({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("latin1");
}

interface OpenFile extends Disposable {
  /** Null for a file without a line. */
  firstMs: number | null;
  sizeBytes: number;
  read(from: number, to: number): Promise<Uint8Array>;
}

/** Lines of the log's files, newest first. A search reads at most `limits.logSearchBytes`, in blocks. */
export class LogReader implements LogLines {
  readonly #path: string;

  /** `path`: the file that is written; older ones are beside it as `.1`, `.2` and so on. */
  constructor(path: string) {
    this.#path = path;
  }

  async before(place: string | null, filter: LogFilter, limit: number): Promise<LogSearch> {
    const from = place === null ? null : placeOf(place);
    const search = new Search(filter, limit);
    const seen = new Set<number>();
    let reached = from === null || !await this.#has(from.fileMs);
    for (let number = 0;; number++) {
      using file = await this.#open(number);
      if (file === null) return { lines: search.lines, next: null };
      const { firstMs } = file;
      // It was renamed meanwhile. Times alone do not tell: a clock that was set back makes a newer file an earlier one.
      if (firstMs === null || seen.has(firstMs)) continue;
      // It lies behind the place where the search goes on. A file that is gone leaves only its time to go by.
      reached ||= firstMs === from?.fileMs;
      if (!reached || (from !== null && seen.size === 0 && firstMs > from.fileMs)) continue;
      seen.add(firstMs);
      if (filter.toMs !== null && firstMs > filter.toMs) continue;
      let end = file.sizeBytes;
      if (from?.fileMs === firstMs) end = Math.min(end, from.offset);
      if (filter.toMs !== null) end = Math.min(end, await endOf(file, filter.toMs));
      const next = await search.through(file, end);
      if (next !== "further") return { lines: search.lines, next };
    }
  }

  /** Whether there is a file with this first time. */
  async #has(fileMs: number): Promise<boolean> {
    for (let number = 0;; number++) {
      using file = await this.#open(number);
      if (file === null || file.firstMs === fileMs) return file !== null;
    }
  }

  #open(number: number): Promise<OpenFile | null> {
    return openFile(number === 0 ? this.#path : `${this.#path}.${number}`);
  }
}

/** One search, over one file after the other. */
class Search {
  readonly lines: LogRecord[] = [];
  readonly #filter: LogFilter;
  readonly #limit: number;
  readonly #needles: readonly (readonly string[])[];
  #readBytes = 0;

  constructor(filter: LogFilter, limit: number) {
    this.#filter = filter;
    this.#limit = limit;
    this.#needles = needlesOf(filter);
  }

  /** Goes from `end` to the file's beginning. Where to go on; null: there is nothing more; `further`: in an older file. */
  async through(file: OpenFile, end: number): Promise<string | null | "further"> {
    while (end > 0) {
      if (this.#readBytes >= limits.logSearchBytes) return nameOf(file, end);
      const begin = Math.max(0, end - blockBytes);
      const bytes = await file.read(begin, end);
      this.#readBytes += bytes.length;
      // A line that began before the block is found whole in the next one. One that is longer than a block is none of ours.
      const first = begin === 0 ? 0 : bytes.indexOf(10) + 1;
      const hasLine = begin === 0 || (first > 0 && first < bytes.length);
      const at = hasLine ? this.#block(file, bytes, begin, first) : "further";
      if (at !== "further") return at;
      end = hasLine ? begin + first : begin;
    }
    return "further";
  }

  #block(file: OpenFile, bytes: Uint8Array, begin: number, first: number): string | null | "further" {
    const text = asBytes(bytes);
    const { fromMs } = this.#filter;
    if (!this.#needles.every((some) => some.some((needle) => text.includes(needle)))) {
      const oldest = timeAt(text, first);
      return fromMs !== null && oldest !== null && oldest < fromMs ? null : "further";
    }
    for (let end = text.length; end > first;) {
      const start = Math.max(first, text.lastIndexOf("\n", end - 2) + 1);
      const time = timeAt(text, start);
      if (fromMs !== null && time !== null && time < fromMs) return null;
      const line = text.slice(start, end);
      if (this.#needles.every((some) => some.some((needle) => line.includes(needle)))) {
        const place = nameOf(file, begin + start);
        const found = readLine(asText.decode(bytes.subarray(start, end)), place);
        if (found !== null && isFound(found, this.#filter)) this.lines.push(found);
        if (this.lines.length >= this.#limit) return place;
      }
      end = start;
    }
    return "further";
  }
}

/** The end of the last line that is not later than a time: lines come in the order of their times. */
async function endOf(file: OpenFile, toMs: number): Promise<number> {
  let [low, high] = [0, file.sizeBytes];
  while (high - low > 2 * blockBytes) {
    const middle = Math.floor((low + high) / 2);
    const text = asBytes(await file.read(middle, Math.min(high, middle + blockBytes)));
    const start = text.indexOf("\n") + 1;
    const time = timeAt(text, start);
    if (time === null || time > toMs) high = middle;
    else low = middle + start;
  }
  return Math.min(file.sizeBytes, high + blockBytes);
}

const timeLength = "2026-01-01T00:00:00.000Z".length;
const beforeTime = '{"time":"';

/** The time of a line that begins there. */
function timeAt(text: string, start: number): number | null {
  if (!text.startsWith(beforeTime, start)) return null;
  const begin = start + beforeTime.length;
  const ms = Date.parse(text.slice(begin, begin + timeLength));
  return Number.isNaN(ms) ? null : ms;
}

/** The place of a line: its file, by the time of its first line, and where it begins there. */
function nameOf({ firstMs }: OpenFile, offset: number): string {
  return `${firstMs!.toString(36)}-${offset.toString(36)}`;
}

function placeOf(place: string): { fileMs: number; offset: number } {
  const [fileMs = NaN, offset = NaN] = place.split("-").map((part) => Number.parseInt(part, 36));
  return { fileMs, offset };
}

/** Null: there is no such file. */
async function openFile(path: string): Promise<OpenFile | null> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const read = async (from: number, to: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(to - from);
    await file.seek(from, Deno.SeekMode.Start);
    let length = 0;
    while (length < bytes.length) {
      const count = await file.read(bytes.subarray(length));
      if (count === null) break;
      length += count;
    }
    return bytes.subarray(0, length);
  };
  try {
    const { size: sizeBytes } = await file.stat();
    const firstMs = timeAt(asBytes(await read(0, Math.min(headBytes, sizeBytes))), 0);
    return { firstMs, sizeBytes, read, [Symbol.dispose]: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}
