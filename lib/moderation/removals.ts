import { createHash } from "node:crypto";
import { type AuditEntry, type Clock, type Ids, iso, type Log, type Random } from "../platform/mod.ts";
import {
  type Answer,
  moderationLimits,
  Refusal,
  type RemovalBody,
  removalCode,
  type RemovalMade,
  type RemovalStatus,
  say,
} from "../protocol/mod.ts";
import type { CaseRecord, CaseStore, ReporterRecord } from "./case_ports.ts";
import { harmOfRemoval } from "./harm.ts";

const dayMs = 24 * 3600_000;
/** Actor of the audit entry: nobody is logged in. No username has this form. */
const visitor = { userId: "visitor", username: "(visitor)" } as const;

export interface RemovalsNeeds {
  store: CaseStore;
  /** The network of an address, which counts as one author. */
  networkOf(address: string): string;
  clock: Clock;
  ids: Ids;
  random: Random;
  log: Log;
}

/**
 * MO-8: requests to remove intimate images, by people without an account. No answer says whether the server has the file: nothing here
 * looks at files, so neither does the time that it takes.
 */
export class Removals {
  readonly #needs: RemovalsNeeds;
  /** Forms whose files are read now, by author. */
  readonly #reading = new Map<string, number>();

  constructor(needs: RemovalsNeeds) {
    this.#needs = needs;
  }

  /** Before a form's files are read, which takes long: a place among those that are read at once, or why there is none. */
  async beginReading(address: string): Promise<Disposable | Refusal> {
    const { store, clock } = this.#needs;
    const author = this.#authorOf(address);
    const refused = limitOf(await store.reporter(author), clock.now());
    if (refused !== null) return refused;
    const own = this.#reading.get(author) ?? 0;
    const all = [...this.#reading.values()].reduce((sum, count) => sum + count, 0);
    // One network, whose forms may come as slowly as they can, leaves room for the others.
    if (own >= moderationLimits.removalFormsOfOne || all >= moderationLimits.removalForms) {
      return new Refusal("unavailable", "removal.busy", { retryAfterMs: 60_000 });
    }
    this.#reading.set(author, own + 1);
    return { [Symbol.dispose]: () => this.#endReading(author) };
  }

  /** Opens a case with a deadline. The code in the answer is the only way to its outcome. */
  async request(
    { address, requestId }: { address: string; requestId: string },
    { hashes, contact, statement }: RemovalBody,
  ): Answer<RemovalMade> {
    const { store, clock, ids, log } = this.#needs;
    if (await store.openRemovals() >= moderationLimits.removalsOpen) {
      return new Refusal("unavailable", "removal.full");
    }
    const code = this.#newCode();
    const author = this.#authorOf(address);
    const now = clock.now();
    const record: CaseRecord = {
      id: ids.next(),
      kind: "removal",
      harm: harmOfRemoval,
      reason: "intimate",
      about: null,
      title: "",
      person: null,
      createdMs: now,
      reports: [],
      reporters: [author],
      appeal: null,
      removal: {
        hashes: [...new Set(hashes)],
        contact,
        statement,
        dueMs: now + moderationLimits.removalMs,
        codeHash: sha256Of(code),
      },
      notes: [],
      proposal: null,
      decided: null,
      fold: null,
    };
    const entry = requestEntry(record);
    const written = await store.addRemoval(author, (known) => {
      const recent = known.recent.filter(({ atMs }) => atMs > now - dayMs);
      const refused = limitOf({ ...known, recent }, now);
      if (refused !== null) return refused;
      const made = {
        atMs: now,
        personId: null,
        item: "removal",
        reason: "intimate" as const,
        reportId: record.id,
      };
      return { to: record, author: { ...known, recent: [...recent, made] } };
    }, entry);
    if (written instanceof Refusal) return written;
    log.info("removal.requested", { requestId, case: record.id, files: record.removal!.hashes.length });
    return { ...statusOf(record, record.removal!.dueMs), code: grouped(code) };
  }

  /** What became of a request. */
  async status(typed: string): Answer<RemovalStatus> {
    const code = removalCode.safeParse(typed);
    const record = code.success ? await this.#needs.store.removalOf(sha256Of(code.data)) : null;
    return record?.removal === undefined
      ? new Refusal("not_found", "removal.missing")
      : statusOf(record, record.removal.dueMs);
  }

  #endReading(author: string): void {
    const left = this.#reading.get(author)! - 1;
    if (left === 0) this.#reading.delete(author);
    else this.#reading.set(author, left);
  }

  /** Hashed, so that nothing names the network of somebody who asks for help. */
  #authorOf(address: string): string {
    return `network:${sha256Of(this.#needs.networkOf(address))}`;
  }

  /** 120 random bits. */
  #newCode(): string {
    const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    return Array.from(this.#needs.random.bytes(24), (byte) => letters[byte & 31]).join("");
  }
}

/** The limits are those of reports: fewer once a request was found to be false. */
function limitOf({ recent, badFaith }: ReporterRecord, now: number): Refusal | null {
  const lately = recent.filter(({ atMs }) => atMs > now - dayMs);
  const isFalse = badFaith.some(({ atMs }) => atMs > now - moderationLimits.badFaithMs);
  const most = isFalse ? moderationLimits.removalsPerDayBadFaith : moderationLimits.removalsPerDay;
  if (lately.length < most) return null;
  const retryAfterMs = lately[lately.length - most]!.atMs + dayMs - now;
  return new Refusal("rate_limited", say("removal.limit", { count: most }), { retryAfterMs });
}

function statusOf({ createdMs, decided }: CaseRecord, dueMs: number): RemovalStatus {
  return {
    state: decided === null ? "open" : decided.outcome === "removed" ? "removed" : "refused",
    createdAt: iso(createdMs),
    dueAt: iso(dueMs),
    decidedAt: decided === null ? null : iso(decided.atMs),
    answer: decided === null ? null : decided.reason,
  };
}

/** Without the address: its author may have to hide from somebody who reads the log. */
function requestEntry({ id, removal }: CaseRecord): AuditEntry {
  return {
    actor: visitor,
    action: "removal.request",
    subject: `case:${id}`,
    address: "",
    reason: null,
    detail: { files: removal?.hashes.length ?? 0 },
  };
}

function grouped(code: string): string {
  return code.replace(/(.{4})(?=.)/g, "$1-");
}

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
