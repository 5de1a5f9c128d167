import type { Message } from "../protocol/mod.ts";
import type {
  CsamFinding,
  CsamMatcher,
  ScannerHealth,
  ScanSubject,
  VirusFinding,
  VirusScanner,
} from "./ports.ts";

/**
 * EICAR's test file for virus scanners: 68 characters, plus white space up to 128
 * (https://www.eicar.org/download-anti-malware-testfile/). Written in two parts, so that no scanner flags this source file.
 */
const eicarText = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}` + "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
const eicarMost = 128;
/** Space, tab, LF, CR and Ctrl-Z. */
const eicarSpace: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0x1a]);

/** SC-7: replaces a virus scanner in evaluation mode. It knows only the EICAR test file. */
export class EicarScanner implements VirusScanner {
  readonly name = "built-in";

  scan(subject: ScanSubject): Promise<VirusFinding> {
    const infected = isEicar(subject);
    return Promise.resolve({
      verdict: infected ? "infected" : "clean",
      scanner: this.name,
      version: "eicar-1",
      answer: infected ? "the EICAR test file" : "not the EICAR test file",
    });
  }

  health(): Promise<ScannerHealth> {
    return Promise.resolve({ ok: true, reason: null, version: "eicar-1", real: false });
  }
}

function isEicar({ head, sizeBytes }: ScanSubject): boolean {
  if (sizeBytes > eicarMost || head.length < eicarText.length) return false;
  return head.every((byte, at) =>
    at < eicarText.length ? byte === eicarText.charCodeAt(at) : eicarSpace.has(byte)
  );
}

/** SC-7: matches against a list of SHA-256 hashes in evaluation mode, so that an operator can try out a match. */
export class HashListMatcher implements CsamMatcher {
  readonly name = "hash-list";
  readonly #hashes: ReadonlySet<string>;
  readonly #version: string;

  constructor(hashes: ReadonlySet<string>) {
    this.#hashes = hashes;
    this.#version = `${hashes.size} hashes`;
  }

  match({ sha256, type }: ScanSubject): Promise<CsamFinding> {
    return Promise.resolve({ ...this.#find(sha256, type), scanner: this.name, version: this.#version });
  }

  health(): Promise<ScannerHealth> {
    return Promise.resolve({ ok: true, reason: null, version: this.#version, real: false });
  }

  #find(sha256: string, type: string): Pick<CsamFinding, "verdict" | "answer" | "match"> {
    if (this.#hashes.has(sha256)) {
      const match = { classification: "test-list", matchType: "exact", reference: null };
      return { verdict: "match", answer: "on the list of test hashes", match };
    }
    if (/^(image|video)\//.test(type)) return { verdict: "clean", answer: "not on the list of test hashes" };
    return { verdict: "not_applicable", answer: "neither an image nor a video" };
  }
}

/**
 * Parses a list of hashes: one SHA-256 in hexadecimal digits a line; `#` begins a comment. Throws an `Error` that names the
 * first wrong line: an unreadable list must not count as an empty one.
 */
export function hashList(text: string, source: string): ReadonlySet<string> {
  const hashes = new Set<string>();
  for (const [index, line] of text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/).entries()) {
    const hash = line.replace(/#.*$/, "").trim().toLowerCase();
    if (hash === "") continue;
    if (!/^[0-9a-f]{64}$/.test(hash)) {
      throw new Error(
        `${source}, line ${
          index + 1
        }: is not a SHA-256; write 64 hexadecimal digits on each line and nothing else`,
      );
    }
    hashes.add(hash);
  }
  return hashes;
}

/** SC-7: replaces a service that is not configured in production. Every file is held. */
export class NotConfigured implements VirusScanner, CsamMatcher {
  readonly name = "none";
  readonly #reason: Message;

  /** `reason` tells an operator which variable to set. */
  constructor(reason: Message) {
    this.#reason = reason;
  }

  scan(): Promise<VirusFinding> {
    return Promise.resolve(this.#error());
  }

  match(): Promise<CsamFinding> {
    return Promise.resolve(this.#error());
  }

  health(): Promise<ScannerHealth> {
    return Promise.resolve({ ok: false, reason: this.#reason, version: "", real: false });
  }

  #error(): VirusFinding & CsamFinding {
    return { verdict: "error", scanner: this.name, version: "", answer: "not configured" };
  }
}
