import type {
  Acceptance,
  Carried,
  Change,
  CommandRecord,
  CommandStore,
  DueJob,
  Job,
  SentKey,
  StateRecord,
  StopRecord,
  StoredState,
} from "../../commands/ports.ts";
import { type Command, limits } from "../../protocol/mod.ts";
import type { Write } from "./committer.ts";
import { type BroadcastsPart, kvBroadcasts } from "./broadcasts_store.ts";
import { useWrites } from "./file_uses.ts";
import { getEntries } from "./get_many.ts";
import { keys } from "./keys.ts";
import { NothingAfter } from "./nothing_after.ts";
import { shortened, type ShortFirst } from "./short_records.ts";
import { kvStates } from "./states_store.ts";
import type { Store } from "./store.ts";

/** Commands kept in memory: they never change once accepted. */
const commandsKept = 20_000;
/** A cursor of a device that stays away this long ends; it starts again with every open command (DL-2). */
const cursorKeptMs = 90 * 24 * 3600_000;
/**
 * Nobody could name all who have a record of a broadcast when it is purged, so these end by themselves, well after the longest
 * wait and the history behind it.
 */
const broadcastStateKeptMs = 60 * 24 * 3600_000;
/** Jobs in one commit. */
const jobsAtOnce = 200;
/** `sum` counts modulo 2^64. */
const minusOne = 2n ** 64n - 1n;
/** The day that is counted is over everywhere on Earth by then. */
const countKeptMs = 3 * 24 * 3600_000;

/** Commands, states, inbox logs and cursors in Deno KV. */
export function kvCommandStore(store: Store): CommandStore {
  const { kv, committer } = store;
  const broadcasts = kvBroadcasts(store);
  const cached = new Map<string, CommandRecord>();
  const states = kvStates(store, readCommands);
  const noEntries = new NothingAfter(store.exclusive ? limits.relationsCached : 0);

  function remember(record: CommandRecord): void {
    if (cached.size >= commandsKept) cached.delete(cached.keys().next().value!);
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

  return {
    async accept(acceptance) {
      const committing = committer.commit(acceptanceWrite(acceptance, broadcasts));
      // Also after a failure: what came of it is not known.
      const committed = await committing.finally(() => {
        for (const { userId } of acceptance.states) {
          states.written(userId);
          noEntries.written(userId);
        }
      });
      if (!committed.ok) return null;
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

    states: states.read,

    moment: states.moment,

    async change(changes, also = {}) {
      const write = changeWrite(changes);
      for (const due of also.jobs ?? []) write.sets.push(jobSet(due));
      addUses(write, also.carries);
      if (also.count !== undefined) {
        // Not a `sum`: those records cannot end by themselves.
        const counted = await kv.get<number>(keys.deliveredOn(also.count.userId, also.count.day));
        write.checks.push(counted);
        const value = (counted.value ?? 0) + changes.length;
        // Two devices that read at once may both have seen room for one more.
        if (value > also.count.most) return false;
        write.sets.push({ key: counted.key, value, expireIn: countKeptMs });
      }
      const committed = await committer.commit(write).finally(() => {
        for (const { from: { userId } } of changes) {
          states.written(userId);
          if (write.appends.length > 0) noEntries.written(userId);
        }
      });
      return committed.ok;
    },

    async inboxAfter(userId, after, limit) {
      if (noEntries.isKnown(userId, after ?? "")) return [];
      const entries: { cursor: string; commandId: string }[] = [];
      for await (const entry of kv.list<{ commandId: string }>(afterSelector(userId, after), { limit })) {
        entries.push({ cursor: entry.key[2] as string, commandId: entry.value.commandId });
      }
      return entries;
    },

    async inboxCountAfter(userId, after) {
      if (noEntries.isKnown(userId, after ?? "")) return 0;
      const look = noEntries.look(userId);
      let count = 0;
      for await (const _ of kv.list(afterSelector(userId, after))) count++;
      noEntries.seen(userId, look, after ?? "", count === 0);
      return count;
    },

    history: states.history,

    async outbox(senderId, before, limit) {
      const prefix = keys.outboxOf(senderId);
      const selector = before === null ? { prefix } : { prefix, end: [...prefix, before] };
      const ids: string[] = [];
      for await (const { key } of kv.list(selector, { limit, reverse: true })) ids.push(key[2] as string);
      return ids;
    },

    async cursor(userId, device) {
      return (await kv.get<string>(keys.cursor(userId, device))).value;
    },

    async saveCursors(cursors) {
      await Promise.all(
        cursors.map(({ userId, device, cursor }) =>
          committer.commit({
            sets: [{ key: keys.cursor(userId, device), value: cursor, expireIn: cursorKeptMs }],
          })
        ),
      );
    },

    broadcastsAfter: broadcasts.broadcastsAfter,
    broadcast: broadcasts.broadcast,
    changeBroadcast: broadcasts.changeBroadcast,
    totals: broadcasts.totals,

    async purge({ command, senderId, recipients, cast }) {
      const deletes: Deno.KvKey[] = [keys.command(command.id), keys.outbox(senderId, command.id)];
      if (cast !== undefined) deletes.push(...await broadcasts.keysOf(command.id));
      for (const userId of recipients) deletes.push(keys.state(userId, command.id));
      await committer.commit({ deletes });
      cached.delete(command.id);
      if (cast !== undefined) broadcasts.closed(command.id);
    },

    async addJobs(jobs) {
      for (let at = 0; at < jobs.length; at += jobsAtOnce) {
        await committer.commit({ sets: jobs.slice(at, at + jobsAtOnce).map(jobSet) });
      }
    },

    async setStop(userId, sinceMs) {
      const key = keys.stop(userId);
      while (true) {
        const before = await kv.get<StopValue>(key);
        // A second press is written too, so that a resume which began before it cannot take it away.
        const value: StopValue = before.value === null
          ? { sinceMs }
          : { sinceMs: before.value.sinceMs, place: before.value.place ?? before.versionstamp };
        const job = jobSet({ dueMs: value.sinceMs, job: { kind: "stop", userId } });
        const committed = await committer.commit({ checks: [before], sets: [{ key, value }, job] });
        if (committed.ok) return stopOf(value, committed.versionstamp);
      }
    },

    async stop(userId) {
      const { value, versionstamp } = await kv.get<StopValue>(keys.stop(userId));
      return value === null ? null : stopOf(value, versionstamp!);
    },

    async clearStop(userId, version) {
      const key = keys.stop(userId);
      return (await committer.commit({ checks: [{ key, versionstamp: version }], deletes: [key] })).ok;
    },
  };

  function changeWrite(changes: readonly Change[]): ChangeWrite {
    const write: ChangeWrite = {
      checks: [],
      sets: [],
      deletes: [],
      appends: [],
      sums: [],
      valueBytes: 0,
    };
    for (const { from, to } of changes) {
      const value = shortened(to);
      write.valueBytes += value === to ? bytesOf(to) : shortBytes;
      const key = keys.state(from.userId, from.commandId);
      const placeBefore = from.record.place;
      write.checks.push({ key, versionstamp: from.version, moment: from.moment });
      if (from.broadcastVersion !== undefined) {
        write.checks.push({ key: keys.broadcast(from.commandId), versionstamp: from.broadcastVersion });
      }
      if (to.cast === true) {
        write.sets.push({ key, value, expireIn: broadcastStateKeptMs });
        if (to.uncounted !== true) write.sums.push(...countedMove(from, to));
        continue;
      }
      write.sets.push({ key, value });
      if (placeBefore === null && to.place === "first") {
        // The log entry and this record share the commit, so the record's new versionstamp is the entry's place.
        write.appends.push({ log: keys.inbox(from.userId), value: { commandId: from.commandId } });
      } else if (placeBefore !== null && to.place === null) {
        write.deletes.push([...keys.inbox(from.userId), placeBefore]);
      }
    }
    return write;
  }
}

type ChangeWrite = Required<Omit<Write, "alone">>;

/** The value of a stop; `place` is where it began when it was pressed again since. */
interface StopValue {
  sinceMs: number;
  place?: string;
}

function stopOf({ sinceMs, place }: StopValue, version: string): StopRecord {
  return { sinceMs, versionstamp: place ?? version, version };
}

/** A bound for a short record with the longest rule that let it through. */
const shortBytes = 512;

/** What is carried must be there, and as it was when it was looked at. */
function addUses(write: Write, carries: readonly Carried[] = []): void {
  for (const { checks, sets } of carries.map(useWrites)) {
    write.checks!.push(...checks);
    write.sets!.push(...sets);
  }
}

/** About how many bytes a state takes in the store: names of its fields and ids, and two for each character of a note. */
function bytesOf({ note, timeline }: StateRecord): number {
  let bytes = 768 + 2 * (note?.length ?? 0);
  for (const happening of timeline) bytes += 128 + 2 * (happening.note?.length ?? 0);
  return bytes;
}

function afterSelector(userId: string, after: string | null): Deno.KvListSelector {
  const prefix = keys.inbox(userId);
  // The least key behind a place: a start is inclusive.
  return after === null ? { prefix } : { prefix, start: [...prefix, after + "\0"] };
}

/** CM-7: how a move changes the totals of a broadcast. `queued` is not counted: it is what is left of those that it matched. */
function countedMove(from: StoredState, to: StateRecord): { key: Deno.KvKey; by: bigint }[] {
  const before = from.record.state;
  if (before === to.state) return [];
  const sums = before === "queued" ? [] : [{ key: keys.total(from.commandId, before), by: minusOne }];
  return to.state === "queued" ? sums : [...sums, { key: keys.total(from.commandId, to.state), by: 1n }];
}

function jobSet({ dueMs, job }: DueJob): { key: Deno.KvKey; value: Job } {
  return { key: keys.job(dueMs, jobId(job)), value: job };
}

function jobId(job: Job): string {
  switch (job.kind) {
    case "expire":
    case "release":
      return `${job.kind}:${job.commandId}`;
    case "undefer":
      return `${job.kind}:${job.userId}:${job.commandId}`;
    case "remind":
      return `${job.kind}:${job.commandId}:${job.userId ?? ""}`;
    case "stop":
      return `${job.kind}:${job.userId}`;
    default:
      return job satisfies never;
  }
}

function acceptanceWrite(
  { record, states, key, sent, replacesKey, jobs, carries }: Acceptance,
  broadcasts: BroadcastsPart,
): Write {
  const { command, senderId } = record;
  const sentKey = keys.sendKey(senderId, key);
  const write: Write = {
    checks: [{ key: sentKey, versionstamp: replacesKey?.version ?? null }],
    sets: [
      { key: sentKey, value: sent, expireIn: limits.keyKeptMs },
      { key: keys.command(command.id), value: record },
      { key: keys.outbox(senderId, command.id), value: 1 },
      ...jobs.map(jobSet),
    ],
    appends: [],
    valueBytes: fixedBytes + states.length * recipientBytes + textBytes(command),
  };
  if (record.cast !== undefined) {
    const broadcast = broadcasts.accepting(command.id, command.deliverAt !== null);
    write.sets!.push(...broadcast.sets);
    write.appends = broadcast.appends;
    write.alone = broadcast.alone;
  }
  for (const { userId, allowedBy, withheldBy } of states) {
    const short: ShortFirst = { first: true, allowedBy, withheldBy };
    write.sets!.push({ key: keys.state(userId, command.id), value: short });
    if (command.deliverAt === null && withheldBy === null) {
      write.appends!.push({ log: keys.inbox(userId), value: { commandId: command.id } });
    }
  }
  addUses(write, carries);
  return write;
}

/** About what a command takes in the store beside its texts: field names, ids and times; and each recipient of it. */
const fixedBytes = 1500;
const recipientBytes = 250;

/** Two bytes a character is what the store takes for text beyond Latin-1. */
function textBytes({ title, body, data }: Command): number {
  const characters = (title?.length ?? 0) + (body?.length ?? 0) +
    (data === null ? 0 : JSON.stringify(data).length);
  return 2 * characters;
}
