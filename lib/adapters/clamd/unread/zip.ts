import {
  type CentralHeader,
  centralHeader,
  centralHeaderBytes,
  type EndRecord,
  endRecord,
  type LocalHeader,
  localHeader,
} from "../../zip_records.ts";
import { StreamSearch } from "./stream_search.ts";

/** Methods that clamd unpacks, tested: stored, deflate, deflate64, bzip2. */
const readMethods: ReadonlySet<number> = new Set([0, 8, 9, 12]);
const methodNames: ReadonlyMap<number, string> = new Map([
  [14, "LZMA"],
  [93, "Zstandard"],
  [95, "XZ"],
  [98, "PPMd"],
  [99, "AES"],
]);

/** Maximum number of entries, the most that an end record without ZIP64 can count. It bounds the memory for an archive. */
const entriesMax = 65_535;
/** Length of the name's beginning, enough for the entries of an encrypted document. */
const nameBytes = 20;
const openDocument = "mimetypeapplication/vnd.oasis.opendocument";

/** Directory records without gaps between them. */
interface Run {
  start: number;
  end: number;
  entries: { startsAt: number; method: number }[];
}

interface EndOfZip {
  at: number;
  record: EndRecord;
  run: Run | null;
}

/**
 * Inspects a zip archive in a stream. clamd reads only what the directory at the end points to, and skips silently what it
 * cannot follow. So in a file that begins or ends as a zip, directory and entries must match. In every file it looks for
 * entries that clamd cannot unpack, also in a stored archive or after a self-extracting program.
 */
export class UnreadZip {
  readonly #isZip: boolean;
  readonly #isOpenDocument: boolean;
  readonly #sizeBytes: number;
  readonly #search = new StreamSearch([0x50, 0x4b], centralHeaderBytes + nameBytes, (at, bytes) => {
    this.#see(at, bytes);
  });
  /** Positions and methods of entries, in order of position. */
  #locals = new Map<number, number>();
  #run: Run | null = null;
  #end: EndOfZip | null = null;
  #found: string | null = null;

  constructor(head: Uint8Array, sizeBytes: number) {
    this.#isZip = localHeader(head) !== null || (head[0] === 0x50 && head[1] === 0x4b && head[2]! < 9);
    this.#isOpenDocument = this.#isZip &&
      new TextDecoder("latin1").decode(head.subarray(30, 30 + openDocument.length)) === openDocument;
    this.#sizeBytes = sizeBytes;
  }

  feed(chunk: Uint8Array): void {
    if (this.#found === null) this.#search.feed(chunk);
  }

  /** Returns what clamd does not scan; null when it scans everything. */
  end(): string | null {
    if (this.#found === null) this.#search.end();
    const fits = this.#end === null ? !this.#isZip : this.#fits(this.#end);
    return this.#found ?? (fits ? null : "a zip whose directory does not fit it");
  }

  #see(at: number, bytes: Uint8Array): void {
    const local = localHeader(bytes);
    if (local !== null) return this.#seeLocal(at, local);
    const central = centralHeader(bytes);
    if (central !== null) return this.#seeCentral(at, central, bytes);
    const record = endRecord(bytes);
    // Other end records belong to inner archives, or are chance.
    if (record === null || at + 22 + record.commentBytes !== this.#sizeBytes) return;
    this.#end = { at, record, run: this.#run };
  }

  #seeLocal(at: number, header: LocalHeader): void {
    // clamd takes missing sizes from the directory.
    this.#found ??= unreadOf({ ...header, zip64: header.zip64 && !header.sizesLater });
    if (this.#locals.size >= entriesMax) this.#found ??= "a zip with too many entries";
    else this.#locals.set(at, header.method);
  }

  #seeCentral(at: number, header: CentralHeader, bytes: Uint8Array): void {
    this.#found ??= unreadOf(header);
    const name = new TextDecoder("latin1").decode(
      bytes.subarray(centralHeaderBytes, centralHeaderBytes + Math.min(header.nameBytes, nameBytes)),
    );
    // Encrypted content cannot be packed, so a password-protected document stores it.
    const stored = header.method === 0 && header.sizeBytes > 0;
    if (this.#isOpenDocument && (name === "encrypted-package" || (name === "content.xml" && stored))) {
      this.#found ??= "an encrypted document";
    }
    if (this.#run === null || this.#run.end !== at) this.#run = { start: at, end: at, entries: [] };
    this.#run.end = at + header.recordBytes;
    if (this.#run.entries.length >= entriesMax) this.#found ??= "a zip with too many entries";
    else this.#run.entries.push({ startsAt: header.startsAt, method: header.method });
  }

  #fits({ at, record, run }: EndOfZip): boolean {
    if (record.split) return false;
    if (run === null) return record.entries === 0 && record.directoryBytes === 0;
    // After other content, positions can count from the start of the archive.
    const shift = run.start - record.directoryAt;
    return run.end === at && (this.#isZip ? shift === 0 : shift >= 0) &&
      run.end - run.start === record.directoryBytes && run.entries.length === record.entries &&
      run.entries.every(({ startsAt, method }) => this.#locals.get(startsAt + shift) === method);
  }
}

function unreadOf({ method, encrypted, zip64 }: LocalHeader): string | null {
  if (encrypted) return "an encrypted zip entry";
  if (!readMethods.has(method)) {
    return `a zip entry packed with ${methodNames.get(method) ?? `method ${method}`}`;
  }
  return zip64 ? "a ZIP64 entry" : null;
}
