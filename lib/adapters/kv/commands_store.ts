import type {
  Acceptance,
  Change,
  CommandRecord,
  CommandStore,
  DueJob,
  Job,
  SentKey,
  StateRecord,
  StoredState,
} from "../../commands/ports.ts";
import type { Write } from "./committer.ts";
import { getEntries } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** Commands kept in memory: they never change once accepted. */
const commandsKept = 20_000;
/** `sum` counts modulo 2^64. */
const minusOne = 2n ** 64n - 1n;
/** A cursor of a device that stays away this long ends; it starts again with every open command (DL-2). */
const cursorKeptMs = 90 * 24 * 3600_000;
/** The day that is counted is over everywhere on Earth by then. */
const countKeptMs = 3 * 24 * 3600_000;

/** Commands, states, inbox logs and cursors in Deno KV. */
export function kvCommandStore({ kv, committer }: Store): CommandStore {
  const cached = new Map<string, CommandRecord>();

  function remember(record: CommandRecord): void {
    if (cached.size >= commandsKept) cached.delete(cached.keys().next().value!);
    cached.set(record.command.id, record);
  }

  return {
    async accept(acceptance) {
      const { ok } = await committer.commit(acceptanceWrite(acceptance));
      if (ok) remember(acceptance.record);
      return ok;
    },

    async sentKey(senderId, key) {
      const { value, versionstamp } = await kv.get<SentKey>(keys.sendKey(senderId, key));
      return value === null ? null : { sent: value, version: versionstamp! };
    },

    async commands(commandIds) {
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
    },

    async states(wanted) {
      const entries = await getEntries<StateRecord>(
        kv,
        wanted.map((one) => keys.state(one.userId, one.commandId)),
      );
      return entries.map((entry, index) => {
        const { userId, commandId } = wanted[index]!;
        return stored(userId, commandId, entry);
      });
    },

    async change(changes, also = {}) {
      const write = changeWrite(changes);
      for (const due of also.jobs ?? []) write.sets!.push(jobSet(due));
      if (also.count !== undefined) {
        write.sums!.push({
          key: keys.deliveredOn(also.count.userId, also.count.day),
          by: BigInt(changes.length),
        });
      }
      return (await committer.commit(write)).ok;
    },

    async inboxAfter(userId, after, limit) {
      const entries: { cursor: string; commandId: string }[] = [];
      for await (const entry of kv.list<{ commandId: string }>(afterSelector(userId, after), { limit })) {
        entries.push({ cursor: entry.key[2] as string, commandId: entry.value.commandId });
      }
      return entries;
    },

    async inboxCountAfter(userId, after) {
      let count = 0;
      for await (const _ of kv.list(afterSelector(userId, after))) count++;
      return count;
    },

    async inboxCount(userId) {
      return Number((await kv.get<Deno.KvU64>(keys.inboxCount(userId))).value?.value ?? 0n);
    },

    async history(userId, before, limit) {
      const prefix = keys.statesOf(userId);
      const selector = before === null ? { prefix } : { prefix, end: [...prefix, before] };
      const states: StoredState[] = [];
      for await (const entry of kv.list<StateRecord>(selector, { limit, reverse: true })) {
        states.push(stored(userId, entry.key[2] as string, entry)!);
      }
      return states;
    },

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

    async purge({ command, senderId, recipients }) {
      const deletes = [keys.command(command.id), keys.outbox(senderId, command.id)];
      for (const userId of recipients) deletes.push(keys.state(userId, command.id));
      await committer.commit({ deletes });
      cached.delete(command.id);
    },

    async addJobs(jobs) {
      await committer.commit({ sets: jobs.map(jobSet) });
    },

    async setStop(userId, sinceMs) {
      const key = keys.stop(userId);
      const job = jobSet({ dueMs: sinceMs, job: { kind: "stop", userId } });
      await committer.commit({
        checks: [{ key, versionstamp: null }],
        sets: [{ key, value: { sinceMs } }, job],
      });
      const stop = await this.stop(userId);
      if (stop === null) throw new Error("the stop was written and is not there");
      return stop;
    },

    async stop(userId) {
      const { value, versionstamp } = await kv.get<{ sinceMs: number }>(keys.stop(userId));
      return value === null ? null : { sinceMs: value.sinceMs, versionstamp: versionstamp! };
    },

    async clearStop(userId) {
      await committer.commit({ deletes: [keys.stop(userId)] });
    },
  };

  function changeWrite(changes: readonly Change[]): Write {
    const write: Required<Pick<Write, "checks" | "sets" | "deletes" | "sums" | "appends">> = {
      checks: [],
      sets: [],
      deletes: [],
      sums: [],
      appends: [],
    };
    for (const { from, to } of changes) {
      const key = keys.state(from.userId, from.commandId);
      const placeBefore = from.record.place;
      write.checks.push({ key, versionstamp: from.version });
      write.sets.push({ key, value: to });
      if (placeBefore === null && to.place === "first") {
        // The log entry and this record share the commit, so the record's new versionstamp is the entry's place.
        write.appends.push({ log: keys.inbox(from.userId), value: { commandId: from.commandId } });
        write.sums.push({ key: keys.inboxCount(from.userId), by: 1n });
      } else if (placeBefore !== null && to.place === null) {
        write.deletes.push([...keys.inbox(from.userId), placeBefore]);
        write.sums.push({ key: keys.inboxCount(from.userId), by: minusOne });
      }
    }
    return write;
  }
}

/** `first` becomes the versionstamp under which it was written, which is where its log entry lies. */
function stored(
  userId: string,
  commandId: string,
  entry: Deno.KvEntryMaybe<StateRecord>,
): StoredState | null {
  if (entry.value === null) return null;
  const record = entry.value.place === "first" ? { ...entry.value, place: entry.versionstamp } : entry.value;
  return { userId, commandId, record, version: entry.versionstamp };
}

function afterSelector(userId: string, after: string | null): Deno.KvListSelector {
  const prefix = keys.inbox(userId);
  // The least key behind a place: a start is inclusive.
  return after === null ? { prefix } : { prefix, start: [...prefix, after + "\0"] };
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
    case "stop":
      return `${job.kind}:${job.userId}`;
    default:
      return job satisfies never;
  }
}

function acceptanceWrite({ record, states, key, sent, replacesKey, jobs }: Acceptance): Write {
  const { command, senderId } = record;
  const sentKey = keys.sendKey(senderId, key);
  const write: Write = {
    checks: [{ key: sentKey, versionstamp: replacesKey?.version ?? null }],
    sets: [
      { key: sentKey, value: sent },
      { key: keys.command(command.id), value: record },
      { key: keys.outbox(senderId, command.id), value: 1 },
      ...jobs.map(jobSet),
    ],
    appends: [],
    sums: [],
    valueBytes: 4 * ((command.body?.length ?? 0) + 1024 * (states.length + 4)) +
      (command.data === null ? 0 : 3 * JSON.stringify(command.data).length),
  };
  for (const { userId, record: state } of states) {
    write.sets!.push({ key: keys.state(userId, command.id), value: state });
    if (state.place === "first") {
      write.appends!.push({ log: keys.inbox(userId), value: { commandId: command.id } });
      write.sums!.push({ key: keys.inboxCount(userId), by: 1n });
    }
  }
  return write;
}
