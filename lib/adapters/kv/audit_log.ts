import { type AuditHead, type AuditRecord, type AuditStore, linkOf } from "../../moderation/mod.ts";
import type { AuditEntry, Clock, Log } from "../../platform/mod.ts";
import { limits } from "../../protocol/mod.ts";
import type { Committed, Write } from "./committer.ts";
import { keys } from "./keys.ts";
import type { KvEntryMaybe } from "./port.ts";
import type { Store } from "./store.ts";

/** A bound for an entry and what it is about: reasons, notes and titles are at most a few KiB. */
const valueBytes = 64 * 1024;

export interface PreparedEntry {
  write: Pick<Write, "checks" | "sets">;
  /** To be called once it is. */
  written(): void;
}

/**
 * The audit log in Deno KV (MO-3). An entry is written in the commit of what it tells of, so neither is there without the
 * other. The head is checked with every append: two instances cannot continue the same entry.
 */
export class KvAudit implements AuditStore {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Appends of this process go one after another; they would only fail each other's checks. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: Store, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** Commits a write and the entry of it as one. Not ok when a check of the write itself failed. */
  commit(write: Write, auditEntry: AuditEntry): Promise<Committed> {
    const committing = this.#last.then(() => this.#commit(write, auditEntry));
    this.#last = committing.catch(() => undefined);
    return committing;
  }

  async #commit(write: Write, auditEntry: AuditEntry): Promise<Committed> {
    let head = await this.#head();
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const link = linkOf(auditEntry, this.#clock.now(), head.value);
      const next: AuditHead = { seq: link.seq, hash: link.hash };
      const committed = await this.#store.committer.commit({
        ...write,
        checks: [...write.checks ?? [], head],
        sets: [
          ...write.sets ?? [],
          { key: keys.audit(link.seq), value: link },
          { key: keys.auditHead(), value: next },
        ],
        valueBytes,
      });
      if (committed.ok) {
        // Outside of the store: a chain that was made anew as a whole does not end with this hash.
        this.#log.info("audit.appended", { ...next, action: auditEntry.action });
        return committed;
      }
      const now = await this.#head();
      if (now.versionstamp === head.versionstamp) return committed;
      head = now;
    }
    throw new Error("The audit log could not be written: too many writers at once.");
  }

  async entriesBefore(seq: number | null, limit: number): Promise<AuditRecord[]> {
    const prefix = keys.audits();
    const selector = seq === null ? { prefix } : { prefix, end: keys.audit(seq) };
    const entries: AuditRecord[] = [];
    for await (const { value } of this.#store.kv.list<AuditRecord>(selector, { limit, reverse: true })) {
      entries.push(value);
    }
    return entries;
  }

  /**
   * An entry that another commit takes in: its checks and values. That commit fails when another entry came first; then a new one
   * is prepared. For commits that must not wait behind others, as rings keep the order of the commits.
   */
  async prepare(auditEntry: AuditEntry): Promise<PreparedEntry> {
    const head = await this.#head();
    const link = linkOf(auditEntry, this.#clock.now(), head.value);
    const next: AuditHead = { seq: link.seq, hash: link.hash };
    return {
      write: {
        checks: [head],
        sets: [{ key: keys.audit(link.seq), value: link }, { key: keys.auditHead(), value: next }],
      },
      written: () => this.#log.info("audit.appended", { ...next, action: auditEntry.action }),
    };
  }

  async append(auditEntry: AuditEntry): Promise<void> {
    await this.commit({}, auditEntry);
  }

  /** The whole chain from its first entry, as it lies there, and its head. */
  async chain(): Promise<{ entries: AsyncIterable<unknown>; head: AuditHead | null }> {
    const { kv } = this.#store;
    const head = (await this.#head()).value;
    async function* entries() {
      for await (const { value } of kv.list({ prefix: keys.audits() })) yield value;
    }
    return { entries: entries(), head };
  }

  #head(): Promise<KvEntryMaybe<AuditHead>> {
    return this.#store.kv.get<AuditHead>(keys.auditHead());
  }
}
