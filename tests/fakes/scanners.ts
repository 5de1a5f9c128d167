import { told } from "./told.ts";
import type {
  CsamFinding,
  CsamMatcher,
  ScannerHealth,
  ScanSubject,
  VirusFinding,
  VirusScanner,
} from "../../lib/scanning/ports.ts";

/** What a scripted scanner does with a file: a verdict, `hang` (until its signal aborts), `deaf` (for ever), or `throw`. */
type Act<Verdict> = Verdict | "hang" | "deaf" | "throw";
export type VirusAct = Act<VirusFinding["verdict"]>;
export type CsamAct = Act<CsamFinding["verdict"]>;
type Script<Verdict> = (subject: ScanSubject) => Act<Verdict> | Promise<Act<Verdict>>;

/** What both have in common: a script, health that a test sets, and what they were asked. */
class Scripted<Verdict extends string> {
  readonly name: string;
  version = "1";
  /** Whether `health()` says that it works. */
  healthy = true;
  real = true;
  script: Script<Verdict>;
  /** Hashes in the order in which they were asked about. */
  readonly asked: string[] = [];
  /** Hashes that are looked at right now. */
  readonly looking = new Set<string>();
  healthAsked = 0;

  constructor(name: string, script: Script<Verdict>) {
    this.name = name;
    this.script = script;
  }

  health(): Promise<ScannerHealth> {
    this.healthAsked++;
    const { healthy: ok, version, real } = this;
    return Promise.resolve({ ok, reason: ok ? null : told(`${this.name} is down`), version, real });
  }

  async run(subject: ScanSubject, signal: AbortSignal) {
    const { sha256 } = subject;
    this.asked.push(sha256);
    this.looking.add(sha256);
    try {
      const act = await this.script(subject);
      if (act === "throw") throw new Error("a scripted scanner breaks off");
      if (act === "hang") await aborted(signal);
      if (act === "deaf") await new Promise<never>(() => undefined);
      const verdict = act === "hang" ? "error" : act;
      return { verdict, scanner: this.name, version: this.version, answer: `scripted: ${verdict}` };
    } finally {
      this.looking.delete(sha256);
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}

/** A virus scanner that does what its script says; everything is clean unless told otherwise. */
export class ScriptedVirusScanner extends Scripted<VirusFinding["verdict"]> implements VirusScanner {
  constructor(script: Script<VirusFinding["verdict"]> = () => "clean") {
    super("fake-virus", script);
  }

  async scan(subject: ScanSubject, signal: AbortSignal): Promise<VirusFinding> {
    return await this.run(subject, signal) as VirusFinding;
  }
}

/** A matcher that does what its script says; nothing is an image or a video unless told otherwise. */
export class ScriptedCsamMatcher extends Scripted<CsamFinding["verdict"]> implements CsamMatcher {
  constructor(script: Script<CsamFinding["verdict"]> = () => "not_applicable") {
    super("fake-csam", script);
  }

  async match(subject: ScanSubject, signal: AbortSignal): Promise<CsamFinding> {
    const finding = await this.run(subject, signal) as CsamFinding;
    if (finding.verdict !== "match") return finding;
    return { ...finding, match: { classification: "test", matchType: "exact", reference: null } };
  }
}

/** A subject of bytes that are in memory. */
export function subjectOfBytes(
  bytes: Uint8Array<ArrayBuffer>,
  more: Partial<Pick<ScanSubject, "sha256" | "type">> = {},
): ScanSubject {
  return {
    sha256: more.sha256 ?? "0".repeat(64),
    sizeBytes: bytes.length,
    type: more.type ?? "application/octet-stream",
    head: bytes.subarray(0, 64 * 1024),
    open: () => Promise.resolve(new Blob([bytes]).stream()),
  };
}
