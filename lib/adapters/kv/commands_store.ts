import type {
  CommandRecord,
  CommandStore,
  Held,
  InboxEntry,
  PackOwner,
  SentKey,
} from "../../commands/ports.ts";
import { BoundedMap, firstIdAt } from "../../platform/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { kvBroadcasts } from "./broadcasts_store.ts";
import { jobSet } from "./command_jobs.ts";
import { kvEdits } from "./command_edits.ts";
import {
  acceptanceWrite,
  addUses,
  changeWrite,
  endedOnes,
  needsCommand,
  openOnes,
  personKeptMs,
  reopenedOnes,
} from "./command_writes.ts";
import { kvCursors } from "./cursors_store.ts";
import { getEntries } from "./get_many.ts";
import { keys } from "./keys.ts";
import { entryOf, type LogValue, openKey } from "./log_entries.ts";
import { LogHeads } from "./log_heads.ts";
import { NothingAfter } from "./nothing_after.ts";
import type { KvAudit, PreparedEntry } from "./audit_log.ts";
import { KvOpenCounts, type Outcome } from "./open_counts.ts";
import type { KvKey, KvListOptions, KvSelector } from "./port.ts";
import { SentEntries } from "./sent_entries.ts";
import { SharedJobs } from "./shared_jobs.ts";
import { kvStates } from "./states_store.ts";
import { kvStops } from "./stops_store.ts";
import { TakenLists } from "./taken_lists.ts";
import { kvTaking } from "./taking.ts";
import { kvSearchPacks } from "./search_packs.ts";
import type { Store } from "./store.ts";

/** Commands kept in memory. Only an edit changes them, and the states that it writes say so (`noticed`). */
const commandsKept = 20_000;
/** Jobs in one commit. */
const jobsAtOnce = 200;
/** By then the counted day is over in every time zone. */
const countKeptMs = 3 * 24 * 3600_000;

/** Commands, states, inbox logs and cursors in Deno KV. `retentionDays`: DL-6. */
export function kvCommandStore(store: Store, retentionDays = 14, audit: KvAudit | null = null): CommandStore {
  const { kv, committer } = store;
  const keptMs = personKeptMs(retentionDays);
  const broadcasts = kvBroadcasts(store);
  const cached = new BoundedMap<string, CommandRecord>(commandsKept);
  const lists = new TakenLists(store);
  const sent = new SentEntries(store, cached);
  const states = kvStates(store, lists, sent, readCommands);
  const taking = kvTaking(store, lists, states, readCommands, keptMs);
  const openCounts = new KvOpenCounts(store);
  const search = kvSearchPacks(store);
  const sharedJobs = new SharedJobs();
  const heads = new LogHeads(store.exclusive);
  const noEntries = new NothingAfter(store.exclusive ? limits.relationsCached : 0);

  function remember(record: CommandRecord): void {
    cached.set(record.command.id, record);
  }

  async function readCommands(commandIds: readonly string[]): Promise<Map<string, CommandRecord>> {
    const found = new Map<string, CommandRecord>();
    const missing = commandIds.filter((commandId) => {
      const record = cached.get(commandId);
      if (record !== undefined) found.set(commandId, record);
      return record === undefined;
    });
    for (const { value } of await getEntries<CommandRecord>(kv, missing.map(keys.command))) {
      if (value === null) continue;
      remember(value);
      found.set(value.command.id, value);
    }
    return found;
  }

  async function readLog(
    userId: string,
    after: string | null,
    options: KvListOptions,
  ): Promise<InboxEntry[]> {
    const { moment } = committer;
    const entries: InboxEntry[] = [];
    for await (const entry of kv.list<LogValue>(afterSelector(userId, after), options)) {
      entries.push(entryOf(entry));
      sent.read(userId, entry, moment);
    }
    return entries;
  }

  async function packsOf({ command, recipients, cast }: CommandRecord): Promise<KvKey[]> {
    const owners: PackOwner[] = cast !== undefined
      ? ["broadcasts"]
      : recipients.map((userId) => ({ userId }));
    return (await Promise.all(owners.map((owner) => search.keysOf(owner, command.id)))).flat();
  }

  /** Keys of a direct command's entries in logs. */
  async function entriesOf({ command, recipients }: CommandRecord): Promise<KvKey[]> {
    if (recipients.length === 0) return [];
    const read = await states.read(recipients.map((userId) => ({ userId, commandId: command.id })));
    return read.flatMap((stored) => {
      const place = stored?.record.place ?? null;
      return stored === null || place === null ? [] : [[...keys.inbox(stored.userId), place]];
    });
  }

  /** CM-11: another process may have edited a command that is in memory here: then it is read again. */
  function noticed<T extends readonly ({ commandId: string; record: { edition?: number } } | null)[]>(
    found: T,
  ): T {
    for (const one of found) {
      const edition = one?.record.edition;
      if (one === null || edition === undefined) continue;
      if (edition > (cached.get(one.commandId)?.edition ?? 0)) cached.delete(one.commandId);
    }
    return found;
  }

  const edits = kvEdits(store, {
    broadcasts,
    taking,
    keptMs,
    packsOf,
    done({ to, changes }, committed) {
      const { id } = to.command;
      for (const { from: { userId } } of changes) {
        states.written(userId);
        noEntries.written(userId);
        heads.written(userId);
      }
      if (to.cast !== undefined) broadcasts.closed(id);
      if (committed?.ok === true) remember(to);
      else if (committed === undefined) cached.delete(id);
    },
  });

  return {
    search,
    ...edits,

    ...(audit === null ? {} : { audited: (auditEntry) => audit.prepare(auditEntry) }),

    async accept(acceptance) {
      const counted = openCounts.adding(openOnes(acceptance.record));
      const write = acceptanceWrite(acceptance, broadcasts);
      const shared = sharedJobs.left(write.shared);
      const entry = acceptance.audited as PreparedEntry | undefined;
      const committing = committer.commit({
        ...write,
        checks: [...write.checks ?? [], ...entry?.write.checks ?? []],
        sets: [...write.sets ?? [], ...entry?.write.sets ?? []],
        shared,
      });
      committing.then(({ ok }) => counted(ok ? "written" : "refused"), () => counted("unknown"));
      // Also after a failure: it may have been written.
      const committed = await committing.finally(() => {
        for (const { userId } of acceptance.states) {
          states.written(userId);
          noEntries.written(userId);
          heads.written(userId);
        }
      });
      if (!committed.ok) return null;
      sharedJobs.written(shared);
      entry?.written();
      const { record } = acceptance;
      remember(record);
      if (record.cast !== undefined && record.command.deliverAt === null) {
        broadcasts.opened({ cursor: committed.versionstamp, commandId: record.command.id });
      }
      return committed.versionstamp;
    },

    async sentKey(senderId, key) {
      const { value, versionstamp } = await kv.get<SentKey>(keys.sendKey(senderId, key));
      return value === null ? null : { sent: value, version: versionstamp! };
    },

    commands: readCommands,

    async commandsMadeIn(fromMs, toMs) {
      // Its jobs run, and end: what is sent in that second now needs them again.
      sharedJobs.forget();
      const records: CommandRecord[] = [];
      const selector = { start: keys.command(firstIdAt(fromMs)), end: keys.command(firstIdAt(toMs)) };
      for await (const { value } of kv.list<CommandRecord>(selector)) records.push(value);
      return records;
    },

    states: async (wanted) => noticed(await states.read(wanted)),

    moment: states.moment,

    take: taking.take,
    takenAtOnce: taking.atOnce,

    async change(changes, also = {}) {
      const needed = changes.filter(needsCommand).map(({ from }) => from.commandId);
      const records = needed.length === 0 ? new Map<string, CommandRecord>() : await readCommands(needed);
      const write = changeWrite(changes, keptMs, records);
      const untaken = await taking.checks(changes.map(({ from }) => from));
      if (untaken === null) return false;
      write.checks.push(...untaken);
      for (const due of also.jobs ?? []) write.sets.push(jobSet(due));
      addUses(write, also.carries);
      if (also.count !== undefined) {
        // Not a `sum`: its records cannot expire.
        const { seen } = also.count;
        const key = keys.deliveredOn(also.count.userId, also.count.day);
        const counted = seen === undefined
          ? await kv.get<number>(key)
          : { key, value: seen.value, versionstamp: seen.version };
        write.checks.push(counted);
        const value = (counted.value ?? 0) + changes.length;
        // Two devices that read at the same time may both have found room for one more.
        if (value > also.count.most) return false;
        write.sets.push({ key: counted.key, value, expireIn: countKeptMs });
      }
      const [ended, again] = [endedOnes(changes, records), reopenedOnes(changes, records)];
      if (also.current?.() === false) return false;
      const [counted, countedAgain] = [openCounts.ending(ended), openCounts.adding(again)];
      const done = (outcome: Outcome) => {
        counted(outcome);
        countedAgain(outcome);
      };
      const committing = committer.commit(write);
      committing.then(({ ok }) => done(ok ? "written" : "refused"), () => done("unknown"));
      const committed = await committing.finally(() => {
        for (const { from: { userId } } of changes) {
          states.written(userId);
          if (write.appends.length === 0) continue;
          noEntries.written(userId);
          heads.written(userId);
        }
      });
      return committed.ok;
    },

    async inboxAfter(userId, after, limit) {
      if (noEntries.isKnown(userId, after ?? "")) return [];
      return heads.take(userId, after ?? "", limit) ?? await readLog(userId, after, { limit });
    },

    async inboxCountAfter(userId, after, most = limits.pendingCounted) {
      if (noEntries.isKnown(userId, after ?? "")) return 0;
      const [look, lookForHead] = [noEntries.look(userId), heads.look(userId)];
      const entries = await readLog(userId, after, { limit: most, batchSize: most });
      noEntries.seen(userId, look, after ?? "", entries.length === 0);
      const complete = entries.length < most;
      heads.seen(userId, lookForHead, { after: after ?? "", entries, complete });
      return entries.length;
    },

    async held(userId) {
      const held: Held[] = [];
      for await (const { key, value } of kv.list<Omit<Held, "commandId">>({ prefix: keys.heldOf(userId) })) {
        held.push({ commandId: String(key[2]), ...value });
      }
      return held;
    },

    async changeHeld(userId, { set = [], ended = [] }) {
      await committer.commit({
        sets: set.map(({ commandId, ...value }) => ({
          key: keys.held(userId, commandId),
          value,
          expireIn: keptMs,
        })),
        deletes: ended.map((commandId) => keys.held(userId, commandId)),
      });
    },

    openCounts: (userId, again = false) => openCounts.of(userId, again),

    history: async (userId, before, limit) => noticed(await states.history(userId, before, limit)),

    async outbox(senderId, before, limit) {
      const prefix = keys.outboxOf(senderId);
      const selector = before === null ? { prefix } : { prefix, end: [...prefix, before] };
      const ids: string[] = [];
      for await (const { key } of kv.list(selector, { limit, reverse: true })) ids.push(key[2] as string);
      return ids;
    },

    async submissions(senderId, limit) {
      const found: { commandId: string; userId: string }[] = [];
      const selector = { prefix: keys.submissionsOf(senderId) };
      for await (const { key } of kv.list(selector, { limit, reverse: true, batchSize: limit })) {
        found.push({ commandId: String(key[2]), userId: String(key[3]) });
      }
      return found;
    },

    broadcastsAfter: broadcasts.broadcastsAfter,
    broadcastIds: broadcasts.broadcastIds,
    broadcast: broadcasts.broadcast,
    changeBroadcast: broadcasts.changeBroadcast,
    totals: broadcasts.totals,
    answerCounts: broadcasts.answerCounts,

    async purge(record) {
      const { command, senderId, recipients, cast } = record;
      const deletes: KvKey[] = [keys.command(command.id), keys.outbox(senderId, command.id)];
      if (cast !== undefined) deletes.push(...await broadcasts.keysOf(command.id));
      for (const userId of recipients) deletes.push(keys.state(userId, command.id));
      const submitted = kv.list({ prefix: [...keys.submissionsOf(senderId), command.id] });
      for await (const { key } of submitted) deletes.push([...key]);
      // One that was never finished is deleted while it is open.
      const left = openOnes(record);
      deletes.push(...left.map(openKey), ...await entriesOf(record));
      const counted = openCounts.ending(left);
      const packs = () => packsOf(record);
      deletes.push(...await packs());
      const committing = committer.commit({ deletes });
      committing.then(() => counted("written"), () => counted("unknown"));
      await committing;
      cached.delete(command.id);
      // A search may have written one meanwhile, from a command that it had read before.
      const late = await packs();
      if (late.length > 0) await committer.commit({ deletes: late });
      if (cast !== undefined) broadcasts.closed(command.id);
    },

    async addJobs(jobs) {
      for (let at = 0; at < jobs.length; at += jobsAtOnce) {
        await committer.commit({ sets: jobs.slice(at, at + jobsAtOnce).map(jobSet) });
      }
    },

    ...kvCursors(store),
    ...kvStops(store),
  };
}

function afterSelector(userId: string, after: string | null): KvSelector {
  const prefix = keys.inbox(userId);
  // The first key after a place: `start` is inclusive.
  return after === null ? { prefix } : { prefix, start: [...prefix, after + "\0"] };
}
