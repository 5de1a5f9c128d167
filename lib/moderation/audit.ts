import { createHash } from "node:crypto";
import { type AuditEntry, type Caller, iso } from "../platform/mod.ts";
import { type AuditPage, type AuditPageEntry, limits, Refusal } from "../protocol/mod.ts";
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

/** The audit log for administrators (MO-3). */
export class Audit {
  readonly #store: AuditStore;

  constructor(store: AuditStore) {
    this.#store = store;
  }

  /** Newest first. */
  async page(
    caller: Caller,
    query: { before?: string | undefined; limit?: number | undefined },
  ): Promise<AuditPage | Refusal> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    const limit = query.limit ?? limits.pageDefault;
    const before = query.before === undefined ? null : Number.parseInt(query.before, 16);
    if (before !== null && !Number.isSafeInteger(before)) {
      return new Refusal("invalid_params", "audit.before", {
        fields: { before: "field.cursor" },
      });
    }
    const records = await this.#store.entriesBefore(before, limit + 1);
    const entries = records.slice(0, limit).map(entryOf);
    return { entries, next: records.length > limit ? entries.at(-1)!.cursor : null };
  }
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
