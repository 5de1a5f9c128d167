import { createHash } from "node:crypto";
import { type AuditEntry, auditEntryOf, type Caller, iso } from "../platform/mod.ts";
import { type AuditFilter, type AuditPage, type AuditPageEntry, limits, Refusal } from "../protocol/mod.ts";
import type { AuditHead, AuditRecord, AuditStore } from "./ports.ts";
import { hiddenFrom } from "./staff.ts";

const firstBefore = "0".repeat(64);

/** Makes the entry after `head`. Null: it is the first one. */
export function linkOf(auditEntry: AuditEntry, atMs: number, head: AuditHead | null): AuditRecord {
  const { actor, action, subject, address, reason, detail } = auditEntry;
  const link: Omit<AuditRecord, "hash"> = {
    seq: (head?.seq ?? 0) + 1,
    at: iso(atMs),
    actor: actor.username,
    actorId: actor.userId,
    action,
    subject,
    address,
    reason,
    detail: { ...detail },
    before: head?.hash ?? firstBefore,
  };
  return { ...link, hash: hashOf(link) };
}

/** The result of a check: the chain's length and last hash, or the first broken link. */
export type ChainReport = { ok: true; entries: number; hash: string } | {
  ok: false;
  seq: number;
  why: string;
};

/**
 * Checks a chain from its first entry. A person who can write to the store can also write a whole new chain. So compare the
 * last hash with one that was noted elsewhere: the server's log has each.
 */
export async function verifyChain(
  entries: AsyncIterable<unknown> | Iterable<unknown>,
  head: AuditHead | null,
): Promise<ChainReport> {
  let seq = 0;
  let before = firstBefore;
  for await (const entry of entries) {
    seq++;
    const why = brokenBy(entry, seq, before);
    if (why !== null) return { ok: false, seq, why };
    before = (entry as AuditRecord).hash;
  }
  if ((head?.seq ?? 0) !== seq || (head?.hash ?? firstBefore) !== before) {
    const why = `the head says that entry ${head?.seq ?? 0} is the last, and this is not it`;
    return { ok: false, seq: Math.min(seq, head?.seq ?? 0) + 1, why };
  }
  return { ok: true, entries: seq, hash: before };
}

function brokenBy(entry: unknown, seq: number, before: string): string | null {
  if (entry === null || typeof entry !== "object") return "it is no entry";
  const { hash, ...link } = entry as Partial<AuditRecord>;
  if (link.seq !== seq) return `it stands where entry ${seq} should, with the number ${String(link.seq)}`;
  if (link.before !== before) return "it does not continue the entry before it";
  if (hash !== hashOf(link)) return "its content does not give its hash";
  return null;
}

function hashOf(link: object): string {
  return createHash("sha256").update(canonical(link)).digest("hex");
}

/** JSON with sorted names and without undefined values: equal content gives equal text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const named = Object.entries(value).filter(([, part]) => part !== undefined)
    .sort(([one], [other]) => one < other ? -1 : 1);
  return `{${named.map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`).join(",")}}`;
}

/** Entries that are read at a time. */
const readAtOnce = 200;

/** The audit log for administrators (MO-3). */
export class Audit {
  readonly #store: AuditStore;
  #verifying: Promise<ChainReport> | null = null;

  constructor(store: AuditStore) {
    this.#store = store;
  }

  /**
   * Newest first. With a filter a page looks through a bounded number of entries: it may have few, or none, and still a `next`.
   */
  async page(
    caller: Caller,
    { before, limit = limits.pageDefault, ...filter }: AuditPageQuery,
  ): Promise<AuditPage | Refusal> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    let from = before === undefined ? null : Number.parseInt(before, 16);
    if (from !== null && !Number.isSafeInteger(from)) {
      return new Refusal("invalid_params", "audit.before", {
        fields: { before: "field.cursor" },
      });
    }
    const isFiltered = Object.values(filter).some((value) => value !== undefined);
    const atOnce = isFiltered ? readAtOnce : limit + 1;
    const found: AuditRecord[] = [];
    for (let looked = 0; looked < limits.auditSearched; looked += atOnce) {
      const records = await this.#store.entriesBefore(from, atOnce);
      for (const record of records) {
        if (found.length === limit) return pageOf(found, found.at(-1)!.seq);
        if (isIn(record, filter)) found.push(record);
        from = record.seq;
      }
      if (records.length < atOnce || isTooOld(records.at(-1), filter)) return pageOf(found, null);
    }
    return pageOf(found, from);
  }

  /** Everything that the filter finds, newest first, read as it is asked for. The export is an entry too. */
  async export(
    caller: Caller,
    filter: AuditFilter,
  ): Promise<AsyncIterable<AuditPageEntry> | Refusal> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    const given = Object.entries(filter).filter((one): one is [string, string] => one[1] !== undefined);
    await this.#store.append(auditEntryOf(caller, "audit.export", null, Object.fromEntries(given)));
    return this.#all(filter);
  }

  /** Checks the whole chain. Several who ask at once get the same answer. */
  async verify(caller: Caller): Promise<ChainReport | Refusal> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    this.#verifying ??= this.#verify().finally(() => this.#verifying = null);
    return await this.#verifying;
  }

  async #verify(): Promise<ChainReport> {
    const { entries, head } = await this.#store.chain();
    return await verifyChain(until(entries, head?.seq ?? 0), head);
  }

  async *#all(filter: AuditFilter): AsyncGenerator<AuditPageEntry> {
    let from: number | null = null;
    while (true) {
      const records: AuditRecord[] = await this.#store.entriesBefore(from, readAtOnce);
      for (const record of records) if (isIn(record, filter)) yield entryOf(record);
      if (records.length < readAtOnce || isTooOld(records.at(-1), filter)) return;
      from = records.at(-1)!.seq;
    }
  }
}

type AuditPageQuery = AuditFilter & { before?: string | undefined; limit?: number | undefined };

/** The entries up to the head that was read: later ones were appended meanwhile. */
async function* until(entries: AsyncIterable<unknown>, last: number): AsyncGenerator<unknown> {
  let seq = 0;
  for await (const entry of entries) {
    if (seq++ === last) return;
    yield entry;
  }
}

function isIn(record: AuditRecord, { action, actor, subject, from, to }: AuditFilter): boolean {
  if (action !== undefined && record.action !== action && !record.action.startsWith(`${action}.`)) {
    return false;
  }
  if (actor !== undefined && record.actor !== actor) return false;
  if (subject !== undefined && record.subject !== subject) return false;
  const atMs = Date.parse(record.at);
  return (from === undefined || atMs >= Date.parse(from)) && (to === undefined || atMs <= Date.parse(to));
}

/** Entries come in the order of their times, so nothing that the filter wants lies before this one. */
function isTooOld(oldest: AuditRecord | undefined, { from }: AuditFilter): boolean {
  return from !== undefined && oldest !== undefined &&
    Date.parse(oldest.at) < Date.parse(from) - clockSlackMs;
}

/** How far a clock that was set back may put entries out of order. */
const clockSlackMs = 24 * 3_600_000;

function pageOf(records: readonly AuditRecord[], next: number | null): AuditPage {
  return { entries: records.map(entryOf), next: next === null ? null : cursorOf(next) };
}

function entryOf(
  { seq, at, actor, action, subject, address, reason, detail, hash }: AuditRecord,
): AuditPageEntry {
  return { cursor: cursorOf(seq), at, actor, action, subject, address, reason, detail: { ...detail }, hash };
}

/** Cursors are twenty hexadecimal digits everywhere. */
function cursorOf(seq: number): string {
  return seq.toString(16).padStart(20, "0");
}
