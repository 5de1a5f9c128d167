import type { Clock } from "../../platform/mod.ts";
import { english, limits, type Message, say } from "../../protocol/mod.ts";
import type { ScannerHealth, ScanSubject, VirusFinding, VirusScanner } from "../../scanning/ports.ts";
import { Deadline, GivenUp } from "../deadline.ts";
import { type Address, ask, instream, NotThere } from "./connection.ts";
import { judge, type Judgement, replyText } from "./reply.ts";
import { type SelfTest, selfTester } from "./self_test.ts";
import { Slots } from "./slots.ts";
import { UnreadArchives } from "./unread/mod.ts";

/** Time after which the version is read again and clamd's configuration is tested again. */
const versionMs = 60_000;
const testedMs = 3600_000;
/** The same after a failed test: an operator who repairs clamd.conf must see the result soon. */
const failedTestMs = 10_000;
/** Time limit for PING and VERSION. */
const healthMs = 5_000;

export interface ClamdOptions {
  address: Address;
  clock: Clock;
  /** Files at once: at most MaxThreads of clamd.conf. `health` uses one connection more. */
  connections: number;
}

/** Facts about the running clamd; dropped when it stops answering. */
interface Known {
  version: string;
  versionAtMs: number;
  test: { result: SelfTest; atMs: number } | null;
}

/** clamd over TCP (SC-3), with one connection for each file. A clamd that calls unread content clean scans nothing. */
export class ClamdScanner implements VirusScanner {
  readonly name = "clamd";
  readonly #address: Address;
  readonly #clock: Clock;
  readonly #slots: Slots;
  readonly #selfTest: (deadline: Deadline) => Promise<SelfTest>;
  #known: Known | null = null;
  #testing: Promise<SelfTest> | null = null;

  constructor({ address, clock, connections }: ClamdOptions) {
    this.#address = address;
    this.#clock = clock;
    this.#slots = new Slots(connections);
    this.#selfTest = selfTester(address);
  }

  async scan(subject: ScanSubject, signal: AbortSignal): Promise<VirusFinding> {
    using deadline = new Deadline(this.#clock, signal);
    try {
      using _slot = await this.#slots.take(signal);
      const version = await this.#version(deadline);
      const tested = await deadline.race(this.#tested());
      const judgement: Judgement = tested.ok
        ? await this.#look(subject, tested.readsRar, deadline)
        : { verdict: "error", answer: english(tested.reason) };
      return { ...judgement, scanner: this.name, version };
    } catch (error) {
      const version = this.#known?.version ?? "";
      if (!signal.aborted) this.#lost(error);
      return { verdict: "error", scanner: this.name, version, answer: english(reasonOf(error)) };
    }
  }

  async health(): Promise<ScannerHealth> {
    using deadline = new Deadline(this.#clock, new AbortController().signal);
    const about = (reason: Message | null, version: string): ScannerHealth => ({
      ok: reason === null,
      reason,
      version,
      real: true,
    });
    try {
      const pong = replyText(await this.#ask("PING", deadline));
      if (pong !== "PONG") {
        return about("clamd.language", "");
      }
      const version = await this.#version(deadline);
      const tested = await this.#tested();
      return about(tested.ok ? null : tested.reason, version);
    } catch (error) {
      this.#lost(error);
      return about(reasonOf(error), "");
    }
  }

  async #look(subject: ScanSubject, readsRar: boolean, deadline: Deadline): Promise<Judgement> {
    const unread = new UnreadArchives(subject, { rar: readsRar });
    const { reply, sentBytes, allSent } = await instream(
      this.#address,
      () => subject.open(),
      deadline,
      (chunk) => unread.feed(chunk),
    );
    const judgement = judge(reply, allSent);
    // The connection broke: the next answer may come from another clamd.
    if (replyText(reply) === null) this.#known = null;
    if (judgement.verdict !== "clean") return judgement;
    if (sentBytes !== subject.sizeBytes) {
      return { verdict: "error", answer: `Read ${sentBytes} bytes of a file of ${subject.sizeBytes}.` };
    }
    const why = unread.end();
    return why === null
      ? judgement
      : { verdict: "incomplete", answer: `${judgement.answer}, but clamd does not look into this: ${why}.` };
  }

  async #version(deadline: Deadline): Promise<string> {
    const known = this.#known;
    const now = this.#clock.now();
    if (known !== null && now - known.versionAtMs < versionMs) return known.version;
    const told = replyText(await this.#ask("VERSION", deadline));
    if (told === null || !told.startsWith("ClamAV ")) {
      throw new GivenUp("clamd.version");
    }
    const version = told.slice(0, limits.scanAnswer);
    // An update of the signatures can come with a new configuration.
    const test = known !== null && known.version === version ? known.test : null;
    this.#known = { version, versionAtMs: now, test };
    return version;
  }

  /** Runs one test at a time. It has its own time limit, as several callers wait for it. */
  #tested(): Promise<SelfTest> {
    const test = this.#known?.test ?? null;
    const age = test === null ? Infinity : this.#clock.now() - test.atMs;
    if (test !== null && age < (test.result.ok ? testedMs : failedTestMs)) {
      return Promise.resolve(test.result);
    }
    this.#testing ??= this.#runTest().finally(() => this.#testing = null);
    return this.#testing;
  }

  async #runTest(): Promise<SelfTest> {
    using deadline = new Deadline(this.#clock, new AbortController().signal);
    const about = this.#known;
    const result = await this.#selfTest(deadline);
    // The facts were dropped during the test: it tested a clamd that is gone.
    if (about !== null && this.#known?.version === about.version) {
      this.#known = { ...this.#known, test: { result, atMs: this.#clock.now() } };
    }
    return result;
  }

  async #ask(command: "PING" | "VERSION", deadline: Deadline) {
    return await ask(this.#address, command, deadline, healthMs);
  }

  /** A clamd that went away may come back with another configuration. */
  #lost(error: unknown): void {
    if (error instanceof GivenUp || error instanceof NotThere) this.#known = null;
  }
}

function reasonOf(error: unknown): Message {
  if (error instanceof GivenUp || error instanceof NotThere) return error.said;
  // Of the file's stream; its text may name a path.
  return say("scanner.unread", { name: error instanceof Error ? error.name : "unknown" });
}

/** Returns the scanner for the configured clamd. It opens a connection only to ask something, and closes it afterwards. */
export function openClamd(
  address: Address,
  { clock, connections }: { clock: Clock; connections: number },
): VirusScanner {
  return new ClamdScanner({ address, clock, connections });
}
